"""Everything that can be done to an open ticket's page, in one list, and why some of it cannot now.

The policy decides; this asks it beforehand, so that an action says its reason before it is pressed.
What the actor could never do is not listed. The buttons of the head, the menu "More" and the
command palette read this list: to add an action, add a function here and name it in ``_ORDER``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.place import Place
from balcao.desk.serving import Serving, serving
from balcao.policy import access, lifecycle
from balcao.policy.access import Permission, TicketScope
from balcao.policy.entitlement import ContractFacts, LicenceFacts
from balcao.policy.lifecycle import State, Verb
from balcao.policy.override import may_ask
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest

# "get" leads to the address; "post" sends our token there and nothing else; "press" presses what
# carries the same key (data-key) on the page.
Method = Literal["get", "post", "press"]
# Where the page shows it; "page": it stands elsewhere on the page, so only the palette lists it.
Spot = Literal["head", "menu", "page"]


@dataclass(frozen=True, slots=True)
class Offered:
    """One action. With a ``reason`` it cannot be done now. ``key``: the letter that presses it."""

    code: str
    label: str
    icon: str
    key: str = ""
    address: str = ""
    method: Method = "get"
    reason: str = ""
    spot: Spot = "menu"


@dataclass(frozen=True, slots=True)
class After:
    """What a reply may do besides; with a ``reason`` it may not."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """The list in its order, and what the composer asks of it."""

    listed: tuple[Offered, ...]
    wait: After
    resolve_after: After

    def named(self, code: str) -> Offered | None:
        """The action with this code; None: not the actor's to do."""
        return next((each for each in self.listed if each.code == code), None)

    @property
    def reply(self) -> Offered | None:
        return self.named("reply")

    @property
    def note(self) -> Offered | None:
        return self.named("note")

    @property
    def head(self) -> list[Offered]:
        """The buttons in plain sight, some with the reason why not."""
        return [each for each in self.listed if each.spot == "head"]

    @property
    def menu(self) -> list[Offered]:
        """What "More" can do now."""
        return [each for each in self.listed if each.spot == "menu" and not each.reason]

    @property
    def not_now(self) -> list[Offered]:
        """What "More" could do at another time."""
        return [each for each in self.listed if each.spot == "menu" and each.reason]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every action is asked about. ``serving``: None for who may not reply at all.

    ``covered``: whether the ticket's customer is.
    """

    request: PageRequest
    ticket: Ticket
    scope: TicketScope
    place: Place
    serving: Serving | None
    covered: bool

    @property
    def state(self) -> State:
        return State(self.ticket.state)

    @property
    def is_open(self) -> bool:
        return self.state in lifecycle.OPEN_STATES

    @property
    def state_reason(self) -> str:
        state = words.state(self.ticket.state, staff=True).text
        return _("Not possible while the ticket is “%(state)s”.") % {"state": state}

    def can(self, permission: Permission) -> bool:
        return access.can(self.request.actor, permission, self.scope)

    def can_move(self, verb: Verb) -> bool:
        return access.can_move(self.request.actor, verb, self.scope)

    def leads(self, verb: Verb) -> bool:
        previous = State(self.ticket.previous_state) if self.ticket.previous_state else None
        return lifecycle.next_state(self.state, verb, previous=previous) is not None

    def at(self, route: str, **query: str) -> str:
        """The address of a ticket's route, with the list it is read beside."""
        more = f"&{urlencode(query)}" if query else ""
        return f"{reverse(route, args=[self.ticket.number])}{self.place.query}{more}"


