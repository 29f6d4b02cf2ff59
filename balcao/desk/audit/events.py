"""What happened, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from balcao.desk.audit import facts
from balcao.desk.audit.asking import Asked, asked
from balcao.desk.audit.naming import Names, names_in
from balcao.desk.audit.pages import page
from balcao.events.queries import Event, EventPage, events_for
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard
from balcao.web.words import record


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in words. ``more``: what its data say; ``raw``: they as they are."""

    at: datetime
    who: str
    who_href: str
    what: str
    about: str
    about_href: str
    more: str
    raw: str


@guard("staff", duty=Duty.VIEW_EVENTS)
def events(request: PageRequest) -> HttpResponse:
    """Events in words, by verb, person, thing and days."""
    form = asked(request)
    found = EventPage((), None)
    if not form.nothing:
        cursor = request.GET.get("depois", "")[:60]
        found = events_for(request.actor, form.wanted, cursor=cursor)
    named = {pk for row in found.rows for pk in facts.tickets_in(row.data)}
    names = names_in(found.rows, tickets=named)
    context: dict[str, object] = {
        "rows": [_row(row, names, form) for row in found.rows],
        "form": form,
        "whats": [("", _("Everything")), *record.verb_choices()],
        "older": form.address("desk_events", depois=found.after) if found.after else "",
    }
    return page(request, "desk/audit/events.html", context, route="desk_events")


def _row(row: Event, names: Names, form: Asked) -> Happened:
    return Happened(
        at=row.at,
        who=names.actor(row),
        who_href=form.address("desk_events", pessoa=str(row.actor_id)) if row.actor_id else "",
        what=record.told(row.verb),
        about=names.subject(row),
        about_href=form.address("desk_events", **names.asking(row)),
        more=facts.told(row.data, names.tickets),
        raw=facts.raw(row.data),
    )
