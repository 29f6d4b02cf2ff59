"""Writing on a ticket: replies, notes, and everything that can go wrong without losing a word."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.forms import new_key
from balcao.desk.tests.desk import LATER, at, desk_of, page, press, text_of, write
from balcao.events.models import Event, Job
from balcao.files.models import StoredFile
from balcao.policy.lifecycle import State
from balcao.tickets.actions import run_due
from balcao.tickets.models import Decision, Message, Queue, Ticket
from tests.cast import NOW, a_customer, a_queue, a_ticket, an_agent, an_answer, signed_in

pytestmark = pytest.mark.usefixtures("installation")

TEXT = "Reinicie o serviço e confirme, por favor."


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def _typed(response: Any) -> str:
    """What stands in the composer."""
    html: str = response.content.decode()
    start = html.index("<textarea")
    return html[html.index(">", start) + 1 : html.index("</textarea>", start)].strip()


def _state(ticket: Ticket) -> str:
    return Ticket.objects.values_list("state", flat=True).get(pk=ticket.pk)


def test_s22_a_reply_needs_an_open_ticket_and_what_was_typed_is_kept(queue: Queue) -> None:
    customer = a_customer()
    open_one, closed_one = a_ticket(customer, queue=queue), a_ticket(customer, queue=queue)
    agent = an_agent(queue)
    an_answer(closed_one, agent)
    browser = desk_of(agent)
    with at():
        press(browser, "desk_resolve", closed_one)
    run_due(LATER + timedelta(days=10))
    assert _state(closed_one) == State.CLOSED.value
    with at(LATER + timedelta(days=10)):
        refused = write(browser, closed_one, TEXT)
        allowed = write(browser, open_one, TEXT)
    assert refused.status_code == 409
    assert "S22 No technical service without an open ticket." in text_of(refused)
    assert _typed(refused) == TEXT
    assert closed_one.messages.count() == 2
    decision = Decision.objects.get(ticket=closed_one, verdict="refuse")
    assert (decision.act, decision.reason, "S22" in decision.rules) == (
        "serve",
        "ticket_closed",
        True,
    )
    assert allowed.status_code == 302
    assert open_one.messages.count() == 2


def test_o2_the_same_form_sent_twice_is_one_message(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    key = new_key()
    with at():
        first, second = (write(browser, ticket, TEXT, key=key) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert ticket.messages.filter(kind="reply").count() == 1
    assert Event.objects.filter(verb="ticket.replied", subject_id=ticket.pk).count() == 1


@pytest.mark.parametrize(
    ("then", "state"),
    [("", State.IN_SERVICE), ("wait", State.WAITING_CUSTOMER), ("resolve", State.RESOLVED)],
)
def test_the_button_says_what_follows_the_reply(queue: Queue, then: str, state: State) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    with at():
        answer = write(desk_of(an_agent(queue)), ticket, TEXT, then=then)
    assert answer.status_code == 302
    assert _state(ticket) == state.value
    message = ticket.messages.get(kind="reply")
    assert answer.headers["Location"].endswith(f"#m{message.pk}")
    assert message.body == TEXT


def test_b8_a_note_is_for_the_team_alone(queue: Queue) -> None:
    canary = "canario-da-nota-interna"
    customer = a_customer()
    ticket = a_ticket(customer, queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        assert write(browser, ticket, canary, kind="note").status_code == 302
        assert write(browser, ticket, canary, route="desk_note").status_code == 302
        write(browser, ticket, TEXT)
        assert canary in text_of(page(browser, ticket))
        contact = signed_in(customer.user)
        portal = contact.get(reverse("ticket", args=[ticket.number]))
    assert TEXT in portal.content.decode()
    assert canary not in portal.content.decode()
    assert ticket.messages.filter(kind="note").count() == 2
    assert not [job for job in Job.objects.all() if canary in f"{job.args}"]
    assert not [event for event in Event.objects.all() if canary in f"{event.data}"]


def test_a_note_changes_neither_state_nor_deadline_nor_owner(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    with at():
        write(desk_of(an_agent(queue)), ticket, "Sei a causa.", kind="note")
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.started_at, fresh.assignee_id) == (State.OPEN.value, None, None)


def test_two_agents_at_once_the_second_keeps_the_text_and_learns_who_has_it(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    holder, other = an_agent(queue, name="Davi Rocha"), an_agent(queue)
    with at():
        signed_in(holder).post(reverse("desk_next"))
        late = write(desk_of(other), ticket, TEXT)
        note = write(desk_of(other), ticket, "Só uma nota.", kind="note")
        own = write(desk_of(holder), ticket, TEXT)
    assert late.status_code == 409
    assert "Reserved for Davi Rocha until 14:05" in text_of(late)
    assert "Your text is still here." in text_of(late)
    assert _typed(late) == TEXT
    assert note.status_code == 302
    assert own.status_code == 302


def test_what_others_wrote_meanwhile_is_shown_before_the_reply_goes_out(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    first, second = desk_of(an_agent(queue, name="Davi Rocha")), desk_of(an_agent(queue))
    with at():
        seen = ticket.messages.count()
        write(first, ticket, "Já estou vendo.")
        key = new_key()
        warned = write(second, ticket, TEXT, seen=seen, key=key)
        assert warned.status_code == 409
        assert "1 new message while you wrote" in text_of(warned)
        assert "Davi Rocha wrote." in text_of(warned)
        assert _typed(warned) == TEXT
        assert f'name="key" value="{key}"' in warned.content.decode()
        assert ticket.messages.filter(body=TEXT).count() == 0
        assert write(second, ticket, TEXT, key=key).status_code == 302
    assert ticket.messages.filter(body=TEXT).count() == 1


def test_a_second_half_the_state_forbids_sends_nothing_and_keeps_the_text(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        write(browser, ticket, "Qual a versão?", then="wait")
        answer = write(browser, ticket, TEXT, then="wait")
        assert answer.status_code == 409
        assert _typed(answer) == TEXT
        assert ticket.messages.filter(body=TEXT).count() == 0
        assert write(browser, ticket, TEXT).status_code == 302
    assert _state(ticket) == State.WAITING_CUSTOMER.value


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"body": "   "}, "Write something first."),
        ({"body": "x" * 50_001}, "The text is too long: attach it as a file."),
        ({"body": TEXT, "kind": "memo"}, "memo"),
        ({"body": TEXT, "then": "explode"}, "explode"),
        ({"body": TEXT, "key": "not-a-key"}, "valid"),
    ],
)
def test_a_form_of_another_shape_writes_nothing_and_keeps_the_text(
    queue: Queue, fields: dict[str, Any], complaint: str
) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    answer = write(desk_of(an_agent(queue)), ticket, **fields)
    assert answer.status_code == 422
    assert complaint in text_of(answer)
    assert _typed(answer) == fields["body"].strip()
    assert ticket.messages.count() == 1


def test_files_come_with_the_reply(queue: Queue) -> None:
    customer = a_customer()
    ticket = a_ticket(customer, queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        files = [SimpleUploadedFile(f"passo {n}.txt", b"um passo") for n in (1, 2)]
        assert write(browser, ticket, TEXT, files=files).status_code == 302
        html = page(browser, ticket).content.decode()
    message = ticket.messages.get(kind="reply")
    ids = [str(pk) for pk in message.attachments.values_list("file_id", flat=True)]
    assert len(ids) == 2
    for file_id in ids:
        assert reverse("file", args=[file_id]) in html
    assert "passo 1.txt" in html


def test_too_many_files_are_refused_before_anything_is_stored(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    stored = StoredFile.objects.count()
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(11)]
    answer = write(desk_of(an_agent(queue)), ticket, TEXT, files=files)
    assert answer.status_code == 422
    assert "Choose at most 10 files" in text_of(answer)
    assert _typed(answer) == TEXT
    assert StoredFile.objects.count() == stored


def test_a_quoted_mail_is_folded_and_nothing_of_it_is_lost(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    Message.objects.create(
        ticket=ticket,
        kind="customer",
        door="email",
        author_name="Ana Lima",
        body="Funcionou, obrigado!",
        quoted="Em seg., 9 de nov. de 2026, Suporte escreveu:\n> Reinicie.",
        key="mail:1",
        created_at=NOW,
    )
    html = page(desk_of(an_agent(queue)), ticket).content.decode()
    assert "Funcionou, obrigado!" in html
    folded = html[html.index('class="quoted"') :]
    assert "Reinicie." in folded


def test_g1_what_people_type_is_text_and_never_markup(queue: Queue) -> None:
    bomb = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    ticket = a_ticket(a_customer(name=bomb[:50]), queue=queue, subject=bomb, body=bomb)
    browser = desk_of(an_agent(queue))
    with at():
        shown = [
            page(browser, ticket),
            browser.get(reverse("desk_queue")),
            write(browser, ticket, f"{bomb}</textarea>{bomb}", key="bad"),
        ]
    for answer in shown:
        assert "<script>alert" not in answer.content.decode()
        assert "<img src=x" not in answer.content.decode()


def test_a_reply_takes_at_most_twenty_one_statements(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser = desk_of(an_agent(queue))
    with at():
        write(browser, ticket, "Primeira.")
        with CaptureQueriesContext(connection) as statements:
            answer = write(browser, ticket, TEXT, seen=2)
    assert answer.status_code == 302
    assert len(statements) <= 21, "\n".join(row["sql"][:90] for row in statements)


@pytest.mark.parametrize("text", [TEXT, "@Bruno Reis, veja isto."])
def test_the_first_reply_which_starts_service_takes_at_most_twenty_five_statements(
    queue: Queue, text: str
) -> None:
    browser, other = desk_of(an_agent(queue)), an_agent(queue, name="Bruno Reis")
    write(browser, a_ticket(a_customer(), queue=queue), text)
    ticket = a_ticket(a_customer(), queue=queue)
    address = reverse("desk_reply", args=[ticket.number])
    data = {"kind": "reply", "body": text, "key": new_key(), "seen": 1}
    with at(), CaptureQueriesContext(connection) as statements:
        assert browser.post(address, data).status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "in_service"
    assert ticket.mentions.filter(user=other).exists() == ("@" in text)
    assert len(statements) <= 25, "\n".join(row["sql"][:90] for row in statements)


def test_a_reply_that_calls_a_colleague_takes_at_most_twenty_one_statements(
    queue: Queue,
) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    browser, other = desk_of(an_agent(queue)), an_agent(queue, name="Bruno Reis")
    with at():
        write(browser, ticket, "@Bruno Reis, veja.")
        address = reverse("desk_reply", args=[ticket.number])
        data = {"kind": "reply", "body": "@Bruno Reis, e isto?", "key": new_key(), "seen": 2}
        with CaptureQueriesContext(connection) as statements:
            assert browser.post(address, data).status_code == 302
    assert ticket.mentions.filter(user=other).count() == 2
    assert len(statements) <= 21, "\n".join(row["sql"][:90] for row in statements)


@pytest.mark.django_db(transaction=True)
def test_o2_one_form_sent_by_four_presses_at_once_is_one_message(transactional_db: None) -> None:
    queue = a_queue()
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    browsers = [signed_in(agent) for _ in range(4)]
    seen, key = ticket.messages.count(), new_key()
    start = threading.Barrier(len(browsers))
    answers: list[int] = []

    def send(browser: Client) -> None:
        start.wait()
        try:
            answers.append(write(browser, ticket, TEXT, key=key, seen=seen).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [302] * 4
    assert ticket.messages.filter(kind="reply").count() == 1
    assert Event.objects.filter(verb="ticket.replied", subject_id=ticket.pk).count() == 1
