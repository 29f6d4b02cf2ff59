"""Finding a customer by what somebody remembers: a name, a number, an address, a telephone."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.customers.parts import show
from balcao.desk.seen import ORGANISATION, PERSON, Act, seen_by
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard

ORGANISATIONS, PEOPLE = "empresas", "pessoas"
_LONGEST = 100


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def customers(request: PageRequest) -> HttpResponse:
    """Organisations or people, alphabetically. Without a choice, whichever of the two is found."""
    wanted = request.GET.get("q", "").strip()[:_LONGEST]
    cursor = request.GET.get("depois", "")[:250]
    chosen = request.GET.get("em", "")
    kind = chosen if chosen in (ORGANISATIONS, PEOPLE) else ORGANISATIONS
    if not chosen and register.is_about_a_person(wanted):
        kind = PEOPLE
    companies = people = None
    if kind == ORGANISATIONS:
        companies = register.organisations(request.actor, wanted=wanted, cursor=cursor)
        if not companies.rows and wanted and not chosen:
            kind = PEOPLE
    if kind == PEOPLE:
        people = register.persons(request.actor, wanted=wanted, cursor=cursor)
    if wanted:
        what = PERSON if kind == PEOPLE else ORGANISATION
        seen_by(request, what, None, act=Act.SEARCHED)
    found = people if kind == PEOPLE else companies
    assert found is not None
    context = {
        "wanted": wanted,
        "kind": kind,
        "companies": companies if kind == ORGANISATIONS else None,
        "people": people,
        "tabs": [
            (_("Organisations"), _address(wanted, ORGANISATIONS), kind == ORGANISATIONS),
            (_("People"), _address(wanted, PEOPLE), kind == PEOPLE),
        ],
        "older": _address(wanted, kind, found.after) if found.after else "",
        "newer": "" if found.first else _address(wanted, kind),
    }
    return show(request, "desk/customers/listing.html", context)


def _address(wanted: str, kind: str, cursor: str = "") -> str:
    names = {"q": wanted, "em": kind, "depois": cursor}
    return f"{reverse('desk_customers')}?{urlencode({k: v for k, v in names.items() if v})}"
