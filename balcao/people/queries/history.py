"""What happened to a person or an organisation, from the events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from balcao.events.models import Event
from balcao.people.models import Organisation, User
from balcao.people.queries.register import NotFound
from balcao.policy.access import Actor, Duty, may

MOST = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """One event, with the names of whoever and whatever it is about; empty for what is unknown."""

    verb: str
    at: datetime
    by: str
    organisation: str
    person: str
    data: dict[str, Any]


def history_of(actor: Actor, subject: type[Organisation] | type[User], pk: int) -> list[Happened]:
    """The newest ``MOST`` events about it, newest first, in three statements.

    Raises NotFound for whoever reads no customers.
    """
    if not may(actor, Duty.VIEW_CUSTOMERS):
        raise NotFound
    events = list(
        Event.objects.filter(subject_kind=subject._meta.label_lower, subject_id=pk).order_by("-pk")[
            :MOST
        ]
    )
    people = [pk for event in events for pk in (event.actor_id, _person_in(event.data)) if pk]
    about = [pk for event in events if (pk := event.data.get("organisation"))]
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    companies = dict(Organisation.objects.filter(pk__in=about).values_list("pk", "name"))
    return [
        Happened(
            verb=event.verb,
            at=event.at,
            by=names.get(event.actor_id or 0, ""),
            organisation=companies.get(event.data.get("organisation") or 0, ""),
            person=names.get(_person_in(event.data) or 0, ""),
            data=event.data,
        )
        for event in events
    ]


def _person_in(data: dict[str, Any]) -> int | None:
    found = data.get("to") or data.get("deputy")
    return found if isinstance(found, int) else None
