"""What the customer's organisations are entitled to: contracts, licences, and what covers now."""

from django.http import HttpResponse

from balcao.entitlements import queries
from balcao.portal import parts
from balcao.web import words
from balcao.web.guards import PageRequest, guard


@guard("portal")
def entitled(request: PageRequest) -> HttpResponse:
    """One card for each organisation the customer acts for."""
    cards = queries.cards_of(request.actor, policy=request.policy, now=request.now)
    context = {
        "cards": cards,
        "several": len(cards) > 1,
        "way_out": words.next_step("talk_to_sales"),
    }
    return parts.show(request, "portal/entitled.html", context, place="entitled")
