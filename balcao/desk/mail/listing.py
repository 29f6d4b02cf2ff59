"""Mail from outside that became no message: what waits for somebody, and what was done since."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from balcao.channels.actions import kept as actions
from balcao.channels.queries import kept as queries
from balcao.channels.queries.kept import KeptRow, Outcome
from balcao.desk import menu
from balcao.desk.seen import seen_by
from balcao.policy.access import Permission, can
from balcao.tickets.actions import Conflict
from balcao.web import words
from balcao.web.guards import PageRequest, guard

BOOK = "desk_kept"
INBOUND = "channels.inbound"
_TABS: "dict[str, tuple[Outcome | None, str | Promise]]" = {
    "": (Outcome.QUARANTINED, pgettext_lazy("mail", "Kept apart")),
    "recusados": (Outcome.REFUSED, gettext_lazy("Refused, the sender was told")),
    "ignorados": (Outcome.IGNORED, gettext_lazy("Ignored")),
    "tratados": (None, gettext_lazy("Seen to")),
}
# What just happened, by the code in the address (``?aviso=``).
NOTICES = {
    "incluido": ("ok", gettext_lazy("It is on the ticket now, as the customer's message.")),
    "avisado": ("ok", gettext_lazy("The customer is told at the registered e-mail.")),
    "avisado-ha-pouco": (
        "late",
        gettext_lazy("The customer was told in the last 24 hours: once a day is enough."),
    ),
    "ninguem": (
        "late",
        gettext_lazy("Nobody on the register can be told about it, and nothing was sent."),
    ),
    "com-o-comercial": (
        "ok",
        gettext_lazy("Left with sales, under Recoveries of access: nothing changes before that."),
    ),
    "ja-cadastrado": ("late", gettext_lazy("This address is registered for this person already.")),
    "ja-pedido": ("late", gettext_lazy("This was left with sales already.")),
    "devolvido": ("ok", gettext_lazy("It waits again.")),
    "mudou": ("late", gettext_lazy("Somebody was faster: see how it stands now.")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A kept mail in words. ``rules``: id and sentence of those that spoke."""

    mail: KeptRow
    href: str
    reason: str
    rules: tuple[tuple[str, str], ...]
    handled: str


@guard("desk")
def kept(request: PageRequest) -> HttpResponse:
    """The list, newest first; what was kept apart before what was refused or ignored."""
    if not can(request.actor, Permission.VIEW_KEPT_MAIL, None):
        raise PermissionDenied
    tab = request.GET.get("v", "")
    tab = tab if tab in _TABS else ""
    outcome, cursor = _TABS[tab][0], request.GET.get("depois", "")
    found = queries.kept(request.actor, outcome) if outcome else queries.handled(request.actor)
    rows, more = queries.page_of(found, cursor=cursor)
    return menu.show(
        request,
        "desk/mail/kept.html",
        {
            "tabs": [
                (str(label), address(value), value == tab)
                for value, (_outcome, label) in _TABS.items()
            ],
            "tab": tab,
            "rows": [row_of(row) for row in rows],
            "newer": address(tab) if cursor else "",
            "older": address(tab, depois=more) if more else "",
            "may_discard": outcome is not None and _may_act(request),
            "messages": messages(request),
            "undo": _undo(request),
        },
        book=BOOK,
    )


def _may_act(request: PageRequest) -> bool:
    return can(request.actor, Permission.RELEASE_MAIL, None)


def messages(request: PageRequest) -> list[dict[str, str]]:
    """What just happened, above the page."""
    found = NOTICES.get(request.GET.get("aviso", ""))
    return [{"tone": found[0], "text": str(found[1])}] if found else []


@dataclass(frozen=True, slots=True)
class Undo:
    """What was thrown away a moment ago, to be brought back with one press."""

    text: str
    ids: tuple[int, ...]


def _undo(request: PageRequest) -> Undo | None:
    ids = _ids(request.GET.getlist("d"))
    if not ids or not _may_act(request):
        return None
    said = ngettext(
        "%(count)d mail was thrown away.", "%(count)d mails were thrown away.", len(ids)
    )
    return Undo(said % {"count": len(ids)}, ids)


def _ids(given: list[str]) -> tuple[int, ...]:
    found = [int(one) for one in given if one.isdecimal() and len(one) < 18]
    return tuple(dict.fromkeys(found))[: queries.LIST_SIZE]


@guard("desk", methods=("POST",))
def discard(request: PageRequest) -> HttpResponse:
    """Throw away those that are ticked; what somebody else saw to meanwhile stays as it is."""
    if not _may_act(request):
        raise PermissionDenied
    gone = []
    for one in queries.waiting_of(request.actor, _ids(request.POST.getlist("m"))):
        try:
            actions.discard(actor=request.actor, now=request.now, inbound_id=one)
        except Conflict:
            continue
        gone.append(("d", str(one)))
    return _back(request.POST.get("v", ""), gone)


@guard("desk", methods=("POST",))
def restore(request: PageRequest) -> HttpResponse:
    """Bring back what was thrown away a moment ago."""
    if not _may_act(request):
        raise PermissionDenied
    for one in _ids(request.POST.getlist("m")):
        try:
            actions.bring_back(actor=request.actor, now=request.now, inbound_id=one)
        except Conflict:
            continue
    return _back(request.POST.get("v", ""), [("aviso", "devolvido")])


def _back(tab: str, more: list[tuple[str, str]]) -> HttpResponse:
    first = [("v", tab)] if tab in _TABS and tab else []
    query = urlencode([*first, *more])
    return redirect(reverse(BOOK) + (f"?{query}" if query else ""))


def address(tab: str = "", **more: str) -> str:
    """The list's address, at this tab."""
    query = urlencode({name: value for name, value in {"v": tab, **more}.items() if value})
    return reverse(BOOK) + (f"?{query}" if query else "")


def noted(request: PageRequest, inbound_id: int, detail: str = "") -> None:
    """Who saw it, or did something with it, is in the access log."""
    seen_by(request, INBOUND, inbound_id, detail=detail)


def row_of(row: KeptRow) -> Row:
    """The mail in words."""
    return Row(
        mail=row,
        href=reverse("desk_kept_one", args=[row.id]),
        reason=words.mail_reason(row.reason) or _("Not judged yet"),
        rules=tuple((rule, words.rule(rule)) for rule in row.rules),
        handled=words.mail_handled(row.handled),
    )
