"""Drafts on the server, replies that wait a moment, and what changed while somebody wrote."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.forms import new_key
from balcao.desk.tests.browser_form import form_at
from balcao.desk.tests.desk import LATER, at, desk_of, page, press, text_of, write
from balcao.events import queue as jobs
from balcao.policy.access import Role
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions
from balcao.tickets.models import Queue, StaffDraft, Ticket
from tests.cast import (
    a_customer,
    a_member_of_staff,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")

TEXT = "Reinicie o serviço e confirme, por favor."
UNDO = timedelta(seconds=15)


@pytest.fixture
def queue() -> Queue:
    return a_queue()


@pytest.fixture
def delayed(settings: Any) -> None:
    settings.UNDO = UNDO


def _save(browser: Client, ticket: Ticket, body: str = TEXT, **more: Any) -> Any:
    """What the script sends."""
    data = {"kind": "reply", "body": body, "key": "a" * 32, "version": 0, **more}
    address = reverse("desk_draft", args=[ticket.number])
    return browser.post(address, data, headers={"accept": "application/json"})


def form_on(response: Any, address: str) -> dict[str, Any]:
    """What a browser would send, with no new file chosen."""
    form: dict[str, Any] = dict(form_at(response.content.decode(), address))
    form.pop("files", None)
    return form


def _composer(response: Any) -> str:
    html: str = response.content.decode()
    start = html.index("<textarea")
    return html[html.index(">", start) + 1 : html.index("</textarea>", start)].strip()


def _one(ticket: Ticket) -> StaffDraft:
    return StaffDraft.objects.get(ticket=ticket)


def test_a_draft_comes_back_in_the_composer_with_its_files(queue: Queue) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    with at():
        saved = _save(browser, ticket, files=[SimpleUploadedFile("passo.txt", b"um")])
        shown = page(browser, ticket)
        assert saved.json()["said"] == "Draft saved at 14:00"
        assert _composer(shown) == TEXT
        assert "passo.txt" in text_of(shown)
        form = form_on(shown, reverse("desk_reply", args=[ticket.number]))
        assert browser.post(reverse("desk_reply", args=[ticket.number]), form).status_code == 302
        assert _composer(page(browser, ticket)) == ""
    message = ticket.messages.get(kind="reply")
    assert message.attachments.get().file.name == "passo.txt"


def test_without_script_a_button_saves_and_one_takes_a_file_off(queue: Queue) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    address = reverse("desk_draft", args=[ticket.number])
    file = SimpleUploadedFile("passo.txt", b"um")
    data = {"kind": "note", "body": TEXT, "key": new_key(), "do": "save", "files": [file]}
    answer = browser.post(address, data)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("#composer")
    row = _one(ticket)
    data = {"kind": "note", "body": TEXT, "key": row.key, "version": f"{row.version}"}
    browser.post(address, {**data, "without": str(row.files.get().pk)})
    assert not _one(ticket).files.exists()
    assert 'value="note" data-key="n" data-focus="composer-text" checked' in (
        page(browser, ticket).content.decode()
    )


def test_two_windows_of_one_person_show_both_texts_and_lose_none(queue: Queue) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    first = _save(browser, ticket, "Da primeira janela").json()
    stale = _save(browser, ticket, "Da segunda janela")
    assert stale.status_code == 409
    found = stale.json()
    assert "Da primeira janela" in found["html"]
    assert found["version"] == first["version"]
    file = SimpleUploadedFile("passo.txt", b"um")
    data = {"kind": "reply", "body": "Da segunda", "key": new_key(), "version": 0, "seen": 1}
    sent = browser.post(reverse("desk_reply", args=[ticket.number]), {**data, "files": [file]})
    assert sent.status_code == 409
    assert _composer(sent) == "Da segunda"
    assert "Da primeira janela" in text_of(sent)
    assert "passo.txt" in text_of(sent)
    assert ticket.messages.count() == 1
    again = form_on(sent, reverse("desk_reply", args=[ticket.number]))
    assert browser.post(reverse("desk_reply", args=[ticket.number]), again).status_code == 302
    assert [file.file.name for file in ticket.messages.get(kind="reply").attachments.all()] == [
        "passo.txt"
    ]


def test_b8_a_colleagues_draft_is_shown_to_the_team_and_to_no_customer(queue: Queue) -> None:
    canary = "canario-do-rascunho"
    customer = a_customer()
    ticket = a_ticket(customer, queue=queue)
    with at():
        _save(desk_of(an_agent(queue, name="Bruno Reis")), ticket, canary)
    with at(LATER + timedelta(minutes=2)):
        seen = text_of(page(desk_of(an_agent(queue)), ticket))
        portal = signed_in(customer.user).get(reverse("ticket", args=[ticket.number]))
    assert "Bruno Reis is writing a reply (2 min ago)" in seen
    assert canary in seen
    assert canary not in portal.content.decode()
    with at(LATER + timedelta(days=1)):
        assert "Bruno Reis has begun a reply" in text_of(page(desk_of(an_agent(queue)), ticket))


def test_a_discarded_draft_can_be_had_back(queue: Queue) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    address = reverse("desk_draft", args=[ticket.number])
    with at():
        version = _save(browser, ticket, "Quase").json()["version"]
        data = {"kind": "reply", "body": TEXT, "key": new_key(), "version": version}
        browser.post(address, {**data, "do": "discard"})
        gone = page(browser, ticket)
        assert _composer(gone) == ""
        assert "Draft discarded" in text_of(gone)
        back = browser.post(address, form_on(gone, address) | {"do": "restore"})
        assert back.headers["Location"].endswith("#composer")
        assert _composer(page(browser, ticket)) == TEXT


@pytest.mark.parametrize("then", ["", "resolve"])
def test_a_reply_is_seen_on_its_way_and_undone(queue: Queue, delayed: None, then: str) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    undo = reverse("desk_undo", args=[ticket.number])
    with at():
        sent = write(browser, ticket, TEXT, then=then)
        assert sent.headers["Location"].endswith("#enviando")
        shown = page(browser, ticket)
        assert "Sending in 15 s" in text_of(shown)
        assert "<textarea" not in shown.content.decode()
        assert ticket.messages.count() == 1
        answer = browser.post(undo, form_on(shown, undo))
        assert answer.headers["Location"].endswith("#composer")
        assert _composer(page(browser, ticket)) == TEXT
    with at(LATER + UNDO):
        jobs.run_pending(LATER + UNDO)
    assert ticket.messages.count() == 1


def test_a_reply_left_alone_arrives_and_undo_then_says_that_it_is_too_late(
    queue: Queue, delayed: None
) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    undo = reverse("desk_undo", args=[ticket.number])
    with at():
        write(browser, ticket, TEXT)
        form = form_on(page(browser, ticket), undo)
        jobs.run_pending(LATER + UNDO)
        late = browser.post(undo, form)
    assert late.status_code == 409
    assert "The reply has left already." in text_of(late)
    assert ticket.messages.get(kind="reply").body == TEXT


def test_send_now_does_not_wait_and_a_note_never_does(queue: Queue, delayed: None) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    now = reverse("desk_send_now", args=[ticket.number])
    with at():
        write(browser, ticket, "Só para nós.", kind="note")
        write(browser, ticket, TEXT)
        version = _one(ticket).version
        assert browser.post(now, {"version": version}).status_code == 302
        assert browser.post(now, {"version": version}).status_code == 302
    kinds = list(ticket.messages.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["customer", "note", "reply"]


def test_s22_a_press_that_cannot_be_is_told_at_once_and_a_stopped_one_on_page_and_list(
    queue: Queue, delayed: None
) -> None:
    ticket, agent = a_ticket(a_customer(), queue=queue), an_agent(queue)
    browser = desk_of(agent)
    an_answer(ticket, agent)
    with at():
        write(browser, ticket, TEXT)
        press(desk_of(a_supervisor()), "desk_resolve", ticket)
        jobs.run_pending(LATER + UNDO)
        shown, listed = page(browser, ticket), browser.get(reverse("desk_drafts"))
        refused = write(browser, ticket, TEXT)
    assert _composer(shown) == TEXT
    for answer in (shown, listed):
        assert "The reply was not sent: the ticket could no longer be answered." in text_of(answer)
    assert ticket.number[:3] in text_of(listed)
    assert refused.status_code == 409
    assert "S22" in text_of(refused)
    assert ticket.messages.count() == 2, "what the customer wrote, and the first answer"


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
def test_replies_that_were_stopped_are_counted_in_their_author_s_menu(
    queue: Queue, delayed: None, role: Role
) -> None:
    agent = a_member_of_staff(role, Role.AGENT, queues=(queue,))
    browser, colleague = desk_of(agent), an_agent(queue)
    tickets = [a_ticket(a_customer(), queue=queue) for _ in range(2)]

    def told(client: Client) -> tuple[str, bool]:
        html = client.get(reverse("desk_queue")).content.decode()
        entry = html[html.rindex("<a", 0, html.index(reverse("desk_drafts"))) :]
        entry = entry[: entry.index("</a>")]
        return "".join(re.findall(r'view-count">(\d+)<', entry)), "view-unread" in entry

    with at():
        assert told(browser) == ("", False)
        for ticket in tickets:
            write(browser, ticket, TEXT)
            actions.staff_reply(
                actor=acting(colleague), now=LATER, ticket_id=ticket.pk, body="Já vi.", key="k"
            )
        assert told(browser) == ("", False)
    with at(LATER + UNDO):
        jobs.run_pending(LATER + UNDO)
        assert told(browser) == ("2", True)
        assert told(desk_of(colleague)) == ("", False)
        said = "The reply was not sent: a colleague had answered first."
        assert said in text_of(page(browser, tickets[0]))
        assert said in text_of(browser.get(reverse("desk_drafts")))
        _save(browser, tickets[0], TEXT + " Ou não.", version=_one(tickets[0]).version)
        assert told(browser) == ("1", True)


def test_what_the_customer_wrote_meanwhile_is_shown_with_two_ways_on(queue: Queue) -> None:
    customer = a_customer()
    ticket, browser = a_ticket(customer, queue=queue), desk_of(an_agent(queue))
    address = reverse("desk_reply", args=[ticket.number])
    with at():
        old = form_on(page(browser, ticket), address)
        actions.customer_message(
            actor=customer.actor, now=LATER, ticket_id=ticket.pk, body="Agora piorou", key="k"
        )
        file = SimpleUploadedFile("passo.txt", b"um")
        data = {**old, "body": TEXT, "then": "wait", "files": [file]}
        warned = browser.post(address, data)
        html = warned.content.decode()
        assert warned.status_code == 409
        news = html[html.index("composer-news") :]
        assert "Agora piorou" in news[: news.index("<form")]
        assert 'name="then" value="wait" form="composer"' in html
        assert "Go on writing" in text_of(warned)
        form = form_on(warned, address)
        assert browser.post(address, {**form, "then": "wait"}).status_code == 302
    message = ticket.messages.get(kind="reply")
    assert message.body == TEXT
    assert message.attachments.get().file.name == "passo.txt"


@pytest.mark.parametrize("deed", ["take", "wait"])
def test_what_a_colleague_did_meanwhile_is_told_with_the_name(queue: Queue, deed: str) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    other = acting(an_agent(queue, name="Bruno Reis"))
    address = reverse("desk_reply", args=[ticket.number])
    with at():
        if deed == "wait":
            write(browser, ticket, "Um momento.")
        old = form_on(page(browser, ticket), address)
        if deed == "take":
            actions.assign_to_me(actor=other, now=LATER, ticket_id=ticket.pk)
        else:
            actions.change_state(actor=other, now=LATER, ticket_id=ticket.pk, verb=Verb.ASK_SALES)
        warned = browser.post(address, {**old, "body": TEXT})
        assert warned.status_code == 409
        assert "Bruno Reis, today at 14:00" in text_of(warned)
        assert _composer(warned) == TEXT
        assert browser.post(address, form_on(warned, address)).status_code == 302
    assert ticket.messages.filter(body=TEXT).count() == 1


def test_a_ticket_page_with_drafts_of_the_whole_team_takes_twelve_statements(
    queue: Queue,
) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    with at():
        for person in (browser, *(desk_of(an_agent(queue)) for _ in range(3))):
            files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(2)]
            _save(person, ticket, files=files)
        page(browser, ticket)
        with CaptureQueriesContext(connection) as statements:
            page(browser, ticket)
    assert len(statements) <= 12, "\n".join(row["sql"][:90] for row in statements)


def test_pressing_send_and_saving_take_at_most_twenty_five_statements(
    queue: Queue, delayed: None
) -> None:
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    with at():
        version = _save(browser, ticket, files=[SimpleUploadedFile("a.txt", b"x")]).json()[
            "version"
        ]
        with CaptureQueriesContext(connection) as saving:
            version = _save(browser, ticket, TEXT + ".", version=version).json()["version"]
        with CaptureQueriesContext(connection) as sending:
            write(browser, ticket, TEXT)
    assert len(saving) <= 25
    assert len(sending) <= 25
    assert _one(ticket).version == version + 1


def test_g1_what_is_in_a_draft_is_text_and_never_markup(queue: Queue, delayed: None) -> None:
    bomb = "</textarea><script>alert(1)</script>"
    ticket, browser = a_ticket(a_customer(), queue=queue), desk_of(an_agent(queue))
    colleague = desk_of(an_agent(queue))
    with at():
        _save(browser, ticket, bomb)
        stale = _save(browser, ticket, "outra")
        shown = [
            page(browser, ticket),
            page(colleague, ticket),
            browser.get(reverse("desk_drafts")),
        ]
        write(browser, ticket, bomb)
        shown.append(page(colleague, ticket))
    assert "<script>alert" not in stale.json()["html"]
    for answer in shown:
        assert "alert(1)" in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()
