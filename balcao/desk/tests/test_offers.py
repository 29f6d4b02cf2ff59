"""What a ticket's page offers: one list, in one order, each entry with its reason."""

from datetime import datetime, timedelta
from typing import cast

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from balcao.desk import offers
from balcao.desk.place import place_of
from balcao.desk.tests.desk import LATER, at, desk_of, page, text_of
from balcao.entitlements.queries import card_of
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.lifecycle import Verb
from balcao.rulebook.queries import current
from balcao.tickets import actions, queries
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries.access import scope_of
from balcao.web.guards import PageRequest
from tests.cast import (
    a_customer,
    a_member_of_staff,
    a_queue,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def _offers(user: User, ticket: Ticket, *, now: datetime = LATER) -> offers.Offers:
    request = cast(PageRequest, RequestFactory().get("/", {"v": "meus"}))
    request.actor, request.now, request.policy = acting(user), now, current()
    found = queries.get_for(request.actor, ticket.number)
    card = card_of(
        (found.organisation_id, found.organisation.name),
        policy=request.policy,
        now=now,
        licence_id=found.licence_id,
        person_id=found.opener_id,
    )
    contracts, licences = card.facts
    # The page has read who takes part beside the deadlines.
    scope_of(found)
    with CaptureQueriesContext(connection) as statements, translation.override("en"):
        listed = offers.of(
            request,
            found,
            place=place_of(request),
            contracts=contracts,
            licences=licences,
            covered=card.coverage.covered,
        )
    # Exceptions are looked for where the gate would refuse a reply.
    assert len(statements) <= (1 if listed.reply and listed.reply.reason else 0)
    return listed


def test_every_action_is_listed_once_in_one_order_and_what_cannot_be_done_says_why(
    queue: Queue,
) -> None:
    agent, ticket = an_agent(queue), a_ticket(a_customer(), queue=queue)
    found = _offers(agent, ticket).listed
    assert [each.code for each in found if not each.reason] == [
        *("reply", "note", "take", "transfer", "change_queue", "wait_customer", "ask_sales"),
        *(
            "remote",
            "work",
            "product",
            "rename",
            "followers",
            "split",
            "resolve",
            "history",
            "why",
            "print",
            "copy",
        ),
    ]
    assert {each.code for each in found if each.reason} == {
        *("skip", "give_back", "wait_third", "resume", "reopen")
    }
    codes = [each.code for each in found]
    assert len(codes) == len(set(codes))
    an_answer(ticket, agent, now=LATER, then=Verb.RESOLVE)
    done = _offers(agent, ticket)
    assert [each.code for each in done.listed] == codes, "the same list in every state"
    assert [each.code for each in done.head] == ["reopen"]
    assert done.reply
    assert done.reply.reason == "The ticket is resolved: reopen it to reply."


def test_r3_what_nobody_served_is_resolved_where_an_answer_is_written(queue: Queue) -> None:
    agent, customer = an_agent(queue), a_customer()
    ticket = a_ticket(customer, queue=queue)
    fresh = _offers(agent, ticket)
    silent = fresh.named("resolve")
    assert silent
    assert (silent.spot, silent.method, silent.address) == ("menu", "get", "#composer-text")
    assert "Nobody has served it yet" in silent.way
    assert not silent.reason
    assert not fresh.resolve_after.reason, "the composer sends and resolves"
    an_answer(ticket, agent)
    said = _offers(agent, ticket).named("resolve")
    assert said
    assert (said.spot, said.method, said.way) == ("head", "post", "")


def test_a_reply_that_cannot_wait_yet_names_the_button_and_what_comes_first(queue: Queue) -> None:
    agent, ticket = an_agent(queue), a_ticket(a_customer(), queue=queue)
    an_answer(ticket, agent)
    actions.wait_third(
        actor=acting(agent),
        now=LATER,
        ticket_id=ticket.pk,
        who="O fabricante",
        protocol="",
        review_on=(LATER + timedelta(days=3)).date(),
    )
    found = _offers(agent, ticket)
    assert found.wait.reason == "First press “Back to service”, in “More”."
    assert not found.resolve_after.reason
    resume = found.named("resume")
    assert resume
    assert (resume.spot, resume.reason) == ("menu", "")
    with at():
        shown = text_of(page(desk_of(agent), ticket))
    assert "Send and wait for the customer · First press “Back to service”" in shown


def test_r3_what_cannot_be_answered_is_not_resolved_in_silence_either(queue: Queue) -> None:
    camila, bruno = an_agent(queue, name="Camila Rocha"), an_agent(queue)
    ticket = a_ticket(a_customer(), queue=queue)
    actions.take_next(actor=acting(camila), now=LATER)
    for somebody in (bruno, a_supervisor()):
        resolve = _offers(somebody, ticket).named("resolve")
        assert resolve
        assert resolve.reason.startswith("Reserved for Camila Rocha until")


def test_what_somebody_could_never_do_is_not_listed(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)

    def codes(role: Role) -> list[str]:
        return [each.code for each in _offers(a_member_of_staff(role), ticket).listed]

    assert codes(Role.AUDITOR) == ["work", "history", "why", "print", "copy"]
    assert codes(Role.SALES) == ["answer_scope", "appointment", "why", "print", "copy"]
    assert {"cancel", "release"} <= set(codes(Role.SUPERVISOR))
    assert not {"cancel", "release"} & {
        each.code for each in _offers(an_agent(queue), ticket).listed
    }


def test_an_address_says_all_and_keeps_the_list_it_is_read_beside(queue: Queue) -> None:
    agent, ticket = an_agent(queue), a_ticket(a_customer(), queue=queue)
    browser = desk_of(agent)
    ask = _offers(agent, ticket).named("ask_sales")
    assert ask
    assert ask.method == "post"
    with at():
        answer = browser.post(ask.address)
    assert answer.status_code == 302
    assert "v=meus" in answer.headers["Location"]
    ticket.refresh_from_db()
    assert ticket.state == "asking_sales"


def test_the_buttons_the_menu_and_the_keys_read_the_same_list(queue: Queue) -> None:
    agent, ticket = an_agent(queue), a_ticket(a_customer(), queue=queue)
    with at():
        answer = page(desk_of(agent), ticket)
    html, text = answer.content.decode(), text_of(answer)
    for each in _offers(agent, ticket).listed:
        if each.key and not each.reason:
            assert f'data-key="{each.key}"' in html, each.code
        if each.spot != "page":
            assert each.label in text
            assert each.reason in text
            assert each.way in text
