""" "Regras do suporte": every topic of the book, what waits, and which version is in force."""

from django.http import HttpResponse

from balcao.desk.menu import show
from balcao.desk.rules import parts
from balcao.desk.rules.topics import PAGES
from balcao.policy.access import Duty
from balcao.rulebook import queries
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.VIEW_POLICY)
def home(request: PageRequest) -> HttpResponse:
    """The overview of the rules."""
    context = {
        "pages": PAGES,
        "newest": queries.version_for(request.actor),
        "waiting": [
            (change, parts.title_of(change.topic)) for change in queries.waiting_for(request.actor)
        ],
        "author_of": parts.author_of,
    }
    return show(request, "desk/rules/home.html", context, book="rules")
