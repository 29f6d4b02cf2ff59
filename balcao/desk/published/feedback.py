"""Opiniões: what readers think of the page "Como funciona o suporte" (S45)."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.desk.menu import show
from balcao.knowledge import actions, queries
from balcao.policy.access import Duty, may
from balcao.web.guards import PageRequest, guard

_BOOK = "desk_feedback"
_PAGE = "policy"
_ROWS = 30


@guard("staff", duty=Duty.VIEW_FEEDBACK)
def feedback(request: PageRequest) -> HttpResponse:
    """The votes on each version, and the comments, unread ones first asked for."""
    everything = "todas" in request.GET
    before = request.GET.get("antes", "")
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None
    rows = queries.comments_for(
        request.actor, _PAGE, unread=not everything, before=place, limit=_ROWS + 1
    )
    older = ""
    if len(rows) > _ROWS:
        older = f"?{'todas&' if everything else ''}antes={rows[_ROWS - 1].id}"
    here = reverse(_BOOK)
    context: dict[str, object] = {
        "tallies": queries.tallies_for(request.actor, _PAGE),
        "rows": rows[:_ROWS],
        "older": older,
        "newer": ("?todas" if everything else here) if place is not None else "",
        "everything": everything,
        "may_mark": may(request.actor, Duty.KEEP_FEEDBACK),
    }
    return show(request, "desk/published/feedback.html", context, book=_BOOK)


@guard("staff", methods=("POST",), duty=Duty.KEEP_FEEDBACK)
def read(request: PageRequest, feedback_id: int) -> HttpResponse:
    """Take note of a comment."""
    actions.mark_read(actor=request.actor, now=request.now, feedback_id=feedback_id)
    return redirect(reverse(_BOOK) + ("?todas" if "todas" in request.POST else ""))
