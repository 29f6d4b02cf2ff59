"""The demo's register: companies, contracts, licences, people. What is there already stays."""

from datetime import date, datetime, timedelta

from stdnum.br import cnpj

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import Contract, Licence, Product
from balcao.people import actions as people
from balcao.people.models import Membership, Organisation, User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.entitlement import local_day
from balcao.rulebook import queries as rulebook
from balcao.server.demo.cast import (
    COMPANIES,
    EVERYBODY,
    PRODUCTS,
    SINCE,
    Company,
    Member,
    Paper,
    Right,
)
from balcao.server.demo.passwords import password_of
from balcao.tickets import actions as tickets
from balcao.tickets.models import Queue


def register_all(*, first: datetime, anchor: datetime) -> None:
    """Everybody and everything, an hour before ``first``; the dates count from ``anchor``."""
    now = first - timedelta(hours=1)
    today = local_day(anchor, rulebook.current().timezone)
    products = {
        slug: entitlements.register_product(actor=SYSTEM, now=now, name=name, slug=slug)
        for slug, name in PRODUCTS.items()
    }
    companies = {
        company.key: _company(company, products, now=now, today=today) for company in COMPANIES
    }
    users = {member.key: _member(member, companies, now=now) for member in EVERYBODY}
    agents = [users[member.key] for member in EVERYBODY if Role.AGENT in member.roles]
    tickets.add_members(
        actor=SYSTEM, now=now, queue=Queue.objects.get(is_default=True), members=agents
    )


def _company(
    company: Company, products: dict[str, Product], *, now: datetime, today: date
) -> Organisation:
    row = Organisation.objects.filter(name=company.name).first() or people.register_organisation(
        actor=SYSTEM,
        now=now,
        name=company.name,
        tax_id=_cnpj(company, 1),
        phone=company.phone,
        members_see_all=company.members_see_all,
    )
    for place, name in enumerate(company.units, start=1):
        if not row.units.filter(name=name).exists():
            people.save_unit(
                actor=SYSTEM,
                now=now,
                organisation_id=row.pk,
                name=name,
                tax_id=_cnpj(company, place),
            )
    contract = _contract(company.contract, row, now=now, today=today) if company.contract else None
    for right in company.licences:
        _licence(right, row, contract, products[right.product], now=now, today=today)
    return row


def _cnpj(company: Company, branch: int) -> str:
    """The tax number of a branch, with its check digits."""
    base = f"{company.root}{branch:04d}"
    return base + str(cnpj.calc_check_digits(base + "00"))


def _contract(paper: Paper, company: Organisation, *, now: datetime, today: date) -> Contract:
    found = Contract.objects.filter(organisation=company, reference=paper.reference).first()
    return found or entitlements.register_contract(
        actor=SYSTEM,
        now=now,
        organisation=company,
        kind=paper.kind,
        reference=paper.reference,
        starts=today - SINCE,
        ends=_in(paper.ends, today),
    )


def _licence(
    right: Right,
    company: Organisation,
    contract: Contract | None,
    product: Product,
    *,
    now: datetime,
    today: date,
) -> None:
    if Licence.objects.filter(key=right.key).exists():
        return
    entitlements.register_licence(
        actor=SYSTEM,
        now=now,
        organisation=company,
        contract=contract if right.under_contract else None,
        product=product,
        key=right.key,
        version=right.version,
        extensions=right.extensions,
        valid_from=today - SINCE,
        valid_until=_in(right.until, today),
    )


def _in(days: int | None, today: date) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _member(member: Member, companies: dict[str, Organisation], *, now: datetime) -> User:
    user = User.objects.filter(code=member.code).first() or people.register_person(
        actor=SYSTEM,
        now=now,
        name=member.name,
        code=member.code,
        password=password_of(member.code),
        address=member.address,
        phone=member.phone,
        roles=member.roles,
    )
    for place, key in enumerate(member.organisations):
        if not Membership.objects.filter(user=user, organisation=companies[key]).exists():
            people.join(
                actor=SYSTEM,
                now=now,
                user=user,
                organisation=companies[key],
                is_admin=member.admin and place == 0,
                unit=companies[key].units.filter(name=member.unit).first(),
            )
    return user
