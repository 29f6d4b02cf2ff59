"""What left the order of the line (S30, R24): tickets passed over, and assigned out of turn."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk import menu
from balcao.policy.access import Duty
from balcao.tickets import queries
from balcao.web.guards import PageRequest, guard

BOOK = "desk_skips"
_OUT_OF_TURN = "fora-da-vez"


@guard("staff", duty=Duty.VIEW_SKIPS)
def skips(request: PageRequest) -> HttpResponse:
    """Both lists, newest first, each a tab of its own."""
    assigned = request.GET.get("v") == _OUT_OF_TURN
    cursor = request.GET.get("depois", "")
    read = queries.out_of_turn_for if assigned else queries.skips_for
    rows, more = read(request.actor, cursor=cursor)
    return menu.show(
        request,
        "desk/skips.html",
        {
            "assigned": assigned,
            "tabs": [
                (_("Passed over"), _address(assigned=False), not assigned),
                (_("Assigned out of turn"), _address(assigned=True), assigned),
            ],
            "rows": rows,
            "newer": _address(assigned=assigned) if cursor else "",
            "older": _address(assigned=assigned, cursor=more) if more else "",
        },
        book=BOOK,
    )


def _address(*, assigned: bool, cursor: str = "") -> str:
    fields = {"v": _OUT_OF_TURN if assigned else "", "depois": cursor}
    query = "&".join(f"{name}={value}" for name, value in fields.items() if value)
    return reverse(BOOK) + (f"?{query}" if query else "")
