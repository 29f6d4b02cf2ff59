"""Judging the decisions on record again."""

from datetime import date, timedelta

import pytest

from balcao.reports import queries
from balcao.reports.queries import decisions
from balcao.tickets.actions import Refused
from balcao.tickets.models import Decision
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_draft,
    a_policy_in_force,
    a_ticket,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

LATER = NOW + timedelta(days=1)
LENIENT = {"rules.S5": "observe"}


def _refused() -> Customer:
    customer = a_customer(licence_until=date(2026, 11, 1))
    with pytest.raises(Refused):
        a_ticket(customer)
    return customer


def test_p1_every_decision_is_given_again_by_the_version_it_was_taken_under() -> None:
    customer = a_customer()
    an_answer(a_ticket(customer), an_agent())
    _refused()
    a_policy_in_force(LENIENT)
    a_ticket(a_customer(licence_until=date(2026, 11, 1)))
    found = queries.replay(a_draft(LENIENT), days=30, now=LATER)
    assert (found.judged, found.diverged, found.unreadable) == (4, 0, 0)
    assert set(Decision.objects.values_list("policy_version", flat=True)) == {1, 2}


def test_p1_a_lenient_draft_lists_whom_it_would_let_in() -> None:
    customer = _refused()
    found = queries.replay(a_draft(LENIENT), days=30, now=LATER)
    (change,) = found.changes
    assert (change.before.verdict, change.after.verdict) == ("refuse", "allow")
    assert (change.rule, change.door, change.act) == ("S5", "portal", "open")
    assert (change.organisation, change.person) == (customer.organisation.pk, customer.user.pk)
    assert found.changed == sum(group.count for group in found.groups) == 1


def test_p1_a_strict_draft_lists_whom_it_would_turn_away() -> None:
    a_policy_in_force(LENIENT)
    a_ticket(a_customer(licence_until=date(2026, 11, 1)))
    found = queries.replay(a_draft({}), days=30, now=LATER)
    (group,) = found.groups
    assert (group.rule, group.before, group.after) == ("S5", "allow", "refuse")


def test_p1_a_decision_that_its_own_version_does_not_give_again_is_reported() -> None:
    _refused()
    Decision.objects.update(verdict="allow", reason="", rules=["S3"])
    found = queries.replay(a_draft({}), days=30, now=LATER)
    (odd,) = found.divergences
    assert found.diverged == 1
    assert (odd.before.verdict, odd.after.verdict) == ("allow", "refuse")


def test_p1_facts_that_are_no_longer_kept_are_counted_and_not_guessed() -> None:
    a_ticket(a_customer())
    Decision.objects.update(facts={})
    found = queries.replay(a_draft({"rules.S5": "enforce"}), days=30, now=LATER)
    assert (found.judged, found.unreadable, found.changed, found.diverged) == (1, 1, 0, 0)


def test_p1_only_the_days_asked_for_are_judged() -> None:
    a_ticket(a_customer(), now=NOW - timedelta(days=2))
    a_ticket(a_customer(), now=NOW - timedelta(hours=23))
    assert queries.replay(a_draft({}), days=1, now=NOW).judged == 1
    assert queries.replay(a_draft({}), days=3, now=NOW).judged == 2
    assert queries.waiting(3, now=NOW) == 2


def test_p1_a_long_record_is_walked_in_parts_without_losing_or_doubling_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decisions, "_CHUNK", 3)
    customer = a_customer()
    # Seven at the very same moment, then one more: the cursor stands between equals.
    for _ in range(7):
        a_ticket(customer)
    a_ticket(customer, now=NOW + timedelta(seconds=1))
    walked = [row.id for row in decisions.walk(decisions.taken_since(NOW, now=LATER))]
    assert walked == list(Decision.objects.order_by("-at", "-pk").values_list("pk", flat=True))
    steps: list[tuple[int, int]] = []
    found = queries.replay(
        a_draft({}),
        days=2,
        now=LATER,
        limit=5,
        progress=lambda done, of: steps.append((done, of)),
    )
    assert (found.judged, found.left_out) == (5, 3)
    assert steps[-1] == (5, 5)
