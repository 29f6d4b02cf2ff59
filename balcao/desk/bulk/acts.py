"""What can be done to several tickets, what speaks against it for each, and doing it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk import reserving
from balcao.desk.conflicts import conflict_words, unsaid_words
from balcao.policy import access, lifecycle
from balcao.policy.access import Actor, Permission
from balcao.policy.lifecycle import State, Verb
from balcao.tickets import actions, queries
from balcao.tickets.actions import Holding
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest


class Act(StrEnum):
    """Values are part of addresses."""

    TAKE = "assumir"
    TRANSFER = "transferir"
    GIVE_BACK = "devolver"
    QUEUE = "fila"
    RESOLVE = "resolver"


LABELS = {
    Act.TAKE: gettext_lazy("Assign to me"),
    Act.TRANSFER: gettext_lazy("Transfer"),
    Act.GIVE_BACK: gettext_lazy("Give back to the queue"),
    Act.QUEUE: gettext_lazy("Change the queue"),
    Act.RESOLVE: gettext_lazy("Resolve"),
}
ICONS = {
    Act.TAKE: "user-round-check",
    Act.TRANSFER: "arrow-right-left",
    Act.GIVE_BACK: "undo-2",
    Act.QUEUE: "inbox",
    Act.RESOLVE: "circle-check",
}
# Whose it is and its queue can be taken back; a resolution was told to the customer.
UNDONE = frozenset(Act) - {Act.RESOLVE}
AIMED = frozenset({Act.TRANSFER, Act.QUEUE})


@dataclass(frozen=True, slots=True)
class Aim:
    """To whom, or to which queue. ``colleague``: who they are to the policy; ``absent``: away."""

    id: int
    name: str
    colleague: Actor | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one ticket. ``was`` and ``left``: whose it was before and after."""

    number: str
    reason: str
    id: int = 0
    was: Holding | None = None
    left: Holding | None = None


def reason_against(
    act: Act, ticket: Ticket, actor: Actor, aim: Aim | None, *, now: datetime
) -> str:
    """Why ``act`` cannot be done to this ticket now; empty when it can. No statement.

    What a colleague holds as the next in line is left alone here: a supervisor gives the reason on
    the ticket's own page (R24).
    """
    scope = queries.scope_of(ticket)
    if act is Act.RESOLVE:
        if not access.can_move(actor, Verb.RESOLVE, scope):
            return _("You do not serve this ticket.")
        return _against_resolving(ticket, actor, now=now)
    if not access.can(actor, Permission.ASSIGN, scope):
        return _("You do not serve this ticket.")
    if State(ticket.state) not in lifecycle.OPEN_STATES:
        return _state_reason(ticket)
    return _reserved(ticket, actor, now=now) or _AGAINST[act](ticket, actor, aim)


def _against_resolving(ticket: Ticket, actor: Actor, *, now: datetime) -> str:
    state, served = State(ticket.state), ticket.started_at is not None
    if lifecycle.next_state(state, Verb.RESOLVE) is None:
        return _state_reason(ticket)
    silent = lifecycle.needs_words(state, Verb.RESOLVE, staff=True, started=served)
    return _reserved(ticket, actor, now=now) or (unsaid_words() if silent else "")


def _reserved(ticket: Ticket, actor: Actor, *, now: datetime) -> str:
    return reserving.against(ticket, actor, now=now, reasoned=False)


def _state_reason(ticket: Ticket) -> str:
    state = words.state(ticket.state, staff=True).text
    return _("Not possible while the ticket is “%(state)s”.") % {"state": state}


def _against_taking(ticket: Ticket, actor: Actor, aim: Aim | None) -> str:
    if ticket.assignee is None:
        return ""
    if ticket.assignee_id != actor.id:
        return _("%(name)s has it.") % {"name": ticket.assignee.name}
    return "" if ticket.claimed_until else _("It is yours already.")


def _against_giving_back(ticket: Ticket, actor: Actor, aim: Aim | None) -> str:
    return "" if ticket.assignee_id else _("Nobody has it.")


def _against_transfer(ticket: Ticket, actor: Actor, aim: Aim | None) -> str:
    if aim is None or aim.colleague is None:
        return _("Choose a colleague.")
    if aim.absent:
        return _("%(name)s is away.") % {"name": aim.name}
    if not access.can(aim.colleague, Permission.ANSWER, queries.scope_of(ticket)):
        return _("%(name)s does not serve the queue %(queue)s.") % {
            "name": aim.name,
            "queue": ticket.queue.name,
        }
    theirs = ticket.assignee_id == aim.id and not ticket.claimed_until
    return _("%(name)s has it.") % {"name": aim.name} if theirs else ""


def _against_queue(ticket: Ticket, actor: Actor, aim: Aim | None) -> str:
    if aim is None:
        return _("Choose a queue.")
    return _("It stands there already.") if ticket.queue_id == aim.id else ""


_AGAINST: dict[Act, Callable[[Ticket, Actor, Aim | None], str]] = {
    Act.TAKE: _against_taking,
    Act.GIVE_BACK: _against_giving_back,
    Act.TRANSFER: _against_transfer,
    Act.QUEUE: _against_queue,
}


def do(request: PageRequest, act: Act, ticket: Ticket, aim: Aim | None) -> Done:
    """One ticket in one transaction of its own; what forbids it meanwhile is said."""
    actor, now, was = request.actor, request.now, Holding(ticket.assignee_id, ticket.queue_id)
    if reason := reason_against(act, ticket, actor, aim, now=now):
        return Done(ticket.number, reason)
    try:
        row = _carry_out(act, ticket.pk, aim.id if aim else 0, actor=actor, now=now)
    except actions.Conflict as conflict:
        return Done(ticket.number, meanwhile(request, conflict.code, ticket.number))
    except actions.NotAllowed:
        return Done(ticket.number, _("You do not serve this ticket."))
    return Done(ticket.number, "", ticket.pk, was, Holding(row.assignee_id, row.queue_id))


def _carry_out(act: Act, ticket_id: int, to: int, *, actor: Actor, now: datetime) -> Ticket:
    if act is Act.TAKE:
        return actions.assign_to_me(actor=actor, now=now, ticket_id=ticket_id)
    if act is Act.GIVE_BACK:
        return actions.give_back(actor=actor, now=now, ticket_id=ticket_id)
    if act is Act.TRANSFER:
        return actions.transfer(actor=actor, now=now, ticket_id=ticket_id, to_id=to)
    if act is Act.QUEUE:
        return actions.change_queue(actor=actor, now=now, ticket_id=ticket_id, queue_id=to)
    return actions.change_state(actor=actor, now=now, ticket_id=ticket_id, verb=Verb.RESOLVE)


def meanwhile(request: PageRequest, code: str, number: str) -> str:
    """Who or what was faster."""
    if code == "absent":
        return _("This colleague has just gone away.")
    fresh = queries.several_for(request.actor, [number]).get(number)
    return conflict_words(code, fresh).text if fresh else _("The ticket changed meanwhile")
