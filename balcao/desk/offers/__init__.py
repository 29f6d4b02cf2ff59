"""Everything that can be done to an open ticket's page, in one list, and why some of it cannot now.

The policy decides; this asks it beforehand, so that an action says its reason before it is pressed.
What the actor could never do is not listed. The buttons of the head, the menu "More" and the
command palette read this list: to add an action, add a function here and name it in ``_ORDER``.
"""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.conflicts import unsaid_words
from balcao.desk.offers.doing import (
    appointment,
    followers,
    product,
    remote,
    rename,
    split,
    work,
)
from balcao.desk.offers.holding import change_queue, give_back, skip, take, transfer
from balcao.desk.offers.types import After, Asked, Offered, Offers
from balcao.desk.place import Place
from balcao.desk.serving import serving
from balcao.policy import access, aging, lifecycle
from balcao.policy.access import Permission
from balcao.policy.entitlement import ContractFacts, LicenceFacts
from balcao.policy.lifecycle import State, Verb
from balcao.policy.override import may_ask
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest

__all__ = ["After", "Asked", "Offered", "Offers", "of"]


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
    if lifecycle.next_state(state, verb):
        return After()
    if asked.state is State.WAITING_THIRD and asked.can_move(Verb.RESUME):
        return After(_("First press “Back to service”, in “More”."))
    return After(asked.state_reason)


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
            reason=asked.reserved if asked.leads(verb) else asked.state_reason,
        )

    return offered


def _answer_scope(asked: Asked) -> Offered | None:
    """Sales says whether it is covered, and why: on a page of its own (S36)."""
    if not asked.can_move(Verb.ANSWER_SCOPE):
        return None
    waits = asked.leads(Verb.ANSWER_SCOPE)
    return Offered(
        "answer_scope",
        _("Say whether it is covered"),
        icon="shield-check",
        address=asked.at("desk_question_ticket"),
        reason="" if waits else asked.state_reason,
        spot="head" if waits else "menu",
    )


def _resolve(asked: Asked) -> Offered | None:
    """What nobody served is resolved by an answer (R3): this leads to where it is written."""
    if not asked.can_move(Verb.RESOLVE):
        return None
    silent = lifecycle.needs_words(
        asked.state, Verb.RESOLVE, staff=True, started=asked.ticket.started_at is not None
    )
    reason = asked.reserved if asked.leads(Verb.RESOLVE) else asked.state_reason
    if silent and asked.serving is not None:
        reason = reason or asked.serving.reason
    return Offered(
        "resolve",
        _("Resolve"),
        icon="circle-check",
        key="C",
        address="#composer-text" if silent else asked.at("desk_resolve"),
        method="get" if silent else "post",
        reason=reason,
        spot="menu" if silent or _is_done(asked) else "head",
        way=unsaid_words() if silent else "",
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
    ticket, policy, now = asked.ticket, asked.request.policy, asked.request.now
    rules = lifecycle.rules_for(policy, ticket.kind)
    if aging.is_over(ticket.kind, ticket.submitted_at, policy=policy, now=now):
        return _("It has expired: %(months)d months since it was opened.") % {
            "months": aging.MONTHS
        }
    in_time = ticket.resolved_at is not None and lifecycle.may_reopen(
        resolved_at=ticket.resolved_at, now=now, rules=rules
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


def _print(asked: Asked) -> Offered | None:
    return Offered("print", _("Print"), icon="printer", address=asked.at("desk_print"))


def _copy(asked: Asked) -> Offered | None:
    return Offered("copy", _("Copy the number"), icon="copy", key=".", method="press", spot="page")


Action = Callable[[Asked], Offered | None]

_ORDER: tuple[Action, ...] = (
    _reply,
    _note,
    take,
    skip,
    give_back,
    transfer,
    change_queue,
    _wait_customer,
    _wait_third,
    _moved(Verb.RESUME, lambda: _("Back to service"), icon="play"),
    _moved(Verb.ASK_SALES, lambda: _("Ask sales"), icon="message-circle-question-mark"),
    _answer_scope,
    appointment,
    remote,
    work,
    product,
    rename,
    followers,
    split,
    _resolve,
    _reopen,
    _moved(Verb.CANCEL, lambda: _("Cancel the ticket"), icon="circle-x"),
    _release,
    _history,
    _why,
    _print,
    _copy,
)
