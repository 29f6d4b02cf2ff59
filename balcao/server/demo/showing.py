"""Who can sign in to the demo, for people and for programs."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from balcao.entitlements.models import Licence
from balcao.entitlements.queries import licences_of
from balcao.people.models import Organisation
from balcao.policy.access import Role
from balcao.policy.lifecycle import OPEN_STATES
from balcao.rulebook import queries as rulebook
from balcao.server.demo.cast import COMPANIES, EVERYBODY, Member
from balcao.server.demo.passwords import password_of
from balcao.tickets.models import Ticket

_OPEN = sorted(state.value for state in OPEN_STATES)
_ROLES = (
    Role.CONTACT,
    Role.ORG_ADMIN,
    Role.AGENT,
    Role.SALES,
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
)
_NAMES = {
    Role.CONTACT: "customer",
    Role.ORG_ADMIN: "company admin",
    Role.AGENT: "agent",
    Role.SALES: "sales",
    Role.SUPERVISOR: "supervisor",
    Role.ADMINISTRATOR: "administrator and auditor",
}


@dataclass(frozen=True, slots=True)
class LicenceLine:
    """``valid_until``: the last valid day (ISO 8601), or None for a perpetual licence."""

    key: str
    product: str
    organisation: str
    valid_until: str | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. ``open_tickets``: a contact's own, a member of staff's assigned."""

    role: Role
    roles: tuple[Role, ...]
    name: str
    user_code: str
    password: str
    email: str
    phone: str
    organisations: tuple[str, ...]
    licences: tuple[LicenceLine, ...]
    open_tickets: tuple[str, ...]


def people() -> list[Person]:
    """Everybody of the demo, staff first, in an order that never changes."""
    licences, numbers = _licences(), _open_numbers()
    return [_person(member, licences, numbers) for member in EVERYBODY]


def as_json() -> dict[str, Any]:
    """`people` ready for JSON; the keys stand in docs/cli.md."""
    return {"address": settings.BASE_URL, "people": [asdict(person) for person in people()]}


def sign_in_lines() -> str:
    """One sign-in of each role, as text."""
    found: dict[Role, Person] = {}
    for person in people():
        found.setdefault(person.role, person)
    lines = [
        f"  {_NAMES[role]:<27}{found[role].user_code}  {found[role].password}"
        for role in _ROLES
        if role in found
    ]
    return "\n".join(["Sign in with a user code and its password:", *lines])


def _person(
    member: Member,
    licences: dict[str, tuple[LicenceLine, ...]],
    numbers: dict[str, tuple[str, ...]],
) -> Person:
    names = {company.key: company.name for company in COMPANIES}
    roles = member.roles or ((Role.ORG_ADMIN, Role.CONTACT) if member.admin else (Role.CONTACT,))
    return Person(
        role=roles[0],
        roles=roles,
        name=member.name,
        user_code=member.code,
        password=password_of(member.code),
        email=member.address,
        phone=member.phone,
        organisations=tuple(names[key] for key in member.organisations),
        licences=tuple(line for key in member.organisations for line in licences[names[key]]),
        open_tickets=numbers.get(member.code, ()),
    )


def _licences() -> dict[str, tuple[LicenceLine, ...]]:
    """By the organisation's name; the policy says which are valid today."""
    policy, now = rulebook.current(), timezone.now()
    keys = [right.key for company in COMPANIES for right in company.licences]
    key_of = dict(Licence.objects.filter(key__in=keys).values_list("pk", "key"))
    companies = Organisation.objects.filter(name__in=[company.name for company in COMPANIES])
    return {
        company.name: tuple(
            LicenceLine(
                key=key_of[row.id],
                product=row.product,
                organisation=company.name,
                valid_until=row.valid_until.isoformat() if row.valid_until else None,
                valid=row.valid,
            )
            for row in licences_of(company.pk, policy=policy, now=now)
            if row.id in key_of
        )
        for company in companies
    }


def _open_numbers() -> dict[str, tuple[str, ...]]:
    """Open tickets by the code of who opened or serves them, in the order of submission."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    rows = Ticket.objects.filter(state__in=_OPEN).order_by("submitted_at", "pk")
    for number, opener, assignee in rows.values_list("number", "opener__code", "assignee__code"):
        found[opener] += (number,)
        if assignee:
            found[assignee] += (number,)
    return found
