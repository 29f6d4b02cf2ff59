"""What an agent types, the customer confirms: as the customer, through the gate, once (R13)."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from balcao.events import queue
from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.actions import TokenRefused, make_token
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.accounts import LIFE, TokenKind
from balcao.rulebook import queries as rulebook
from balcao.tickets import actions, queries
from balcao.tickets.actions import Conflict, NotAllowed, Refused
from balcao.tickets.models import AssistedOpening, Decision, Draft, Ticket
from balcao.tickets.queries import NotFound
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_customer,
    a_member_of_staff,
    a_supervisor,
    acting,
    an_agent,
)
from tests.cast_calls import a_call, a_proposal, at_once

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def link(row: AssistedOpening, *, user: User | None = None) -> str:
    return make_token(
        now=NOW,
        kind=TokenKind.OPENING,
        user_id=user.pk if user else row.contact_id,
        payload={"opening": row.pk},
    )


def confirm(row: AssistedOpening, customer: Customer, **more: Any) -> Ticket:
    now = more.pop("now", NOW)
    return actions.confirm_opening(actor=customer.actor, now=now, opening_id=row.pk, **more)


def test_r13_confirmed_it_is_the_customers_own_ticket_born_in_the_portal() -> None:
    customer, agent = a_customer(), an_agent()
    row = a_proposal(agent, customer)
    assert not Ticket.objects.filter(organisation=customer.organisation).exists()
    ticket = confirm(row, customer, secret=link(row))
    assert (ticket.opener_id, ticket.door) == (customer.user.pk, "portal")
    assert ticket.subject == row.subject
    decision = Decision.objects.get(ticket=ticket)
    assert decision.actor_id == customer.user.pk
    assert decision.facts["request"]["assisted"] is True
    event = Event.objects.get(verb="opening.confirmed", subject_id=row.pk)
    assert event.data == {"ticket": ticket.pk, "by": "link"}
    seen = queries.opening_for(acting(agent), row.pk, now=NOW)
    assert (seen.state, seen.number) == ("confirmed", ticket.number)


def test_o2_pressed_twice_it_is_one_ticket() -> None:
    customer = a_customer()
    row = a_proposal(an_agent(), customer)
    secret = link(row)
    assert confirm(row, customer, secret=secret).pk == confirm(row, customer, secret=secret).pk
    assert confirm(row, customer).pk
    assert Ticket.objects.filter(organisation=customer.organisation).count() == 1


@pytest.mark.django_db(transaction=True)
def test_o2_confirmed_four_times_at_once_it_is_one_ticket() -> None:
    customer = a_customer()
    row = a_proposal(an_agent(), customer)
    secret = link(row)

    def press() -> str:
        try:
            return confirm(row, customer, secret=secret).number
        except (Conflict, TokenRefused):
            return ""

    numbers = set(at_once(press)) - {""}
    assert len(numbers) == 1
    assert Ticket.objects.filter(organisation=customer.organisation).count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_declined_at_once_only_one_counts() -> None:
    customer = a_customer()
    row = a_proposal(an_agent(), customer)

    def press(place: int) -> None:
        act = actions.confirm_opening if place % 2 else actions.decline_opening
        with suppress(Conflict):
            act(actor=customer.actor, now=NOW, opening_id=row.pk)

    at_once(press)
    row.refresh_from_db()
    opened = Ticket.objects.filter(organisation=customer.organisation).count()
    assert (row.state, opened) in {("confirmed", 1), ("declined", 0)}


def test_the_same_form_sent_twice_is_one_question() -> None:
    customer, agent = a_customer(), an_agent()
    rows = {a_proposal(agent, customer, key="a" * 32).pk for _ in range(2)}
    assert len(rows) == 1
    with pytest.raises(Exception, match="AssistedOpening"):
        a_proposal(an_agent(), customer, key="a" * 32)


def test_a_call_on_the_line_ends_as_assisted_with_its_ticket() -> None:
    customer, agent = a_customer(), an_agent()
    call = a_call(agent, customer)
    row = a_proposal(agent, customer, call=call)
    call.refresh_from_db()
    assert (call.outcome, call.ticket_id) == ("assisted", None)
    ticket = confirm(row, customer)
    call.refresh_from_db()
    assert (call.outcome, call.ticket_id) == ("assisted", ticket.pk)
    actions.end_served(actor=acting(agent), now=NOW, call_id=call.pk, summary="Já foi resolvido.")
    call.refresh_from_db()
    assert (call.outcome, call.ended_at) == ("assisted", NOW)
    with pytest.raises(Conflict, match="call_ended"):
        a_proposal(agent, customer, call=call)


def test_s5_what_the_gate_refuses_is_kept_as_the_contacts_draft() -> None:
    customer, agent = a_customer(licence_until=TODAY - DAY), an_agent()
    assert foretold(customer).reason == "licence_expired"
    row = a_proposal(agent, customer)
    secret = link(row)
    with pytest.raises(Refused) as refusal:
        confirm(row, customer, secret=secret)
    assert refusal.value.decision.reason == "licence_expired"
    draft = Draft.objects.get(owner=customer.user)
    seen = queries.opening_for(acting(agent), row.pk, now=NOW)
    assert (seen.state, seen.draft_key, draft.body) == ("refused", draft.key, row.body)
    with pytest.raises(Conflict, match="answered"):
        confirm(row, customer, secret=secret)


def foretold(customer: Customer) -> Any:
    return queries.foretell_opening(
        customer.user.pk,
        customer.organisation.pk,
        service="incident",
        licence_id=customer.licence.pk if customer.licence else None,
        policy=_policy(),
        now=NOW,
    )


def _policy() -> Any:
    return rulebook.current()


def test_the_agent_sees_beforehand_what_the_gate_would_say() -> None:
    before = Decision.objects.count()
    assert foretold(a_customer()).allowed
    assert foretold(a_customer(licence_until=TODAY - DAY)).refused
    assert Decision.objects.count() == before


def test_r13_declined_nothing_is_opened_and_the_agent_learns_so() -> None:
    customer, agent = a_customer(), an_agent()
    row = a_proposal(agent, customer)
    secret = link(row)
    for _ in range(2):
        actions.decline_opening(actor=customer.actor, now=NOW, opening_id=row.pk, secret=secret)
    assert queries.opening_for(acting(agent), row.pk, now=NOW).state == "declined"
    assert Event.objects.filter(verb="opening.declined", subject_id=row.pk).count() == 1
    with pytest.raises(Conflict, match="answered"):
        confirm(row, customer)
    assert not Ticket.objects.filter(organisation=customer.organisation).exists()


def test_r13_it_waits_for_24_hours_and_not_a_second_longer() -> None:
    customer, agent = a_customer(), an_agent()
    row, other = a_proposal(agent, customer), a_proposal(agent, customer)
    over = NOW + LIFE[TokenKind.OPENING]
    assert confirm(row, customer, now=over - SECOND).pk
    assert queries.opening_for(acting(agent), other.pk, now=over).state == "expired"
    with pytest.raises(Conflict, match="answered"):
        confirm(other, customer, now=over)


def test_a3_a_link_opens_nothing_but_what_it_was_made_for() -> None:
    one, other = a_customer(), a_customer()
    agent = an_agent()
    mine, theirs = a_proposal(agent, one), a_proposal(agent, other)
    second = a_proposal(agent, one)
    for row, who, secret in (
        (theirs, other, link(mine)),
        (second, one, link(mine)),
        (mine, one, link(theirs)),
        (mine, one, link(mine, user=other.user)),
        (mine, one, ""),
        (mine, one, link(mine)[:-1]),
        (mine, one, make_token(now=NOW, kind=TokenKind.RESET, user_id=one.user.pk)),
    ):
        with pytest.raises(TokenRefused):
            confirm(row, who, secret=secret)
        with pytest.raises(TokenRefused):
            actions.decline_opening(actor=who.actor, now=NOW, opening_id=row.pk, secret=secret)
    for actor in (other.actor, acting(agent)):
        with pytest.raises(NotAllowed):
            actions.confirm_opening(actor=actor, now=NOW, opening_id=mine.pk)
    assert not Ticket.objects.filter(opener__in=[one.user, other.user]).exists()
    assert confirm(mine, one, secret=link(mine)).pk


def test_a3_whoever_left_the_company_confirms_nothing_for_it() -> None:
    customer = a_customer()
    row = a_proposal(an_agent(), customer)
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    with pytest.raises(NotAllowed):
        confirm(row, customer, secret=link(row))
    assert queries.openings_to_confirm(customer.actor, now=NOW) == []


@pytest.mark.parametrize("role", [Role.SALES, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_who_serves_types_for_customers(role: Role) -> None:
    customer = a_customer()
    with pytest.raises(NotAllowed):
        a_proposal(a_member_of_staff(role), customer)
    with pytest.raises(NotFound):
        queries.contact_choices(
            acting(a_member_of_staff(role)), customer.user.pk, policy=_policy(), now=NOW
        )
    assert a_proposal(a_supervisor(), customer).pk


def test_b5_nothing_is_typed_for_a_company_or_with_a_licence_that_is_not_theirs() -> None:
    customer, other = a_customer(), a_customer()
    for field in ("organisation", "licence"):
        wrong = Customer(
            customer.user,
            other.organisation if field == "organisation" else customer.organisation,
            None,
            other.licence if field == "licence" else None,
            customer.address,
        )
        with pytest.raises(NotAllowed):
            a_proposal(an_agent(), wrong)
    people.retire_address(actor=SYSTEM, now=NOW, user=customer.user, address=customer.address)
    with pytest.raises(Conflict, match="no_address"):
        a_proposal(an_agent(), customer)


def test_what_was_typed_is_seen_by_its_agent_its_contact_and_who_watches() -> None:
    customer, agent = a_customer(), an_agent()
    row = a_proposal(agent, customer)
    for who in (agent, a_supervisor(), a_member_of_staff(Role.AUDITOR)):
        assert queries.opening_for(acting(who), row.pk, now=NOW).body == row.body
    with pytest.raises(NotFound):
        queries.opening_for(acting(an_agent()), row.pk, now=NOW)
    assert [one.id for one in queries.openings_to_confirm(customer.actor, now=NOW)] == [row.pk]
    with pytest.raises(NotFound):
        queries.own_opening(a_customer().actor, row.pk, now=NOW)


def test_a_link_shows_what_came_of_it_only_to_who_used_it_up() -> None:
    customer = a_customer()
    row = a_proposal(an_agent(), customer)
    used, unused = link(row), link(row)
    ticket = confirm(row, customer, secret=used)
    seen = queries.opening_by_link(used, now=NOW)
    assert seen
    assert seen.number == ticket.number
    assert queries.opening_by_link(used, now=NOW + LIFE[TokenKind.OPENING]) is None
    assert queries.opening_by_link(unused[:-1], now=NOW) is None
    people.withdraw_tokens(now=NOW, kind=TokenKind.OPENING, user_id=customer.user.pk)
    queue.run_pending(NOW)
    still = a_proposal(an_agent(), customer)
    secret = link(still)
    people.withdraw_tokens(now=NOW, kind=TokenKind.OPENING, user_id=customer.user.pk)
    assert queries.opening_by_link(secret, now=NOW) is None
