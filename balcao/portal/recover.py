""" "Esqueci meu código ou minha senha": one answer, whoever asks about whomever (A5, A7)."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from balcao.events.actions import spend
from balcao.people.actions import ask_recovery
from balcao.portal.allowances import machine_key
from balcao.portal.forms import RecoverForm
from balcao.web.guards import PageRequest, guard

ASKED_PER_MACHINE, WINDOW = 20, timedelta(hours=1)


@guard("public", methods=("GET", "POST"))
def recover(request: PageRequest) -> HttpResponse:
    """Take an address or a code. Who it belongs to is looked up by a job, never by this page."""
    if request.method != "POST":
        return _page(request, RecoverForm(), asked=False)
    form = RecoverForm(request.POST)
    if not form.is_valid():
        return _page(request, form, asked=False)
    machine = machine_key(request, "recovery")
    if spend(machine, limit=ASKED_PER_MACHINE, window=WINDOW, now=request.now):
        ask_recovery(now=request.now, typed=form.cleaned_data["who"])
    return _page(request, form, asked=True)


def _page(request: PageRequest, form: RecoverForm, *, asked: bool) -> HttpResponse:
    context = {"form": form, "asked": asked}
    status = 422 if form.errors else 200
    response = render(request, "portal/recover.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
