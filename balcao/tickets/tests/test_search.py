"""Tickets by what was written in them."""

import secrets
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.events.actions import enqueue
from balcao.events.queue import run_pending
from balcao.files.actions import store
from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.lifecycle import Verb
from balcao.search import queries as search
from balcao.search.models import SearchDoc
from balcao.search.normaliser import parse
from balcao.tickets.actions import change_state, customer_message, index_messages, note
from balcao.tickets.models import Message, Ticket
from balcao.tickets.queries import Among, search_tickets
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")


def a_word() -> str:
    """One that no other test writes."""
    return "palavra" + "".join(chr(97 + int(sign, 16)) for sign in secrets.token_hex(6))


def found(actor: Actor, words: str, **how: object) -> list[str]:
    return [row.number for row in search_tickets(actor, parse(words), **how).rows]  # type: ignore[arg-type]


def write(ticket: Ticket, actor: Actor, body: str, *, files: tuple[str, ...] = ()) -> Message:
    return customer_message(
        actor=actor,
        now=NOW,
        ticket_id=ticket.pk,
        body=body,
        key=secrets.token_hex(8),
        files=[store(b"x", name=name, now=NOW) for name in files],
    )


def add_note(ticket: Ticket, actor: Actor, body: str) -> Message:
    return note(actor=actor, now=NOW, ticket_id=ticket.pk, body=body, key=secrets.token_hex(8))


def test_b3_a_ticket_is_found_by_its_words_exactly_by_those_who_see_it() -> None:
    word, other_queue = a_word(), a_queue()
    mine, theirs = a_customer(), a_customer()
    ticket = a_ticket(mine, subject=f"Sobre {word}")
    a_ticket(theirs)
    see_it = [mine.actor, acting(an_agent()), acting(a_member_of_staff(Role.SALES))]
    do_not = [
        theirs.actor,
        a_colleague(mine).actor,
        acting(an_agent(other_queue)),
        acting(a_member_of_staff(Role.ADMINISTRATOR)),
        SYSTEM,
    ]
    assert [found(actor, word) for actor in see_it] == [[ticket.number]] * len(see_it)
    assert [found(actor, word) for actor in do_not] == [[]] * len(do_not)
    Ticket.objects.filter(pk=ticket.pk).update(queue=other_queue)
    assert found(acting(an_agent(other_queue)), word) == [ticket.number]
    assert found(acting(an_agent()), word) == []


def test_b3_the_words_of_a_note_are_found_only_by_those_who_read_notes() -> None:
    customer, agent, word = a_customer(), acting(an_agent()), a_word()
    ticket = a_ticket(customer)
    add_note(ticket, agent, f"O cliente {word} reclamou")
    assert found(agent, word) == [ticket.number]
    assert found(acting(a_member_of_staff(Role.AUDITOR)), word) == [ticket.number]
    for blind in (customer.actor, acting(a_member_of_staff(Role.SALES))):
        assert found(blind, word) == []
    # Sales who also serve another queue read the notes there, and not here.
    both = acting(a_member_of_staff(Role.SALES, Role.AGENT, queues=(a_queue(),)))
    assert found(both, word) == []
    write(ticket, customer.actor, f"E agora {word} por mim")
    assert found(both, word) == [ticket.number]
    assert [row.is_note for row in search_tickets(both, parse(word)).rows] == [False]


def test_subject_text_and_names_of_files_are_found_together() -> None:
    customer, word = a_customer(), a_word()
    ticket = a_ticket(customer, subject=f"Tarifador {word}")
    write(ticket, customer.actor, "As configurações sumiram", files=("backup-central.zip",))
    assert found(customer.actor, f"{word} configurar") == [ticket.number]
    assert found(customer.actor, f"{word} backup central") == [ticket.number]
    assert found(customer.actor, f"{word} -backup") == [ticket.number]
    assert found(customer.actor, f"{word} inexistente") == []


