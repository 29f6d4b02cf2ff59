"""Asking for an exception: "Liberar como exceção", from a refusal, a ticket or a customer."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from balcao.desk import menu
from balcao.desk.exceptions.forms import ORGANISATION, TICKET, ExceptionForm, new_key
from balcao.entitlements.queries import services
from balcao.policy.gate import Door
from balcao.policy.override import LIFTABLE, may_ask, to_lift
from balcao.tickets import actions, queries
from balcao.web import words
from balcao.web.guards import PageRequest, guard


@dataclass(frozen=True, slots=True)
class About:
    """What the exception is for, and the rules that stood in the way."""

    organisation_id: int
    organisation: str
    ticket_id: int | None
    ticket: str
    rules: tuple[str, ...]


@guard("staff", methods=("GET", "POST"))
def exception_new(request: PageRequest) -> HttpResponse:
    """The form, prefilled; sent, it waits for the second person."""
    if not may_ask(request.actor, request.policy.override):
        raise PermissionDenied
    about = _about(request)
    offered = _services()
    if request.method != "POST":
        scope = TICKET if about.ticket_id else ORGANISATION
        initial = {"key": new_key(), "rules": list(about.rules), "scope": scope}
        return _page(request, ExceptionForm(initial=initial, services=offered), about)
    form = ExceptionForm(request.POST, services=offered)
    if not form.is_valid():
        return _page(request, form, about, status=422)
    try:
        row = _ask(request, form, about)
    except actions.Unfit as unfit:
        days = request.policy.override.max_days
        for code in unfit.faults:
            field = "ends" if code in ("over", "ends_first", "too_long") else "rules"
            form.add_error(field, words.override_fault(code, max_days=days))
        return _page(request, form, about, status=422)
    return redirect("exception", pk=row)


def _ask(request: PageRequest, form: ExceptionForm, about: About) -> int:
    data = form.cleaned_data
    for_ticket = data["scope"] == TICKET and about.ticket_id is not None
    return actions.ask_override(
        actor=request.actor,
        now=request.now,
        organisation_id=about.organisation_id,
        wanted=form.wanted(request.now),
        key=data["key"],
        ticket_id=about.ticket_id if for_ticket else None,
        door=Door(data["door"]) if data["door"] else None,
        service=data["service"] or None,
    ).pk


def _about(request: PageRequest) -> About:
    """From a refusal (``recusa``), a ticket (``chamado``) or a customer (``empresa``)."""
    given, actor = request.GET, request.actor
    if (refusal := given.get("recusa", "")).isdecimal():
        found = queries.refusal_for(actor, int(refusal[:18]))
        if found.organisation_id is None:
            raise Http404
        ticket = queries.get_for(actor, found.ticket) if found.ticket else None
        return About(
            organisation_id=found.organisation_id,
            organisation=found.organisation,
            ticket_id=ticket.pk if ticket else None,
            ticket=found.ticket,
            rules=to_lift(found.rules),
        )
    rules = tuple(rule for rule in LIFTABLE if rule in given.getlist("regra"))
    if number := given.get("chamado", ""):
        ticket = queries.get_for(actor, number)
        return About(
            organisation_id=ticket.organisation_id,
            organisation=ticket.organisation.name,
            ticket_id=ticket.pk,
            ticket=ticket.number,
            rules=rules,
        )
    organisation = given.get("empresa", "")
    if not organisation.isdecimal():
        raise Http404
    pk = int(organisation[:18])
    return About(pk, queries.organisation_name(actor, pk), None, "", rules)


def _services() -> list[tuple[str, str]]:
    portuguese = (get_language() or "").startswith("pt")
    return [(row.slug, row.name if portuguese else row.name_en) for row in services()]


def _page(
    request: PageRequest, form: ExceptionForm, about: About, *, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "about": about,
        "max_days": request.policy.override.max_days,
        "approve_hours": request.policy.override.approve_hours,
        "back": request.get_full_path(),
    }
    return menu.show(request, "desk/exceptions/new.html", context, book="exceptions", status=status)
