"""What "Atender próximo" holds for a colleague: said to the others, and asked of who supervises."""

from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import reserved_words
from balcao.policy import routing
from balcao.policy.access import Actor, Duty, may
from balcao.policy.routing import TakenBack
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest
from balcao.web.words import acts


class WhyForm(forms.Form):
    """Why. Whoever held it reads it."""

    why = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Whoever it was reserved for is told."),
        error_messages={"required": gettext_lazy("Choose the reason.")},
        choices=[
            ("", gettext_lazy("Choose")),
            *((one.value, acts.TAKEN_BACK[one.value]) for one in TakenBack),
        ],
    )


def is_theirs(row: Ticket, actor: Actor, *, now: datetime) -> bool:
    """Whether a colleague of ``actor`` holds it as the next in line."""
    holder = routing.reserved_for(
        assignee=row.assignee_id, claimed_until=row.claimed_until, now=now
    )
    return holder not in (None, actor.id)


def against(row: Ticket, actor: Actor, *, now: datetime, reasoned: bool = True) -> str:
    """For whom it is reserved and until when, where that forbids an act; empty where it does not.

    ``reasoned``: a supervisor is asked for a reason and may.
    """
    if not is_theirs(row, actor, now=now) or (reasoned and may(actor, Duty.TAKE_BACK)):
        return ""
    return reserved_words(row)


def asks(request: PageRequest, row: Ticket) -> bool:
    """Whether the reason has to be asked first (O3)."""
    theirs = is_theirs(row, request.actor, now=request.now)
    return theirs and may(request.actor, Duty.TAKE_BACK)


def reason(request: PageRequest, row: Ticket, title: str | Promise) -> TakenBack | HttpResponse:
    """What was chosen, or the page that asks: what is done then is called ``title``."""
    form = WhyForm(request.POST if "why" in request.POST else None)
    if request.method == "POST" and form.is_valid():
        return TakenBack(form.cleaned_data["why"])
    status = 422 if request.method == "POST" else 200
    context: dict[str, object] = {"form": form, "title": title, "address": request.get_full_path()}
    return parts.page(request, row, "desk/reserved.html", context, status=status)
