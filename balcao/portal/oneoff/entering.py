"""The way to the statement of a one-off without sign-in: its number, then a code (R26, S29).

The code goes to the holder's registered address. Whoever asks is answered alike, whether the number
exists or not (C2); what was opened stays open in this browser for half an hour, and opens nothing
else.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.events.actions import give_back, spend
from balcao.people.actions import TokenRefused
from balcao.people.queries import actor_by_id
from balcao.policy.access import Actor
from balcao.policy.numbers import parse_number
from balcao.portal.allowances import machine_key
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard

ASKED, ASKED_AGE = "balcao_avulso_pedido", timedelta(minutes=10)
OPEN, OPEN_AGE = "balcao_avulso", timedelta(minutes=30)
_HERE = "/avulso"
ASKS_PER_MACHINE, TRIES_PER_MACHINE, WINDOW = 20, 50, timedelta(hours=1)
TRIES = 5


class NumberForm(forms.Form):
    """The number on the receipt."""

    number = forms.CharField(
        max_length=40,
        label=gettext_lazy("Number of the one-off request"),
        error_messages={"required": gettext_lazy("Type the number.")},
    )

    def clean_number(self) -> str:
        found = parse_number(self.cleaned_data["number"])
        if found is None:
            raise forms.ValidationError(_("Check the 10 digits: this is no number of ours."))
        return found


class AddressForm(forms.Form):
    """The registered e-mail of whoever forgot the number."""

    address = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Registered e-mail"),
        error_messages={
            "required": gettext_lazy("Type the e-mail."),
            "invalid": gettext_lazy("This is no e-mail address."),
        },
    )


class CodeForm(forms.Form):
    """The code in the mail."""

    code = forms.CharField(
        max_length=20,
        label=gettext_lazy("Code"),
        error_messages={"required": gettext_lazy("Type the code.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@guard("public", methods=("GET", "POST"))
def ask(request: PageRequest) -> HttpResponse:
    """Take a number. Whose it is is looked up by a job, never by this page."""
    if request.method != "POST":
        if opened(request):
            return redirect("statement")
        return _page(request, "ask", NumberForm(), over="acabou" in request.GET)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _page(request, "ask", form, over=False, status=422)
    number, browser = form.cleaned_data["number"], secrets.token_urlsafe(24)
    machine = machine_key(request, "statement-ask")
    if spend(machine, limit=ASKS_PER_MACHINE, window=WINDOW, now=request.now):
        actions.ask_code(now=request.now, number=number, browser=_digest(browser))
    response = redirect("statement_code")
    _remember(response, ASKED, f"{number}:{browser}", ASKED_AGE)
    return response


@guard("public", methods=("GET", "POST"))
def forgot(request: PageRequest) -> HttpResponse:
    """ "Esqueci o número": one answer, whoever the address belongs to (A7)."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    asked = form.is_valid()
    if asked:
        machine = machine_key(request, "statement-ask")
        if spend(machine, limit=ASKS_PER_MACHINE, window=WINDOW, now=request.now):
            actions.ask_numbers(now=request.now, address=form.cleaned_data["address"])
    status = 422 if form.errors else 200
    return _page(request, "forgot", form, asked=asked, status=status)


@guard("public", methods=("GET", "POST"))
def code(request: PageRequest) -> HttpResponse:
    """Take the code. A wrong one, one that is over and a number that is nobody's look alike."""
    asked = _kept(request, ASKED, ASKED_AGE)
    if asked is None:
        return redirect("statement_ask")
    number, _sep, browser = asked.partition(":")
    if request.method != "POST":
        return _page(request, "code", CodeForm(), number=number)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, "code", form, number=number, status=422)
    holder = _open(request, form, number, browser)
    if holder is None:
        return _page(request, "code", form, number=number, status=422)
    response = redirect("statement")
    response.delete_cookie(ASKED, path=_HERE)
    _remember(response, OPEN, f"{number}:{holder}", OPEN_AGE)
    return response


def _open(request: PageRequest, form: CodeForm, number: str, browser: str) -> int | None:
    """The holder's id; None with the form saying why. Each try is counted before it is compared."""
    name, now = _digest(browser), request.now
    machine = machine_key(request, "statement-try")
    allowed = spend(machine, limit=TRIES_PER_MACHINE, window=WINDOW, now=now) and spend(
        f"statement-try:{name}", limit=TRIES, window=ASKED_AGE, now=now
    )
    if not allowed:
        form.add_error("code", _("Too many tries. Ask for another code."))
        return None
    try:
        typed = form.cleaned_data["code"]
        holder = actions.open_statement(now=now, number=number, code=typed, browser=name)
    except TokenRefused:
        form.add_error("code", _("This code does not match, or its ten minutes are over."))
        return None
    give_back(machine)
    return holder


@guard("public", methods=("POST",))
def leave(request: PageRequest) -> HttpResponse:
    """Close the statement in this browser."""
    response = redirect("statement_ask")
    response.delete_cookie(OPEN, path=_HERE)
    return response


def opened(request: PageRequest) -> tuple[Actor, Ticket] | None:
    """The one-off that a code opened in this browser, and its holder; None when none is.

    Nothing is open any more once its holder does not act for the organisation.
    """
    kept = _kept(request, OPEN, OPEN_AGE)
    number, _sep, holder = (kept or "").partition(":")
    actor = actor_by_id(int(holder), now=request.now) if holder.isdecimal() else None
    if actor is None:
        return None
    try:
        found = queries.get_own(actor, number)
    except queries.NotFound:
        return None
    return (actor, found) if found.prepaid and found.opener_id == actor.id else None


def _page(
    request: PageRequest, step: str, form: forms.Form, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, **more}
    response = render(request, f"portal/oneoff/{step}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _remember(response: HttpResponse, name: str, value: str, age: timedelta) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=name,
        max_age=int(age.total_seconds()),
        path=_HERE,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _kept(request: PageRequest, name: str, age: timedelta) -> str | None:
    try:
        return request.get_signed_cookie(name, salt=name, max_age=int(age.total_seconds()))
    except (KeyError, signing.BadSignature):
        return None


def _digest(browser: str) -> str:
    """What names the browser where its secret must not stand."""
    return hashlib.sha256(browser.encode()).hexdigest()
