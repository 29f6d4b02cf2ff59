"""Who saw, searched, took out or downloaded what (A9)."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from balcao.desk.audit.asking import Asked, asked
from balcao.desk.audit.naming import Names, names_in
from balcao.desk.audit.pages import page
from balcao.events.queries import Access, AccessPage, accesses_for
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard
from balcao.web.words import record


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of the access log in words."""

    at: datetime
    who: str
    who_href: str
    what: str
    about: str
    about_href: str
    address: str


@guard("staff", duty=Duty.VIEW_ACCESS_LOG)
def accesses(request: PageRequest) -> HttpResponse:
    """The access log, by act, person, thing and days."""
    form = asked(request)
    found = AccessPage((), None)
    if not form.nothing:
        cursor = request.GET.get("depois", "")[:60]
        found = accesses_for(request.actor, form.wanted, cursor=cursor)
    names = names_in(found.rows)
    acts = [(act, str(words)) for act, words in record.ACTS.items()]
    context: dict[str, object] = {
        "rows": [_row(row, names, form) for row in found.rows],
        "form": form,
        "whats": [("", _("Everything")), *acts],
        "older": form.address("desk_access", depois=found.after) if found.after else "",
    }
    return page(request, "desk/audit/accesses.html", context, route="desk_access")


def _row(row: Access, names: Names, form: Asked) -> Seen:
    return Seen(
        at=row.at,
        who=names.actor(row),
        who_href=form.address("desk_access", pessoa=str(row.actor_id)) if row.actor_id else "",
        what=str(record.ACTS.get(row.act, row.act)),
        about=names.subject(row),
        about_href=form.address("desk_access", **names.asking(row)),
        address=row.address or "",
    )
