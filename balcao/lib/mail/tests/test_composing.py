"""What people wrote never becomes a header or a recipient of its own."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from balcao.lib.mail import headers
from balcao.lib.mail.composing import Outgoing, compose

MAIL = Outgoing(
    sender_name="Direction",
    sender="suporte@direction.com.br",
    recipient="ana@cliente.example",
    message_id="<4827193059.mfrggzdf.739999.aaaaaaaaaaaaaaaaaaaaaaaa@direction.com.br>",
    date=datetime(2026, 11, 13, 15, 0, tzinfo=UTC),
    subject="Re: Chamado 482 719 3059: não imprime",
    text="Olá, Ana.\n.\nFrom a linha\n",
    html="<p>Olá, Ana.</p>",
    automatic=False,
    in_reply_to="<b@x.example>",
    references=("<a@x.example>", "<b@x.example>"),
)
BREAKS = ["\r\n", "\n", "\r", "\r\n ", "\n\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x85", "\u2028"]
BREAKS += ["\u2029", "\x00\n", "\n\n", "\r\r\n", "=?utf-8?q?=0D=0A?=", "\ud800\n", "\u200b\r"]
ADDED = ["Bcc: x@evil.example", "To: x@evil.example", "X-Evil: 1", "\r\n\r\n<b>corpo</b>"]
ADDED += ["Content-Type: text/html"]
PAYLOADS = [f"oi{b}{a}" for b in BREAKS for a in ADDED] + [f"{a}{b}" for b in BREAKS for a in ADDED]
PAYLOADS += [f"{b}{a}{b}{a}" for b in BREAKS[:5] for a in ADDED[:4]]


def wire(mail: Outgoing) -> EmailMessage:
    return message_from_bytes(compose(mail), policy=policy.default)


def shape(message: EmailMessage) -> list[str]:
    return [name.lower() for name in message.keys()]  # noqa: SIM118 - fields, with repetition


def test_d14_none_of_two_hundred_payloads_adds_a_header_or_a_recipient() -> None:
    assert len(PAYLOADS) >= 200
    plain = wire(MAIL)
    for payload in PAYLOADS:
        message = wire(replace(MAIL, subject=payload, sender_name=payload, text=payload))
        assert shape(message) == shape(plain), payload
        assert message.get_all("To") == ["ana@cliente.example"], payload
        assert [a.addr_spec for a in message["From"].addresses] == [MAIL.sender], payload
        assert len(list(message.iter_parts())) == 2, payload
        lines = compose(replace(MAIL, subject=payload)).split(b"\r\n\r\n")[0]
        assert b"\r" not in lines.replace(b"\r\n", b""), payload


@pytest.mark.parametrize("payload", [p for p in PAYLOADS if "\n" in p][:20])
def test_d14_an_address_or_id_that_is_not_one_is_never_sent(payload: str) -> None:
    for changed in (
        replace(MAIL, recipient=f"ana@cliente.example{payload}"),
        replace(MAIL, sender=f"a@b.example{payload}"),
        replace(MAIL, message_id=f"<a@b>{payload}"),
        replace(MAIL, in_reply_to=f"<a@b>{payload}"),
        replace(MAIL, references=("<a@b>", f"<c@d>{payload}")),
    ):
        with pytest.raises(ValueError):
            compose(changed)


def test_a_mail_has_text_and_html_and_stays_in_its_thread() -> None:
    message = wire(MAIL)
    assert message["Message-ID"] == MAIL.message_id
    assert message["In-Reply-To"] == "<b@x.example>"
    assert message["References"] == "<a@x.example> <b@x.example>"
    assert message["Subject"] == MAIL.subject
    assert message.get_content_type() == "multipart/alternative"
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content() == MAIL.text.replace("\n", "\r\n")


@pytest.mark.parametrize("automatic", [True, False])
def test_e5_automatic_mail_says_that_it_is(automatic: bool) -> None:
    message = wire(replace(MAIL, automatic=automatic))
    assert message["Auto-Submitted"] == ("auto-generated" if automatic else None)
    assert "AutoReply" in message["X-Auto-Response-Suppress"]


def test_long_ids_are_never_encoded_or_broken() -> None:
    ids = tuple(
        f"<4827193059.{'m' * 16}.739999.{'a' * 24}{n}@mail.direction.com.br>" for n in range(10)
    )
    mail = replace(MAIL, message_id=ids[0], in_reply_to=ids[-1], references=ids)
    raw = compose(mail)
    assert all(one.encode() in raw for one in ids)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "name", ["Direction", 'A "B" C', "a\\b", "", "Direção", "=?utf-8?q?x?=", "a, b"]
)
def test_the_senders_name_is_shown_as_it_is(name: str) -> None:
    message = wire(replace(MAIL, sender_name=name))
    assert message["From"].addresses[0].addr_spec == MAIL.sender
    if "=?" not in name:
        assert message["From"].addresses[0].display_name == name


@pytest.mark.parametrize("subject", ["oi", "não " * 50, "a" * 240, "=?utf-8?q?x?=", "", "💾" * 60])
def test_a_subject_of_any_kind_comes_out_as_one_line_of_short_words(subject: str) -> None:
    raw = compose(replace(MAIL, subject=subject))
    assert max(len(line) for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n")) <= 90
    assert headers.decode(headers.first(headers.fields(raw), "subject")) == subject.strip()


def test_r9_a_mail_that_comes_back_says_so_to_programs_and_to_people() -> None:
    returned = wire(replace(MAIL, automatic=True, comes_back=True))
    assert returned.get_content_type() == "multipart/report"
    assert returned.get_param("report-type") == "delivery-status"
    said, status = returned.iter_parts()
    assert said.get_content_type() == "multipart/alternative"
    assert "Ol=C3=A1, Ana." in said.as_string()
    assert "Status: 5.7.1" in status.as_string()
    assert "ana@cliente.example" not in status.as_string()
    assert returned["Auto-Submitted"] == "auto-generated"
    plain = wire(replace(MAIL, automatic=True))
    assert (plain.get_content_type(), plain["From"]) == ("multipart/alternative", returned["From"])
