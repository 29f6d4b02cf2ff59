"""What one row of an imported table does to the register. The same row again does nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from django.utils.text import slugify

from balcao.entitlements.actions.catalogue import register_product
from balcao.entitlements.actions.contracts import ContractTerms, add_contract, change_contract
from balcao.entitlements.actions.licences import LicenceTerms, add_licence, change_licence
from balcao.entitlements.models import Contract, Licence, Product
from balcao.lib.columns import BadCell, Cells, Kind
from balcao.lib.folding import fold
from balcao.lib.tax_ids import looks_like_tax_id
from balcao.people import actions as people
from balcao.people.models import Address, Membership, Organisation, Phone, Unit, User
from balcao.policy.access import Actor
from balcao.policy.numbers import ALPHABET, CODE_LENGTH, normalise_code

Outcome = Literal["created", "changed", "unchanged"]
ImportRow = Callable[[Cells, Actor, datetime], Outcome]


def organisation_row(cells: Cells, actor: Actor, now: datetime) -> Outcome:
    """A customer by CNPJ/CPF or reference, and one of its units. An empty cell changes nothing."""
    name = cells.text("name", most=200, needed=True)
    tax_id, phone = cells.tax_id("tax_id"), cells.phone("phone")
    reference = cells.text("reference", most=40)
    row = _organisation(tax_id, reference)
    if row is None:
        row = people.register_organisation(
            actor=actor,
            now=now,
            name=name,
            tax_id=tax_id or None,
            reference=reference or None,
            phone=phone,
        )
        _unit_row(cells, row, actor, now)
        return "created"
    before = (row.name, row.tax_id, row.reference, row.phone)
    after = (name, tax_id or row.tax_id, reference or row.reference, phone or row.phone)
    if before != after:
        people.change_organisation(
            actor=actor,
            now=now,
            organisation_id=row.pk,
            name=after[0],
            tax_id=after[1],
            reference=after[2],
            phone=after[3],
        )
    unit_changed = _unit_row(cells, row, actor, now)
    return "changed" if before != after or unit_changed else "unchanged"


def _organisation(tax_id: str, reference: str) -> Organisation | None:
    if not tax_id and not reference:
        raise BadCell("tax_id", "needed")
    by_tax_id = Organisation.objects.filter(tax_id=tax_id).first() if tax_id else None
    by_name = Organisation.objects.filter(reference=reference).first() if reference else None
    if by_tax_id and by_name and by_tax_id != by_name:
        raise BadCell("reference", "two_customers")
    found = by_tax_id or by_name
    if found and not found.active:
        raise BadCell("tax_id", "deactivated")
    if found and tax_id and found.tax_id and found.tax_id != tax_id:
        raise BadCell("tax_id", "other_tax_id")
    return found


def _unit_row(cells: Cells, organisation: Organisation, actor: Actor, now: datetime) -> bool:
    """The unit of the row, if it names one; whether it is new or changed."""
    name, tax_id = cells.text("unit", most=200), cells.tax_id("unit_tax_id")
    if not name:
        if tax_id:
            raise BadCell("unit", "needed")
        return False
    same = [
        unit
        for unit in Unit.objects.filter(organisation=organisation)
        if (tax_id and unit.tax_id == tax_id) or fold(unit.name) == fold(name)
    ]
    found = same[0] if same else None
    if found and (found.name, found.tax_id) == (name, tax_id or found.tax_id):
        return False
    people.save_unit(
        actor=actor,
        now=now,
        organisation_id=organisation.pk,
        name=name,
        tax_id=tax_id or (found.tax_id if found else None),
        other_root=found.other_root if found else False,
        unit_id=found.pk if found else None,
    )
    return True


def customer_of(cells: Cells) -> tuple[Organisation, Unit | None]:
    """The customer of a row by CNPJ/CPF or reference; by a branch's CNPJ also that unit."""
    text = cells.text("customer", most=60, needed=True)
    digits = text.zfill(11 if len(text) <= 11 else 14) if text.isdecimal() else text
    unit = None
    found = Organisation.objects.filter(reference=text).first()
    if found is None and (tax_id := looks_like_tax_id(digits)):
        found = Organisation.objects.filter(tax_id=tax_id).first()
        if found is None:
            unit = Unit.objects.filter(tax_id=tax_id).select_related("organisation").first()
            found = unit.organisation if unit else None
    if found is None:
        raise BadCell("customer", "unknown_customer")
    if not found.active:
        raise BadCell("customer", "deactivated")
    return found, unit