def of(
    request: PageRequest,
    ticket: Ticket,
    *,
    place: Place,
    contracts: Sequence[ContractFacts],
    licences: Sequence[LicenceFacts],
    covered: bool,
) -> Offers:
    """What the request's actor may do to ``ticket``. No statement, but one for its exceptions when
    the gate would refuse a reply. ``covered``: its customer is.
    """
    scope = queries.scope_of(ticket)
    answers = access.can(request.actor, Permission.ANSWER, scope)
    asked = Asked(
        request=request,
        ticket=ticket,
        scope=scope,
        place=place,
        serving=serving(request, ticket, contracts=contracts, licences=licences)
        if answers
        else None,
        covered=covered,
    )
    found = (offered(asked) for offered in _ORDER)
    return Offers(
        listed=tuple(each for each in found if each is not None),
        wait=_after_reply(asked, Verb.WAIT_CUSTOMER),
        resolve_after=_after_reply(asked, Verb.RESOLVE),
    )


def _after_reply(asked: Asked, verb: Verb) -> After:
    """What a reply's second half may do: the reply itself starts service (R3)."""
    state = lifecycle.next_state(asked.state, Verb.START) or asked.state
    return After() if lifecycle.next_state(state, verb) else After(asked.state_reason)


def _reply(asked: Asked) -> Offered | None:
    if asked.serving is None:
        return None
    return Offered(
        "reply",
        _("Reply"),
        icon="reply",
        key="r",
        method="press",
        reason=asked.serving.reason,
        spot="page",
    )


def _note(asked: Asked) -> Offered | None:
    if not asked.can(Permission.NOTE):
        return None
    return Offered("note", _("Internal note"), icon="lock", key="n", method="press", spot="page")


def _take(asked: Asked) -> Offered | None:
    if not asked.can(Permission.ASSIGN):
        return None
    ticket, reason = asked.ticket, ""
    mine = ticket.assignee_id == asked.request.actor.id
    if not asked.is_open:
        reason = asked.state_reason
    elif mine and not ticket.claimed_until:
        reason = _("It is yours already.")
    elif ticket.assignee and not mine:
        reason = _("%(name)s has it.") % {"name": ticket.assignee.name}
    theirs = asked.is_open and ticket.assignee is not None and not mine
    return Offered(
        "take",
        _("Assign to me"),
        icon="user-round-check",
        key="i",
        address=asked.at("desk_take"),
        method="post",
        reason=reason,
        spot="head" if theirs or not reason else "menu",
    )


def _give_back(asked: Asked) -> Offered | None:
    if not asked.can(Permission.ASSIGN):
        return None
    nobody = "" if asked.ticket.assignee_id else _("Nobody has it.")
    reason = nobody if asked.is_open else asked.state_reason
    return Offered(
        "give_back",
        _("Give back to the queue"),
        icon="undo-2",
        address=asked.at("desk_give_back"),
        method="post",
        reason=reason,
        spot="menu" if reason else "head",
    )


def _transfer(asked: Asked) -> Offered | None:
    if not asked.can(Permission.ASSIGN):
        return None
    return Offered(
        "transfer",
        _("Transfer"),
        icon="arrow-right-left",
        key="a",
        address=asked.at("desk_transfer"),
        reason="" if asked.is_open else asked.state_reason,
    )


def _wait_customer(asked: Asked) -> Offered | None:
    """Waiting needs a question the customer can read (R4): this leads to where it is written."""
    if asked.serving is None:
        return None
    after = _after_reply(asked, Verb.WAIT_CUSTOMER)
    return Offered(
        "wait_customer",
        _("Ask the customer and wait"),
        icon="circle-pause",
        address="#composer-text",
        reason=asked.serving.reason or after.reason,
    )


def _wait_third(asked: Asked) -> Offered | None:
    if not asked.can_move(Verb.WAIT_THIRD):
        return None
    waits = asked.ticket.third_party is not None
    return Offered(
        "wait_third",
        _("Change the wait") if waits else _("Wait for a third party"),
        icon="hourglass",
        address=asked.at("desk_third"),
        reason="" if waits or asked.leads(Verb.WAIT_THIRD) else asked.state_reason,
    )


