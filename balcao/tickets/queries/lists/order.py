"""The orders of a list, each with its keyset cursor: where a page ends, the next one begins."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db.models import Case, DateTimeField, Q, QuerySet, Value, When

from balcao.people.models import Organisation
from balcao.policy import routing
from balcao.policy.book import QueueOrder
from balcao.tickets.models import Ticket
from balcao.tickets.queries.lists.rows import TicketRow, with_deadlines

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Order(StrEnum):
    """The orders of a list. Values are part of addresses."""

    SUBMITTED = "envio"
    DEADLINE = "prazo"
    CHANGED = "mudanca"
    ORGANISATION = "empresa"


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order in one direction, the moment within it, and the id within one instant.

    ``line``: in the order of submission, what comes before that in the line (R24).
    """

    order: Order
    newest_first: bool = False
    line: QueueOrder = "fifo"

    @property
    def moment(self) -> str:
        """The column of the moment."""
        if self.order is Order.DEADLINE:
            return "promise"
        return "changed_at" if self.order is Order.CHANGED else "submitted_at"

    def apply(self, tickets: QuerySet[Ticket], cursor: str | None) -> QuerySet[Ticket]:
        """The tickets in order, beginning after the cursor. One nobody made starts at the start."""
        key = self.read(cursor)
        if self.order is Order.DEADLINE:
            tickets = with_deadlines(tickets).annotate(promise=_promise())
        names = ["organisation__name", "organisation_id"]
        if key and self.order is Order.ORGANISATION:
            tickets = tickets.filter(_after_organisation(key, self._later(key)))
        elif key:
            tickets = tickets.filter(self._later(key))
        fields = routing.line(self.line) if self.moment == "submitted_at" else (self.moment, "pk")
        if self.newest_first:
            return tickets.order_by(*(f"-{field}" for field in fields))
        return tickets.order_by(*(names if self.order is Order.ORGANISATION else ()), *fields)

    def read(self, cursor: str | None) -> tuple[int, ...] | None:
        """The numbers of a cursor of this order; None for any other."""
        longer = self.order is Order.ORGANISATION or self.line != "fifo"
        return _read(cursor, parts=3 if longer else 2)

    def _later(self, key: tuple[int, ...]) -> Q:
        moment, pk = _EPOCH + timedelta(microseconds=key[-2]), key[-1]
        side = "lt" if self.newest_first else "gt"
        beyond = Q((f"{self.moment}__{side}", moment))
        beyond |= Q((self.moment, moment), (f"pk__{side}", pk))
        if self.line == "fifo":
            return beyond
        due = _EPOCH + timedelta(microseconds=key[0])
        return Q(answer_due__gte=due) & (Q(answer_due__gt=due) | beyond)

    def cursor(self, row: TicketRow) -> str:
        """What leads on after ``row``."""
        moment = {
            Order.DEADLINE: routing.stands_by(promise_of(row)),
            Order.CHANGED: row.changed_at,
        }.get(self.order, row.submitted_at)
        first = f"{row.organisation_id}-" if self.order is Order.ORGANISATION else ""
        if self.line != "fifo":
            first = f"{_micros(routing.stands_by(row.start_due))}-"
        return f"{first}{_micros(moment)}-{row.id}"


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def promise_of(row: TicketRow) -> datetime | None:
    """The deadline a row is ordered by: the start until it was met, then the conclusion."""
    if row.start_met is None and row.start_due is not None:
        return row.start_due
    return row.resolution_due if row.resolution_met is None else None


def _promise() -> Case:
    """``promise_of`` for the database (a test holds the two together)."""
    return Case(
        When(start__met_at=None, start__due_at__isnull=False, then="start__due_at"),
        When(resolution__met_at=None, resolution__due_at__isnull=False, then="resolution__due_at"),
        default=Value(routing.NEVER),
        output_field=DateTimeField(),
    )


def _after_organisation(key: tuple[int, ...], later: Q) -> Q:
    """Companies by name, those of one name by id; the cursor names one by its id alone."""
    name = Organisation.objects.filter(pk=key[0]).values("name")[:1]
    same = Q(organisation__name=name)
    return (
        Q(organisation__name__gt=name)
        | (same & Q(organisation_id__gt=key[0]))
        | (Q(organisation_id=key[0]) & later)
    )


def _read(cursor: str | None, *, parts: int) -> tuple[int, ...] | None:
    found = (cursor or "").split("-")
    if len(found) != parts or not all(
        one.isascii() and one.isdecimal() and len(one) < 19 for one in found
    ):
        return None
    numbers = tuple(int(one) for one in found)
    try:
        _EPOCH + timedelta(microseconds=max(numbers[:-1]))
    except OverflowError:
        return None
    return numbers
