"""The register as the staff reads it: organisations and people, by what somebody remembers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from balcao.lib.folding import search_words
from balcao.lib.phones import END, end_of_phone, looks_like_phone
from balcao.lib.tax_ids import looks_like_tax_id
from balcao.people.models import Address, Membership, Organisation, Phone, StaffRole, Unit, User
from balcao.policy.access import Actor, Duty, Role, may
from balcao.policy.numbers import normalise_code

PAGE_SIZE = 50

T = TypeVar("T")
R = TypeVar("R", Organisation, User)


class NotFound(ObjectDoesNotExist):
    """There is no such row for this actor; whether it exists for others is not said."""


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation in a list."""

    id: int
    name: str
    tax_id: str
    reference: str
    units: int
    people: int
    active: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list. ``organisations``: ids and names of those they act for now."""

    id: int
    name: str
    code: str
    address: str
    phones: tuple[str, ...]
    organisations: tuple[tuple[int, str], ...]
    staff: bool
    active: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who acts, or acted, for an organisation, as the staff sees them."""

    user_id: int
    name: str
    code: str
    address: str
    unit: str
    unit_id: int | None
    is_admin: bool
    active: bool
    invited: bool
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """An organisation somebody acts, or acted, for."""

    organisation_id: int
    organisation: str
    unit: str
    unit_id: int | None
    is_admin: bool
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """One page of a keyset-paged list; ``after`` is the cursor of the next one, None at the end."""

    rows: tuple[T, ...]
    after: str | None
    first: bool


def _require_view(actor: Actor) -> None:
    if not may(actor, Duty.VIEW_CUSTOMERS):
        raise NotFound


def organisations(actor: Actor, *, wanted: str = "", cursor: str = "") -> Listed[OrganisationRow]:
    """Organisations by name, tax number (a branch's, too), reference or telephone.

    Every word of ``wanted`` must be found. In alphabetical order, two statements at most. Raises
    NotFound for whoever reads no customers.
    """
    _require_view(actor)
    found = Organisation.objects.all()
    if wanted.strip():
        found = found.filter(organisations_wanted(wanted_in(wanted)))
    rows, after = _page(found, cursor)
    counted = Organisation.objects.filter(pk__in=[row.pk for row in rows]).annotate(
        unit_count=Count("units", distinct=True),
        people_count=Count("memberships", filter=Q(memberships__ended_at=None), distinct=True),
    )
    counts = {row.pk: (row.unit_count, row.people_count) for row in counted}
    return Listed(
        rows=tuple(
            OrganisationRow(
                id=row.pk,
                name=row.name,
                tax_id=row.tax_id or "",
                reference=row.reference or "",
                units=counts[row.pk][0],
                people=counts[row.pk][1],
                active=row.active,
            )
            for row in rows
        ),
        after=after,
        first=not cursor,
    )


class Wanted(NamedTuple):
    """What somebody typed, as the columns have what they look for; empty where it is no such thing.

    ``phone_end`` begins what ``end`` is looked up by.
    """

    typed: str
    code: str
    address: str
    words: Sequence[str]
    tax_id: str
    phone: str
    end: str
    phone_end: str


def wanted_in(text: str) -> Wanted:
    """Words are folded; only an address begins with what was typed."""
    address, end = text.strip().lower(), end_of_phone(text)
    return Wanted(
        typed=text.strip(),
        code=normalise_code(text),
        address=address if "@" in address else "",
        words=tuple(search_words(text)),
        tax_id=looks_like_tax_id(text) or "",
        phone=looks_like_phone(text) or "",
        end=end or "",
        phone_end=(end or "")[-END:],
    )


