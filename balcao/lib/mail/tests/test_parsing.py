"""Reading a mail ends soon, raises nothing unexpected and loses no word."""

import base64
import contextlib
import resource
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.mail import headers
from balcao.lib.mail.parsing import ParsedMail, Unparseable, parse
from balcao.lib.mail.tests.bombs import HEADER_BOMBS, PART_BOMBS, flat, nested

LIMIT = 30 * 1024 * 1024


def read(raw: bytes | str) -> ParsedMail:
    return parse(raw if isinstance(raw, bytes) else raw.encode(), max_bytes=LIMIT)


def reading_time(raw: bytes) -> float:
    start = time.process_time()
    with contextlib.suppress(Unparseable):
        read(raw)
    return time.process_time() - start


def test_a_plain_mail_is_read() -> None:
    mail = read(
        "From: ana@x.example\r\nSubject: =?utf-8?q?N=C3=A3o?= imprime\r\nMessage-ID: <a@x>\r\n"
        "In-Reply-To: <b@y>\r\nReferences: <c@y>\r\n <b@y>\r\n"
        "Date: Fri, 13 Nov 2026 12:00:00 -0300\r\n\r\nOlá.\r\nTudo bem?\r\n"
    )
    assert (mail.subject, mail.text) == ("Não imprime", "Olá.\nTudo bem?")
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("<a@x>", "<b@y>", "<c@y> <b@y>")
    assert mail.date is not None
    assert mail.date.isoformat() == "2026-11-13T15:00:00+00:00"
    assert mail.machine is None


def test_what_the_standard_library_writes_is_read_back() -> None:
    message = EmailMessage()
    message["Subject"] = "Ligações"
    message.set_content("Segue o arquivo — até já.")
    message.add_alternative("<p>Segue o <b>arquivo</b></p>", subtype="html")
    message.add_attachment(
        b"\x00\x01\xff", maintype="image", subtype="png", filename="relatório.png"
    )
    message.add_attachment("texto", filename="leia.txt")
    inner = EmailMessage()
    inner.set_content("dentro")
    message.add_attachment(inner)
    mail = read(message.as_bytes())
    assert mail.text == "Segue o arquivo — até já."
    assert [(p.name, len(p.content)) for p in mail.files][:2] == [
        ("relatório.png", 3),
        ("leia.txt", 6),
    ]
    assert mail.files[2].name.endswith(".eml")
    assert b"dentro" in mail.files[2].content


def test_an_id_that_a_program_has_encoded_is_still_read() -> None:
    long = f"<4827193059.{'a' * 60}@direction.com.br>"
    message = EmailMessage()
    message["In-Reply-To"] = message["References"] = long
    raw = message.as_bytes()
    assert b"=?utf-8" in raw
    assert (read(raw).in_reply_to, read(raw).references) == (long, long)


def test_html_is_read_when_there_is_no_other_text() -> None:
    assert read("Content-Type: text/html\n\n<p>um</p><p>dois</p>").text == "um\n\ndois"


def test_an_empty_plain_alternative_does_not_hide_the_html() -> None:
    raw = (
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n"
        "--b\nContent-Type: text/html\n\n<p>aqui</p>\n--b--\n"
    )
    assert read(raw).text == "aqui"


def test_texts_around_a_picture_are_all_read() -> None:
    raw = (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nantes\n--b\nContent-Type: image/png\n"
        "\nPNG\n--b\n\ndepois\n--b--\nepilogo"
    )
    mail = read(raw)
    assert mail.text == "antes\n\ndepois"
    assert [part.name for part in mail.files] == ["1.png"]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="a b.pdf"', "a b.pdf"),
        ("filename=a.pdf", "a.pdf"),
        ("filename*=utf-8''rel%C3%A1t%C3%B3rio.pdf", "relátório.pdf"),
        ("filename*0*=utf-8''rel%C3%A1; filename*1=torio.pdf", "relátorio.pdf"),
        ('filename="=?utf-8?b?csOhLnBkZg==?="', "rá.pdf"),
        ('filename="..\\\\..\\\\x.pdf"', "x.pdf"),
        ('filename="../../etc/x.pdf"', "x.pdf"),
        ('filename="a\u202efdp.exe"', "afdp.exe"),
    ],
)
def test_f4_the_name_of_a_file_is_read_and_harmless(disposition: str, name: str) -> None:
    raw = (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf\n"
        f"Content-Disposition: attachment; {disposition}\n\nx\n--b--\n"
    )
    assert [part.name for part in read(raw).files] == [name]


