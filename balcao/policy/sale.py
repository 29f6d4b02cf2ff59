"""Selling a one-off: who may, what it is bought for, and what is asked before it is charged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from balcao.policy import gate, reminding, worktime
from balcao.policy.access import Actor, Duty, Permission, may, reach
from balcao.policy.book import ONEOFF_KINDS, Mode, Policy, Verdict, mode_of, scope_of
from balcao.policy.entitlement import ContractFacts, Coverage, LicenceFacts, local_day
from balcao.policy.reminding import Reminder

MOST_QUANTITY = 20
"""More numbers than this in one sale is a slip of the finger."""


def keeps_sales(actor: Actor) -> bool:
    """Whether ``actor`` makes entitlement: sales, and nobody else (M2). The system confirms a
    payment that was proved.
    """
    return actor.kind == "system" or may(actor, Duty.KEEP_SALES)


def sees_sales(actor: Actor) -> bool:
    """Whether ``actor`` reads orders and one-offs."""
    return actor.kind == "system" or may(actor, Duty.VIEW_SALES)


def sees_orders_of(actor: Actor) -> frozenset[int]:
    """The organisations of which ``actor`` sees every order as their customer: those whose tickets
    without a unit they see, as a one-off is once it is paid. Of the others they see their own.
    """
    found = reach(actor, Permission.VIEW)
    units = {organisation for organisation, _unit in found.units}
    return (found.organisations | units) & actor.organisations


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the scope says of a service under a kind of one-off, before it is charged (R18).

    ``verdict``: may it be sold for that, not at all, or only once sales knows that it is covered.
    ``rules``: what stands against it. ``noted``: a rule that only observes or warns would have.
    ``kinds``: the other kinds of one-off that cover the service.
    """

    verdict: Verdict
    rules: tuple[str, ...]
    noted: bool
    kinds: tuple[str, ...]


def purpose(policy: Policy, *, kind: str, service: str) -> Purpose:
    """S34, S35, S36 for a service of the catalogue under ``kind``, one of ONEOFF_KINDS."""
    cell = scope_of(policy, kind, service)
    others = tuple(
        other
        for other in ONEOFF_KINDS
        if other != kind and scope_of(policy, other, service) is Verdict.ALLOW
    )
    if cell is Verdict.ALLOW:
        return Purpose(cell, (), noted=False, kinds=others)
    rules = ("S34",) if cell is Verdict.REFUSE else ("S35", "S36")
    if mode_of(policy, rules[0]) is not Mode.ENFORCE:
        return Purpose(Verdict.ALLOW, rules, noted=True, kinds=others)
    return Purpose(cell, rules, noted=False, kinds=others)


def under(policy: Policy, *, kind: str, service: str, agreed: str) -> Verdict:
    """What the scope says of a service for a one-off of ``kind`` that was sold (S34-S36).

    ``agreed``: slug of the service of which sales said that this very one covers it (R18).
    """
    found = scope_of(policy, kind, service)
    return Verdict.ALLOW if found is Verdict.ASK and service == agreed else found


def covered_already(
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
    *,
    organisation: int,
    service: str,
    policy: Policy,
    now: datetime,
) -> Coverage | None:
    """What covers the service for this customer anyway: a one-off is sold with a warning (R34).

    Asked of the gate as if somebody of the customer opened a ticket for it.
    """
    facts = gate.Facts(
        person=gate.PersonFacts(registered=True, active=True, organisation=organisation),
        contracts=tuple(contracts),
        licences=tuple(licences),
    )
    request = gate.Request(act=gate.Act.OPEN, door=gate.Door.PORTAL, service=service)
    decision = gate.decide(request, facts, policy, now)
    against = decision.warnings or decision.observed
    return decision.coverage if decision.allowed and not against else None


def bought_on(policy: Policy, *, ordered_on: date, now: datetime) -> date:
    """The day that a sale confirmed at ``now`` counts as bought on (R22), local to the policy."""
    if policy.oneoff.date_basis == "ordered":
        return ordered_on
    return local_day(now, policy.timezone)


def answer_by(now: datetime, policy: Policy) -> datetime:
    """Until when sales answers whether a service is covered: business hours of its own (R18)."""
    amount = timedelta(hours=policy.oneoff.answer_hours)
    return worktime.add_business(now, amount, policy.calendar) or now + amount


def next_charge_reminder(
    due_on: date | None, *, told: int | None, now: datetime, policy: Policy
) -> Reminder | None:
    """When the buyer of an order that is not paid is next reminded of its due date; None: no more.

    One for each of ``payment.remind_days``; ``told``: the smallest that was told already.
    """
    if due_on is None:
        return None
    return reminding.next_reminder(
        due_on, steps=policy.payment.remind_days, told=told, now=now, policy=policy
    )


def told_by_letter(
    due_on: date | None, *, told: int | None, now: datetime, policy: Policy
) -> int | None:
    """The smallest step that a letter about the order, written at ``now``, makes needless."""
    found = next_charge_reminder(due_on, told=told, now=now, policy=policy)
    return found.days if found and found.at <= now else told
