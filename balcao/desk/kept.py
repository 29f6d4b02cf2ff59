"""Mail from outside that became no message: why, from whom, about which ticket. For reading."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from balcao.channels import queries
from balcao.channels.queries import KeptRow, Outcome
from balcao.desk import menu
from balcao.desk.seen import seen_by
from balcao.policy.access import Permission, can
from balcao.web import words
from balcao.web.guards import PageRequest, guard

BOOK = "desk_kept"
_INBOUND = "channels.inbound"
_TABS = {
    "": (Outcome.QUARANTINED, pgettext_lazy("mail", "Kept apart")),
    "recusados": (Outcome.REFUSED, gettext_lazy("Refused, the sender was told")),
    "ignorados": (Outcome.IGNORED, gettext_lazy("Ignored")),
}
_OUTCOMES = tuple(outcome for outcome, _label in _TABS.values())


@dataclass(frozen=True, slots=True)
class Row:
    """A kept mail in words. ``rules``: id and sentence of those that spoke."""

    mail: KeptRow
    href: str
    reason: str
    rules: tuple[tuple[str, str], ...]


@guard("desk")
def kept(request: PageRequest) -> HttpResponse:
    """The list, newest first; what was kept apart before what was refused or ignored."""
    if not can(request.actor, Permission.VIEW_KEPT_MAIL, None):
        raise PermissionDenied
    tab = request.GET.get("v", "")
    tab = tab if tab in _TABS else ""
    cursor = request.GET.get("depois", "")
    rows, more = queries.kept_list(request.actor, _TABS[tab][0], cursor=cursor)
    return menu.show(
        request,
        "desk/kept.html",
        {
            "tabs": [
                (str(label), _address(value), value == tab)
                for value, (_outcome, label) in _TABS.items()
            ],
            "rows": [_row(row) for row in rows],
            "newer": _address(tab) if cursor else "",
            "older": _address(tab, depois=more) if more else "",
        },
        book=BOOK,
    )


@guard("desk")
def kept_one(request: PageRequest, inbound_id: int) -> HttpResponse:
    """One mail: its reason in words, and what it says as plain text."""
    row = queries.kept_for(request.actor, inbound_id, outcomes=_OUTCOMES)
    seen_by(request, _INBOUND, row.id)
    try:
        text, files = queries.kept_text(request.actor, inbound_id, outcomes=_OUTCOMES)
    except FileNotFoundError:
        text, files = "", ()
    return menu.show(
        request,
        "desk/kept_one.html",
        {"row": _row(row), "text": text, "files": files},
        book=BOOK,
    )


def _address(tab: str, **more: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"v": tab, **more}.items() if value)
    return reverse(BOOK) + (f"?{query}" if query else "")


def _row(row: KeptRow) -> Row:
    return Row(
        mail=row,
        href=reverse("desk_kept_one", args=[row.id]),
        reason=words.mail_reason(row.reason) or _("Not judged yet"),
        rules=tuple((rule, words.rule(rule)) for rule in row.rules),
    )
