"""The lists of the sales desk: orders and one-offs, with what they come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from balcao.entitlements.models import PrepaidTicket
from balcao.lib.folding import search_words
from balcao.policy import prepaid as policy
from balcao.policy.access import Actor
from balcao.policy.numbers import parse_number
from balcao.policy.prepaid import UNUSED, Account, Entry, Standing
from balcao.sales.models import Order, OrderState
from balcao.sales.queries.access import require_view

PAGE_SIZE = 50
EXPORT_SIZE = 20_000
EXPIRING_DAYS = 90
COUNTED = 10_000
"""So many are counted and added up: a list that only grows is looked through by period."""

ORDER_TABS = ("open", "overdue", "all")
"""These list orders; the others list the one-offs that were sold."""

TABS = (
    "open",
    "overdue",
    "available",
    "expiring",
    "in_use",
    "used",
    "expired",
    "returned",
    "refunded",
    "all",
)
_UNUSED = sorted(entry.value for entry in UNUSED)
_LIVE = ("available", "expiring", "in_use", "returned")
_GOING_ON = sorted((*_UNUSED, Entry.SUBMITTED.value))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows; empty and None: whatever there is. ``words``: of the customer's name, or
    the number of a ticket or an order. ``since``, ``until``: days of the order, or of the purchase.
    """

    tab: str = "open"
    kind: str = ""
    payment: str = ""
    words: str = ""
    organisation: int | None = None
    since: date | None = None
    until: date | None = None
    within: int = EXPIRING_DAYS


@dataclass(frozen=True, slots=True)
class Line:
    """An order, or a one-off of an order (``number``). ``cents``: of the order, or of the one;
    ``slot_at``: the time agreed on for the one (S42).
    """

    id: int
    order_id: int
    organisation_id: int
    organisation: str
    contact: str
    kind: str
    service: str
    service_en: str
    quantity: int
    cents: int
    payment: str
    reference: str
    purchase_order: str
    invoice_number: str
    ordered_on: date
    bought_on: date | None
    due_on: date | None
    last_day: date | None
    number: str
    slot_at: datetime | None
    state: str

    def standing(self, *, now: datetime, timezone: str) -> Standing:
        """How the one-off stands; only of one that has its number."""
        account = Account(Entry(self.state), self.last_day, 0)
        return policy.standing(account, now=now, timezone=timezone)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``count`` and ``cents`` are of the whole list, as wanted. Not ``whole``:
    there are more than ``count``, and nothing is added up.
    """

    lines: tuple[Line, ...]
    after: str | None
    count: int
    cents: int
    whole: bool


def listed(actor: Actor, wanted: Wanted, *, today: date, cursor: str = "") -> Page:
    """A page of what is wanted, in two statements."""
    require_view(actor)
    rows = _rows(wanted, today)
    whole_order = F("unit_cents") * F("quantity")
    cents = whole_order if wanted.tab in ORDER_TABS else F(f"{_ORDER}unit_cents")
    some = rows.order_by().annotate(of_one=cents)[: COUNTED + 1]
    found_in_all = some.aggregate(count=Count("pk"), cents=Sum("of_one"))
    whole = found_in_all["count"] <= COUNTED
    found = list(_after(rows, wanted, cursor).values_list(*_columns(wanted))[: PAGE_SIZE + 1])
    lines = tuple(_line(wanted, row) for row in found[:PAGE_SIZE])
    after = None
    if len(found) > PAGE_SIZE:
        last = lines[-1]
        after = f"{last.last_day.isoformat() if last.last_day else 'none'}_{last.id}"
    count = min(found_in_all["count"], COUNTED)
    return Page(lines, after, count, (found_in_all["cents"] or 0) if whole else 0, whole)


def every_line(actor: Actor, wanted: Wanted, *, today: date) -> Iterator[Line]:
    """All of what is wanted, for a copy: at most 20,000, in the order of the list."""
    require_view(actor)
    rows = _ordered(_rows(wanted, today), wanted).values_list(*_columns(wanted))[:EXPORT_SIZE]
    for row in rows.iterator(chunk_size=500):
        yield _line(wanted, row)


def first_lines(actor: Actor, wanted: Wanted, *, today: date, count: int) -> tuple[Line, ...]:
    """The beginning of a list, in one statement."""
    require_view(actor)
    rows = _ordered(_rows(wanted, today), wanted).values_list(*_columns(wanted))[:count]
    return tuple(_line(wanted, row) for row in rows)


def totals(actor: Actor, *, today: date) -> Mapping[str, int]:
    """How much stands in each tab that there is something to do about, in two statements; nothing
    for those that only grow.
    """
    require_view(actor)
    one_offs = {tab: Count("pk", filter=_of_tab(tab, today)) for tab in _LIVE}
    found = PrepaidTicket.objects.filter(last__in=_GOING_ON).aggregate(**one_offs)
    late = Count("pk", filter=Q(due_on__lt=today))
    rows = Order.objects.filter(state=OrderState.OPEN)
    waiting = rows.aggregate(open=Count("pk"), overdue=late)
    return MappingProxyType({**waiting, **found})


_ORDER = "item__order__"


def _of_tab(tab: str, today: date, within: int = EXPIRING_DAYS) -> Q:
    """The one-offs of a tab. The date speaks before the ledger notes it (S28)."""
    unused = Q(last__in=_UNUSED)
    last = today + timedelta(days=within)
    return {
        "available": unused & Q(last_day__gte=today),
        "expiring": unused & Q(last_day__gte=today, last_day__lte=last),
        "in_use": Q(last=Entry.SUBMITTED.value),
        "used": Q(last=Entry.CONSUMED.value),
        "expired": Q(last=Entry.EXPIRED.value) | (unused & Q(last_day__lt=today)),
        "returned": Q(last=Entry.RETURNED.value),
        "refunded": Q(last=Entry.REFUNDED.value),
    }[tab]


def _rows(wanted: Wanted, today: date) -> "QuerySet[Any]":
    if wanted.tab in ORDER_TABS:
        orders = Order.objects.all()
        if wanted.tab != "all":
            orders = orders.filter(state=OrderState.OPEN)
        if wanted.tab == "overdue":
            orders = orders.filter(due_on__lt=today)
        return orders.filter(_wished(wanted, "", "ordered_on"))
    rows = PrepaidTicket.objects.filter(item__isnull=False)
    wished = _wished(wanted, _ORDER, "bought_on")
    return rows.filter(_of_tab(wanted.tab, today, wanted.within) & wished)


def _wished(wanted: Wanted, order: str, day: str) -> Q:
    """The filters, of an order or of a one-off through its order."""
    found = Q()
    if wanted.kind:
        found &= Q(kind=wanted.kind)
    if wanted.payment:
        found &= Q(**{f"{order}payment": wanted.payment})
    if wanted.organisation is not None:
        found &= Q(organisation=wanted.organisation)
    if wanted.since:
        found &= Q(**{f"{day}__gte": wanted.since})
    if wanted.until:
        found &= Q(**{f"{day}__lte": wanted.until})
    return found & _named(wanted.words, order) if wanted.words.strip() else found


def _named(words: str, order: str) -> Q:
    """By the number of a ticket or an order, a reference, or the customer's name."""
    plain = words.strip()
    items = "" if order else "items__prepaid__"
    if number := parse_number(plain):
        return Q(**{f"{items}ticket__number": number})
    found = Q(**{f"{order}reference": plain}) | Q(**{f"{order}purchase_order": plain})
    found |= Q(**{f"{order}invoice_number": plain})
    if plain.lstrip("#").isdecimal() and len(plain) < 10:
        found |= Q(**{f"{order}pk": int(plain.lstrip("#"))})
    named = Q()
    for word in search_words(plain):
        named &= Q(organisation__folded__contains=word)
    return found | named if named else found


