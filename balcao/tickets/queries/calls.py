"""Telephone calls as the person who takes them, and whoever watches over them, reads them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from balcao.people.queries import actor_by_id
from balcao.policy import gate
from balcao.policy.access import Actor, Duty, may
from balcao.policy.book import Policy
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.prepaid import UNUSED
from balcao.tickets.models import Call, CallOutcome, Ticket
from balcao.tickets.queries.access import NotFound, visible_to
from balcao.tickets.queries.questions import question_about

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call. ``number``: of its ticket, once it was good. ``reason``: of one without ticket."""

    id: int
    agent_id: int
    agent: str
    phone: str
    person_id: int | None
    person: str
    organisation_id: int | None
    organisation: str
    number: str
    outcome: str
    reason: str
    misses: int
    began_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Still on the line."""
        return self.ended_at is None

    @property
    def minutes(self) -> int:
        """How long it took, of one that ended."""
        return round(((self.ended_at or self.began_at) - self.began_at).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; what is empty asks nothing. ``since`` counts."""

    outcome: str = ""
    agent: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallCounts:
    """How many calls there were since some moment, and how many had no ticket (S16, S17)."""

    calls: int
    without_ticket: int


def may_see_calls(actor: Actor) -> bool:
    """Whether the list of calls is open to the actor: their own, or everybody's."""
    return may(actor, Duty.TAKE_CALLS) or may(actor, Duty.VIEW_CALLS)


def _seen_by(actor: Actor) -> QuerySet[Call]:
    if may(actor, Duty.VIEW_CALLS):
        return Call.objects.all()
    if may(actor, Duty.TAKE_CALLS):
        return Call.objects.filter(agent=actor.id)
    return Call.objects.none()


def call_list(
    actor: Actor, only: CallFilter, *, cursor: int | None = None
) -> tuple[tuple[CallRow, ...], int | None]:
    """Calls, newest first: one's own, or all for those who watch over them. One statement.

    With the cursor of the next page, or None.
    """
    rows = _narrowed(_seen_by(actor), only)
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = [_row(row) for row in _joined(rows).order_by("-pk")[: PAGE_SIZE + 1]]
    after = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    return tuple(found[:PAGE_SIZE]), after


def _narrowed(rows: QuerySet[Call], only: CallFilter) -> QuerySet[Call]:
    if only.outcome:
        rows = rows.filter(outcome=only.outcome)
    if only.agent is not None:
        rows = rows.filter(agent=only.agent)
    if only.since is not None:
        rows = rows.filter(began_at__gte=only.since)
    return rows


def _joined(rows: QuerySet[Call]) -> QuerySet[Call]:
    return rows.select_related("agent", "person", "organisation", "ticket")


def _row(row: Call) -> CallRow:
    return CallRow(
        id=row.pk,
        agent_id=row.agent_id,
        agent=row.agent.name,
        phone=row.phone,
        person_id=row.person_id,
        person=row.person.name if row.person else "",
        organisation_id=row.organisation_id,
        organisation=row.organisation.name if row.organisation else "",
        number=row.ticket.number if row.ticket else "",
        outcome=row.outcome,
        reason=row.reason,
        misses=row.misses,
        began_at=row.began_at,
        ended_at=row.ended_at,
    )


def call_counts(actor: Actor, only: CallFilter) -> CallCounts:
    """Of the calls the actor sees, within the filter. One statement."""
    without = Count("pk", filter=Q(outcome=CallOutcome.WITHOUT_TICKET))
    found = _narrowed(_seen_by(actor), only).aggregate(calls=Count("pk"), without=without)
    return CallCounts(found["calls"], found["without"])


def call_for(actor: Actor, call_id: int) -> CallRow:
    """One call of the actor's own, or any for those who watch over them. Raises NotFound."""
    found = _joined(_seen_by(actor)).filter(pk=call_id).first()
    if found is None:
        raise NotFound
    return _row(found)


def open_call(actor: Actor) -> CallRow | None:
    """The call the actor is on, if any. One statement."""
    found = _joined(Call.objects.filter(agent=actor.id, ended_at=None)).first()
    return _row(found) if found else None


def ticket_of_call(actor: Actor, call: CallRow) -> Ticket | None:
    """The ticket of the call, for whoever may view it; None for somebody of another queue."""
    rows = visible_to(actor).select_related(
        "organisation", "service", "contract", "licence__product", "prepaid__service"
    )
    return rows.filter(number=call.number).first() if call.number else None


def foretell_service(ticket: Ticket, *, policy: Policy, now: datetime) -> gate.Decision:
    """What the gate would say of serving the ticket on the telephone now; nothing is recorded."""
    request, facts = question_about(ticket, gate.Act.SERVE, person_id=None, door=gate.Door.PHONE)
    return gate.decide(request, facts, policy, now)


def open_numbers_of(person_id: int) -> list[tuple[str, str]]:
    """Number and subject of the person's open tickets and unused one-offs, newest first: for a mail
    to themselves.
    """
    person = actor_by_id(person_id)
    if person is None:
        return []
    is_open = Q(state__in=[state.value for state in OPEN_STATES])
    is_unused = Q(state=State.SOLD.value, prepaid__last__in=[entry.value for entry in UNUSED])
    rows = visible_to(person).filter(is_open | is_unused, organisation__in=person.organisations)
    return list(rows.order_by("-submitted_at", "-pk").values_list("number", "subject")[:20])


def available_oneoffs_of(person_id: int, *, today: date) -> list[tuple[str, str, date]]:
    """Number, kind and last day of the one-offs that the person can still use, the first to end
    first: for a mail to themselves.
    """
    person = actor_by_id(person_id)
    if person is None:
        return []
    rows = Ticket.objects.filter(
        opener=person_id,
        organisation__in=person.organisations,
        state=State.SOLD.value,
        prepaid__last__in=[entry.value for entry in UNUSED],
        prepaid__last_day__gte=today,
    )
    found = rows.order_by("prepaid__last_day", "pk")[:20]
    told = found.values_list("number", "kind", "prepaid__last_day")
    return [(number, kind, last_day) for number, kind, last_day in told if last_day]


def takers(actor: Actor) -> list[tuple[int, str]]:
    """Who ever took a call, for those who watch over calls: for a filter. One statement."""
    if not may(actor, Duty.VIEW_CALLS):
        return []
    rows = Call.objects.order_by("agent__name", "agent_id").values_list("agent_id", "agent__name")
    return list(rows.distinct())
