"""Telephone calls: the number first, the ways out, and what was said (R3, R14, R15, S16, S22)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.events.actions import emit, give_back, spend
from balcao.lib.text import mask_address
from balcao.people import queries as people
from balcao.people.models import User
from balcao.policy import access, gate, reasons
from balcao.policy.access import Actor, Duty
from balcao.policy.calls import COOL_DOWN, LONGEST, MISSES, SEND_AGAIN, NoTicket, counted_with
from balcao.policy.numbers import parse_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.noting_calls import log_call, take_down
from balcao.tickets.actions.refusal import Conflict, Judged, NotAllowed, require
from balcao.tickets.actions.time_spent import log_time
from balcao.tickets.models import Call, CallOutcome, Ticket
from balcao.tickets.queries import evidence, question_by_phone


@dataclass(frozen=True, slots=True)
class Checked:
    """What the gate said of a number given on the telephone. ``decision`` None: the caller guessed
    so often that no number is looked at for a while (C2).
    """

    call: Call
    decision: gate.Decision | None

    @property
    def good(self) -> bool:
        """The number is that of an open ticket of the caller's, or of a one-off of theirs whose
        problem may be taken down for the next opening.
        """
        return self.call.ticket_id is not None


@transaction.atomic
def note_caller(
    *, actor: Actor, now: datetime, phone: str = "", person_id: int | None = None
) -> Call:
    """Who is on the line, as far as it is known; begins a call if the actor has none open.

    A field left empty keeps what was known. Another caller's ticket is let go of.
    """
    require(access.may(actor, Duty.TAKE_CALLS))
    call = _on_the_line(actor, now)
    if phone and phone != call.phone:
        call.phone = phone
    if person_id is not None and person_id != call.person_id:
        acts_for = people.organisations_of(person_id)
        call.person_id, call.ticket_id = person_id, None
        call.organisation_id = min(acts_for) if acts_for else None
    call.save(update_fields=["phone", "person", "organisation", "ticket"])
    return call


def _on_the_line(actor: Actor, now: datetime) -> Call:
    """The actor's open call, or a new one; of two begun at once there is one."""
    assert actor.id is not None
    mine = Call.objects.filter(agent=actor.id, ended_at=None)
    if found := mine.first():
        return found
    try:
        with transaction.atomic():
            call = Call.objects.create(agent_id=actor.id, began_at=now)
    except IntegrityError:
        return mine.get()
    emit("call.began", call, actor=actor, now=now)
    return call


@transaction.atomic
def check_number(*, actor: Actor, now: datetime, call_id: int, number: str) -> Checked:
    """ "Conferir número": whether it is that of an open ticket of the caller's (S17, S16, R15).

    The gate answers and the answer is recorded. An invalid, an unknown, a foreign and a closed
    number are one refusal, counted for the call and the caller; after ``MISSES`` of them no number
    is looked at for ``COOL_DOWN`` (C2). Raises Conflict("call_ended").
    """
    require(access.may(actor, Duty.TAKE_CALLS))
    call = _mine(actor, call_id)
    typed = number.strip() != ""
    names = counted_with(call=call.pk, person=call.person_id, phone=call.phone)
    if typed and not _may_guess(names, now):
        emit("call.cooled_down", call, actor=actor, now=now)
        return Checked(call, None)
    clean = parse_number(number)
    ticket = Ticket.objects.filter(number=clean).first() if clean else None
    judged = _judge(call, ticket, given=typed, actor=actor, now=now)
    decision = judged.decision
    good = decision.allowed or _waits(judged, now)
    missed = decision.reason == reasons.NO_TICKET
    if typed and not missed:
        for name in names:
            give_back(name)
    call.ticket = ticket if good else None
    if call.ticket:
        call.organisation_id = call.ticket.organisation_id
    call.misses += missed
    call.save(update_fields=["ticket", "organisation", "misses"])
    row = judged.record(ticket_id=call.ticket_id)
    emit(
        "call.checked",
        call,
        actor=actor,
        now=now,
        data={
            **evidence.of_decision(row),
            "reason": decision.reason or "",
            "ticket": call.ticket_id,
            "person": call.person_id,
        },
    )
    return Checked(call, decision)


def _may_guess(names: Sequence[str], now: datetime) -> bool:
    used = [spend(name, limit=MISSES, window=COOL_DOWN, now=now, sliding=True) for name in names]
    return all(used)


def _judge(
    call: Call, ticket: Ticket | None, *, given: bool, actor: Actor, now: datetime
) -> Judged:
    """Asked about the caller's own organisation, so that a foreign number is like an unknown one.

    Whoever acts for several is asked about that of the ticket.
    """
    acts_for = people.organisations_of(call.person_id) if call.person_id else frozenset()
    of_ticket = ticket.organisation_id if ticket else None
    organisation = of_ticket if of_ticket in acts_for else min(acts_for, default=None)
    request, facts = question_by_phone(call.person_id, organisation, ticket, given=given)
    return Judged(
        request,
        facts,
        gate.decide(request, facts, rulebook.current(), now),
        actor=actor,
        organisation_id=organisation,
    )


def _waits(judged: Judged, now: datetime) -> bool:
    """Whether only the hour is against it, and what the caller says may be taken down (S27)."""
    if judged.decision.reason != reasons.CLOSED_HOURS:
        return False
    request = replace(judged.request, taken_down=True)
    return gate.decide(request, judged.facts, rulebook.current(), now).allowed