def organisations_wanted(wanted: Wanted) -> Q:
    """Those with every word in their name, or with this reference, tax number or telephone."""
    branch = Unit.objects.filter(organisation=OuterRef("pk"))
    query = Q(reference__iexact=wanted.typed)
    if wanted.words:
        named = Q()
        for word in wanted.words:
            named &= Q(folded__contains=word)
        query |= named
    if wanted.tax_id:
        query |= Q(tax_id=wanted.tax_id) | Q(Exists(branch.filter(tax_id=wanted.tax_id)))
    if wanted.phone:
        query |= Q(phone=wanted.phone)
    if wanted.end:
        query |= Q(phone_end=wanted.phone_end, phone__endswith=wanted.end)
    return query


def persons(actor: Actor, *, wanted: str = "", cursor: str = "") -> Listed[PersonRow]:
    """People by name and organisation ("Maria da Prefeitura"), user code, address or telephone.

    In alphabetical order, five statements at most. Raises NotFound for whoever reads no customers.
    """
    _require_view(actor)
    found = User.objects.all()
    if wanted.strip():
        found = found.filter(persons_wanted(wanted_in(wanted)))
    rows, after = _page(found, cursor)
    ids = [row.pk for row in rows]
    addresses, phones, acting = _addresses(ids), _phones(ids), _organisations_of(ids)
    staff = set(StaffRole.objects.filter(user__in=ids).values_list("user_id", flat=True))
    return Listed(
        rows=tuple(
            PersonRow(
                id=row.pk,
                name=row.name,
                code=row.code,
                address=addresses.get(row.pk, ""),
                phones=tuple(phones[row.pk]),
                organisations=tuple(acting[row.pk]),
                staff=row.pk in staff,
                active=row.is_active,
            )
            for row in rows
        ),
        after=after,
        first=not cursor,
    )


def persons_wanted(wanted: Wanted) -> Q:
    """Those with every word in their name or their organisation's, or this code, address, phone."""
    query = Q(code=wanted.code)
    if wanted.address:
        kept = Address.objects.filter(user=OuterRef("pk"), retired_at=None)
        return query | Q(Exists(kept.filter(address__startswith=wanted.address)))
    if wanted.words:
        acting = Membership.objects.filter(user=OuterRef("pk"), ended_at=None)
        named = Q()
        for word in wanted.words:
            there = acting.filter(organisation__folded__contains=word)
            named &= Q(folded__contains=word) | Q(Exists(there))
        # The organisation's name alone would list all of its people.
        query |= named & Q(*(Q(folded__contains=word) for word in wanted.words), _connector=Q.OR)
    kept_phones = Phone.objects.filter(retired_at=None)
    if wanted.phone:
        query |= Q(pk__in=kept_phones.filter(number=wanted.phone).values("user"))
    if wanted.end:
        found = kept_phones.filter(end=wanted.phone_end, number__endswith=wanted.end)
        query |= Q(pk__in=found.values("user"))
    return query


def is_about_a_person(wanted: str) -> bool:
    """Whether it is an address, a telephone or a user code: a person's, most likely."""
    code = normalise_code(wanted)
    coded = len(code) == 8 and any(sign.isdigit() for sign in code) and not code.isdigit()
    phone = looks_like_phone(wanted) or end_of_phone(wanted)
    return "@" in wanted or bool(phone) or coded


def _page(found: QuerySet[R], cursor: str) -> tuple[list[R], str | None]:
    pk, _dash, folded = cursor.partition("-")
    if pk.isdecimal() and len(pk) < 18:
        name = folded.replace("_", " ")
        found = found.filter(Q(folded__gt=name) | Q(folded=name, pk__gt=int(pk)))
    rows = list(found.order_by("folded", "pk")[: PAGE_SIZE + 1])
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    after = f"{last.pk}-{last.folded.replace(' ', '_')}" if last else None
    return rows[:PAGE_SIZE], after


def _addresses(user_ids: Iterable[int]) -> dict[int, str]:
    """The primary address of each, of those deactivated, too."""
    rows = Address.objects.filter(user__in=list(user_ids), retired_at=None, primary=True)
    return dict(rows.values_list("user_id", "address"))


