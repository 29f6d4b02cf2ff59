"""Mail of ours that did not arrive: why, and what to do about it."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from balcao.channels.actions import undelivered as actions
from balcao.channels.queries import undelivered as queries
from balcao.desk import menu
from balcao.desk.seen import seen_by
from balcao.policy.access import Duty, can_enter, may
from balcao.tickets.actions import Conflict
from balcao.web.guards import PageRequest, guard

BOOK = "desk_undelivered"
_DELIVERY = "channels.delivery"
_NOTICES = {
    "de-novo": ("ok", gettext_lazy("It is being sent again.")),
    "resolvido": ("ok", gettext_lazy("It needs nothing more.")),
    "secreto": (
        "late",
        gettext_lazy("It held a secret link, which is gone: have a new one sent to the person."),
    ),
    "mudou": ("late", gettext_lazy("Somebody was faster: see how it stands now.")),
}


@guard("staff", duty=Duty.VIEW_UNDELIVERED)
def undelivered(request: PageRequest) -> HttpResponse:
    """The list, newest first."""
    cursor = request.GET.get("depois", "")
    after = int(cursor) if cursor.isdecimal() and len(cursor) < 18 else None
    rows, more = queries.page_of(request.actor, after=after)
    found = _NOTICES.get(request.GET.get("aviso", ""))
    context = {
        "rows": rows,
        "newer": reverse(BOOK) if after else "",
        "older": f"{reverse(BOOK)}?depois={more}" if more else "",
        "keeps": may(request.actor, Duty.KEEP_UNDELIVERED),
        "links": can_enter(request.actor, "desk"),
        "messages": [{"tone": found[0], "text": str(found[1])}] if found else [],
    }
    return menu.show(request, "desk/mail/undelivered.html", context, book=BOOK)


@guard("staff", methods=("POST",), duty=Duty.KEEP_UNDELIVERED)
def retry(request: PageRequest, delivery_id: int) -> HttpResponse:
    """Send it again."""
    return _do(request, delivery_id, actions.retry, "de-novo")


@guard("staff", methods=("POST",), duty=Duty.KEEP_UNDELIVERED)
def leave(request: PageRequest, delivery_id: int) -> HttpResponse:
    """It needs nothing more."""
    return _do(request, delivery_id, actions.leave, "resolvido")


def _do(
    request: PageRequest, delivery_id: int, act: Callable[..., None], done: str
) -> HttpResponse:
    if queries.undelivered(request.actor).filter(pk=delivery_id).exists():
        seen_by(request, _DELIVERY, delivery_id, detail=done)
        try:
            act(actor=request.actor, now=request.now, delivery_id=delivery_id)
        except Conflict as conflict:
            done = "secreto" if conflict.code == "secret" else "mudou"
    else:
        done = "mudou"
    return redirect(f"{reverse(BOOK)}?aviso={done}")
