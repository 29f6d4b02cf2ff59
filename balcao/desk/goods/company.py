"""One customer's contracts and licences, and what happened to them."""

from django.http import HttpResponse

from balcao.desk.customers.parts import tabs
from balcao.desk.menu import show
from balcao.desk.seen import ORGANISATION, seen_by
from balcao.entitlements import queries
from balcao.policy.access import Duty, may
from balcao.policy.override import may_ask
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def company(request: PageRequest, organisation_id: int) -> HttpResponse:
    """The same card as the customer's own, with ways to change what is on it."""
    found = queries.company_for(request.actor, organisation_id)
    seen_by(request, ORGANISATION, found.id)
    context: dict[str, object] = {
        "company": found,
        "tabs": tabs(request, found.id, "desk_goods"),
        "card": queries.card_of((found.id, found.name), policy=request.policy, now=request.now),
        "keeps": may(request.actor, Duty.KEEP_ENTITLEMENTS),
        "may_except": may_ask(request.actor, request.policy.override),
    }
    return show(request, "desk/goods/company.html", context, book="desk_customers")
