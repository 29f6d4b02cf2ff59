"""Mail out: once, with the same id at every try, into its thread, and never out of a demo."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from balcao.channels.actions import post
from balcao.channels.delivery import send
from balcao.channels.email.transport import Sink, Smtp, transport
from balcao.channels.intake import receive
from balcao.channels.models import Delivery, DeliveryState
from balcao.channels.tests.mails import OURS, a_mail, about, trust_our_server
from balcao.events.models import Job, JobState
from balcao.events.queue import run_pending
from balcao.tickets.models import Ticket
from tests.cast import NOW, a_customer, a_ticket
from tests.postgres import free_port

pytestmark = pytest.mark.usefixtures("installation")

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sink(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": f"sink://{tmp_path}/sink"})
    return tmp_path / "sink"


@dataclass
class Server:
    """A mail server of the test's own; ``answers`` are given first, then it takes everything."""

    answers: list[str] = field(default_factory=list)
    taken: list[Envelope] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(envelope)
        return f"250 kept as {len(self.taken)}"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    made = Server()
    made.port = free_port()
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": f"smtp://127.0.0.1:{made.port}"})
    yield made
    controller.stop()


def a_delivery(**changes: object) -> Delivery:
    values: dict[str, object] = {
        "kind": "reply",
        "key": f"test:{secrets.token_hex(8)}",
        "recipient": "ana@cliente.example",
        "subject": "Re: Chamado",
        "text": "Olá, Ação.",
        "html": "<p>Olá.</p>",
        "now": NOW,
    }
    return post(**{**values, **changes})  # type: ignore[arg-type]


def kept_in(folder: Path) -> list[EmailMessage]:
    paths = sorted(folder.glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def test_a_posted_mail_goes_out_as_a_job(sink: Path) -> None:
    row = a_delivery()
    assert not sink.exists()
    run_pending(NOW)
    row.refresh_from_db()
    assert (row.state, row.sent_at) == (DeliveryState.SENT, NOW)
    [mail] = kept_in(sink)
    assert (mail["To"], mail["Message-ID"]) == ("ana@cliente.example", row.mail_id)
    assert mail.get_content_type() == "multipart/alternative"
    assert list(sink.glob("*.partial")) == []


def test_the_same_thing_is_told_once(sink: Path) -> None:
    first, again = a_delivery(key="once"), a_delivery(key="once", subject="outro")
    assert first.pk == again.pk
    run_pending(NOW)
    assert len(kept_in(sink)) == 1


def test_q7_a_send_that_is_repeated_carries_the_same_id(sink: Path) -> None:
    row = a_delivery()
    send(row.pk, now=NOW)
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.QUEUED)
    send(row.pk, now=NOW + MINUTE)
    send(row.pk, now=NOW + 2 * MINUTE)
    assert [mail["Message-ID"] for mail in kept_in(sink)] == [row.mail_id]


def test_a_mail_stays_in_the_thread_of_its_ticket_and_reader(
    sink: Path, settings: LazySettings
) -> None:
    trust_our_server(settings)
    customer = a_customer()
    ticket = a_ticket(customer)
    run_pending(NOW)
    first = Delivery.objects.get(ticket=ticket)
    raw = a_mail(customer.address, subject=about(ticket), mail_id="<dela@cliente.example>")
    receive(raw, now=NOW + MINUTE)
    row = about_ticket(ticket, customer.address, NOW + 2 * MINUTE)
    assert row.headers["references"] == [first.mail_id, "<dela@cliente.example>"]
    other = about_ticket(ticket, "outra@cliente.example", NOW + 2 * MINUTE)
    assert other.headers["references"] == []


def about_ticket(ticket: Ticket, recipient: str, now: object) -> Delivery:
    return a_delivery(ticket=ticket, recipient=recipient, token=True, now=now)


def test_c3_every_mail_about_a_ticket_has_a_token_of_its_own(sink: Path) -> None:
    ticket = a_ticket(a_customer())
    ids = {about_ticket(ticket, "ana@cliente.example", NOW).mail_id for _ in range(20)}
    assert len(ids) == 20
    assert all(one.startswith(f"<{ticket.number}.") for one in ids)


