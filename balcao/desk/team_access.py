"""How the team's access is protected: who has a second factor, and taking a lost one away (A9)."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.desk.menu import show
from balcao.people.actions import reset_factor
from balcao.people.queries import staff_access
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.KEEP_TEAM)
def team_access(request: PageRequest) -> HttpResponse:
    """Everybody active of the staff, those without a second factor first."""
    rows = staff_access()
    context = {
        "rows": rows,
        "lacking": sum(1 for row in rows if not row.protected),
        "done": "aviso" in request.GET,
        "required": settings.REQUIRE_MFA,
    }
    return show(request, "desk/team_access.html", context, book="desk_team_access")


@guard("staff", methods=("POST",), duty=Duty.KEEP_TEAM)
def reset(request: PageRequest, user_id: int) -> HttpResponse:
    """Somebody's phone is lost: their sessions end, and they add another at the next sign-in."""
    reset_factor(actor=request.actor, now=request.now, user_id=user_id)
    response = redirect("desk_team_access")
    response["Location"] += "?aviso=redefinido"
    return response
