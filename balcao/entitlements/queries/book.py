"""The desk's books of contracts, licences and the catalogue. Who keeps no such book sees none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BooleanField, F, Q, QuerySet, Value

from balcao.entitlements.models import Contract, Licence, Product, Service, key_with
from balcao.entitlements.queries.facts import contract_facts, licence_facts, mask, with_units
from balcao.events.models import Event
from balcao.lib import keys
from balcao.lib.tax_ids import looks_like_tax_id
from balcao.people.models import Organisation, Unit, User
from balcao.people.queries.finding import MOST, OTHER, Part, columns
from balcao.policy.access import Actor, Duty, may
from balcao.policy.entitlement import contract_state, licence_state

PAGE_SIZE = 50
HISTORY_SIZE = 100

Situation = Literal["", "suspended", "ended"]


class NotFound(ObjectDoesNotExist):
    """There is no such row for this actor."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows. ``within``: ends in so many days from today; empty and None: any."""

    kind: str = ""
    within: int | None = None
    situation: Situation = ""


@dataclass(frozen=True, slots=True)
class BookRow:
    """A contract or licence in a list. ``title``: its kind or its product; ``mark``: its number or
    masked key; ``state``: see policy.entitlement.
    """

    id: int
    organisation_id: int
    organisation: str
    title: str
    mark: str
    first: date
    last: date | None
    state: str


