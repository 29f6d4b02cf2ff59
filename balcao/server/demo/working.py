"""The work around a conversation: calls, remote sessions, time spent, a ticket passed over, an
appointment.
"""

from collections.abc import Callable
from datetime import timedelta

from balcao.appointments import actions as appointments
from balcao.appointments import queries as booked
from balcao.policy.access import Actor
from balcao.policy.booking import Mode
from balcao.policy.gate import Door
from balcao.rulebook import queries as rulebook
from balcao.server.demo.timeline import Step
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket

_TALKED, _BEFORE = timedelta(minutes=6), timedelta(seconds=1)
_AHEAD = timedelta(days=3)


def work(step: Step, actor: Actor, ticket: Ticket) -> None:
    """Do a step of `WORK` on its ticket.

    Only the last of its acts has the step's own moment: an interrupted step is taken again.
    """
    WORK[step.what](step, actor, ticket)


def _call(step: Step, actor: Actor, ticket: Ticket) -> None:
    """The opener rang, knew the number, and heard what the step says."""
    began = step.at - _TALKED
    call = tickets.note_caller(actor=actor, now=began, person_id=ticket.opener_id)
    tickets.check_number(actor=actor, now=step.at - _BEFORE, call_id=call.pk, number=ticket.number)
    tickets.end_served(actor=actor, now=step.at, call_id=call.pk, summary=step.words)


def _remote(step: Step, actor: Actor, ticket: Ticket) -> None:
    wanted = tickets.RemoteAccess(
        tool=step.words, session=ticket.number[:9], consent=ticket.opener.name, door=Door.PHONE
    )
    tickets.begin_remote(actor=actor, now=step.at, ticket_id=ticket.pk, wanted=wanted, key=step.key)


def _remote_end(step: Step, actor: Actor, ticket: Ticket) -> None:
    assert ticket.remote_id is not None
    tickets.end_remote(actor=actor, now=step.at, session_id=ticket.remote_id)


def _spent(step: Step, actor: Actor, ticket: Ticket) -> None:
    """The words begin with the minutes: "25 O que foi feito"."""
    minutes, _space, note = step.words.partition(" ")
    tickets.log_time(
        actor=actor,
        now=step.at,
        ticket_id=ticket.pk,
        minutes=int(minutes),
        note=note,
        key=step.key,
    )


def _skip(step: Step, actor: Actor, ticket: Ticket) -> None:
    """What is next in line is passed over; what comes instead goes back to its place."""
    got = tickets.take_next(actor=actor, now=step.at - _BEFORE)
    if got is not None:
        got = tickets.skip(actor=actor, now=step.at - _BEFORE, ticket_id=got.pk, reason=step.words)
    if got is not None:
        tickets.give_back(actor=actor, now=step.at, ticket_id=got.pk)


def _schedule(step: Step, actor: Actor, ticket: Ticket) -> None:
    """Sales agrees on a time some days later with the customer, who is on the telephone."""
    policy = rulebook.current()
    chances = booked.free_times(ticket, policy=policy, now=step.at, agent_id=ticket.assignee_id)
    chance = chances[0]
    begins = next(one.begins for one in chance.times if one.begins >= step.at + _AHEAD)
    mode = Mode.MEETING if step.words else Mode.REMOTE
    offer = appointments.offer(
        actor=actor,
        now=step.at - _BEFORE,
        ticket_id=ticket.pk,
        terms=appointments.Terms(mode, 60, policy.meeting.providers[0], step.words),
        times=[(chance.agent_id, begins)],
        key=step.key,
    )
    time = offer.times.get()
    appointments.book(actor=actor, now=step.at, time_id=time.pk)


WORK: dict[str, Callable[[Step, Actor, Ticket], None]] = {
    "call": _call,
    "remote": _remote,
    "remote_end": _remote_end,
    "spent": _spent,
    "skip": _skip,
    "schedule": _schedule,
}
