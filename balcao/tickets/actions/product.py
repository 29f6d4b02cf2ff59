"""Another licence or service for an open ticket: its customer is asked about anew, by the gate."""

from dataclasses import dataclass
from datetime import datetime

from balcao.events.actions import emit
from balcao.people.queries import actor_by_id
from balcao.policy import access, acts, sla
from balcao.policy.access import Actor, Permission
from balcao.policy.book import Policy, Verdict
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.deadlines import deadlines_by_kind, shift
from balcao.tickets.actions.moves import lock, move
from balcao.tickets.actions.opening import Opening, active_service, judge_opening
from balcao.tickets.actions.refusal import Conflict, Judged, Refused, gated, require
from balcao.tickets.actions.reserving import end_reservation
from balcao.tickets.models import DeadlineKind, Ticket
from balcao.tickets.queries import clock_of, evidence, promise_for, queue_for, scope_of


@dataclass(frozen=True, slots=True)
class _Before:
    """What the ticket was about, by ids and codes."""

    service: int
    licence: int | None
    contract: int | None
    kind: str
    queue: int


@gated
def change_product(
    *, actor: Actor, now: datetime, ticket_id: int, service: str, licence_id: int | None
) -> Ticket:
    """ "Trocar produto": the gate is asked as if the ticket's opener opened it now (S2, S5, S34).

    Number, moment and place stay (R24). One that nobody served yet goes to the new service's queue.
    The deadlines follow the new contract's kind, by the promise of the version it was opened under.
    Sales is asked where the gate says so (S36). The same product and service change nothing.
    Raises Refused, NotAllowed, or Conflict: "state_changed", "oneoff", "asks_sales" when sales
    cannot be asked before the ticket is back in service, "reserved" while a colleague holds it as
    the next in line.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.CHANGE_PRODUCT, scope_of(ticket, actor)))
    if (ticket.service.slug, ticket.licence_id) == (service, licence_id):
        return ticket
    end_reservation(ticket, actor=actor, now=now)
    state = State(ticket.state)
    if fixed := acts.product_fixed(state, ticket.kind):
        raise Conflict("oneoff" if fixed == "oneoff" else "state_changed")
    policy = rulebook.current()
    asked = _as_opening(ticket, service, licence_id)
    judged = judge_opening(asked, policy=policy, actor=actor, now=now, ticket=ticket)
    if judged.decision.refused:
        raise Refused(judged)
    asks = judged.decision.verdict is Verdict.ASK
    if asks and acts.asks_in_vain(state):
        raise Conflict("asks_sales")
    before = _as_it_is(ticket)
    _apply(ticket, asked, judged, now=now)
    _tell(ticket, before, judged, actor=actor, now=now)
    if ticket.kind != before.kind:
        _promise_anew(ticket, policy=policy, now=now)
    if asks and state is not State.ASKING_SALES:
        move(ticket, Verb.ASK_SALES, actor=actor, now=now)
    return ticket


def _as_opening(ticket: Ticket, service: str, licence_id: int | None) -> Opening:
    same = ticket.service.slug == service
    return Opening(
        opener_id=ticket.opener_id,
        organisation_id=ticket.organisation_id,
        service=ticket.service if same else active_service(service, ticket.organisation_id),
        licence_id=licence_id,
        subject=ticket.subject,
        body="",
        key=ticket.opening_key,
    )


def _as_it_is(ticket: Ticket) -> _Before:
    return _Before(
        service=ticket.service_id,
        licence=ticket.licence_id,
        contract=ticket.contract_id,
        kind=ticket.kind,
        queue=ticket.queue_id,
    )


def _apply(ticket: Ticket, asked: Opening, judged: Judged, *, now: datetime) -> None:
    cover = judged.decision.coverage
    covering = cover.licence.id if cover and cover.licence else None
    before = ticket.queue_id
    if ticket.started_at is None and ticket.service_id != asked.service.pk:
        ticket.queue = queue_for(asked.service.slug)
    ticket.service = asked.service
    ticket.licence_id = asked.licence_id or covering
    ticket.contract_id = cover.contract.id if cover and cover.contract else None
    ticket.kind = (cover.kind if cover else None) or ""
    ticket.changed_at = max(now, ticket.changed_at)
    if ticket.queue_id != before and not _is_served(ticket, now=now):
        ticket.assignee_id = ticket.claimed_until = None
        ticket.next_at = None if ticket.state == State.OPEN.value else ticket.next_at
    ticket.save(
        update_fields=[
            *("queue", "service", "licence", "contract", "kind", "changed_at"),
            *("assignee", "claimed_until", "next_at"),
        ]
    )


def _is_served(ticket: Ticket, *, now: datetime) -> bool:
    """Whether nobody owns the ticket, or its owner serves the queue it is in now."""
    if ticket.assignee_id is None:
        return True
    owner = actor_by_id(ticket.assignee_id, now=now)
    return owner is not None and access.can(owner, Permission.ANSWER, scope_of(ticket))


def _tell(ticket: Ticket, before: _Before, judged: Judged, *, actor: Actor, now: datetime) -> None:
    after = _as_it_is(ticket)
    data = {
        "service_from": before.service,
        "service_to": after.service,
        "licence_from": before.licence,
        "licence_to": after.licence,
        "contract_from": before.contract,
        "contract_to": after.contract,
        "kind_from": before.kind,
        "kind_to": after.kind,
        "queue": after.queue if after.queue != before.queue else None,
    }
    told = evidence.of_decision(judged.record())
    emit("ticket.product_changed", ticket, actor=actor, now=now, data={**told, **data})


def _promise_anew(ticket: Ticket, *, policy: Policy, now: datetime) -> None:
    due = sla.due_of(clock_of(ticket), promise_for(ticket, in_force=policy))
    rows = deadlines_by_kind(ticket)
    for kind in (DeadlineKind.START, DeadlineKind.RESOLUTION):
        shift(rows[kind], ticket, due, cause="product", version=policy.version, now=now)
