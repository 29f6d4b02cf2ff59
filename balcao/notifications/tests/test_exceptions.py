"""What the team and its customers are told about exceptions by two people (R14)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.people.models import Deputy, Membership
from balcao.tickets import actions as tickets
from balcao.tickets.models import Draft
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_colleague,
    a_customer,
    a_supervisor,
    a_ticket,
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


def _refused(customer: Customer, **more: Any) -> Draft:
    """What this customer wrote and could not open."""
    key = more.pop("key", "k")
    with pytest.raises(tickets.Refused):
        a_ticket(customer, key=key, **more)
    return Draft.objects.get(owner=customer.user, key=key)


def _let_in() -> list[Delivery]:
    run_pending(NOW + HOUR)
    return list(Delivery.objects.filter(kind="draft_let_in").order_by("pk"))


def test_r14_who_was_refused_is_told_once_that_what_they_wrote_can_be_opened() -> None:
    customer, other = a_customer(licence_until=TODAY - YEAR), a_customer()
    colleague = a_colleague(customer)
    draft = _refused(customer)
    tickets.save_draft(actor=colleague.actor, now=NOW, key="k", subject="Só digitado", body="…")
    row = an_override(customer, approved=False)
    assert not _let_in(), "nobody has approved it"
    tickets.answer_override(
        actor=acting(a_supervisor()), now=NOW, override_id=row.pk, approve=True, note="Só hoje."
    )
    [letter] = _let_in()
    assert _let_in() == [letter], "once"
    assert letter.user_id == customer.user.pk
    assert f"/chamados/abrir?rascunho={draft.key}" in letter.text
    assert customer.organisation.name in letter.text
    for inner in (row.reason, "Só hoje.", draft.body, other.organisation.name):
        assert inner not in letter.text
    assert a_ticket(customer, key=draft.key).pk


def test_r14_who_was_refused_for_something_else_or_has_left_is_told_nothing() -> None:
    lapsed = a_customer(licence_until=TODAY - YEAR)
    gone, thrown = a_colleague(lapsed), a_colleague(lapsed)
    for one in (gone, thrown):
        _refused(replace(one, licence=lapsed.licence))
    Membership.objects.filter(user=gone.user).update(ended_at=NOW)
    tickets.discard_draft(actor=thrown.actor, now=NOW, key="k")
    an_override(lapsed)
    unlisted = a_customer(licence_until=TODAY - YEAR)
    _refused(unlisted)
    an_override(unlisted, rules=("S35",))
    assert not _let_in()


def test_r14_of_several_drafts_one_letter_leads_to_the_list() -> None:
    customer = a_customer(licence_until=TODAY - YEAR)
    for key in ("one", "two"):
        _refused(customer, key=key)
    an_override(customer, begins=NOW + 2 * HOUR)
    [letter] = _let_in()
    assert "/chamados/rascunhos" in letter.text
    assert "De: " in letter.text.replace("\n", " ")
