"""What a preview foretells is what the job does after the save, ticket by ticket."""

from datetime import datetime, timedelta

import pytest

from balcao.events.queue import run_pending
from balcao.policy.book.changes import Topic
from balcao.policy.lifecycle import Verb
from balcao.reports.queries import preview
from balcao.rulebook import actions, queries
from balcao.tickets.actions import change_state
from balcao.tickets.models import Deadline
from tests.cast import (
    NOW,
    a_change,
    a_customer,
    a_policy_change,
    a_ticket,
    acting,
    an_administrator,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
LATER = NOW + 8 * HOUR
MONDAY = {"date": "2026-11-16", "name": "Ponte", "spans": []}
HALF = {"date": "2026-11-17", "name": "Meio expediente", "spans": ["08:00-12:00"]}
WEEK = ["08:00-12:00", "14:00-18:00"]


def the_desk() -> None:
    """Tickets in every situation, some promised elapsed hours and some business hours."""
    agent = an_agent()
    for clock in ("elapsed", "business"):
        if clock == "business":
            a_policy_change(Topic.DEADLINES, {"sla": {"clock": clock}})
        for situation in ("open", "started", "waiting", "third", "back", "resolved"):
            customer = a_customer()
            ticket = a_ticket(customer)
            if situation == "open":
                continue
            then = {"waiting": Verb.WAIT_CUSTOMER, "resolved": Verb.RESOLVE}
            then["back"] = Verb.WAIT_CUSTOMER
            an_answer(ticket, agent, then=then.get(situation))
            if situation == "back":
                an_answer(ticket, agent, now=NOW + 4 * HOUR, then=Verb.RESOLVE)
                change_state(
                    actor=customer.actor,
                    now=NOW + 5 * HOUR,
                    ticket_id=ticket.pk,
                    verb=Verb.REOPEN,
                )


def dues() -> dict[tuple[str, str], datetime | None]:
    rows = Deadline.objects.filter(met_at=None)
    return {(row.ticket.number, row.kind): row.due_at for row in rows.select_related("ticket")}


@pytest.mark.parametrize(
    ("topic", "tables"),
    [
        (Topic.CALENDAR, {"calendar": {"days": [MONDAY, HALF]}}),
        (Topic.CALENDAR, {"calendar": {"week": {"mon": WEEK, "tue": WEEK, "sat": WEEK}}}),
        (
            Topic.SUSPENSIONS,
            {
                "suspended": {
                    "periods": [
                        {
                            "begins": (NOW + begins * HOUR).isoformat(),
                            "ends": (NOW + ends * HOUR).isoformat(),
                            "reason": "Temporal",
                        }
                        for begins, ends in ((0.5, 2), (3, 20), (70, 75))
                    ]
                }
            },
        ),
    ],
    ids=["days", "week", "suspensions"],
)
def test_r4_r23_a_preview_and_the_job_after_the_save_move_the_same_deadlines(
    topic: Topic, tables: dict[str, dict[str, object]]
) -> None:
    the_desk()
    run_pending(LATER)
    actor = acting(an_administrator())
    change = a_change(actor, topic, tables, now=LATER)
    told = preview(queries.effect_of(change).policy, now=LATER)
    before = dues()
    actions.submit(actor=actor, now=LATER, proposal_id=change.pk, reason="Ajuste")
    run_pending(LATER)
    after = dues()
    moved = {key: (was, after[key]) for key, was in before.items() if after[key] != was}
    assert {(row.number, row.deadline): (row.before, row.after) for row in told.moved} == moved
    assert told.moved_count == len(moved) > 3
