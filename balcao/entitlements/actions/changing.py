"""One change of a row at a time, and how it is told in its event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F

from balcao.entitlements.models import Contract, Licence, Product, Service
from balcao.people.actions.refusal import Conflict

Row = Contract | Licence | Product | Service

# Texts stay in the row, where they can be corrected; an event only says that they changed.
_CODES = frozenset({"kind"})


@dataclass(frozen=True, slots=True)
class Change:
    """What differs: names of fields, and their values before and after as ids, codes and days."""

    fields: tuple[str, ...]
    before: tuple[object, ...]
    after: tuple[object, ...]

    def __bool__(self) -> bool:
        return bool(self.fields)

    def with_units(self, before: frozenset[int] | None, after: frozenset[int] | None) -> "Change":
        """The same, with the units of a contract (None: all)."""
        if before == after:
            return self
        return Change(
            (*self.fields, "units"),
            (*self.before, None if before is None else sorted(before)),
            (*self.after, None if after is None else sorted(after)),
        )

    def told(self) -> dict[str, object]:
        """The data of the event."""
        return {
            "fields": list(self.fields),
            "before": list(self.before),
            "after": list(self.after),
        }


def put(row: Row, wanted: Mapping[str, object]) -> Change:
    """Set the wanted values on the row, unsaved, and say what differs."""
    fields = tuple(name for name, value in wanted.items() if getattr(row, name) != value)
    before = tuple(_told(name, getattr(row, name)) for name in fields)
    for name in fields:
        setattr(row, name, wanted[name])
    return Change(
        tuple(name.removesuffix("_id") for name in fields),
        before,
        tuple(_told(name, wanted[name]) for name in fields),
    )


def _told(name: str, value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, str) and name not in _CODES else value


def write(row: Row, *names: str, seen: int | None = None) -> None:
    """Save these fields of the row, unless somebody changed it since its revision ``seen``.

    Without ``seen`` the revision that was read counts. Raises Conflict ("changed").
    """
    values = {name: getattr(row, name) for name in names}
    revision = row.revision if seen is None else seen
    manager = type(row)._default_manager
    changed = manager.filter(pk=row.pk, revision=revision).update(
        revision=F("revision") + 1, **values
    )
    if not changed:
        raise Conflict("changed")
    row.revision = revision + 1


def once(row: Row, code: str) -> None:
    """Insert the row; Conflict with ``code`` when its unique name is taken."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(code) from error


def write_once(row: Row, *names: str, seen: int | None, code: str) -> None:
    """Like ``write``; Conflict with ``code`` when the new unique name is taken."""
    try:
        with transaction.atomic():
            write(row, *names, seen=seen)
    except IntegrityError as error:
        raise Conflict(code) from error
