"""Who has the ticket: taking it, giving it back, handing it on, passing it over."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk import reserving
from balcao.desk.offers.types import Asked, Offered
from balcao.policy import routing
from balcao.policy.access import Permission


def take(asked: Asked) -> Offered | None:
    if not asked.can(Permission.ASSIGN):
        return None
    ticket, actor, now, reason = asked.ticket, asked.request.actor, asked.request.now, ""
    mine = ticket.assignee_id == actor.id
    if not asked.is_open:
        reason = asked.state_reason
    elif mine and not ticket.claimed_until:
        reason = _("It is yours already.")
    elif asked.reserved:
        reason = asked.reserved
    elif ticket.assignee and not mine and not reserving.is_theirs(ticket, actor, now=now):
        reason = _("%(name)s has it.") % {"name": ticket.assignee.name}
    return Offered(
        "take",
        _("Assign to me"),
        icon="user-round-check",
        key="i",
        address=asked.at("desk_take"),
        method="post",
        reason=reason,
        spot="menu" if reason else "head",
    )


def give_back(asked: Asked) -> Offered | None:
    if not asked.can(Permission.ASSIGN):
        return None
    ticket, actor = asked.ticket, asked.request.actor
    theirs = reserving.is_theirs(ticket, actor, now=asked.request.now)
    reason = asked.reserved if ticket.assignee_id else _("Nobody has it.")
    reason = reason if asked.is_open else asked.state_reason
    return Offered(
        "give_back",
        _("Give back to the queue"),
        icon="undo-2",
        address=asked.at("desk_give_back"),
        method="get" if theirs else "post",
        reason=reason,
        spot="menu" if reason or theirs else "head",
    )


def transfer(asked: Asked) -> Offered | None:
    if not asked.can(Permission.ASSIGN):
        return None
    return Offered(
        "transfer",
        _("Transfer"),
        icon="arrow-right-left",
        key="a",
        address=asked.at("desk_transfer"),
        reason=asked.reserved if asked.is_open else asked.state_reason,
    )


def change_queue(asked: Asked) -> Offered | None:
    """As for several tickets at once: what would happen is shown first."""
    if not asked.can(Permission.ASSIGN):
        return None
    actor, now = asked.request.actor, asked.request.now
    held = reserving.against(asked.ticket, actor, now=now, reasoned=False)
    query = {"n": asked.ticket.number, "fazer": "fila", "lugar": asked.place.query}
    return Offered(
        "change_queue",
        _("Change the queue"),
        icon="inbox",
        address=f"{reverse('desk_bulk')}?{urlencode(query)}",
        reason=held if asked.is_open else asked.state_reason,
    )


def skip(asked: Asked) -> Offered | None:
    """Only what was handed to one as the next in line is passed over (R24)."""
    if not asked.can(Permission.SKIP):
        return None
    ticket, actor = asked.ticket, asked.request.actor
    holds = routing.may_skip(
        state=asked.state,
        claimed_until=ticket.claimed_until,
        is_mine=ticket.assignee_id == actor.id,
        now=asked.request.now,
    )
    return Offered(
        "skip",
        _("Skip with a reason"),
        icon="skip-forward",
        address=asked.at("desk_skip"),
        reason="" if holds else _("Only for what “Take next” gave you."),
        spot="head" if holds else "menu",
    )
