"""Ends foretold once a step, to whoever still has something to lose (S5, P5)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from balcao.entitlements import actions
from balcao.entitlements.actions import foretell_ends
from balcao.entitlements.models import Contract, EndReason, Licence, SuspensionReason
from balcao.events import queue
from balcao.events.models import Event, Job
from balcao.policy.access import SYSTEM
from balcao.rulebook import actions as rulebook
from balcao.rulebook import queries as policies
from tests.cast import NOW, TODAY, YEAR, a_contract, a_customer, a_licence

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
ENDS = TODAY + 100 * DAY


def morning(day: date) -> datetime:
    """Half past eight in Recife."""
    local = datetime.combine(day, datetime.min.time(), ZoneInfo("America/Recife"))
    return (local + timedelta(hours=8, minutes=30)).astimezone(UTC)


def told(row: Contract | Licence) -> list[tuple[int, int]]:
    """(step, days left) of each end foretold of the row."""
    events = Event.objects.filter(
        subject_kind=row._meta.label_lower, subject_id=row.pk, verb__endswith=".end_foretold"
    ).order_by("pk")
    assert all(event.actor_kind == "system" for event in events)
    return [(event.data["step"], event.data["left"]) for event in events]


def pass_days(first: date, last: date) -> None:
    """The ticker looks three times a day."""
    for offset in range((last - first).days + 1):
        for hours in (0, 4, 9):
            foretell_ends(morning(first + offset * DAY) + timedelta(hours=hours))


def test_s05_a_contracts_end_is_foretold_sixty_thirty_and_seven_days_before() -> None:
    customer = a_customer(contract_ends=ENDS, licence_until=ENDS)
    assert customer.contract
    assert customer.licence
    pass_days(TODAY, ENDS + 3 * DAY)
    assert told(customer.contract) == [(60, 60), (30, 30), (7, 7)]
    assert told(customer.licence) == []
    customer.contract.refresh_from_db()
    assert customer.contract.next_at is None


def test_s05_a_licence_that_ends_before_its_contract_is_foretold_by_itself() -> None:
    customer = a_customer(contract_ends=ENDS, licence_until=ENDS - DAY)
    assert customer.licence
    pass_days(ENDS - 31 * DAY, ENDS - 31 * DAY)
    assert told(customer.licence) == [(30, 30)]


def test_p5_a_ticker_that_was_away_makes_up_for_one_step_and_none_is_told_twice() -> None:
    customer = a_customer(contract_ends=ENDS)
    assert customer.contract
    late = morning(ENDS - 20 * DAY)
    assert foretell_ends(late) == 1
    assert foretell_ends(late - timedelta(days=15)) == 0
    assert foretell_ends(late + timedelta(hours=1)) == 0
    actions.plan_all(late - timedelta(days=50))
    pass_days(ENDS - 69 * DAY, ENDS)
    assert told(customer.contract) == [(30, 20), (7, 7)]


def test_s05_who_registers_what_ends_soon_is_not_told_at_once() -> None:
    customer = a_customer(contract_ends=TODAY + 20 * DAY)
    assert customer.contract
    assert foretell_ends(NOW) == 0
    pass_days(TODAY, TODAY + 20 * DAY)
    assert told(customer.contract) == [(7, 7)]


def test_s05_nothing_is_foretold_of_what_is_suspended_replaced_or_ended() -> None:
    suspended, replaced, ended = (a_customer(contract_ends=ENDS).contract for _ in range(3))
    assert suspended
    assert replaced
    assert ended
    actions.suspend_contract(
        actor=SYSTEM,
        now=NOW,
        contract_id=suspended.pk,
        first=TODAY,
        last=ENDS - 40 * DAY,
        reason=SuspensionReason.REQUESTED,
    )
    actions.register_contract(
        actor=SYSTEM,
        now=NOW,
        organisation=replaced.organisation,
        kind="saas",
        reference="NEXT",
        starts=TODAY,
        ends=None,
        replaces_id=replaced.pk,
    )
    actions.end_contract(
        actor=SYSTEM, now=NOW, contract_id=ended.pk, on=TODAY, reason=EndReason.REQUESTED
    )
    pass_days(TODAY, ENDS)
    assert told(suspended) == [(30, 30), (7, 7)]
    assert told(replaced) == told(ended) == []


def test_s05_a_licence_under_a_suspended_contract_passes_in_silence() -> None:
    customer = a_customer(contract_ends=None, licence_until=ENDS, suspended=True)
    assert customer.licence
    pass_days(TODAY, ENDS)
    assert told(customer.licence) == []


def test_s05_a_renewal_foretells_the_new_end_and_no_longer_the_old_one() -> None:
    customer = a_customer(contract_ends=ENDS, licence_until=ENDS)
    assert customer.contract
    pass_days(ENDS - 60 * DAY, ENDS - 60 * DAY)
    actions.renew_contract(
        actor=SYSTEM,
        now=morning(ENDS - 50 * DAY),
        contract_id=customer.contract.pk,
        until=ENDS + 60 * DAY,
    )
    pass_days(ENDS - 50 * DAY, ENDS + 60 * DAY)
    assert told(customer.contract) == [(60, 60), (60, 60), (30, 30), (7, 7)]


def test_s05_another_policy_moves_what_is_still_to_be_told() -> None:
    customer = a_customer(contract_ends=ENDS)
    assert customer.contract
    document = rulebook.shipped_document()
    document["entitlement"] = {**document["entitlement"], "warn_days": [15]}  # type: ignore[dict-item]
    rulebook.save(document, reason="Menos avisos", actor=SYSTEM, now=NOW)
    assert policies.current().entitlement.warn_days == (15,)
    assert Job.objects.filter(task="entitlements.plan").exists()
    queue.run_pending(NOW)
    pass_days(TODAY, ENDS)
    assert told(customer.contract) == [(15, 15)]


def test_s05_lines_follow_their_contract_when_its_end_moves() -> None:
    organisation = a_customer(with_contract=False, with_licence=False).organisation
    contract = a_contract(organisation, ends=ENDS)
    line = a_licence(organisation, contract=contract, valid_until=ENDS)
    assert line.next_at is None
    actions.renew_contract(
        actor=SYSTEM, now=NOW, contract_id=contract.pk, until=ENDS + YEAR, with_licences=False
    )
    line.refresh_from_db()
    assert line.next_at == morning(ENDS - 60 * DAY) - timedelta(hours=8, minutes=30)
