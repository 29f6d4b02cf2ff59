"""One-offs as their holders and the team see them: how each stands, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery

from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.events.statements import Statement, among
from balcao.people.models import User
from balcao.people.queries import any_signs_in
from balcao.policy import access, gate
from balcao.policy import prepaid as policy
from balcao.policy.access import Actor, Permission
from balcao.policy.book import Policy
from balcao.policy.booking import SCHEDULED_KINDS
from balcao.policy.lifecycle import State
from balcao.policy.prepaid import UNUSED, Account, Entry, Standing
from balcao.tickets.models import Message, ScopeQuestion, Ticket
from balcao.tickets.queries.access import NotFound, scope_of, visible_to
from balcao.tickets.queries.questions import question_about

_UNUSED = sorted(entry.value for entry in UNUSED)
MOST = 200
"""So many one-offs are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class OneoffRow:
    """One one-off that was sold. ``days_left``: after today, of an available one; ``slot_at``: the
    agreed time that it waits for (S42).
    """

    number: str
    kind: str
    service: str
    service_en: str
    organisation: str
    holder: str
    bought_on: date | None
    last_day: date | None
    standing: Standing
    days_left: int | None
    subject: str
    state: str
    slot_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What was written in its ledger, and when; ``last_day``: told by a sale or an extension."""

    entry: Entry
    at: datetime
    cause: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Oneoff:
    """One one-off with its ledger, oldest line first. ``agreed``: sales said that it covers the
    service it was bought for.
    """

    ticket_id: int
    row: OneoffRow
    lines: tuple[LedgerLine, ...]
    service_slug: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class OneoffsLeft:
    """How many can still be used, and the last day of the first that ends."""

    count: int
    soonest: date | None


def holds_available(people: Collection[int], *, today: date) -> bool:
    """Whether one of these people holds a one-off that can still be submitted (R12)."""
    return bool(_HELD.rows(tuple(people), today))


_HELD = Statement(
    lambda people, today: PrepaidTicket.objects.filter(
        among("holder", people), last__in=_UNUSED, last_day__gte=today
    ).values_list("pk")[:1],
    *(int, date),
)


def comes_by_code(user_id: int) -> bool:
    """Whether somebody bought a one-off and has no sign-in: number and code lead them on (R26)."""
    return PrepaidTicket.objects.filter(holder=user_id).exists() and not any_signs_in([user_id])


def oneoffs_left(actor: Actor, *, today: date) -> OneoffsLeft:
    """What the organisations that the actor acts for can still use of what they may see of them.

    One statement.
    """
    found = (
        visible_to(actor)
        .filter(
            organisation__in=actor.organisations,
            prepaid__last__in=_UNUSED,
            prepaid__last_day__gte=today,
        )
        .aggregate(count=Count("pk"), soonest=Min("prepaid__last_day"))
    )
    return OneoffsLeft(found["count"], found["soonest"])


def oneoffs_of(
    actor: Actor,
    *,
    policy_now: Policy,
    now: datetime,
    organisation_id: int | None = None,
    own: bool = False,
) -> tuple[OneoffRow, ...]:
    """The one-offs whose tickets exist for the actor: what can be used first, the soonest to expire
    before the others; then the newest. One statement. ``own``: of the organisations that the actor
    acts for, whatever other hats they wear.
    """
    rows = visible_to(actor)
    if own:
        rows = rows.filter(organisation__in=actor.organisations)
    if organisation_id is not None:
        rows = rows.filter(organisation=organisation_id)
    found = rows_of(rows, policy_now=policy_now, now=now)
    usable = [row for row in found if row.standing is Standing.AVAILABLE]
    usable.sort(key=lambda row: row.last_day or date.max)
    return (*usable, *(row for row in found if row.standing is not Standing.AVAILABLE))


def rows_of(
    tickets: QuerySet[Ticket], *, policy_now: Policy, now: datetime, most: int = MOST
) -> list[OneoffRow]:
    """The newest of those that are one-offs. One statement."""
    rows = tickets.filter(prepaid__isnull=False)
    rows = rows.select_related("prepaid__service", "organisation", "opener").order_by("-pk")
    return [_row(ticket, policy_now=policy_now, now=now) for ticket in rows[:most]]


def oneoff_of(ticket: Ticket, *, policy_now: Policy, now: datetime) -> Oneoff:
    """The one-off that the ticket is, with its ledger. One statement. Raises NotFound for a ticket
    that is none.
    """
    if ticket.prepaid is None:
        raise NotFound
    lines = LedgerEntry.objects.filter(prepaid=ticket.prepaid_id).order_by("place")
    return Oneoff(
        ticket_id=ticket.pk,
        row=_row(ticket, policy_now=policy_now, now=now),
        lines=tuple(
            LedgerLine(Entry(line.entry), line.at, line.cause, line.last_day) for line in lines
        ),
        service_slug=ticket.prepaid.service.slug,
        agreed=ticket.prepaid.agreed,
    )


def usable_for(
    actor: Actor, ticket: Ticket, *, policy_now: Policy, now: datetime
) -> dict[int, OneoffRow]:
    """The one-offs that the ticket's opener can still use for another problem, by the ids of their
    tickets, the soonest to end first; of those that the actor sees (R27). One statement.
    """
    rows = visible_to(actor).filter(
        organisation=ticket.organisation_id,
        opener=ticket.opener_id,
        state=State.SOLD.value,
        prepaid__last__in=_UNUSED,
    )
    rows = rows.exclude(pk=ticket.pk).exclude(kind__in=SCHEDULED_KINDS)
    rows = rows.select_related("prepaid__service", "organisation", "opener")
    found = {
        row.pk: _row(row, policy_now=policy_now, now=now)
        for row in rows.order_by("prepaid__last_day", "pk")[:MOST]
    }
    return {pk: row for pk, row in found.items() if row.standing is Standing.AVAILABLE}


def foretell_use(
    oneoff_id: int, *, service: str, policy_now: Policy, now: datetime
) -> gate.Decision:
    """What the gate would say if its holder used the one-off for the service now; nothing is
    recorded.
    """
    row = Ticket.objects.select_related("prepaid__service", "service").get(pk=oneoff_id)
    request, facts = question_about(
        row, gate.Act.CONTINUE, person_id=row.opener_id, door=gate.Door.PORTAL, service=service
    )
    return gate.decide(request, facts, policy_now, now)


@dataclass(frozen=True, slots=True)
class Signed(LedgerLine):
    """A line of the ledger with the name of who wrote it; empty: the desk itself."""

    who: str


def ledger_of(ticket: Ticket) -> list[Signed]:
    """What was written in the ledger of the one-off that the ticket is. One statement."""
    names = User.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]
    lines = LedgerEntry.objects.filter(prepaid=ticket.prepaid_id).annotate(who=Subquery(names))
    return [
        Signed(Entry(line.entry), line.at, line.cause, line.last_day, line.who or "")
        for line in lines.order_by("place")
    ]


def may_describe(actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor may describe the problem of this one-off, while it waits for it (R16)."""
    waits = ticket.prepaid is not None and ticket.state == State.SOLD.value
    return waits and access.can(actor, Permission.REPLY, scope_of(ticket))


