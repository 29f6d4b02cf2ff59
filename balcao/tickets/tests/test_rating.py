"""What a customer thinks of the service, and the link by which they say so (A3)."""

from datetime import timedelta

import pytest

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import RATE_DAYS, Verb
from balcao.tickets.actions import Conflict, NotAllowed, change_state, rate, run_due
from balcao.tickets.models import Rating, Ticket
from balcao.tickets.queries import get_own, rated_by_link, rating_link, rating_of
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


def _resolved(customer: Customer) -> Ticket:
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.RESOLVE)
    return Ticket.objects.get(pk=ticket.pk)


def _rate(who: Customer, ticket: Ticket, score: int, now: object = NOW) -> Rating:
    return rate(
        actor=who.actor,
        now=now,  # type: ignore[arg-type]
        ticket_id=ticket.pk,
        score=score,
        comment="Rápido e claro.",
    )


def test_a_resolved_ticket_is_rated_and_the_rating_changed_until_it_is_closed() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    _rate(customer, ticket, 3)
    _rate(customer, ticket, 5)
    assert Rating.objects.get(ticket=ticket).score == 5
    scores = Event.objects.filter(verb="ticket.rated", subject_id=ticket.pk).order_by("pk")
    assert [event.data for event in scores] == [{"score": 3}, {"score": 5}]
    run_due(NOW + 8 * DAY)
    with pytest.raises(Conflict):
        _rate(customer, ticket, 1, NOW + 8 * DAY)
    found = rating_of(get_own(customer.actor, ticket.number))
    assert found
    assert (found.score, found.comment) == (5, "Rápido e claro.")


def test_an_open_ticket_and_somebody_else_s_are_not_rated() -> None:
    customer, foreign = a_customer(), a_customer()
    still_open, ticket = a_ticket(customer), _resolved(customer)
    with pytest.raises(Conflict):
        _rate(customer, still_open, 5)
    for who in (foreign.actor, a_colleague(customer).actor, acting(an_agent())):
        with pytest.raises(NotAllowed):
            rate(actor=who, now=NOW, ticket_id=ticket.pk, score=1)
    assert not Rating.objects.exists()
    _rate(customer, ticket, 5)


def test_a_first_rating_can_still_be_given_after_closing_until_30_days_are_over() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    run_due(NOW + 8 * DAY)
    with pytest.raises(Conflict):
        _rate(customer, ticket, 4, NOW + RATE_DAYS * DAY)
    _rate(customer, ticket, 4, NOW + RATE_DAYS * DAY - timedelta(seconds=1))


def test_a3_a_link_that_ran_out_was_changed_or_is_another_s_rates_nothing() -> None:
    customer, other = a_customer(), a_customer()
    ticket = _resolved(customer)
    secret = rating_link(ticket.pk, customer.user.pk, now=NOW)
    end = NOW + RATE_DAYS * DAY
    assert rated_by_link(secret, now=end - timedelta(seconds=1))
    swapped = secret.swapcase()
    foreign = rating_link(ticket.pk, other.user.pk, now=NOW)
    unknown = rating_link(ticket.pk, 0, now=NOW)
    payload = secret.partition(":")[0]
    abuses = ("", "null", "None", secret[:-1], swapped, foreign, unknown, payload, f"{secret}=")
    for abuse in abuses:
        assert rated_by_link(abuse, now=NOW) is None, abuse
    assert rated_by_link(secret, now=end) is None


def test_a3_the_link_of_somebody_who_left_or_was_deactivated_rates_nothing() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    ticket = _resolved(customer)
    ticket.participants.add(colleague.user)
    mine = rating_link(ticket.pk, customer.user.pk, now=NOW)
    theirs = rating_link(ticket.pk, colleague.user.pk, now=NOW)
    assert rated_by_link(mine, now=NOW)
    assert rated_by_link(theirs, now=NOW)
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    people.deactivate(actor=SYSTEM, now=NOW, user=colleague.user)
    assert rated_by_link(mine, now=NOW) is None
    assert rated_by_link(theirs, now=NOW) is None


def test_a_reopened_ticket_keeps_its_rating_and_takes_a_new_one_when_resolved_again() -> None:
    customer = a_customer()
    ticket = _resolved(customer)
    _rate(customer, ticket, 2)
    change_state(actor=customer.actor, now=NOW, ticket_id=ticket.pk, verb=Verb.REOPEN)
    with pytest.raises(Conflict):
        _rate(customer, ticket, 5)
    change_state(actor=customer.actor, now=NOW, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    assert _rate(customer, ticket, 5).score == 5