def _named_unit(organisation: Organisation, field: str, name: str) -> Unit:
    for unit in Unit.objects.filter(organisation=organisation, active=True):
        if fold(unit.name) == fold(name) or (
            unit.tax_id and unit.tax_id == looks_like_tax_id(name)
        ):
            return unit
    raise BadCell(field, "unknown_unit")


def person_row(cells: Cells, actor: Actor, now: datetime) -> Outcome:
    """A contact by user code, else by address and name, who acts for the customer of the row.

    An address on file is never changed by a table (A8): somebody found by their code under another
    address is refused.
    """
    name = cells.text("name", most=120, needed=True)
    address, phone = cells.address("address"), cells.phone("phone")
    organisation, unit = customer_of(cells)
    if unit_name := cells.text("unit", most=200):
        unit = _named_unit(organisation, "unit", unit_name)
    is_admin = cells.flag("is_admin")
    code = normalise_code(cells.text("code", most=20))
    user = _person(code, address, name)
    if user is None:
        user = people.register_person(
            actor=actor,
            now=now,
            name=name,
            code=code or None,
            address=address or None,
            phone=phone or None,
        )
        people.join(
            actor=actor,
            now=now,
            user=user,
            organisation=organisation,
            is_admin=bool(is_admin),
            unit=unit,
        )
        return "created"
    changed = [
        _rename(user, name, actor, now),
        _add_address(user, address, actor, now),
        _add_phone(user, phone, actor, now),
        _belong(user, organisation, unit, is_admin, actor, now),
    ]
    return "changed" if any(changed) else "unchanged"


def _person(code: str, address: str, name: str) -> User | None:
    if code:
        if len(code) != CODE_LENGTH or set(code) - set(ALPHABET):
            raise BadCell("code", "not_a_code")
        found = User.objects.filter(code=code).first()
    elif address:
        owners = User.objects.filter(addresses__address=address, addresses__retired_at=None)
        found = next((one for one in owners.order_by("pk") if fold(one.name) == fold(name)), None)
    else:
        raise BadCell("address", "needed")
    if found and not found.is_active:
        raise BadCell("name", "deactivated")
    return found


def _rename(user: User, name: str, actor: Actor, now: datetime) -> bool:
    if user.name == name:
        return False
    people.rename_person(actor=actor, now=now, user_id=user.pk, name=name)
    return True


def _add_address(user: User, address: str, actor: Actor, now: datetime) -> bool:
    rows = Address.objects.filter(user=user, retired_at=None)
    if not address or rows.filter(address=address).exists():
        return False
    if rows.exists():
        raise BadCell("address", "other_address")
    people.add_address(actor=actor, now=now, user=user, address=address, primary=True)
    return True


def _add_phone(user: User, phone: str, actor: Actor, now: datetime) -> bool:
    if not phone or Phone.objects.filter(user=user, number=phone, retired_at=None).exists():
        return False
    people.add_phone(actor=actor, now=now, user_id=user.pk, number=phone)
    return True


def _belong(
    user: User,
    organisation: Organisation,
    unit: Unit | None,
    is_admin: bool | None,
    actor: Actor,
    now: datetime,
) -> bool:
    row = Membership.objects.filter(user=user, organisation=organisation, ended_at=None).first()
    if row is None:
        people.join(
            actor=actor,
            now=now,
            user=user,
            organisation=organisation,
            is_admin=bool(is_admin),
            unit=unit,
        )
        return True
    moved = unit is not None and row.unit_id != unit.pk
    if moved and unit:
        people.set_unit(
            actor=actor,
            now=now,
            user_id=user.pk,
            organisation_id=organisation.pk,
            unit_id=unit.pk,
        )
    promoted = is_admin is not None and row.is_admin != is_admin
    if promoted:
        people.set_admin(
            actor=actor,
            now=now,
            user_id=user.pk,
            organisation_id=organisation.pk,
            is_admin=bool(is_admin),
        )
    return moved or promoted


