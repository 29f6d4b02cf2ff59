"""The replay's page."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.asking import replay
from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.policy.access import Role
from balcao.policy.book.changes import Topic
from balcao.tickets.actions import Refused
from balcao.tickets.models import Decision
from tests.cast import (
    Customer,
    a_change,
    a_customer,
    a_member_of_staff,
    a_policy_change,
    a_ticket,
    acting,
    an_administrator,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def refused(installation: None) -> Customer:
    """Turned away under version 1; version 2, in force, would only warn."""
    customer = a_customer(licence_until=date(2026, 11, 1), name="Zélia Prates")
    with pytest.raises(Refused):
        a_ticket(customer)
    a_policy_change(Topic.RULES, {"rules": {"S5": "warn"}})
    return customer


def judged(client: Client, **query: str) -> Any:
    with at():
        answer = client.get(reverse("desk_replay"), {"days": "30", **query})
    assert answer.status_code == 200
    return answer


def a_supervisor() -> Client:
    return desk_of(a_member_of_staff(Role.SUPERVISOR))


def test_p1_the_page_counts_changes_by_rule_and_door_and_names_who_is_behind(
    refused: Customer,
) -> None:
    text = text_of(judged(a_supervisor()))
    assert "Version 2, in force One decision was judged again. One would be another." in text
    assert "S5 Opening needs at least one valid licence at that moment. Portal" in text
    assert "Refused (Licence expired) Allowed" in text
    assert "Zélia Prates" in text
    assert refused.organisation.name in text


def test_p1_who_sees_no_tickets_sees_counts_only(refused: Customer) -> None:
    text = text_of(judged(desk_of(an_administrator())))
    assert "One would be another." in text
    assert "S5 Opening needs" in text
    assert "Zélia Prates" not in text
    assert refused.organisation.name not in text


def test_p1_another_version_and_a_change_can_be_tried(refused: Customer) -> None:
    keeper = an_administrator()
    change = a_change(acting(keeper), Topic.RULES, {"rules": {"S5": "enforce"}})
    client = desk_of(keeper)
    for value in ("v1", f"m{change.pk}"):
        assert "None of them would be another." in text_of(judged(client, against=value)), value
    unknown = text_of(judged(client, against="v7"))
    assert "There is no such version, or it is not yours to read." in unknown
    assert "judged again." not in unknown


def test_nothing_is_judged_before_it_is_asked_for(refused: Customer) -> None:
    client = a_supervisor()
    with at():
        text = text_of(client.get(reverse("desk_replay")))
    assert "judged again." not in text
    assert "would be another" not in text
    for days in ("0", "731", "x", ""):
        assert "would be another" not in text_of(judged(client, days=days)), days


@pytest.mark.usefixtures("refused")
def test_p1_what_is_too_much_for_a_page_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "LIMIT", 1)
    a_ticket(a_customer())
    text = text_of(judged(a_supervisor()))
    assert "Only the newest 1 were judged here." in text
    assert "One older decision was left out" in text


@pytest.mark.usefixtures("refused")
def test_p1_a_decision_that_is_not_given_again_is_said() -> None:
    Decision.objects.update(verdict="allow", reason="", rules=["S3"])
    text = text_of(judged(a_supervisor()))
    assert "One decision is not given again by its own version." in text


def test_the_page_takes_as_many_statements_whatever_the_decisions(refused: Customer) -> None:
    client, counts = a_supervisor(), []
    a_ticket(refused)
    for _ in range(2):
        judged(client)
        with CaptureQueriesContext(connection) as asked:
            judged(client)
        counts.append(len(asked))
        for _ in range(6):
            a_ticket(a_customer())
            a_ticket(refused)
    assert counts[0] == counts[1] <= 15
