"""Recoveries of access: sales asks after a call back, another person decides, time applies it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse

from balcao.desk.customers.organisation import at
from balcao.desk.customers.parts import explain, show
from balcao.lib.phones import show_phone
from balcao.people import actions, queries
from balcao.people.actions import Conflict
from balcao.people.forms import RecoveryForm
from balcao.people.queries import register
from balcao.policy.access import Duty, may
from balcao.policy.addresses import HOLD, ChangeKind, may_ask_recovery
from balcao.web.guards import PageRequest, guard
from balcao.web.words import people as words

BOOK = "desk_recoveries"


@guard("staff", methods=("GET", "POST"), duty=Duty.ASK_RECOVERY)
def ask(request: PageRequest, user_id: int) -> HttpResponse:
    """Ask for another address for somebody who lost the only one."""
    user = register.person_for(request.actor, user_id)
    if not may_ask_recovery(request.actor, user.pk) or register.hats_worn(user.pk):
        raise PermissionDenied
    phones = [(number, show_phone(number)) for number in queries.phones_to_call(user.pk)]
    form = RecoveryForm(
        request.POST if request.method == "POST" else None,
        phones=phones,
        initial={"address": request.GET.get("endereco", "")[:254], "keep": "mais" in request.GET},
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.ask_address_recovery(
                actor=request.actor,
                now=request.now,
                user_id=user.pk,
                address=data["address"],
                called=data["called"],
                evidence=data["evidence"],
                keep=data["keep"],
            )
            return at("desk_recoveries", notice="pedido")
        except Conflict as conflict:
            explain(form, conflict.code)
    context = {
        "form": form,
        "person": user,
        "phones": phones,
        "addresses": queries.addresses_of(user.pk),
        "hold": HOLD[ChangeKind.RECOVERY],
        "back": reverse("desk_person", args=[user.pk]),
    }
    status = 422 if form.errors else 200
    return show(request, "desk/customers/recovery_form.html", context, status=status)


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def recoveries(request: PageRequest) -> HttpResponse:
    """Those under way, and those that ended."""
    context = {
        "requests": queries.requests_waiting(request.actor),
        "may_ask": may(request.actor, Duty.ASK_RECOVERY),
        "pending": queries.recoveries(request.actor, pending=True),
        "ended": queries.recoveries(request.actor, pending=False),
        "states": words.CHANGE_STATES,
    }
    return show(request, "desk/customers/recoveries.html", context, book=BOOK)


@guard("staff", methods=("POST",), duty=Duty.ASK_RECOVERY)
def drop(request: PageRequest, request_id: int) -> HttpResponse:
    """An address of kept mail is not registered."""
    if request_id not in {row.id for row in queries.requests_waiting(request.actor)}:
        return at("desk_recoveries", notice="mudou")
    try:
        actions.drop_request(actor=request.actor, now=request.now, request_id=request_id)
    except Conflict:
        return at("desk_recoveries", notice="mudou")
    return at("desk_recoveries", notice="dispensado")


@guard("staff", methods=("POST",), duty=Duty.APPROVE_RECOVERY)
def decide(request: PageRequest, change_id: int) -> HttpResponse:
    """Approve or refuse; never one's own request."""
    approve = request.POST.get("to") == "approve"
    queries.change_of(request.actor, change_id)
    try:
        actions.decide_recovery(
            actor=request.actor, now=request.now, change_id=change_id, approve=approve
        )
    except Conflict:
        return at("desk_recoveries", notice="mudou")
    return at("desk_recoveries", notice="aprovado" if approve else "recusado")


@guard("staff", methods=("POST",), duty=Duty.VIEW_CUSTOMERS)
def stop(request: PageRequest, change_id: int) -> HttpResponse:
    """Stop one that was not meant."""
    queries.change_of(request.actor, change_id)
    try:
        actions.stop_change(actor=request.actor, now=request.now, change_id=change_id)
    except Conflict:
        return at("desk_recoveries", notice="mudou")
    return at("desk_recoveries", notice="interrompido")