def _moved(verb: Verb, label: Callable[[], str], icon: str) -> "Action":
    """A change of state that needs nothing but a press."""

    def offered(asked: Asked) -> Offered | None:
        if not asked.can_move(verb):
            return None
        return Offered(
            verb.value,
            label(),
            icon=icon,
            address=asked.at("desk_state", verb=verb.value),
            method="post",
            reason="" if asked.leads(verb) else asked.state_reason,
        )

    return offered


def _resolve(asked: Asked) -> Offered | None:
    if not asked.can_move(Verb.RESOLVE):
        return None
    return Offered(
        "resolve",
        _("Resolve"),
        icon="circle-check",
        key="C",
        address=asked.at("desk_resolve"),
        method="post",
        reason="" if asked.leads(Verb.RESOLVE) else asked.state_reason,
        spot="menu" if _is_done(asked) else "head",
    )


def _is_done(asked: Asked) -> bool:
    """Whether "Reopen" stands in the place of "Resolve"."""
    return not asked.is_open and asked.state is not State.CANCELLED


def _reopen(asked: Asked) -> Offered | None:
    if not asked.can_move(Verb.REOPEN):
        return None
    return Offered(
        "reopen",
        _("Reopen"),
        icon="rotate-ccw",
        address=asked.at("desk_reopen"),
        method="post",
        reason=_not_reopened(asked) if _is_done(asked) else asked.state_reason,
        spot="head" if _is_done(asked) else "menu",
    )


def _not_reopened(asked: Asked) -> str:
    rules, resolved_at = asked.request.policy.ticket, asked.ticket.resolved_at
    in_time = resolved_at is not None and lifecycle.may_reopen(
        resolved_at=resolved_at, now=asked.request.now, rules=rules
    )
    if in_time and asked.leads(Verb.REOPEN):
        return ""
    return _("Only within %(days)d days of being resolved.") % {"days": rules.reopen_days}


def _release(asked: Asked) -> Offered | None:
    """Where an exception is asked for, if one could help: for this ticket, which cannot be served,
    or for its customer, who is not covered.
    """
    if not may_ask(asked.request.actor, asked.request.policy.override):
        return None
    query: list[tuple[str, str]] = []
    if asked.serving is not None and asked.serving.lift:
        query = [("chamado", asked.ticket.number), *(("regra", r) for r in asked.serving.lift)]
    elif not asked.covered:
        query = [("empresa", str(asked.ticket.organisation_id)), ("regra", "S5")]
    return Offered(
        "release",
        _("Release as an exception"),
        icon="shield-check",
        address=f"{reverse('exception_new')}?{urlencode(query)}" if query else "",
        reason="" if query else _("Nothing here needs an exception."),
        spot="page",
    )


def _history(asked: Asked) -> Offered | None:
    if not asked.can(Permission.VIEW_DECISIONS):
        return None
    address = asked.at("desk_history")
    return Offered("history", _("History"), icon="history", address=address, spot="page")


def _why(asked: Asked) -> Offered | None:
    address = asked.at("desk_why")
    return Offered("why", _("Why this deadline?"), icon="clock", address=address, spot="page")


def _copy(asked: Asked) -> Offered | None:
    return Offered("copy", _("Copy the number"), icon="copy", key=".", method="press", spot="page")


Action = Callable[[Asked], Offered | None]

_ORDER: tuple[Action, ...] = (
    _reply,
    _note,
    _take,
    _give_back,
    _transfer,
    _wait_customer,
    _wait_third,
    _moved(Verb.RESUME, lambda: _("Back to service"), icon="play"),
    _moved(Verb.ASK_SALES, lambda: _("Ask sales"), icon="message-circle-question-mark"),
    _moved(Verb.ANSWER_SCOPE, lambda: _("Covered: go on"), icon="shield-check"),
    _resolve,
    _reopen,
    _moved(Verb.CANCEL, lambda: _("Cancel the ticket"), icon="circle-x"),
    _release,
    _history,
    _why,
    _copy,
)
