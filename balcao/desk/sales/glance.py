"""Comercial: what waits for sales, and what ends soon, at a glance."""

from django.http import HttpResponse

from balcao.desk.sales import parts
from balcao.entitlements import queries as entitlements
from balcao.entitlements.queries import Wanted
from balcao.policy.access import Duty
from balcao.policy.entitlement import local_day
from balcao.sales import queries
from balcao.sales.queries import Wanted as Sold
from balcao.web.guards import PageRequest, guard

DAYS = 30
_FEW = 5


@guard("staff", duty=Duty.VIEW_SALES)
def glance(request: PageRequest) -> HttpResponse:
    """Questions, open orders and one-offs: the first of each; contracts and licences follow."""
    actor, today = request.actor, local_day(request.now, request.policy.timezone)
    asked, _after = queries.questions(actor, answered=False)
    context: dict[str, object] = {
        "asked": asked[:_FEW],
        "today": today,
        "orders": queries.first_lines(actor, Sold(tab="open"), today=today, count=_FEW),
        "expiring": queries.first_lines(
            actor, Sold(tab="expiring", within=DAYS), today=today, count=_FEW
        ),
        "days": DAYS,
    }
    return parts.show(request, "desk/sales/glance.html", context, book="desk_sales_glance")


@guard("staff", duty=Duty.VIEW_SALES)
def ends(request: PageRequest) -> HttpResponse:
    """Contracts and licences that end soon: whom to talk to about a renewal."""
    actor, today = request.actor, local_day(request.now, request.policy.timezone)
    soon = Wanted(within=DAYS)
    context: dict[str, object] = {
        "contracts": entitlements.contract_list(actor, soon, today=today).rows[:_FEW],
        "licences": entitlements.licence_list(actor, soon, today=today).rows[:_FEW],
        "days": DAYS,
    }
    return parts.show(request, "desk/sales/ends.html", context, book="desk_sales_glance")
