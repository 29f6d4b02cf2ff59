"""What was booked, as the desk, the customer and a calendar see it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from balcao.appointments.models import Appointment, Feed, Step
from balcao.people.queries import digest_of
from balcao.policy import access
from balcao.policy.access import Actor, Duty
from balcao.policy.booking import LONGEST, Stand
from balcao.tickets.models import Ticket

FEED_BACK = timedelta(days=30)
"""So long after it a calendar still shows an appointment."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the checklist."""

    id: int
    text: str
    done: bool
    confirmed: bool


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """An appointment, with the ticket and the people it is about."""

    id: int
    ticket_id: int
    number: str
    subject: str
    organisation: str
    kind: str
    agent_id: int
    agent: str
    contact_id: int
    contact: str
    mode: str
    provider: str
    link: str
    begins: datetime
    ends: datetime
    state: str
    uid: str
    sequence: int
    changed_at: datetime
    confirmed_at: datetime | None
    doubts: str
    people: int | None
    people_reason: str

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends - self.begins).total_seconds() // 60)

    @property
    def booked(self) -> bool:
        """It is still to come, or nobody has said yet whether the customer came."""
        return self.state == Stand.BOOKED.value


def joined(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """With the ticket and the people, in order."""
    return rows.select_related("ticket__organisation", "agent", "contact").order_by("begins", "pk")


def row_of(row: Appointment) -> AppointmentRow:
    """As it is shown, of one that was read with its ticket and people."""
    ticket = row.ticket
    return AppointmentRow(
        id=row.pk,
        ticket_id=ticket.pk,
        number=ticket.number,
        subject=ticket.subject,
        organisation=ticket.organisation.name,
        kind=ticket.kind,
        agent_id=row.agent_id,
        agent=row.agent.name,
        contact_id=row.contact_id,
        contact=row.contact.name,
        mode=row.mode,
        provider=row.provider,
        link=row.link,
        begins=row.begins,
        ends=row.ends,
        state=row.state,
        uid=row.uid,
        sequence=row.sequence,
        changed_at=row.changed_at,
        confirmed_at=row.confirmed_at,
        doubts=row.doubts,
        people=row.people,
        people_reason=row.people_reason,
    )


def appointments_between(
    actor: Actor, begins: datetime, ends: datetime, *, agent_id: int | None = None
) -> list[AppointmentRow]:
    """What is booked or was held in that time, of whoever the actor may see. One statement.

    Sales and supervisors see everybody's, an agent their own.
    """
    # None lasts longer, so the index of beginnings is read from there on.
    first = begins - timedelta(minutes=LONGEST)
    rows = Appointment.objects.filter(begins__gt=first, begins__lt=ends, ends__gt=begins)
    rows = rows.exclude(state=Stand.CANCELLED.value)
    if not access.may(actor, Duty.VIEW_AGENDA):
        rows = rows.filter(agent=actor.id)
    if agent_id is not None:
        rows = rows.filter(agent=agent_id)
    return [row_of(row) for row in joined(rows)]


def appointments_of(ticket: Ticket) -> list[AppointmentRow]:
    """All of a ticket that the caller may see, in order. One statement."""
    return [row_of(row) for row in joined(Appointment.objects.filter(ticket=ticket))]


def booked_of(ticket: Ticket) -> Appointment | None:
    """What is booked for the ticket now."""
    return Appointment.objects.filter(ticket=ticket, state=Stand.BOOKED.value).first()


def invited(appointment_id: int) -> Appointment:
    """An appointment with its people, for what they are told. Raises Appointment.DoesNotExist."""
    rows = Appointment.objects.select_related("ticket", "agent", "contact", "offer")
    return rows.get(pk=appointment_id)


def steps_of(appointment_id: int) -> list[StepRow]:
    """The checklist in order."""
    rows = Step.objects.filter(appointment=appointment_id).order_by("place")
    return [
        StepRow(row.pk, row.text, row.done_at is not None, row.confirmed_at is not None)
        for row in rows
    ]


def has_feed(agent_id: int) -> bool:
    """Whether the agent has an address for their calendar."""
    return Feed.objects.filter(agent=agent_id).exists()


def feed_of(secret: str, *, now: datetime) -> tuple[int, list[AppointmentRow]] | None:
    """Whose calendar this address is, and what stands in it; None for every other one.

    Nothing for somebody who was deactivated or does not serve any more.
    """
    row = Feed.objects.select_related("agent").filter(digest=digest_of(secret)).first()
    if row is None or not row.agent.is_active:
        return None
    rows = Appointment.objects.filter(
        agent=row.agent_id, state=Stand.BOOKED.value, ends__gt=now - FEED_BACK
    )
    return row.agent_id, [row_of(one) for one in joined(rows)]