@dataclass(frozen=True, slots=True)
class BookPage:
    """One page of a list, soonest end first; ``after``: the next cursor, None at the end."""

    rows: tuple[BookRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation as its contracts and licences need it. ``units``: (id, name) pairs."""

    id: int
    name: str
    units: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the history; ``who`` is a person's name, empty for the system."""

    verb: str
    at: datetime
    who: str
    data: dict[str, object]


def _require(actor: Actor) -> None:
    if not may(actor, Duty.VIEW_CUSTOMERS):
        raise NotFound


def contract_list(actor: Actor, wanted: Wanted, *, today: date, cursor: str = "") -> BookPage:
    """Contracts of every customer. Two statements, and one for units."""
    _require(actor)
    rows = Contract.objects.select_related("organisation")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    suspended = Q(suspended_from__lte=today) & (
        Q(suspended_until=None) | Q(suspended_until__gte=today)
    )
    if wanted.situation == "suspended":
        rows = rows.filter(suspended)
    found, after = _page(_within(rows, "ends", wanted, today), "ends", cursor)
    return BookPage(tuple(_contract_row(row, today) for row in with_units(found)), after)


def licence_list(actor: Actor, wanted: Wanted, *, today: date, cursor: str = "") -> BookPage:
    """Licences of every customer; ``kind`` is of their contract. One statement."""
    _require(actor)
    rows = Licence.objects.select_related("organisation", "product", "contract")
    if wanted.kind:
        rows = rows.filter(contract__kind=wanted.kind)
    found, after = _page(_within(rows, "valid_until", wanted, today), "valid_until", cursor)
    return BookPage(tuple(_licence_row(row, today) for row in found), after)


Row = TypeVar("Row", Contract, Licence)


def _within(rows: "QuerySet[Row]", field: str, wanted: Wanted, today: date) -> "QuerySet[Row]":
    """The rows whose end is as wanted; without a wish those that have not ended."""
    if wanted.within is not None:
        last = today + timedelta(days=wanted.within)
        return rows.filter(**{f"{field}__gte": today, f"{field}__lte": last})
    if wanted.situation == "ended":
        return rows.filter(**{f"{field}__lt": today})
    return rows.filter(Q(**{f"{field}__gte": today}) | Q(**{field: None}))


def _page(rows: "QuerySet[Row]", field: str, cursor: str) -> tuple[list[Row], str | None]:
    """Soonest end first, those without one last; a cursor nobody made starts at the beginning."""
    day, _, pk = cursor.partition("_")
    if pk.isdecimal() and len(pk) < 18:
        later = Q(**{field: None, "pk__gt": int(pk)})
        if day != "none":
            try:
                last = date.fromisoformat(day)
            except ValueError:
                last = date.min
            later = (
                Q(**{field: None})
                | Q(**{f"{field}__gt": last})
                | Q(**{field: last, "pk__gt": int(pk)})
            )
        rows = rows.filter(later)
    found = list(rows.order_by(F(field).asc(nulls_last=True), "pk")[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, None
    end = found[PAGE_SIZE - 1]
    reached = getattr(end, field)
    return found[:PAGE_SIZE], f"{reached.isoformat() if reached else 'none'}_{end.pk}"


def _contract_row(row: Contract, today: date) -> BookRow:
    return BookRow(
        id=row.pk,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        title=row.kind,
        mark=row.reference,
        first=row.starts,
        last=row.ends,
        state=contract_state(contract_facts(row), today),
    )


def _licence_row(row: Licence, today: date) -> BookRow:
    contracts = [contract_facts(row.contract)] if row.contract else []
    return BookRow(
        id=row.pk,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        title=row.product.name,
        mark=mask(row.key),
        first=row.valid_from,
        last=row.valid_until,
        state=licence_state(licence_facts(row), contracts, today),
    )


def company_for(actor: Actor, organisation_id: int) -> Company:
    """The organisation with its active units. Two statements. Raises NotFound."""
    _require(actor)
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise NotFound
    units = Unit.objects.filter(organisation=row, active=True).order_by("name", "pk")
    return Company(row.pk, row.name, tuple(units.values_list("pk", "name")))


def organisation_named(text: str) -> int | None:
    """The id of the customer with this reference, CNPJ or CPF, for whoever runs the machine."""
    plain = text.strip()
    named = Q(reference=plain) | Q(tax_id=looks_like_tax_id(plain) or "-")
    return Organisation.objects.filter(named).values_list("pk", flat=True).first()


def contract_for(actor: Actor, contract_id: int) -> Contract:
    """The contract with its units and organisation. Raises NotFound."""
    _require(actor)
    row = (
        Contract.objects.filter(pk=contract_id)
        .select_related("organisation", "replaces", "replacement")
        .prefetch_related("units")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def licences_by_key(text: str) -> Part:
    """The licences whose key somebody typed, in capitals or not, or whose key begins with these
    signs or blocks or ends with these signs: a few more than are shown. For people's ``find_few``,
    which asks who may.
    """
    plain, end = keys.plain_key(text), keys.end_of_key(text)
    typed = (plain, plain[-keys.END :], keys.block_of_key(text), end, end[-keys.END :])
    start, blocks = keys.start_of_key(text), keys.blocks_of_key(text)
    return Part(_by_key, (*typed, start, blocks, plain[: keys.START] if start or blocks else ""))


def _by_key(
    whole: str,
    whole_end: str,
    block: str,
    end: str,
    end_end: str,
    start: str,
    blocks: str,
    first: str,
) -> "QuerySet[Any, Any]":
    wanted = Q(key_end=whole_end, plain=whole)
    if block:
        wanted |= Q(key_block=block)
    if end:
        wanted |= Q(key_end=end_end, plain__endswith=end)
    if start:
        wanted |= Q(key_start=first, plain__startswith=start)
    if blocks:
        wanted |= Q(key_start=first, blocks__startswith=blocks)
    known = Licence.objects.annotate(plain=key_with(""), blocks=key_with("-"))
    rows = Licence.objects.filter(
        pk__in=known.filter(wanted).order_by("pk").values("pk")[: MOST + 1]
    )
    active = Value(True, BooleanField())
    return columns(rows, OTHER, "product__name", "key", active, "organisation__name")


def licence_for(actor: Actor, licence_id: int) -> Licence:
    """The licence with what it belongs to. Raises NotFound."""
    _require(actor)
    row = (
        Licence.objects.filter(pk=licence_id)
        .select_related(
            "organisation", "product", "contract", "unit", "replaces__product", "replacement"
        )
        .first()
    )
    if row is None:
        raise NotFound
    return row


def contract_choices(actor: Actor, organisation_id: int) -> list[tuple[int, str, str]]:
    """(id, kind, number) of the organisation's contracts, newest first."""
    _require(actor)
    rows = Contract.objects.filter(organisation=organisation_id).order_by("-starts", "-pk")
    return list(rows.values_list("pk", "kind", "reference"))


def licence_choices(actor: Actor, organisation_id: int) -> list[tuple[int, str, str]]:
    """(id, product, masked key) of the organisation's licences that nothing has replaced."""
    _require(actor)
    rows = (
        Licence.objects.filter(organisation=organisation_id, replacement=None)
        .order_by("product__name", "pk")
        .values_list("pk", "product__name", "key")
    )
    return [(pk, product, mask(key)) for pk, product, key in rows]


def product_choices(actor: Actor, *, besides: int | None = None) -> list[tuple[int, str]]:
    """(id, name) of the products offered, and of the one a licence has already."""
    _require(actor)
    rows = Product.objects.filter(Q(active=True) | Q(pk=besides)).order_by("place", "name")
    return list(rows.values_list("pk", "name"))


def catalogue(actor: Actor) -> tuple[list[Product], list[Service]]:
    """All products and services, those not offered any more too. Two statements."""
    if not may(actor, Duty.KEEP_CATALOGUE):
        raise NotFound
    products = Product.objects.order_by("-active", "place", "name")
    services = Service.objects.select_related("product").order_by("-active", "place", "name")
    return list(products), list(services)


def product_for(actor: Actor, product_id: int) -> Product:
    """One product of the catalogue. Raises NotFound."""
    row = Product.objects.filter(pk=product_id).first()
    if row is None or not may(actor, Duty.KEEP_CATALOGUE):
        raise NotFound
    return row


def service_for(actor: Actor, service_id: int) -> Service:
    """One service of the catalogue. Raises NotFound."""
    row = Service.objects.filter(pk=service_id).first()
    if row is None or not may(actor, Duty.KEEP_CATALOGUE):
        raise NotFound
    return row


def history_of(actor: Actor, rows: Iterable[Contract | Licence]) -> list[Happening]:
    """What happened to these, newest first, the last hundred. Two statements."""
    _require(actor)
    about = Q(pk__in=[])
    for row in rows:
        about |= Q(subject_kind=row._meta.label_lower, subject_id=row.pk)
    events = list(Event.objects.filter(about).order_by("-pk")[:HISTORY_SIZE])
    people = [event.actor_id or 0 for event in events if event.actor_kind == "user"]
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        Happening(
            verb=event.verb,
            at=event.at,
            who=names.get(event.actor_id or 0, "") if event.actor_kind == "user" else "",
            data=event.data,
        )
        for event in events
    ]
