"""What a change of the policy would move, before it is saved."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.policy.lifecycle import Verb
from balcao.reports import queries
from balcao.tickets.actions import Refused, change_state
from balcao.tickets.models import Deadline, Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_draft,
    a_policy_in_force,
    a_ticket,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
LATER = NOW + 2 * HOUR
BUSINESS = {"sla.clock": "business"}
# NOW is Friday the 13th, noon; the next working day is closed.
MONDAY_OFF = {
    "calendar.days": [{"date": "2026-11-16", "name": "Feriado municipal", "spans": []}],
}


def _due(ticket: Ticket) -> dict[str, object]:
    return dict(Deadline.objects.filter(ticket=ticket).values_list("kind", "due_at"))


def test_p1_a_holiday_shows_every_deadline_that_it_moves_and_from_where_to_where() -> None:
    a_policy_in_force(BUSINESS)
    ticket = a_ticket(a_customer())
    found = queries.preview(a_draft({**BUSINESS, **MONDAY_OFF}), now=LATER)
    day = timedelta(days=1)
    assert found.moved_count == 2
    assert found.tickets == 1
    assert {row.number for row in found.moved} == {ticket.number}
    assert {row.deadline: row.before for row in found.moved} == _due(ticket)
    # Friday 12:00 and 24 or 40 business hours of ten a day: Tuesday and Thursday, and a day more.
    assert [row.after - row.before for row in found.moved if row.after and row.before] == [day, day]


def test_p1_a_change_that_moves_nothing_lists_nothing() -> None:
    a_ticket(a_customer())
    assert queries.preview(a_draft(MONDAY_OFF), now=LATER).moved_count == 0


def test_p1_a_ticket_keeps_the_hours_it_was_promised() -> None:
    a_ticket(a_customer())
    draft = a_draft({"sla.start_hours": 1, "sla.resolution_hours": 2, **BUSINESS, **MONDAY_OFF})
    assert queries.preview(draft, now=LATER).moved_count == 0


def test_p1_promises_that_were_kept_and_tickets_that_ended_do_not_move() -> None:
    a_policy_in_force(BUSINESS)
    customer, agent = a_customer(), an_agent()
    answered, resolved = a_ticket(customer), a_ticket(customer)
    an_answer(answered, agent)
    change_state(actor=customer.actor, now=LATER, ticket_id=resolved.pk, verb=Verb.RESOLVE)
    found = queries.preview(a_draft({**BUSINESS, **MONDAY_OFF}), now=LATER)
    assert [(row.number, row.deadline) for row in found.moved] == [(answered.number, "resolution")]


def test_p1_a_ticket_that_waits_is_shown_where_its_clock_stands() -> None:
    a_policy_in_force(BUSINESS)
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, then=Verb.WAIT_CUSTOMER)
    found = queries.preview(a_draft({**BUSINESS, **MONDAY_OFF}), now=NOW + 3 * HOUR)
    (row,) = found.moved
    before = _due(ticket)["resolution"]
    assert row.before == before


def test_p1_the_list_is_short_and_the_count_is_whole() -> None:
    a_policy_in_force(BUSINESS)
    customer = a_customer()
    for _ in range(26):
        a_ticket(customer)
    found = queries.preview(a_draft({**BUSINESS, **MONDAY_OFF}), now=LATER)
    assert len(found.moved) == 50
    assert (found.moved_count, found.tickets) == (52, 26)


def test_p1_decisions_that_would_be_others_are_counted_by_rule_and_door() -> None:
    lapsed = a_customer(licence_until=date(2026, 11, 1))
    with pytest.raises(Refused):
        a_ticket(lapsed)
    a_ticket(a_customer())
    found = queries.preview(a_draft({"rules.S5": "warn"}), now=LATER)
    (group,) = found.groups
    assert (found.judged, found.changed, found.left_out) == (2, 1, 0)
    assert (group.rule, group.door, group.before, group.after) == (
        "S5",
        "portal",
        "refuse",
        "allow",
    )
    assert (group.count, group.organisations) == (1, 1)
    assert queries.preview(a_draft({}), now=LATER).changed == 0


def test_the_preview_asks_the_same_number_of_questions_whatever_the_tickets() -> None:
    a_policy_in_force(BUSINESS)
    customer, draft = a_customer(), a_draft({**BUSINESS, **MONDAY_OFF})
    a_ticket(customer)
    counts = []
    for _ in range(2):
        queries.preview(draft, now=LATER)
        with CaptureQueriesContext(connection) as asked:
            queries.preview(draft, now=LATER)
        counts.append(len(asked))
        for _ in range(5):
            a_ticket(customer)
    assert counts[0] == counts[1] <= 14