def contract_row(cells: Cells, actor: Actor, now: datetime) -> Outcome:
    """A contract by its customer and number. An empty end or list of units changes nothing."""
    organisation, _unit = customer_of(cells)
    reference = cells.text("reference", most=40, needed=True)
    starts, ends = cells.day("starts", needed=True), cells.day("ends")
    kind = cells.contract_kind("kind")
    assert starts is not None
    units = frozenset(_named_unit(organisation, "units", name).pk for name in cells.names("units"))
    row = Contract.objects.filter(organisation=organisation, reference=reference).first()
    if row is None:
        terms = ContractTerms(kind, reference, starts, ends, units or None)
        add_contract(actor=actor, now=now, organisation_id=organisation.pk, terms=terms)
        return "created"
    kept = None if row.all_units else frozenset(row.units.values_list("pk", flat=True))
    terms = ContractTerms(kind, reference, starts, ends or row.ends, units or kept)
    after = change_contract(actor=actor, now=now, contract_id=row.pk, terms=terms)
    return "changed" if after.revision != row.revision else "unchanged"


def licence_row(cells: Cells, actor: Actor, now: datetime) -> Outcome:
    """A licence by its key. A product that is not in the catalogue is added to it.

    An empty cell changes nothing.
    """
    organisation, unit = customer_of(cells)
    key = cells.text("key", most=60, needed=True)
    if unit_name := cells.text("unit", most=200):
        unit = _named_unit(organisation, "unit", unit_name)
    row = Licence.objects.filter(key=key).first()
    if row and row.organisation_id != organisation.pk:
        raise BadCell("key", "foreign_key")
    terms = _licence_terms(cells, organisation, unit, row, actor, now)
    if row is None:
        add_licence(actor=actor, now=now, organisation_id=organisation.pk, terms=terms)
        return "created"
    after = change_licence(actor=actor, now=now, licence_id=row.pk, terms=terms)
    return "changed" if after.revision != row.revision else "unchanged"


def _licence_terms(
    cells: Cells,
    organisation: Organisation,
    unit: Unit | None,
    row: Licence | None,
    actor: Actor,
    now: datetime,
) -> LicenceTerms:
    first = cells.day("valid_from", needed=True)
    assert first is not None
    until, technical = cells.day("valid_until"), cells.day("technical_until")
    extensions = cells.whole("extensions")
    version = cells.text("version", most=30)
    equipment = cells.text("equipment", most=120)
    return LicenceTerms(
        product_id=_product(cells.text("product", most=120, needed=True), actor, now),
        key=cells.text("key", most=60),
        valid_from=first,
        valid_until=until or (row.valid_until if row else None),
        contract_id=_contract(cells, organisation) or (row.contract_id if row else None),
        unit_id=unit.pk if unit else (row.unit_id if row else None),
        version=version or (row.version if row else ""),
        extensions=row.extensions if row and extensions is None else extensions,
        equipment=equipment or (row.equipment if row else ""),
        technical_until=technical or (row.technical_until if row else None),
    )


def _contract(cells: Cells, organisation: Organisation) -> int | None:
    reference = cells.text("contract", most=40)
    if not reference:
        return None
    rows = Contract.objects.filter(organisation=organisation, reference=reference)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise BadCell("contract", "unknown_contract")
    return found


def _product(name: str, actor: Actor, now: datetime) -> int:
    slug = slugify(name)[:60]
    if not slug:
        raise BadCell("product", "not_a_name")
    found = Product.objects.filter(name__iexact=name).first()
    product = found or register_product(actor=actor, now=now, name=name, slug=slug)
    return product.pk


ROWS: Mapping[Kind, ImportRow] = MappingProxyType(
    {
        Kind.ORGANISATIONS: organisation_row,
        Kind.PEOPLE: person_row,
        Kind.CONTRACTS: contract_row,
        Kind.LICENCES: licence_row,
    }
)
