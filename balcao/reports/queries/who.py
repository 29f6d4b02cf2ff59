"""Whom a question is about, as somebody types it: a person, a company, or nobody on file."""

from dataclasses import dataclass

from balcao.lib.folding import fold
from balcao.lib.tax_ids import looks_like_tax_id
from balcao.people.models import Membership, Organisation, User
from balcao.policy.numbers import normalise_code


class Unknown(LookupError):
    """Nobody answers to what was typed."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company the person acts for."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Who:
    """A person and the companies they act for. Without a person: somebody who is not on file."""

    person: int | None = None
    name: str = ""
    code: str = ""
    companies: tuple[Company, ...] = ()


NOBODY = Who()


def find_who(text: str) -> Who:
    """The person with this user code, or somebody of the company with this number or name.

    Of a company its first active contact, administrators before others, for that company alone;
    nobody on file when it has none. Empty: nobody on file. Raises Unknown.
    """
    typed = text.strip()
    if not typed:
        return NOBODY
    person = User.objects.filter(code=normalise_code(typed)).only("name", "code").first()
    if person is not None:
        return Who(person.pk, person.name, person.code, _companies(person.pk))
    company = _company(typed)
    if company is None:
        raise Unknown
    return somebody_of(company)


def somebody_of(company: Company) -> Who:
    """The company's first active contact, administrators before others."""
    first = (
        Membership.objects.filter(
            organisation=company.id, ended_at=None, user__is_active=True, organisation__active=True
        )
        .order_by("-is_admin", "pk")
        .values_list("user_id", "user__name", "user__code")
        .first()
    )
    return Who(*first, companies=(company,)) if first else Who(companies=(company,))


def _companies(person: int) -> tuple[Company, ...]:
    rows = Membership.objects.filter(user=person, ended_at=None, organisation__active=True)
    names = rows.order_by("organisation__name").values_list("organisation_id", "organisation__name")
    return tuple(Company(pk, name) for pk, name in dict(names).items())


def _company(typed: str) -> Company | None:
    """By CNPJ or CPF, else by name: one name, or the only one that begins so."""
    rows = Organisation.objects.values_list("pk", "name").order_by("folded", "pk")
    if number := looks_like_tax_id(typed):
        found = rows.filter(tax_id=number).first()
        return Company(*found) if found else None
    name = fold(typed)
    if not name:
        return None
    found = rows.filter(folded=name).first()
    if found is None:
        close = list(rows.filter(folded__startswith=name)[:2])
        found = close[0] if len(close) == 1 else None
    return Company(*found) if found else None
