"""Refusals at the desk: counted, listed, and what would be refused (R36)."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.entitlements.models import Service
from balcao.policy import gate
from balcao.policy.access import Role
from balcao.policy.book.changes import Topic
from balcao.tickets.actions import Refused, discard_draft
from balcao.tickets.models import Decision, Objection
from balcao.web import words
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_customer,
    a_member_of_staff,
    a_policy_change,
    a_supervisor,
    a_ticket,
)
from tests.sales import LATER as SOLD_LATER
from tests.sales import a_sold_ticket, described

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def refused(customer: Customer | None = None, *, now: datetime = NOW) -> Customer:
    """A customer whose opening was refused for an expired licence."""
    found = customer or a_customer(licence_until=TODAY - YEAR)
    with pytest.raises(Refused):
        a_ticket(found, now=now, key=f"k{now.timestamp()}")
    return found


def shown(query: str = "", *, now: datetime = NOW + HOUR) -> str:
    with at(now):
        page = desk_of(a_supervisor()).get(f"{reverse('refusals')}?{query}")
    assert page.status_code == 200
    return page.content.decode()


def of(customer: Customer, **more: str) -> str:
    """The filter for one company."""
    return "&".join(
        [f"empresa={customer.organisation.pk}", *(f"{key}={value}" for key, value in more.items())]
    )


def test_a_refusal_says_who_why_what_they_were_told_and_leads_to_an_exception() -> None:
    customer = refused()
    page = shown(of(customer))
    [refusal] = Objection.objects.filter(organisation=customer.organisation)
    assert (refusal.how, refusal.rule, refusal.reason) == ("refused", "S5", "licence_expired")
    for said in (
        customer.user.name,
        customer.organisation.name,
        "Licence expired",
        "Opening needs at least one valid licence",
        "expired on 13 Nov 2025",
        "The draft waits in the portal.",
        f"{reverse('exception_new')}?recusa={refusal.pk}",
        reverse("desk_goods", args=[customer.organisation.pk]),
    ):
        assert said in page


def test_s34_a_refusal_names_the_service_that_was_asked_for() -> None:
    ticket = a_sold_ticket()
    with pytest.raises(Refused):
        described(ticket, service="driver_change")
    [refusal] = Objection.objects.filter(reason="service_not_covered")
    name = Service.objects.get(slug="driver_change").name_en
    page = text_of_page(shown(f"empresa={refusal.organisation_id}", now=SOLD_LATER))
    assert f"{name} is not part of what was bought" in page


def test_s29_every_rule_that_the_gate_names_has_words() -> None:
    folder = Path(gate.__file__).parent
    named = {
        rule
        for path in folder.glob("*.py")
        for rule in re.findall(r'"([SR]\d+)"', path.read_text(encoding="utf-8"))
    }
    assert "S29" in named
    assert [rule for rule in sorted(named) if words.rule(rule) == rule] == []


def test_a_draft_that_was_taken_up_waits_no_more() -> None:
    customer = refused()
    [refusal] = Objection.objects.filter(organisation=customer.organisation)
    assert refusal.draft
    discard_draft(actor=customer.actor, now=NOW, key=refusal.draft.key)
    assert "The draft waits in the portal." not in shown(of(customer))
    assert Decision.objects.filter(organisation=customer.organisation).count() == 1


def test_refusals_are_counted_by_rule_door_and_company() -> None:
    expired, ended = refused(), a_customer(contract_ends=TODAY - YEAR)
    refused(expired, now=NOW + HOUR)
    refused(ended)
    page = shown(of(expired))
    said = text_of_page(page)
    assert "S5 · Opening needs at least one valid licence at that moment. 2" in said
    assert f"{expired.organisation.name} 2" in said
    assert f"{ended.organisation.name} 1" in said
    assert "Portal 2" in said
    assert "S2 · Support belongs" not in said


def text_of_page(html: str) -> str:
    class Page:
        content = html.encode()

    return text_of(Page())


def test_the_period_is_seven_thirty_or_ninety_days() -> None:
    customer = refused()
    later = NOW + 20 * DAY
    name = customer.user.name
    assert name in shown(of(customer), now=later)
    assert name not in shown(of(customer, dias="7"), now=later)
    assert name in shown(of(customer, dias="90"), now=NOW + 80 * DAY)
    assert name not in shown(of(customer), now=NOW + 80 * DAY)


def test_the_list_is_narrowed_by_rule_and_door_and_shown_whole_again() -> None:
    customer = refused()
    by_rule, by_door = shown(of(customer, regra="S2")), shown(of(customer, canal="email"))
    assert "Nothing was refused here" in by_rule
    assert "Nothing was refused here" in by_door
    assert customer.user.name in shown(of(customer, regra="S5", canal="portal"))
    assert f'href="{reverse("refusals")}?empresa={customer.organisation.pk}"' in by_rule


def test_r36_what_would_be_refused_has_a_tab_of_its_own() -> None:
    a_policy_change(Topic.RULES, {"rules": {"S5": "observe"}})
    customer = a_customer(licence_until=TODAY - YEAR)
    a_ticket(customer)
    observed = shown(of(customer, modo="observadas"))
    assert "nobody was refused" in observed
    assert customer.user.name in observed
    assert "Observed only" in observed
    assert customer.user.name not in shown(of(customer))


def test_more_than_a_page_goes_on_where_it_stopped() -> None:
    customer = refused()
    [first] = Objection.objects.filter(organisation=customer.organisation)
    Objection.objects.bulk_create(
        Objection(
            decision=first.decision,
            at=NOW - minutes * timedelta(minutes=1),
            how="refused",
            rule="S5",
            reason="licence_expired",
            door="portal",
            organisation=customer.organisation,
        )
        for minutes in range(1, 60)
    )
    page = shown(of(customer))
    assert page.count("?recusa=") == 50
    cursor = page.partition("depois=")[2].partition('"')[0]
    rest = shown(of(customer, depois=cursor))
    assert rest.count("?recusa=") == 10
    assert "Older" in page
    assert "Older" not in rest
    oldest = Objection.objects.filter(organisation=customer.organisation).order_by("at").first()
    assert oldest
    assert f"?recusa={oldest.pk}" in rest


@pytest.mark.parametrize(
    "query", ["dias=8", "modo=x", "canal=x", "empresa=x", "depois=x", "depois=9-9", "regra=S99"]
)
def test_an_address_nobody_made_is_read_as_far_as_it_makes_sense(query: str) -> None:
    refused()
    assert "Refusals" in shown(query)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SALES, Role.ADMINISTRATOR])
def test_m1_other_roles_see_no_refusals(role: Role) -> None:
    with at(NOW + HOUR):
        page = desk_of(a_member_of_staff(role)).get(reverse("refusals"))
    assert page.status_code == 403


def test_m1_the_auditor_reads_refusals_and_is_offered_no_exception() -> None:
    customer = refused()
    with at(NOW + HOUR):
        auditor = desk_of(a_member_of_staff(Role.AUDITOR))
        page = auditor.get(f"{reverse('refusals')}?{of(customer)}").content.decode()
    assert customer.user.name in page
    assert "recusa=" not in page


def test_refusals_take_at_most_eight_statements() -> None:
    for _ in range(5):
        refused()
    client = desk_of(a_supervisor())
    with at(NOW + HOUR), CaptureQueriesContext(connection) as statements:
        assert client.get(reverse("refusals")).status_code == 200
    assert len(statements) <= 8, "\n".join(row["sql"][:90] for row in statements)
