"""How a call ends, and the ways out for a caller without a number (R14)."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.calls import parts
from balcao.desk.calls.forms import SummaryForm, WithoutForm
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.policy.calls import NoTicket
from balcao.tickets import actions, queries
from balcao.tickets.queries import CallRow
from balcao.web import words as common
from balcao.web.guards import PageRequest, guard
from balcao.web.words import calls as words


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def send(request: PageRequest, pk: int) -> HttpResponse:
    """ "Enviar o número ao cadastro": the call goes on."""
    call = _mine(request, pk)
    if call.person_id is None:
        return parts.card(request, call, trouble=_("Say first who is calling."), status=409)
    try:
        address = actions.send_numbers(
            actor=request.actor, now=request.now, person_id=call.person_id, call_id=call.id
        )
    except actions.Conflict as conflict:
        return _stopped(request, pk, conflict)
    request.session[parts.SENT] = address
    return redirect("desk_call", pk=pk)


@guard("staff", methods=("POST",), duty=Duty.TAKE_CALLS)
def send_to(request: PageRequest, user_id: int) -> HttpResponse:
    """The same from a person's page."""
    user = register.person_for(request.actor, user_id)
    notice = "numero-enviado"
    try:
        actions.send_numbers(actor=request.actor, now=request.now, person_id=user.pk)
    except actions.Conflict as conflict:
        notice = "sem-email" if conflict.code == "no_address" else "numero-ha-pouco"
    return redirect(f"{reverse('desk_person', args=[user.pk])}?aviso={notice}")


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def to_sales(request: PageRequest, pk: int) -> HttpResponse:
    """ "Passar ao comercial"."""
    return _end(request, pk, actions.pass_to_sales)


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def end(request: PageRequest, pk: int) -> HttpResponse:
    """Hang up, after the number was sent or a request was typed."""
    return _end(request, pk, actions.end_call)


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def without(request: PageRequest, pk: int) -> HttpResponse:
    """ "Ligação sem chamado", with its reason."""
    call = _mine(request, pk)
    form = WithoutForm(request.POST)
    if not form.is_valid():
        return parts.card(request, call, without=form, status=422)
    reason = NoTicket(form.cleaned_data["reason"])
    try:
        actions.end_without_ticket(actor=request.actor, now=request.now, call_id=pk, reason=reason)
    except actions.Conflict as conflict:
        return _stopped(request, pk, conflict)
    return _ended(request)


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def served(request: PageRequest, pk: int) -> HttpResponse:
    """The summary goes on the ticket, and the call is over."""
    return _noted(request, pk, actions.end_served, "encerrada")


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def taken_down(request: PageRequest, pk: int) -> HttpResponse:
    """Out of hours: what the caller needs waits for the next opening, and the call is over."""
    return _noted(request, pk, actions.end_taken_down, "anotada")


def _noted(request: PageRequest, pk: int, act: Callable[..., object], notice: str) -> HttpResponse:
    call = _mine(request, pk)
    found = parts.given(request, call) if call.is_open and call.number else None
    form = found.form(request.POST) if found else SummaryForm(request.POST)
    if not form.is_valid():
        return parts.card(request, call, summary=form, status=422)
    summary, service = form.cleaned_data["summary"], form.cleaned_data.get("service", "")
    try:
        act(actor=request.actor, now=request.now, call_id=pk, summary=summary, service=service)
    except actions.Conflict as conflict:
        return _stopped(request, pk, conflict, summary=form)
    except actions.Refused as refusal:
        trouble = _refused(request, call, found, refusal, service)
        return parts.card(request, call, summary=form, trouble=trouble, status=409)
    asked = found is not None and service in found.asked
    return _ended(request, "ao-comercial" if asked else notice)


def _refused(
    request: PageRequest,
    call: CallRow,
    found: parts.Given | None,
    refusal: actions.Refused,
    service: str,
) -> str:
    """Why nothing was written, and the way out, to be read aloud."""
    names = {slug: name for _label, rows in found.groups for slug, name in rows} if found else {}
    phone = request.policy.company.sales_phone
    said = common.refusal(
        refusal.decision,
        common.Situation(number=call.number, service=names.get(service, ""), sales_phone=phone),
    )
    return f"{said.why} {said.way_out}".strip()


def _mine(request: PageRequest, pk: int) -> CallRow:
    """The call, for whoever took it: who watches over calls reads it, and ends nobody's."""
    call = queries.call_for(request.actor, pk)
    if call.agent_id != request.actor.id:
        raise PermissionDenied
    return call


def _end(request: PageRequest, pk: int, act: Callable[..., object]) -> HttpResponse:
    _mine(request, pk)
    try:
        act(actor=request.actor, now=request.now, call_id=pk)
    except actions.Conflict as conflict:
        return _stopped(request, pk, conflict)
    return _ended(request)


def _ended(request: PageRequest, notice: str = "encerrada") -> HttpResponse:
    parts.hang_up(request)
    return redirect(f"{reverse('desk_calls')}?aviso={notice}")


def _stopped(
    request: PageRequest,
    pk: int,
    conflict: actions.Conflict,
    *,
    summary: SummaryForm | None = None,
) -> HttpResponse:
    """Why nothing was done. A call that ended meanwhile is shown as it stands."""
    call = queries.call_for(request.actor, pk)
    if not call.is_open:
        return redirect("desk_call", pk=pk)
    trouble = words.conflict(conflict.code)
    return parts.card(request, call, summary=summary, trouble=trouble, status=409)