def test_a_thread_never_grows_beyond_ten_references(sink: Path) -> None:
    ticket = a_ticket(a_customer())
    rows = [about_ticket(ticket, "ana@cliente.example", NOW + n * MINUTE) for n in range(15)]
    references = rows[-1].headers["references"]
    assert references == [rows[0].mail_id, *(row.mail_id for row in rows[5:14])]


def test_smtp_gives_the_mail_to_the_next_server(server: Server) -> None:
    row = a_delivery(automatic=False)
    run_pending(NOW)
    row.refresh_from_db()
    assert (row.state, row.answer) == (DeliveryState.SENT, "250 kept as 1")
    [envelope] = server.taken
    assert envelope.rcpt_tos == ["ana@cliente.example"]
    assert envelope.mail_from == "suporte@direction.com.br"
    assert isinstance(envelope.content, bytes)
    assert b"Auto-Submitted" not in envelope.content


def test_e5_automatic_mail_has_no_return_path(server: Server) -> None:
    a_delivery(automatic=True)
    run_pending(NOW)
    [envelope] = server.taken
    assert envelope.mail_from == "<>"
    assert isinstance(envelope.content, bytes)
    assert b"Auto-Submitted: auto-generated" in envelope.content


@pytest.mark.parametrize("answer", ["rcpt 550 no such user", "554 spam"])
def test_a_mail_refused_for_good_is_failed_with_the_servers_words(
    server: Server, answer: str
) -> None:
    server.answers = [answer]
    row = a_delivery()
    run_pending(NOW)
    row.refresh_from_db()
    assert (row.state, row.answer) == (DeliveryState.FAILED, answer.removeprefix("rcpt "))
    run_pending(NOW + timedelta(days=3))
    assert server.taken == []


@pytest.mark.parametrize("answer", ["rcpt 450 busy", "451 later"])
def test_a_mail_refused_for_now_is_tried_again(server: Server, answer: str) -> None:
    server.answers = [answer, answer]
    row = a_delivery()
    run_pending(NOW)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.QUEUED, 1)
    run_pending(NOW + timedelta(seconds=1))
    assert Delivery.objects.get(pk=row.pk).attempts == 1
    run_pending(NOW + 5 * MINUTE)
    run_pending(NOW + 20 * MINUTE)
    row.refresh_from_db()
    assert (row.state, len(server.taken)) == (DeliveryState.SENT, 1)


def test_a_server_that_never_answers_is_given_up_after_a_day(settings: LazySettings) -> None:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": "smtp://127.0.0.1:1"})
    row = a_delivery()
    now = NOW
    while Job.objects.filter(task="channels.send", state=JobState.READY).exists():
        run_pending(now)
        now += timedelta(hours=9)
        assert now < NOW + timedelta(days=30)
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED
    assert "refused" in row.answer.lower()
    assert row.attempts == 10


def test_the_demo_never_leaves_this_machine(settings: LazySettings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.DATA = tmp_path
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": "smtp://mail.example:25"})
    assert transport() == Sink(tmp_path / "mail")


def test_without_a_setting_mail_stays_in_the_data_folder(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    settings.ENV = type(settings.ENV)({})
    assert transport() == Sink(tmp_path / "mail")


def test_the_setting_names_the_way_out(settings: LazySettings) -> None:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": "smtps://ana%40x:p%2Fw@mail.example"})
    assert transport() == Smtp("mail.example", 465, "ana@x", "p/w", implicit_tls=True)
    assert "p/w" not in repr(transport())
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": "http://mail.example"})
    with pytest.raises(ImproperlyConfigured, match="BALCAO_MAIL_URL"):
        transport()


def test_a_password_is_never_sent_in_the_clear(settings: LazySettings, server: Server) -> None:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": f"smtp://ana:pw@127.0.0.1:{server.port}"})
    row = a_delivery()
    run_pending(NOW)
    row.refresh_from_db()
    assert row.state == DeliveryState.QUEUED
    assert "TLS" in row.answer
    assert OURS not in row.answer
    assert server.taken == []
