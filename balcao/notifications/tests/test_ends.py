"""Who is told that a contract or licence is about to end (S5)."""

from datetime import UTC, datetime, timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.entitlements import actions
from balcao.events import queue
from balcao.policy.access import SYSTEM, Role
from tests.cast import (
    TODAY,
    YEAR,
    a_colleague,
    a_customer,
    a_licence,
    a_member_of_staff,
)

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
ENDS = TODAY + 100 * DAY


def day(left: int) -> datetime:
    """Noon in Recife, so many days before the end."""
    return datetime.combine(ENDS - left * DAY, datetime.min.time(), UTC) + timedelta(hours=15)


def mails(left: int, before: int = 0) -> list[Delivery]:
    """What goes out on that day."""
    actions.foretell_ends(day(left))
    queue.run_pending(day(left))
    return list(Delivery.objects.filter(kind="end_foretold", pk__gt=before).order_by("pk"))


def test_s05_administrators_and_sales_are_told_of_a_contracts_end_and_others_are_not() -> None:
    customer = a_customer(contract_ends=ENDS, licence_until=ENDS, is_admin=True)
    a_colleague(customer)
    sales = a_member_of_staff(Role.SALES)
    a_member_of_staff(Role.AGENT)
    told = mails(30)
    assert {row.user_id for row in told} == {customer.user.pk, sales.pk}
    [mine] = [row for row in told if row.user_id == customer.user.pk]
    assert mine.subject == "Seu contrato de suporte vence em 30 dias"
    assert customer.contract
    assert customer.contract.reference in mine.text
    assert "/contrato" in mine.text
    [theirs] = [row for row in told if row.user_id == sales.pk]
    assert customer.organisation.name in theirs.subject
    assert f"/mesa/clientes/{customer.organisation.pk}/contratos" in theirs.text
    assert mails(30, told[-1].pk) == []


def test_s05_without_an_administrator_every_contact_is_told() -> None:
    customer = a_customer(contract_ends=ENDS)
    other = a_colleague(customer)
    assert {row.user_id for row in mails(7)} == {customer.user.pk, other.user.pk}


def test_s05_licences_that_end_together_are_one_mail_and_no_key_is_in_it() -> None:
    customer = a_customer(contract_ends=None, licence_until=ENDS)
    second = a_licence(customer.organisation, valid_until=ENDS)
    assert customer.licence
    [told] = mails(60)
    assert told.subject == "Uma licença vence em 60 dias"
    for row in (customer.licence, second):
        assert row.key[-4:] in told.text
        assert row.key not in told.text


def test_s05_a_renewal_that_was_faster_than_the_mail_leaves_nothing_to_tell() -> None:
    customer = a_customer(contract_ends=ENDS, licence_until=ENDS - DAY)
    assert customer.contract
    assert customer.licence
    actions.foretell_ends(day(30))
    actions.renew_contract(
        actor=SYSTEM, now=day(30), contract_id=customer.contract.pk, until=ENDS + YEAR
    )
    actions.renew_licence(
        actor=SYSTEM, now=day(30), licence_id=customer.licence.pk, until=ENDS + YEAR
    )
    queue.run_pending(day(30))
    assert not Delivery.objects.filter(kind="end_foretold").exists()