def test_open_or_done_mine_or_everybodys() -> None:
    word, agent = a_word(), an_agent()
    customer = a_customer()
    waiting, done = (a_ticket(customer, subject=word) for _ in range(2))
    an_answer(done, agent, then=Verb.RESOLVE)
    who = acting(agent)
    assert found(who, word) == [done.number, waiting.number]
    assert found(who, word, among=Among.OPEN) == [waiting.number]
    assert found(who, word, among=Among.DONE) == [done.number]
    assert found(who, word, mine=True) == [done.number]
    change_state(actor=customer.actor, now=NOW, ticket_id=waiting.pk, verb=Verb.CANCEL)
    assert found(who, word, among=Among.OPEN) == []


def test_pages_follow_each_other_newest_first_and_show_each_ticket_once() -> None:
    word, customer = a_word(), a_customer()
    tickets = [a_ticket(customer, subject=word) for _ in range(5)]
    write(tickets[0], customer.actor, "mais uma vez")
    who, cursor, pages = acting(an_agent()), "", []
    while True:
        page = search_tickets(who, parse(word), cursor=cursor, size=2)
        pages.append([row.number for row in page.rows])
        cursor = page.after
        if not cursor:
            break
    numbers = [ticket.number for ticket in tickets]
    assert pages == [
        [numbers[0], numbers[4]],
        [numbers[3], numbers[2]],
        [numbers[1]],
    ]
    assert len(search_tickets(who, parse(word), cursor="9" * 40, size=2).rows) == 2


def test_words_that_stand_nearly_everywhere_are_looked_for_among_the_newest_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "ENOUGH", 4)
    monkeypatch.setattr(search, "NEWEST", 3)
    word, customer = a_word(), a_customer()
    tickets = [a_ticket(customer, subject=word) for _ in range(5)]
    page = search_tickets(acting(an_agent()), parse(word))
    assert [row.number for row in page.rows] == [row.number for row in tickets[:1:-1]]
    assert page.common
    assert not search_tickets(acting(an_agent()), parse(f"{word} inexistente")).common


def test_words_of_long_ago_are_found_when_the_newest_texts_do_not_hold_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "RECENT", 2)
    word, customer, agent = a_word(), a_customer(), acting(an_agent())
    old = a_ticket(customer, subject=word)
    for _ in range(3):
        a_ticket(customer, subject="Outro")
    for _ in range(2):  # the second search knows where the newest texts are
        with CaptureQueriesContext(connection) as statements:
            assert found(agent, word) == [old.number]
        assert len(statements) <= 2


def test_a_search_costs_one_statement_whatever_is_found() -> None:
    word, customer, who = a_word(), a_customer(), acting(an_agent())
    for _ in range(3):
        a_ticket(customer, subject=word)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert len(found(who, word)) == 3
    assert len(statements) == 1


def test_what_was_written_before_there_was_an_index_is_indexed_by_a_job() -> None:
    word, customer = a_word(), a_customer()
    ticket = a_ticket(customer, subject=word)
    agent = acting(an_agent())
    add_note(ticket, agent, f"nota{word}")
    SearchDoc.objects.filter(parent_id=ticket.pk).delete()
    assert found(agent, word) == []
    enqueue("tickets.index", now=NOW, key=None)
    run_pending(NOW)
    assert found(agent, word) == found(agent, f"nota{word}") == [ticket.number]
    assert found(customer.actor, f"nota{word}") == []


def test_the_command_indexes_what_is_missing_or_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("balcao.tickets.actions.indexing.BATCH", 2)
    word, customer = a_word(), a_customer()
    tickets = [a_ticket(customer, subject=word) for _ in range(3)]
    SearchDoc.objects.filter(parent_id=tickets[1].pk).delete()
    Ticket.objects.filter(pk=tickets[0].pk).update(subject="Outro")
    for option, expected in ((), [2, 1, 0]), (("--all",), [2, 1]):
        printed = StringIO()
        call_command("search", "rebuild", *option, stdout=printed)
        assert f"{search.doc_count()} texts" in printed.getvalue()
        numbers = [tickets[place].number for place in expected]
        assert found(customer.actor, word) == numbers
    assert index_messages(below=1) is None
