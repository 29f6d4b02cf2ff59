"""The first few people and organisations that answer to what somebody typed into a search box."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, F, FilteredRelation, IntegerField, Q, QuerySet, Value

from balcao.events.statements import Statement, Word
from balcao.lib.folding import fold
from balcao.people.models import Organisation, User
from balcao.people.queries.register import (
    Wanted,
    organisations_wanted,
    persons_wanted,
    wanted_in,
)
from balcao.policy.access import Actor, Duty, may

MOST = 5
OTHER = 3
_ORGANISATION, _PERSON = 1, 2


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """``organisations``: names of those the person acts for now, alphabetically."""

    id: int
    name: str
    code: str
    active: bool
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundOrganisation:
    """``tax_id`` without punctuation."""

    id: int
    name: str
    tax_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class Few:
    """At most MOST of each; ``more``: there are others, on the customers' page.

    ``others``: the rows of ``also``: id, name, detail, active, organisation; ``more_others``: there
    are more of these.
    """

    people: tuple[FoundPerson, ...] = ()
    organisations: tuple[FoundOrganisation, ...] = ()
    others: tuple[tuple[int, str, str, bool, str], ...] = ()
    more: bool = False
    more_others: bool = False


class Part(NamedTuple):
    """Rows to be found besides: ``build`` makes their QuerySet of these texts, of which some are
    empty.
    """

    build: "Callable[..., QuerySet[Any, Any]]"
    texts: tuple[str, ...]


def find_few(actor: Actor, wanted: str, *, also: Part | None = None) -> Few:
    """By name and organisation, user code, address, telephone, tax number or reference, those who
    are customers first. One statement; nobody for whoever reads no customers.

    ``also``: of a room above, of the columns that ``columns`` gives.
    """
    if not may(actor, Duty.VIEW_CUSTOMERS) or not wanted.strip():
        return Few()
    found = wanted_in(wanted)
    typed = [text if isinstance(text, str) else "" for text in found]
    texts = (*found.words, *typed, *(also.texts if also else ()))
    asked = _asked(
        len(found.words),
        tuple(bool(text) for text in typed),
        also.build if also else None,
        tuple(bool(text) for text in also.texts) if also else (),
    )
    rows = asked.rows(*(text for text in texts if text))
    organisations: list[FoundOrganisation] = []
    people: dict[int, FoundPerson] = {}
    others = []
    for kind, pk, name, detail, active, organisation in sorted(rows, key=_order):
        if kind == _ORGANISATION:
            organisations.append(FoundOrganisation(pk, name, detail or "", active))
        elif kind == _PERSON:
            before = people[pk].organisations if pk in people else ()
            acts_for = (*before, organisation) if organisation else before
            people[pk] = FoundPerson(pk, name, detail, active, acts_for)
        else:
            others.append((pk, name, detail, active, organisation))
    return Few(
        people=tuple(people.values())[:MOST],
        organisations=tuple(organisations[:MOST]),
        others=tuple(others[:MOST]),
        more=len(people) > MOST or len(organisations) > MOST,
        more_others=len(others) > MOST,
    )


@lru_cache(maxsize=256)
def _asked(
    words: int,
    typed: tuple[bool, ...],
    build: "Callable[..., QuerySet[Any, Any]] | None",
    texts: tuple[bool, ...],
) -> Statement:
    """What is asked for texts of this kind: how many words, which of the others there are."""

    def of(*given: str) -> "QuerySet[Any, Any]":
        left = iter(given[words:])
        wanted = Wanted(*(next(left) if there else "" for there in typed))
        wanted = wanted._replace(words=given[:words])
        more = [build(*(next(left) if there else "" for there in texts))] if build else []
        return _organisations(wanted).union(_people(wanted), *more, all=True)

    return Statement(of, *[Word] * (words + sum(typed) + sum(texts)))


def _order(row: tuple[int, int, str, str, bool, str]) -> tuple[bool, str, int, str]:
    _kind, pk, name, _detail, active, organisation = row
    return not active, fold(name), pk, fold(organisation or "")


def columns(
    rows: "QuerySet[Any]", kind: int, name: str, detail: str, active: str | Value, organisation: str
) -> "QuerySet[Any, Any]":
    """Rows as ``find_few`` puts them together: fields' names, or a value for ``active``."""
    shown = {
        "found_kind": Value(kind, IntegerField()),
        "found_active": active if isinstance(active, Value) else F(active),
        "found_organisation": F(organisation) if organisation else Value("", CharField()),
    }
    found: QuerySet[Any, Any] = rows.annotate(**shown).values_list(
        "found_kind", "pk", name, detail, "found_active", "found_organisation"
    )
    return found


def _organisations(wanted: Wanted) -> "QuerySet[Any, Any]":
    order = ("-active", "folded", "pk")
    few = Organisation.objects.filter(organisations_wanted(wanted)).order_by(*order)
    rows = Organisation.objects.filter(pk__in=few.values("pk")[: MOST + 1])
    return columns(rows, _ORGANISATION, "name", "tax_id", "active", "")


def _people(wanted: Wanted) -> "QuerySet[Any, Any]":
    few = User.objects.filter(persons_wanted(wanted)).order_by("-is_active", "folded", "pk")
    rows = User.objects.filter(pk__in=few.values("pk")[: MOST + 1]).annotate(
        now=FilteredRelation("memberships", condition=Q(memberships__ended_at=None))
    )
    return columns(rows, _PERSON, "name", "code", "is_active", "now__organisation__name")
