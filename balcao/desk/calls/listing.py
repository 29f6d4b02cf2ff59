"""Calls: one's own of today, or everybody's for who watches over them (R14)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.desk.calls import parts
from balcao.policy.access import Duty, may
from balcao.tickets import queries
from balcao.tickets.queries import CallFilter, CallRow
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge
from balcao.web.words import calls as words

_PERIODS = {"hoje": 0, "7": 6, "30": 29, "todas": None}


@dataclass(frozen=True, slots=True)
class Place:
    """The list and its filters as they stand in the address."""

    period: str
    outcome: str
    agent: int | None

    def address(self, **changes: str) -> str:
        """The page's address with some filters changed; an empty one is dropped."""
        fields = {
            "dias": self.period,
            "fim": self.outcome,
            "pessoa": str(self.agent or ""),
            **changes,
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"{reverse('desk_calls')}?{query}"


@guard("desk")
def calls(request: PageRequest) -> HttpResponse:
    """The list, with how many had no ticket."""
    actor = request.actor
    if not queries.may_see_calls(actor):
        raise PermissionDenied
    place = _place(request)
    since = _since(request.now, place.period)
    only = CallFilter(outcome=place.outcome, agent=place.agent, since=since)
    cursor = request.GET.get("depois", "")
    rows, after = queries.call_list(
        actor, only, cursor=int(cursor) if cursor.isdecimal() and len(cursor) < 18 else None
    )
    context = {
        "place": place,
        "tabs": _tabs(place),
        "rows": [_in_words(row) for row in rows],
        "counts": queries.call_counts(actor, CallFilter(agent=place.agent, since=since)),
        "outcomes": [(code, words.outcome(code).text) for code in words.OUTCOMES],
        "takers": queries.takers(actor),
        "watches": may(actor, Duty.VIEW_CALLS),
        "takes": may(actor, Duty.TAKE_CALLS),
        "older": place.address(depois=str(after)) if after else "",
        "newer": place.address() if cursor else "",
    }
    return parts.show(request, "desk/calls/list.html", context)


def _in_words(row: CallRow) -> tuple[CallRow, Badge, str]:
    reason = words.NO_TICKET.get(row.reason)
    return row, words.outcome(row.outcome), str(reason) if reason else ""


def _place(request: PageRequest) -> Place:
    given = request.GET
    period, outcome = given.get("dias", ""), given.get("fim", "")
    agent = given.get("pessoa", "")
    return Place(
        period=period if period in _PERIODS else "hoje",
        outcome=outcome if outcome in words.OUTCOMES else "",
        agent=int(agent) if agent.isdecimal() and len(agent) < 18 else None,
    )


def _since(now: datetime, period: str) -> datetime | None:
    days = _PERIODS[period]
    if days is None:
        return None
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days)


def _tabs(place: Place) -> list[tuple[str, str, bool]]:
    labels = {
        "hoje": _("Today"),
        "7": _("7 days"),
        "30": _("30 days"),
        "todas": _("All calls"),
    }
    return [
        (label, place.address(dias=period), period == place.period)
        for period, label in labels.items()
    ]
