"""What every page of the portal shows: the menu, the way to sales, passing messages."""

from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.policy.access import Actor, Duty, may
from balcao.policy.gate import Decision
from balcao.policy.lifecycle import State
from balcao.tickets.queries import Ticket
from balcao.web import format, words
from balcao.web.addresses import address
from balcao.web.guards import PageRequest
from balcao.web.shell import Entry

Place = Literal["home", "tickets", "oneoff", "entitled", "people", "how", ""]

_NO_BREAK = "\u00a0"

# What just happened, by the code in the address (``?aviso=``); any other code shows nothing.
NOTICES = {
    "resolvido": ("ok", gettext_lazy("Thank you for telling us. The request is resolved.")),
    "reaberto": (
        "ok",
        gettext_lazy("The request is open again, and we go on from where it stopped."),
    ),
    "cancelado": ("ok", gettext_lazy("The request was cancelled.")),
    "devolvido": (
        "ok",
        gettext_lazy("Done. Nothing was used: the number is available again."),
    ),
    "enviado": ("ok", gettext_lazy("Your message was sent.")),
    "usado": ("ok", gettext_lazy("We have your problem, and its deadlines began.")),
    "horario": (
        "ok",
        gettext_lazy("We told sales. They offer you times, and you choose the one that suits you."),
    ),
    "avaliado": ("ok", gettext_lazy("Thank you for your rating.")),
    "incluido": ("ok", gettext_lazy("Your colleague follows this request now.")),
    "retirado": ("ok", gettext_lazy("This person does not follow the request any more.")),
    "deixou": ("ok", gettext_lazy("You do not follow that request any more.")),
    "sem-colega": ("late", gettext_lazy("Choose a colleague.")),
    "descartado": ("ok", gettext_lazy("The draft was thrown away.")),
    "recuperado": ("ok", gettext_lazy("The draft is back.")),
    "rascunho-sumiu": (
        "late",
        gettext_lazy("This draft is not here any more. See what there is now."),
    ),
    "juntado": ("ok", gettext_lazy("Your text is in the request now.")),
    "salvo": ("ok", gettext_lazy("Saved.")),
    "senha": ("ok", gettext_lazy("Your password changed. Your other sessions were ended.")),
    "encerradas": ("ok", gettext_lazy("Ended.")),
    "colega": ("ok", gettext_lazy("The invitation is on its way.")),
    "saiu": ("ok", gettext_lazy("This person does not act for the organisation any more.")),
    "ultimo": (
        "late",
        gettext_lazy(
            "Nobody would administer the organisation then. Make somebody else an administrator"
            " first."
        ),
    ),
    "confirme": ("ok", gettext_lazy("We sent a link to the new e-mail: confirm it there.")),
    "interrompido": ("ok", gettext_lazy("Stopped: nothing changes.")),
    "mudou-cadastro": ("late", gettext_lazy("Somebody was faster: see how it stands now.")),
    "email-incluido": ("ok", gettext_lazy("It is in the request now.")),
    "email-descartado": ("ok", gettext_lazy("Thank you. It goes no further.")),
    "mudou": ("late", gettext_lazy("The request changed in the meantime. See how it stands now.")),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A message shown once above a page."""

    tone: str
    text: str


def show(
    request: PageRequest,
    template: str,
    context: dict[str, Any],
    *,
    place: Place = "",
    status: int = 200,
) -> HttpResponse:
    """A page of the portal."""
    found = NOTICES.get(request.GET.get("aviso", ""))
    messages = [Notice(found[0], str(found[1]))] if found else []
    common = {
        "menu": menu(place, request.actor),
        "messages": messages,
        "sales_phone": request.policy.company.sales_phone.replace(" ", _NO_BREAK),
        "sales_call": call(request.policy.company.sales_phone),
    }
    return render(request, template, {**common, **context}, status=status)


def menu(place: Place, actor: Actor) -> tuple[Entry, ...]:
    """The portal's menu; its people are kept by an organisation's administrator alone."""
    keeps = may(actor, Duty.KEEP_COLLEAGUES)
    return tuple(
        Entry(label, address(route), icon=icon, current=place == name)
        for name, route, icon, label in (
            ("home", "portal_home", "house", _("Home")),
            ("tickets", "tickets", "tickets", _("Requests")),
            ("oneoff", "oneoff", "ticket", _("One-off requests")),
            ("entitled", "entitled", "shield-check", _("Contract and licences")),
            ("people", "colleagues", "users-round", _("People of the company")),
            ("how", "how", "book-open", _("How support works")),
        )
        if keeps or name != "people"
    )


def became(row: Ticket, done: str) -> str:
    """The code of what an act came to: whoever ends a one-off before service has it back (R18)."""
    return "devolvido" if row.state == State.SOLD.value else done


def call(phone: str) -> str:
    """The address that dials ``phone``; empty when there is none."""
    return format.dial(phone)


def refusal(
    request: PageRequest,
    decision: Decision,
    *,
    organisation: str = "",
    service: str = "",
    number: str = "",
) -> words.Refusal:
    """A refusal in the customer's words, with the way to sales."""
    licence = decision.coverage.licence if decision.coverage else None
    return words.refusal(
        decision,
        words.Situation(
            organisation=organisation,
            product=licence.product if licence else "",
            service=service,
            number=number,
            sales_phone=request.policy.company.sales_phone,
        ),
    )
