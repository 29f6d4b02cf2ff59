"""What the pages of the record share: their menu, and the tabs between them."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.menu import show
from balcao.policy.access import Duty, may
from balcao.web.guards import PageRequest
from balcao.web.words import record


def page(
    request: PageRequest, template: str, context: dict[str, object], *, route: str
) -> HttpResponse:
    """A page of the record, with the tabs this person may open."""
    entries = [
        (_("Events"), "desk_events", Duty.VIEW_EVENTS),
        (_("Who saw what"), "desk_access", Duty.VIEW_ACCESS_LOG),
        (_("Seals"), "desk_seals", Duty.VIEW_EVENTS),
    ]
    tabs = [
        (label, reverse(name), name == route)
        for label, name, duty in entries
        if may(request.actor, duty)
    ]
    kinds = [("", _("A ticket, or anything")), *((k, str(w)) for k, w in record.KINDS.items())]
    common: dict[str, object] = {"tabs": tabs, "kinds": kinds, "route": route, "now": request.now}
    return show(request, template, {**common, **context}, book="desk_events")
