"""Where I am signed in, and ending what is not mine."""

from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.people import actions
from balcao.people.queries import open_sessions
from balcao.portal.account.parts import own_id, show
from balcao.web import agents
from balcao.web.guards import PageRequest, guard


@guard("signed_in")
def sessions(request: PageRequest) -> HttpResponse:
    """Each session: device, when last seen, from where; this one is marked."""
    key = request.session.session_key or ""
    rows = [
        (one, agents.describe(one.agent))
        for one in open_sessions(own_id(request), key=key, now=request.now)
    ]
    return show(
        request, "portal/account/sessions.html", {"sessions": rows}, section="account_sessions"
    )


@guard("signed_in", methods=("POST",))
def end(request: PageRequest, session_id: int) -> HttpResponse:
    """End one of my sessions; somebody else's does not exist for me."""
    user_id = own_id(request)
    actions.end_one(actor=request.actor, now=request.now, user_id=user_id, session_id=session_id)
    return _back()


@guard("signed_in", methods=("POST",))
def end_others(request: PageRequest) -> HttpResponse:
    """End all my sessions but this one."""
    actions.end_others(
        actor=request.actor,
        now=request.now,
        user_id=own_id(request),
        keep=request.session.session_key or "",
    )
    return _back()


def _back() -> HttpResponse:
    response = redirect("account_sessions")
    response["Location"] += "?aviso=encerradas"
    return response