def _phones(user_ids: Iterable[int]) -> dict[int, list[str]]:
    found = defaultdict(list)
    rows = Phone.objects.filter(user__in=list(user_ids), retired_at=None).order_by("pk")
    for user_id, number in rows.values_list("user_id", "number"):
        found[user_id].append(number)
    return found


def _organisations_of(user_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    found = defaultdict(list)
    rows = Membership.objects.filter(user__in=list(user_ids), ended_at=None)
    for user_id, pk, name in rows.order_by("organisation__folded").values_list(
        "user_id", "organisation_id", "organisation__name"
    ):
        found[user_id].append((pk, name))
    return found


def organisation_for(actor: Actor, organisation_id: int) -> Organisation:
    """The organisation, for the staff who read customers. Raises NotFound."""
    _require_view(actor)
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise NotFound
    return row


def units_of(organisation_id: int) -> list[Unit]:
    """The branches, those that closed last."""
    rows = Unit.objects.filter(organisation=organisation_id)
    return list(rows.order_by("-active", "name", "pk"))


def units_by_organisation(organisation_ids: Iterable[int]) -> dict[int, list[Unit]]:
    """The branches in operation of each organisation that has some. One statement."""
    rows = Unit.objects.filter(organisation__in=list(organisation_ids), active=True)
    found = defaultdict(list)
    for row in rows.order_by("name", "pk"):
        found[row.organisation_id].append(row)
    return dict(found)


def unit_for(actor: Actor, organisation_id: int, unit_id: int) -> Unit:
    """A branch of the organisation. Raises NotFound."""
    _require_view(actor)
    row = Unit.objects.filter(organisation=organisation_id, pk=unit_id).first()
    if row is None:
        raise NotFound
    return row


def members_of(organisation_id: int) -> list[MemberRow]:
    """Everybody who acts for the organisation, administrators first, then who acted. Two
    statements; the caller asked already who may read them.
    """
    rows = list(
        Membership.objects.filter(organisation=organisation_id)
        .select_related("user", "unit")
        .order_by("-is_admin", "user__folded", "pk")
    )
    addresses = _addresses({row.user_id for row in rows})
    shown = [
        MemberRow(
            user_id=row.user_id,
            name=row.user.name,
            code=row.user.code,
            address=addresses.get(row.user_id, ""),
            unit=row.unit.name if row.unit else "",
            unit_id=row.unit_id,
            is_admin=row.is_admin,
            active=row.user.is_active,
            invited=not row.user.has_usable_password(),
            started_at=row.started_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]
    return sorted(shown, key=lambda row: row.ended_at is not None)


def person_for(actor: Actor, user_id: int) -> User:
    """The person, for the staff who read customers. Raises NotFound."""
    _require_view(actor)
    row = User.objects.filter(pk=user_id).first()
    if row is None:
        raise NotFound
    return row


def memberships_of(user_id: int) -> list[MembershipRow]:
    """Every organisation the person acts for, then those they acted for."""
    rows = Membership.objects.filter(user=user_id).select_related("organisation", "unit")
    shown = [
        MembershipRow(
            organisation_id=row.organisation_id,
            organisation=row.organisation.name,
            unit=row.unit.name if row.unit else "",
            unit_id=row.unit_id,
            is_admin=row.is_admin,
            started_at=row.started_at,
            ended_at=row.ended_at,
        )
        for row in rows.order_by("organisation__folded", "pk")
    ]
    return sorted(shown, key=lambda row: row.ended_at is not None)


def phones_of(user_id: int) -> list[Phone]:
    """The person's telephones on file."""
    return list(Phone.objects.filter(user=user_id, retired_at=None).order_by("pk"))


def hats_worn(user_id: int) -> frozenset[Role]:
    """The staff's hats of a person, deactivated or not."""
    rows = StaffRole.objects.filter(user=user_id).values_list("role", flat=True)
    return frozenset(Role(role) for role in rows)