def _soonest(wanted: Wanted) -> bool:
    return wanted.tab in ("available", "expiring")


def _ordered(rows: "QuerySet[Any]", wanted: Wanted) -> "QuerySet[Any]":
    return rows.order_by("last_day", "id") if _soonest(wanted) else rows.order_by("-id")


def _after(rows: "QuerySet[Any]", wanted: Wanted, cursor: str) -> "QuerySet[Any]":
    """From the cursor on; one that nobody made starts at the beginning."""
    day, _, pk = cursor.partition("_")
    if pk.isdecimal() and len(pk) < 18:
        if not _soonest(wanted):
            rows = rows.filter(pk__lt=int(pk))
        elif last := _day(day):
            rows = rows.filter(Q(last_day__gt=last) | Q(last_day=last, pk__gt=int(pk)))
    return _ordered(rows, wanted)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_OF_ORDER = (
    "id",
    "organisation_id",
    "organisation__name",
    "contact__name",
    "kind",
    "service__name",
    "service__name_en",
    "quantity",
    "unit_cents",
    "payment",
    "reference",
    "purchase_order",
    "invoice_number",
    "ordered_on",
    "bought_on",
    "due_on",
)


def _columns(wanted: Wanted) -> tuple[Any, ...]:
    if wanted.tab in ORDER_TABS:
        return (*_OF_ORDER, "state")
    own = {"organisation_id", "organisation__name", "kind", "service__name", "service__name_en"}
    through = [name if name in own else f"{_ORDER}{name}" for name in _OF_ORDER]
    return (*through, "pk", "last_day", "ticket__number", "ticket__slot_at", "last")


def _line(wanted: Wanted, row: tuple[Any, ...]) -> Line:
    names = [name.removeprefix(_ORDER) for name in _OF_ORDER]
    found = dict(zip(names, row, strict=False))
    of_orders = wanted.tab in ORDER_TABS
    bare = (found["id"], None, "", None, row[-1])
    pk, last_day, number, slot_at, state = bare if of_orders else row[-5:]
    quantity = found["quantity"] if of_orders else 1
    return Line(
        id=pk,
        order_id=found["id"],
        organisation_id=found["organisation_id"],
        organisation=found["organisation__name"],
        contact=found["contact__name"],
        kind=found["kind"],
        service=found["service__name"],
        service_en=found["service__name_en"],
        quantity=quantity,
        cents=found["unit_cents"] * quantity,
        payment=found["payment"],
        reference=found["reference"],
        purchase_order=found["purchase_order"],
        invoice_number=found["invoice_number"],
        ordered_on=found["ordered_on"],
        bought_on=found["bought_on"],
        due_on=found["due_on"],
        last_day=last_day,
        number=number or "",
        slot_at=slot_at,
        state=state,
    )