def was_written(ticket: Ticket, key: str) -> bool:
    """Whether the message with this key is on the ticket."""
    return Message.objects.filter(ticket=ticket, key=key).exists()


def sales_answers_by(ticket: Ticket) -> datetime | None:
    """Until when sales answers what it was asked about the ticket (R18); None: nothing is asked."""
    asked = ScopeQuestion.objects.filter(ticket=ticket, answered_at=None)
    return asked.values_list("due_at", flat=True).first()


def found_not_covered(ticket: Ticket) -> bool:
    """Whether the ticket was cancelled because sales found it not covered (R18). A statement only
    for one that was cancelled.
    """
    return (
        ticket.state == State.CANCELLED.value
        and ScopeQuestion.objects.filter(ticket=ticket, covered=False).exists()
    )


def _row(ticket: Ticket, *, policy_now: Policy, now: datetime) -> OneoffRow:
    row = ticket.prepaid
    assert row is not None
    zone = policy_now.timezone
    standing = policy.standing(Account(Entry(row.last), row.last_day, 0), now=now, timezone=zone)
    usable = standing is Standing.AVAILABLE and row.last_day is not None
    described = ticket.state != State.SOLD.value
    return OneoffRow(
        number=ticket.number,
        kind=row.kind,
        service=row.service.name,
        service_en=row.service.name_en,
        organisation=ticket.organisation.name,
        holder=ticket.opener.name,
        bought_on=row.bought_on,
        last_day=row.last_day,
        standing=standing,
        days_left=policy.days_left(row.last_day, now=now, timezone=zone)
        if usable and row.last_day
        else None,
        subject=ticket.subject if described else "",
        state=ticket.state,
        slot_at=ticket.slot_at if ticket.state == State.SCHEDULED.value else None,
    )
