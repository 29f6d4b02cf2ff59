"""Mail is taken apart where it can do no harm: bombs end their reader, the next mail is read."""

import os
import signal
import time
from pathlib import Path

import pytest

from balcao.channels import reading
from balcao.channels.models import Delivery, Inbound, Outcome
from balcao.channels.tests.mails import HOUR, a_mail, about, asked, taken, trust_our_server, written
from balcao.events.models import Event
from balcao.events.queue import run_pending
from balcao.lib.mail.parsing import Unparseable, parse
from balcao.lib.mail.tests.bombs import HEADER_BOMBS, PART_BOMBS, nested
from balcao.policy.access import Role
from tests.cast import NOW, a_member_of_staff

LIMIT = 25 * 1024 * 1024
PLAIN = b"Subject: ol\xc3\xa1\n\ntudo bem?"


def read(raw: bytes) -> str:
    """The text of a mail, or why it has none."""
    try:
        return reading.read(raw, max_bytes=LIMIT).text
    except Unparseable as problem:
        return problem.reason


def the_reader() -> int:
    """The process that reads the next mail."""
    assert read(PLAIN) == "tudo bem?"
    pid: int = reading._idle[-1]._process.pid
    return pid


def test_a_mail_is_read_in_another_process_as_it_is_in_this_one() -> None:
    raw = (
        b"From: a@b.example\nSubject: =?utf-8?q?N=C3=A3o?=\nDate: Fri, 13 Nov 2026 12:00:00 -0300\n"
        b"Message-ID: <a@x>\nContent-Type: multipart/related; boundary=b\n\n--b\n"
        b"Content-Type: text/html\n\n<p onclick=x()>oi <img src=cid:f@x></p>\n--b\n"
        b"Content-Type: image/png; name=f.png\nContent-ID: <f@x>\n\n\x00\x01\xff\n--b--"
    )
    mail = reading.read(raw, max_bytes=LIMIT)
    assert mail == parse(raw, max_bytes=LIMIT)
    assert mail.html == '<p>oi <img src="cid:f@x"></p>'
    assert (mail.files[0].cid, mail.files[0].content) == ("f@x", b"\x00\x01\xff")
    assert the_reader() != os.getpid()


def test_a_reader_knows_no_secret_and_opens_nothing() -> None:
    reader = Path(f"/proc/{the_reader()}")
    assert (reader / "environ").read_bytes() == b""
    assert len(list((reader / "fd").iterdir())) <= 4
    limits = (reader / "limits").read_text()
    wanted = ("Max open files", "Max file size", "Max processes", "Max core file size")
    for line in limits.splitlines():
        if line.startswith(wanted):
            assert line.split("  ")[-1:] != ["unlimited"]
            assert line[26:].split()[:2] == ["0", "0"]


@pytest.mark.parametrize(
    "charset", ["iso-8859-1", "windows-1252", "iso-8859-15", "koi8-r", "big5", "iso-2022-jp"]
)
def test_f3_a_reader_that_opens_nothing_knows_every_character_set(charset: str) -> None:
    head = f"Subject: x\nContent-Type: text/plain; charset={charset}\n\n".encode()
    assert read(head + b"tudo bem?") == "tudo bem?"


def test_a_reader_serves_many_mails_and_then_makes_room() -> None:
    first = the_reader()
    assert the_reader() == first
    reading._idle[-1].left = 1
    assert read(PLAIN) == "tudo bem?"
    assert the_reader() != first


def test_f1_a_reader_that_dies_is_replaced_and_the_mail_read_by_the_next() -> None:
    os.kill(the_reader(), signal.SIGKILL)
    assert read(PLAIN) == "tudo bem?"


@pytest.mark.parametrize("raw", [*PART_BOMBS.values(), *HEADER_BOMBS.values()],
                         ids=[*PART_BOMBS, *HEADER_BOMBS])  # fmt: skip
def test_f1_f2_after_any_bomb_the_next_mail_is_read_at_once(raw: bytes) -> None:
    start = time.monotonic()
    read(raw)
    assert read(PLAIN) == "tudo bem?"
    assert time.monotonic() - start < 5


def test_f1_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    reader = reading._Reader(LIMIT)
    os.kill(reader._process.pid, signal.SIGPROF)
    with pytest.raises(reading._Died) as death:
        reader.read(PLAIN)
    assert death.value.limit
    reader.end()


def test_f1_readers_take_little_memory() -> None:
    for raw in (*PART_BOMBS.values(), *HEADER_BOMBS.values()):
        read(raw)
    status = Path(f"/proc/{the_reader()}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) / 1024 < 256


@pytest.mark.usefixtures("installation")
def test_q5_a_mail_that_cannot_be_read_is_kept_told_of_once_and_holds_nobody_up(
    settings: pytest.FixtureRequest,
) -> None:
    trust_our_server(settings)  # type: ignore[arg-type]
    customer, ticket = asked()
    boss = a_member_of_staff(Role.SUPERVISOR)
    bomb = b"From: Ana <ana@x.example>\nSubject: =?utf-8?q?N=C3=A3o?=\n" + nested(1_000)
    results = [taken(bomb + str(n).encode()) for n in range(3)]
    assert {(one.outcome, one.reason) for one in results} == {("quarantined", "too_many_parts")}
    after = taken(a_mail(customer.address, subject=about(ticket)))
    assert (after.outcome, written(ticket)) == ("appended", ["Ainda falha."])
    kept = Inbound.objects.filter(outcome=Outcome.QUARANTINED)
    assert {(row.sender, row.subject) for row in kept} == {("Ana <ana@x.example>", "Não")}
    assert Event.objects.filter(verb="mail.unread").count() == 1
    run_pending(NOW + 3 * HOUR)
    letter = Delivery.objects.get(kind="unread")
    assert letter.user_id == boss.pk
    assert "Partes demais" in letter.text