def _mine(actor: Actor, call_id: int) -> Call:
    """The actor's own call, while it is on the line. Raises Conflict("call_ended")."""
    call = Call.objects.select_for_update().filter(pk=call_id, agent=actor.id).first()
    if call is None:
        raise NotAllowed
    if call.ended_at is not None:
        raise Conflict("call_ended")
    return call


@transaction.atomic
def send_numbers(*, actor: Actor, now: datetime, person_id: int, call_id: int | None = None) -> str:
    """ "Enviar o número ao cadastro": the numbers of the person's open tickets, by mail (R14, R15).

    Returns the registered address, masked: nothing else is said, not even whether a ticket is open.
    Raises Conflict("no_address") or Conflict("sent_lately"), NotAllowed for nobody's contact.
    """
    require(access.may(actor, Duty.TAKE_CALLS) and bool(people.organisations_of(person_id)))
    call = _mine(actor, call_id) if call_id is not None else None
    address = people.primary_addresses([person_id]).get(person_id)
    if address is None:
        raise Conflict("no_address")
    if not spend(f"numbers.sent:{person_id}", limit=1, window=SEND_AGAIN, now=now):
        raise Conflict("sent_lately")
    if call is not None and call.outcome == CallOutcome.OPEN:
        Call.objects.filter(pk=call.pk).update(outcome=CallOutcome.NUMBER_SENT)
    emit(
        "person.numbers_sent",
        User(pk=person_id),
        actor=actor,
        now=now,
        data={"call": call_id},
    )
    return mask_address(address)


@transaction.atomic
def pass_to_sales(*, actor: Actor, now: datetime, call_id: int) -> Call:
    """ "Passar ao comercial": nothing technical was served. Raises Conflict("call_ended")."""
    return _end(_mine(actor, call_id), CallOutcome.TO_SALES, actor=actor, now=now)


@transaction.atomic
def end_without_ticket(*, actor: Actor, now: datetime, call_id: int, reason: NoTicket) -> Call:
    """ "Ligação sem chamado": counted, with a reason and without a note (S17, S22)."""
    call = _mine(actor, call_id)
    return _end(call, CallOutcome.WITHOUT_TICKET, actor=actor, now=now, reason=reason.value)


@transaction.atomic
def end_call(*, actor: Actor, now: datetime, call_id: int) -> Call:
    """Hang up after a way out was taken. Raises Conflict("how_it_ended") when none was."""
    call = _mine(actor, call_id)
    if call.outcome not in (CallOutcome.NUMBER_SENT, CallOutcome.ASSISTED):
        raise Conflict("how_it_ended")
    return _end(call, CallOutcome(call.outcome), actor=actor, now=now)


def end_served(
    *, actor: Actor, now: datetime, call_id: int, summary: str, service: str = ""
) -> Call:
    """The call ends, and what was said stands on its ticket for the customer (see `log_call`).

    The minutes it took are noted on the ticket. A call in which the ticket was opened stays one.
    Raises Conflict("no_number") before a number was good, and what `log_call` raises.
    """
    call = _open_call(actor, call_id)
    if call.ticket_id is None:
        raise Conflict("no_number")
    key = f"call:{call.pk}"
    log_call(
        actor=actor, now=now, ticket_id=call.ticket_id, summary=summary, key=key, service=service
    )
    minutes = _minutes(call, now)
    if minutes and now - call.began_at <= LONGEST:
        log_time(actor=actor, now=now, ticket_id=call.ticket_id, minutes=minutes, note="", key=key)
    with transaction.atomic():
        call = _mine(actor, call_id)
        assisted = call.outcome == CallOutcome.ASSISTED
        outcome = CallOutcome.ASSISTED if assisted else CallOutcome.SERVED
        return _end(call, outcome, actor=actor, now=now)


def end_taken_down(
    *, actor: Actor, now: datetime, call_id: int, summary: str, service: str = ""
) -> Call:
    """The call ends, and what was said waits for the next opening (see `take_down`).

    Raises Conflict("no_number") before a number was good, and what `take_down` raises.
    """
    call = _open_call(actor, call_id)
    if call.ticket_id is None:
        raise Conflict("no_number")
    take_down(
        actor=actor,
        now=now,
        ticket_id=call.ticket_id,
        summary=summary,
        key=f"call:{call.pk}",
        service=service,
    )
    with transaction.atomic():
        return _end(_mine(actor, call_id), CallOutcome.TAKEN_DOWN, actor=actor, now=now)


@transaction.atomic
def _open_call(actor: Actor, call_id: int) -> Call:
    return _mine(actor, call_id)


def _minutes(call: Call, now: datetime) -> int:
    return max(0, round((now - call.began_at).total_seconds() / 60))


def _end(
    call: Call, outcome: CallOutcome, *, actor: Actor, now: datetime, reason: str = ""
) -> Call:
    call.outcome, call.reason = outcome, reason
    call.ended_at = max(now, call.began_at)
    call.save(update_fields=["outcome", "reason", "ended_at"])
    emit(
        "call.ended",
        call,
        actor=actor,
        now=now,
        data={
            "outcome": outcome.value,
            "reason": reason,
            "ticket": call.ticket_id,
            "minutes": _minutes(call, call.ended_at),
        },
    )
    return call
