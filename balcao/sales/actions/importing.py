"""One-offs that were sold before this desk: a row of an imported table each (situations: day one).

What is written is what a sale writes: an order, its one-offs with a ledger from its beginning, and
a number for each that can still be used. Nobody is told of it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from balcao.entitlements import actions as entitlements
from balcao.entitlements.actions import Outcome, customer_of
from balcao.entitlements.models import PrepaidTicket, Service
from balcao.events.actions import emit, gathering
from balcao.events.registry import holding_back
from balcao.lib.columns import BadCell, Cells
from balcao.lib.folding import fold
from balcao.people.actions.refusal import require
from balcao.people.models import Membership, Organisation, User
from balcao.policy import prepaid as ledger
from balcao.policy import sale as policy
from balcao.policy.access import Actor
from balcao.policy.book import Policy, Verdict
from balcao.policy.entitlement import local_day
from balcao.policy.numbers import normalise_code
from balcao.policy.prepaid import Entry
from balcao.rulebook import queries as rulebook
from balcao.sales.actions.placing import add_item
from balcao.sales.models import Order, OrderState, Payment
from balcao.tickets import actions as tickets

IMPORTED = "imported"
"""The cause of the first line of such a ledger."""


@dataclass(frozen=True, slots=True)
class _Sold:
    """What the row says was sold."""

    organisation: Organisation
    holder: User
    kind: str
    service: Service
    bought_on: date
    reference: str


def oneoff_row(cells: Cells, actor: Actor, now: datetime) -> Outcome:
    """So many one-offs of one kind, bought by a customer on one day; known by their old number.

    Without one they are known by customer, holder, kind, service and day: two such rows are the
    same, ``quantity`` says how many there were. What is here goes on here: the same row again
    changes nothing, whatever became of them meanwhile. Raises BadCell, NotAllowed.
    """
    require(policy.keeps_sales(actor))
    sold, rules = _read(cells, now=now), rulebook.current()
    key = _key(sold)
    if known := Order.objects.filter(key=key).first():
        _same(known, sold)
        return "unchanged"
    quantity = cells.whole("quantity")
    if quantity is not None and not 1 <= quantity <= policy.MOST_QUANTITY:
        raise BadCell("quantity", "too_many")
    state = cells.oneoff_state("state")
    over = ledger.is_over(
        ledger.expiry(sold.bought_on, rules).last_day, now=now, timezone=rules.timezone
    )
    if state == "expired" and not over:
        raise BadCell("state", "not_over")
    verdict = policy.purpose(rules, kind=sold.kind, service=sold.service.slug).verdict
    if verdict is Verdict.REFUSE:
        raise BadCell("service", "not_covered")
    order = Order.objects.create(
        organisation=sold.organisation,
        contact=sold.holder,
        kind=sold.kind,
        service=sold.service,
        agreed=verdict is Verdict.ASK,
        quantity=quantity or 1,
        unit_cents=cells.cents("price") or 0,
        payment=Payment.EARLIER,
        reference=sold.reference,
        state=OrderState.CONFIRMED,
        ordered_at=now,
        ordered_on=sold.bought_on,
        confirmed_at=now,
        bought_on=sold.bought_on,
        policy_version=rules.version,
        key=key,
    )
    with holding_back("notifications"), gathering():
        data = {"kind": order.kind, "quantity": order.quantity, "payment": order.payment}
        emit("order.placed", order, actor=actor, now=now, data={**data, "cents": order.cents})
        made = [
            _one(order, place, rules, used=state == "used", over=over, actor=actor, now=now)
            for place in range(1, order.quantity + 1)
        ]
        told = {"how": IMPORTED, "tickets": [pk for pk in made if pk is not None]}
        emit("order.confirmed", order, actor=actor, now=now, data=told)
    return "created"


def _read(cells: Cells, *, now: datetime) -> _Sold:
    organisation, _unit = customer_of(cells)
    bought_on = cells.day("bought_on", needed=True)
    assert bought_on is not None
    if bought_on > local_day(now, rulebook.current().timezone):
        raise BadCell("bought_on", "in_future")
    return _Sold(
        organisation=organisation,
        holder=_holder(cells, organisation),
        kind=cells.oneoff_kind("kind"),
        service=_service(cells.text("service", most=80, needed=True)),
        bought_on=bought_on,
        reference=cells.text("number", most=60),
    )


def _holder(cells: Cells, organisation: Organisation) -> User:
    """The contact by address or user code, among those who act for the customer."""
    said = cells.text("holder", most=254, needed=True)
    rows = Membership.objects.filter(
        organisation=organisation, ended_at=None, user__is_active=True
    ).select_related("user")
    if "@" in said:
        rows = rows.filter(user__addresses__address=said.lower(), user__addresses__retired_at=None)
    else:
        rows = rows.filter(user__code=normalise_code(said))
    found = list(rows.distinct()[:2])
    if not found:
        raise BadCell("holder", "unknown_person")
    if len(found) > 1:
        raise BadCell("holder", "several_people")
    return found[0].user


def _service(name: str) -> Service:
    for row in Service.objects.filter(active=True):
        if fold(name) in (fold(row.name), fold(row.name_en), fold(row.slug)):
            return row
    raise BadCell("service", "unknown_service")


def _key(sold: _Sold) -> str:
    parts: tuple[object, ...] = (sold.organisation.pk, sold.reference)
    if not sold.reference:
        parts = (
            *(sold.organisation.pk, sold.holder.pk, sold.kind, sold.service.pk),
            sold.bought_on.isoformat(),
        )
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
    return f"import:{digest[:48]}"


def _same(known: Order, sold: _Sold) -> None:
    """Raises BadCell when the old number already names another sale."""
    was = (known.kind, known.service_id, known.bought_on)
    if was != (sold.kind, sold.service.pk, sold.bought_on):
        raise BadCell("number", "other_oneoff")


def _one(
    order: Order,
    place: int,
    rules: Policy,
    *,
    used: bool,
    over: bool,
    actor: Actor,
    now: datetime,
) -> int | None:
    """A one-off with its ledger; the id of its ticket, which a used one has not: its history is
    where it was served.
    """
    row = add_item(order, place, actor=actor, now=now, cause=IMPORTED)
    assert order.bought_on is not None
    entitlements.sell_prepaid(
        row, bought_on=order.bought_on, policy_now=rules, actor=actor, now=now
    )
    if used:
        _append(row, (Entry.SUBMITTED, Entry.CONSUMED), rules, actor=actor, now=now)
        return None
    ticket = tickets.sell_oneoff(row, actor=actor, now=now)
    if over:
        _append(row, (Entry.EXPIRED,), rules, actor=actor, now=now)
    else:
        entitlements.count_as_told(row, policy_now=rules, now=now)
    return ticket.pk


def _append(
    row: PrepaidTicket, entries: tuple[Entry, ...], rules: Policy, *, actor: Actor, now: datetime
) -> None:
    for entry in entries:
        entitlements.append(row, entry, policy_now=rules, actor=actor, now=now)
