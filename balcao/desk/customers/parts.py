"""What the pages of customers share: tabs, notices, and conflicts in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk import menu
from balcao.desk.place import Place
from balcao.people.queries.history import Happened
from balcao.policy.access import Duty, can_enter, may
from balcao.tickets.queries import TicketFilter, View
from balcao.web.format import Look
from balcao.web.guards import PageRequest
from balcao.web.words import people as words

# What just happened, by the code in the address (``?aviso=``).
NOTICES = {
    "salvo": ("ok", gettext_lazy("Saved.")),
    "convite": ("ok", gettext_lazy("The invitation is on its way.")),
    "sem-email": ("late", gettext_lazy("There is no e-mail on file: nothing was sent.")),
    "numero-enviado": ("ok", gettext_lazy("Sent to the registered e-mail.")),
    "numero-ha-pouco": ("late", gettext_lazy("It was sent a moment ago: once is enough.")),
    "saiu": ("ok", gettext_lazy("This person does not act for the organisation any more.")),
    "encerrado": ("ok", gettext_lazy("The access ended.")),
    "devolvido": ("ok", gettext_lazy("The access was given back.")),
    "pedido": ("ok", gettext_lazy("Asked for. Another person decides now.")),
    "dispensado": ("ok", gettext_lazy("This address is not registered: nothing changes.")),
    "aprovado": ("ok", gettext_lazy("Approved: everybody whom it concerns is told now.")),
    "recusado": ("ok", gettext_lazy("Refused: nothing changes.")),
    "interrompido": ("ok", gettext_lazy("Stopped: nothing changes.")),
    "ultimo": ("late", words.CONFLICTS["last_admin"]),
    "mudou": ("late", gettext_lazy("Somebody was faster: see how it stands now.")),
}

_FIELDS = {
    "tax_id_taken": "tax_id",
    "other_root": "tax_id",
    "reference_taken": "reference",
    "member": "address",
    "on_file": "address",
    "called": "called",
    "last_admin": "sure",
    "successor": "successor",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One page about an organisation; ``route`` takes its id. ``duty`` opens it."""

    label: str | Promise
    route: str
    duty: Duty


# In the order shown; a page about an organisation adds itself here.
TABS: tuple[Tab, ...] = (
    Tab(gettext_lazy("Register and people"), "desk_organisation", Duty.VIEW_CUSTOMERS),
    Tab(gettext_lazy("Contracts and licences"), "desk_goods", Duty.VIEW_CUSTOMERS),
    Tab(gettext_lazy("History"), "desk_organisation_history", Duty.VIEW_CUSTOMERS),
)


def tabs(request: PageRequest, organisation_id: int, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of an organisation, for components/book.html; ``current`` is a route."""
    return [
        (str(tab.label), reverse(tab.route, args=[organisation_id]), tab.route == current)
        for tab in TABS
        if may(request.actor, tab.duty)
    ]


def tickets_of(request: PageRequest, organisation_id: int) -> str:
    """The address of the organisation's open tickets, for whoever sees lists of tickets."""
    if not can_enter(request.actor, "desk"):
        return ""
    only = TicketFilter(organisation=organisation_id)
    return Place(View.OPEN, only=only).list_address


def show(
    request: PageRequest,
    template: str,
    context: dict[str, Any],
    *,
    book: str = "desk_customers",
    status: int = 200,
) -> HttpResponse:
    """A page about customers, with the notice of what just happened."""
    found = NOTICES.get(request.GET.get("aviso", ""))
    notices = [{"tone": found[0], "text": str(found[1])}] if found else []
    common = {
        "messages": notices,
        "now": request.now,
        "keeps": may(request.actor, Duty.KEEP_CUSTOMERS),
    }
    return menu.show(request, template, {**common, **context}, book=book, status=status)


def explain(form: forms.Form, code: str) -> None:
    """Say beside its field, or above the form, why it cannot be so."""
    field = _FIELDS.get(code, "")
    form.add_error(field if field in form.fields else None, words.conflict(code))


def line_of(event: Happened) -> tuple[str, datetime, str, Look]:
    """(what, when, by whom, look) of one line of a history."""
    text = words.happened(
        event.verb, event.data, organisation=event.organisation, person=event.person
    )
    return text, event.at, event.by or _("the system"), words.look(event.verb)
