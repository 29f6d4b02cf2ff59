"""Who can be booked when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from balcao.appointments.models import Appointment, WorkingHours
from balcao.people.models import User
from balcao.policy import booking
from balcao.policy.access import DUTIES, Duty, Role
from balcao.policy.book import Policy, Span
from balcao.policy.booking import Agenda, Slot, Stand
from balcao.policy.prepaid import ends_at
from balcao.tickets.models import Absence, Ticket

_DAYS = range(7)


@dataclass(frozen=True, slots=True)
class Chance:
    """Somebody who serves the ticket's queue, and when they are free."""

    agent_id: int
    name: str
    times: tuple[Slot, ...]


def minutes_for(policy: Policy) -> int:
    """How long an appointment is unless somebody says otherwise (R28)."""
    return policy.training.minutes


def last_moment(ticket: Ticket, *, policy: Policy) -> datetime | None:
    """Until when an appointment about the ticket must have ended (R20); None: it has no end."""
    row = ticket.prepaid
    return ends_at(row.last_day, policy.timezone) if row and row.last_day else None


def hours_of(agent_ids: Iterable[int]) -> dict[int, tuple[tuple[Span, ...], ...]]:
    """The weekly hours of each, Monday first; who has none is missing. One statement."""
    found: defaultdict[int, list[list[Span]]] = defaultdict(lambda: [[] for _ in _DAYS])
    rows = WorkingHours.objects.filter(agent__in=agent_ids).order_by("agent", "weekday", "start")
    for row in rows:
        found[row.agent_id][row.weekday].append(Span(row.start, row.end))
    return {agent: tuple(tuple(day) for day in week) for agent, week in found.items()}


def agenda_of(
    agent_ids: Iterable[int], *, now: datetime, without: int | None = None
) -> dict[int, Agenda]:
    """When each can be met, who has hours. Three statements.

    ``without``: an appointment that would be given up for the new time.
    """
    weeks = hours_of(agent_ids)
    busy: defaultdict[int, list[Slot]] = defaultdict(list)
    booked = Appointment.objects.filter(
        agent__in=weeks, state=Stand.BOOKED.value, ends__gt=now
    ).exclude(pk=without or 0)
    for agent, begins, ends in booked.values_list("agent_id", "begins", "ends"):
        busy[agent].append(Slot(begins, ends))
    end = now + 2 * booking.FURTHEST
    away = Absence.objects.filter(user__in=weeks, ended_at=None, starts_at__lt=end)
    for agent, begins, until in away.values_list("user_id", "starts_at", "ends_at"):
        busy[agent].append(Slot(begins, max(until or end, begins)))
    return {agent: Agenda(week=week, busy=tuple(busy[agent])) for agent, week in weeks.items()}


def absences_between(begins: datetime, ends: datetime) -> dict[int, list[Slot]]:
    """When people of the team are away in that time. One statement."""
    found: defaultdict[int, list[Slot]] = defaultdict(list)
    rows = Absence.objects.filter(ended_at=None, starts_at__lt=ends)
    for user, start, end in rows.values_list("user_id", "starts_at", "ends_at"):
        found[user].append(Slot(start, end or max(ends, start)))
    return found


def agents_for(ticket: Ticket) -> dict[int, str]:
    """Who serves the ticket's queue and has working hours, by name. One statement."""
    serves = Q(staff_roles__role=Role.AGENT.value, queues=ticket.queue_id)
    rows = User.objects.filter(
        serves | Q(staff_roles__role=Role.SUPERVISOR.value),
        is_active=True,
        working_hours__isnull=False,
    )
    return dict(rows.distinct().order_by("name", "pk").values_list("pk", "name"))


def bookable() -> dict[int, str]:
    """Everybody with working hours, by name. One statement."""
    rows = User.objects.filter(is_active=True, working_hours__isnull=False).distinct()
    return dict(rows.order_by("name", "pk").values_list("pk", "name"))


def team_with_hours() -> list[tuple[int, str]]:
    """Everybody whose duty it is to be booked, whether or not they have hours. One statement."""
    roles = [role.value for role in Role if Duty.OWN_AGENDA in DUTIES[role]]
    rows = User.objects.filter(is_active=True, staff_roles__role__in=roles).distinct()
    return list(rows.order_by("name", "pk").values_list("pk", "name"))


def free_times(
    ticket: Ticket,
    *,
    policy: Policy,
    now: datetime,
    minutes: int | None = None,
    agent_id: int | None = None,
    without: int | None = None,
) -> list[Chance]:
    """When those who serve the ticket are free, inside business hours and before its expiry.

    ``agent_id``: only this one. Who is never free is missing.
    """
    people = agents_for(ticket)
    if agent_id is not None:
        people = {pk: name for pk, name in people.items() if pk == agent_id}
    agendas = agenda_of(people, now=now, without=without)
    until = last_moment(ticket, policy=policy)
    found = []
    for pk, name in people.items():
        times = booking.free_slots(
            agendas[pk],
            calendar=policy.calendar,
            now=now,
            until=until,
            minutes=minutes or minutes_for(policy),
        )
        if times:
            found.append(Chance(pk, name, times))
    return found


def why_not(
    ticket: Ticket,
    agent_id: int,
    slot: Slot,
    *,
    policy: Policy,
    now: datetime,
    without: int | None = None,
) -> str:
    """Why the ticket's customer cannot meet this agent then, as ``booking.why_not``; empty: they
    can.
    """
    agenda = agenda_of([agent_id], now=now, without=without).get(agent_id)
    if agenda is None:
        return booking.NOT_WORKING
    until = last_moment(ticket, policy=policy)
    return booking.why_not(slot, agenda, calendar=policy.calendar, now=now, until=until)
