"""Names for the ids that the record holds: asked for when it is shown, never kept in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balcao.desk.audit.asking import TICKET
from balcao.events.queries import Access, Event
from balcao.people.queries import names_of
from balcao.tickets.queries import numbers_of
from balcao.web import format
from balcao.web.words import record

PERSON = "people.user"


Noted = Event | Access


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the people and the numbers of the tickets on one page."""

    people: dict[int, str]
    tickets: dict[int, str]

    def actor(self, row: Noted) -> str:
        """Who did it."""
        if row.actor_id is None:
            return _("The desk itself") if row.actor_kind == "system" else _("Somebody unknown")
        return self.person(row.actor_id)

    def person(self, pk: int) -> str:
        """What a person is called, or their id once there is no name."""
        return self.people.get(pk) or f"{record.kind(PERSON)} {pk}"

    def asking(self, row: Noted) -> dict[str, str]:
        """The fields of the form that ask for all rows about the same thing."""
        pk = row.subject_id
        if row.subject_kind == TICKET and pk in self.tickets:
            return {"tipo": TICKET, "numero": self.tickets[pk]}
        return {"tipo": row.subject_kind, "numero": "" if pk is None else str(pk)}

    def subject(self, row: Noted) -> str:
        """What it is about, by name or number."""
        pk = row.subject_id
        if pk is None:
            return record.kind(row.subject_kind)
        if row.subject_kind == TICKET and pk in self.tickets:
            return f"{record.kind(TICKET)} {format.number(self.tickets[pk])}"
        if row.subject_kind == PERSON:
            return self.person(pk)
        return f"{record.kind(row.subject_kind)} {pk}"


def names_in(
    rows: Iterable[Noted], *, people: Collection[int] = (), tickets: Collection[int] = ()
) -> Names:
    """The names for one page's rows, and for further ``people`` and ``tickets``. Two statements at
    most.
    """
    rows = list(rows)
    ids = {row.actor_id for row in rows} | set(people)
    ids |= {row.subject_id for row in rows if row.subject_kind == PERSON}
    named = {row.subject_id for row in rows if row.subject_kind == TICKET} | set(tickets)
    known = [pk for pk in ids if pk is not None]
    numbered = [pk for pk in named if pk is not None]
    return Names(
        people=names_of(known) if known else {},
        tickets=numbers_of(numbered) if numbered else {},
    )
