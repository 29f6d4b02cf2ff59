"""One one-off of the holder's: how it stands, what became of it, and using it (R16)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.entitlements.queries import ServiceRow, services
from balcao.files.forms import file_rules
from balcao.policy import worktime
from balcao.policy.access import Actor
from balcao.policy.booking import SCHEDULED_KINDS
from balcao.policy.lifecycle import State
from balcao.policy.prepaid import Standing
from balcao.portal import parts
from balcao.portal.oneoff import describing
from balcao.portal.oneoff.describing import Attempt
from balcao.portal.oneoff.explained import groups_of, kind_of, name_of, ways
from balcao.portal.oneoff.listing import service_of
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import before_of, entries
from balcao.web.words import oneoffs


@guard("portal", methods=("GET", "POST"))
def use(request: PageRequest, number: str) -> HttpResponse:
    """Usar este chamado: describe the problem, and it is a request with deadlines."""
    found = queries.get_own(request.actor, number)
    if found.prepaid is None:
        return redirect("ticket", number=found.number)
    tried = None
    if request.method == "POST":
        names = {row.slug: name_of(row) for row in services()}
        tried = describing.attempt(request, request.actor, found, names)
        if tried.sent and found.kind in SCHEDULED_KINDS:
            return redirect(f"{reverse('oneoff_use', args=[found.number])}?aviso=horario")
        if tried.sent:
            return redirect("ticket_opened", number=found.number)
        found = queries.get_own(request.actor, number)
    return page(request, found, tried)


def page(request: PageRequest, found: Ticket, tried: Attempt | None) -> HttpResponse:
    """The page of a holder who is signed in; ``tried``: what was typed and not sent."""
    rows = services()
    context = shown(request, request.actor, found, rows, tried)
    if not context["described"]:
        context |= said_before(request, request.actor, found)
    context["several"] = len(request.actor.organisations) > 1
    status = 200 if tried is None else 422
    return parts.show(request, "portal/oneoff/use.html", context, place="oneoff", status=status)


def shown(
    request: PageRequest,
    actor: Actor,
    found: Ticket,
    rows: Sequence[ServiceRow],
    tried: Attempt | None,
) -> dict[str, Any]:
    """What the pages of one one-off show, with and without sign-in."""
    policy, now = request.policy, request.now
    one = queries.oneoff_of(found, policy_now=policy, now=now)
    row = one.row
    usable = row.standing is Standing.AVAILABLE
    # A form that was refused while it was filled in keeps what was typed.
    open_form = usable and queries.may_describe(actor, found)
    return {
        "one": row,
        "service": service_of(row),
        "badge": oneoffs.standing(
            row.standing,
            last_day=row.last_day,
            day=oneoffs.used_on(one.lines),
            slot_at=row.slot_at,
        ),
        "countdown": oneoffs.countdown(row.days_left, row.last_day),
        "history": oneoffs.told(one.lines, arranged=found.kind in SCHEDULED_KINDS),
        "kind": kind_of(policy, rows, row.kind, agreed=one.service_slug if one.agreed else ""),
        "groups": groups_of(policy, rows, one),
        "tried": tried or (Attempt(describing.blank_form(found)) if open_form else None),
        "usable": open_form,
        "slot_at": row.slot_at,
        "arranges": found.kind in SCHEDULED_KINDS,
        "described": found.state not in (State.SOLD.value, State.CANCELLED.value),
        "mine": found.opener_id == actor.id,
        "back_at": _back_at(request) if open_form and found.kind not in SCHEDULED_KINDS else None,
        "files": file_rules(),
        "entries": (),
        **ways(request),
    }


def said_before(
    request: PageRequest, actor: Actor, found: Ticket, *, file_route: str = "file"
) -> dict[str, Any]:
    """What was written on one that came back unused, sales' answer among it (R18)."""
    if not found.message_count:
        return {}
    # A note is never among it, whatever other hat the reader wears (B8).
    thread = queries.latest_for(actor, found, before=before_of(request.GET), public=True)
    return {"entries": entries(thread.rows, file_route=file_route), "older": thread.older}


def _back_at(request: PageRequest) -> datetime | None:
    """When the desk opens again; None while it is open (S27)."""
    back_at = worktime.next_opening(request.now, request.policy.calendar)
    return None if back_at == request.now else back_at