def test_a_text_too_long_to_be_read_is_a_file_as_well() -> None:
    mail = read("Subject: x\n\n" + "linha\n" * 200_000)
    assert len(mail.text) <= 500_000
    assert [len(part.content) for part in mail.files] == [1_200_000]


def encoded(text: str, charset: str, claimed: str) -> bytes:
    head = f'Content-Type: text/plain; charset="{claimed}"\nContent-Transfer-Encoding: base64\n\n'
    return head.encode() + base64.b64encode(text.encode(charset))


@pytest.mark.parametrize(
    ("charset", "claimed"),
    [
        ("utf-8", "utf-8"),
        ("latin-1", "iso-8859-1"),
        ("cp1252", "windows-1252"),
        ("cp1252", "us-ascii"),
        ("utf-8", "us-ascii"),
        ("utf-8", "x-unknown"),
        ("utf-8", "idna"),
        ("utf-8", "unicode_escape"),
        ("utf-8", "hex"),
        ("utf-8", "rot13"),
        ("utf-8", ""),
        ("utf-8", "utf-8\x00"),
        ("utf-8", "a" * 300),
        ("latin-1", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-7", "utf-7"),
    ],
)
def test_f3_a_wrong_unknown_or_lying_charset_is_no_error(charset: str, claimed: str) -> None:
    assert read(encoded("Não imprime: ação", charset, claimed)).text == "Não imprime: ação"


def test_f3_letters_cut_in_two_between_encoded_words_are_joined() -> None:
    assert headers.decode(b"=?utf-8?q?=C3?= =?utf-8?q?=A3o?= x") == "ão x"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "\n",
        "\r\n\r\n",
        "sem cabecalho",
        ": x\n\noi",
        "Content-Type: multipart/mixed\n\noi",
        "Content-Type: multipart/mixed; boundary=b\n\noi",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\noi",
        "Content-Type: ////\n\noi",
        "Content-Transfer-Encoding: base64\n\noi!!!",
        "Content-Transfer-Encoding: x-uuencode\n\noi",
        "Content-Transfer-Encoding: ?\n\noi",
        "Subject: =?utf-8?b?====?=\n\noi",
        "Date: x\n\noi",
        "Date: Fri, 13 Nov 99999 12:00:00 -9999\n\noi",
        "From: Grupo: a@b.c; <d@e.f>\n\noi",
        "Content-Type: message/external-body; access-type=url; URL=http://x.example\n\noi",
        "Content-Type: text/plain; charset*=x''%ff\n\noi",
        'Content-Type: multipart/mixed; boundary=""\n\noi',
    ],
)
def test_f7_broken_mail_is_read_as_far_as_it_goes(raw: str) -> None:
    mail = read(raw)
    kept = mail.text + "".join(part.content.decode() for part in mail.files)
    assert "oi" not in raw or "oi" in kept or "base64" in raw


def test_f7_zero_bytes_and_strange_line_ends_are_no_error() -> None:
    assert read(b"Subject: a\x00b\r\n\r\nx\x00y\rz\n").text == "xy\nz"


@pytest.mark.parametrize("raw", PART_BOMBS.values(), ids=PART_BOMBS.keys())
def test_f1_part_bombs_cost_less_than_two_seconds(raw: bytes) -> None:
    assert reading_time(raw) < 2


@pytest.mark.parametrize("raw", HEADER_BOMBS.values(), ids=HEADER_BOMBS.keys())
def test_f2_header_bombs_cost_less_than_two_seconds(raw: bytes) -> None:
    assert reading_time(raw) < 2


def test_f1_bombs_take_little_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for raw in (*PART_BOMBS.values(), *HEADER_BOMBS.values()):
        reading_time(raw)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 256


@pytest.mark.parametrize("raw", [nested(1_000), flat(1_000)])
def test_f1_what_is_too_much_is_said_to_be(raw: bytes) -> None:
    with pytest.raises(Unparseable, match="too_many_parts"):
        read(raw)
    assert read(nested(15)).text == "fim"
    assert read(flat(250)).text.count("x") == 250


def test_f1_what_is_too_large_is_not_read_at_all() -> None:
    with pytest.raises(Unparseable, match="too_large"):
        parse(b"x" * 101, max_bytes=100)
    with pytest.raises(Unparseable, match="headers_too_large"):
        read(b"X: " + b"y" * 200_000 + b"\n\nx")


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_reading_fail(raw: bytes) -> None:
    read(raw)
    read(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw + b"\n--b--")
    read(b"Subject: " + raw.replace(b"\n\n", b"") + b"\n\nx")
