"""What the team is told about exceptions by two people (R14)."""

from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.people.models import Deputy
from balcao.tickets import actions as tickets
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_supervisor,
    acting,
    an_agent,
    an_override,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told(customer: Customer) -> dict[int | None, Delivery]:
    """By person, the last letter that names the customer's company."""
    run_pending(NOW + HOUR)
    rows = Delivery.objects.filter(subject__contains=customer.organisation.name)
    return {row.user_id: row for row in rows.order_by("pk")}


def test_r14_whoever_may_approve_is_told_and_the_asker_is_not() -> None:
    customer, asker, other, away = a_customer(), a_supervisor(), a_supervisor(), a_supervisor()
    deputy, agent = an_agent(), an_agent()
    Deputy.objects.create(
        giver=away, deputy=deputy, role="supervisor", starts_at=NOW - DAY, ends_at=NOW + DAY
    )
    row = an_override(customer, asker=asker, approved=False)
    letters = told(customer)
    assert {other.pk, away.pk, deputy.pk} <= letters.keys()
    assert not {asker.pk, agent.pk, customer.user.pk} & letters.keys()
    letter = letters[other.pk]
    assert letter.subject == f"Exceção pedida: {customer.organisation.name}"
    assert row.reason in letter.text
    assert f"/mesa/excecoes/{row.pk}" in letter.text


@pytest.mark.parametrize(
    ("approve", "subject"), [(True, "Exceção aprovada"), (False, "Exceção não aprovada")]
)
def test_r14_the_asker_is_told_the_answer(approve: bool, subject: str) -> None:
    customer, asker, other = a_customer(), a_supervisor(), a_supervisor()
    row = an_override(customer, asker=asker, approved=False)
    tickets.answer_override(
        actor=acting(other), now=NOW, override_id=row.pk, approve=approve, note="Falei com a Ana."
    )
    letter = told(customer)[asker.pk]
    assert letter.subject == f"{subject}: {customer.organisation.name}"
    assert "Falei com a Ana." in letter.text


def test_r14_the_asker_is_told_when_nobody_answered() -> None:
    customer, asker = a_customer(), a_supervisor()
    an_override(customer, asker=asker, approved=False, ends=NOW + 3 * DAY)
    tickets.run_overrides(NOW + DAY)
    run_pending(NOW + DAY)
    letter = told(customer)[asker.pk]
    assert letter.subject.startswith("Exceção sem resposta a tempo")
