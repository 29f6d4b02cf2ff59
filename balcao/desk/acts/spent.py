"""Tempo gasto: what each person noted in a period, for those who watch over it."""

from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from balcao.desk import menu
from balcao.policy.access import Duty
from balcao.tickets import queries
from balcao.web.guards import PageRequest, guard
from balcao.web.words import acts

PERIODS = (7, 30, 90)


@guard("staff", duty=Duty.VIEW_TIMES)
def spent(request: PageRequest) -> HttpResponse:
    """Within the last days, those with most time first."""
    given = request.GET.get("dias", "")
    days = int(given) if given in {str(one) for one in PERIODS} else PERIODS[0]
    since = request.now - timedelta(days=days)
    rows = queries.time_by_person(request.actor, since=since)
    context: dict[str, object] = {
        "rows": [(row, acts.minutes(row.minutes)) for row in rows],
        "total": acts.minutes(sum(row.minutes for row in rows)),
        "periods": [
            (
                ngettext("%(count)d day", "%(count)d days", one) % {"count": one},
                f"{reverse('desk_times')}?dias={one}",
                one == days,
            )
            for one in PERIODS
        ],
    }
    return menu.show(request, "desk/acts/spent.html", context, book="desk_times")
