"""What is booked with somebody who will not be there: absences beside appointments (R24, S42)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from balcao.appointments.models import Appointment, Offer
from balcao.appointments.queries.booked import AppointmentRow, joined, row_of
from balcao.policy import access
from balcao.policy.access import Actor, Duty
from balcao.policy.booking import Stand
from balcao.tickets.models import Absence

SHOWN = 200


def beside_absences(actor: Actor, *, now: datetime) -> list[tuple[AppointmentRow, bool]]:
    """What is booked and still to come while its agent is away, the soonest first, and whether
    other times are offered already; of whoever the actor may see. One statement.
    """
    rows = _booked().filter(Exists(_away()), ends__gt=now)
    if not access.may(actor, Duty.VIEW_AGENDA):
        rows = rows.filter(agent=actor.id)
    offered = Offer.objects.filter(ticket=OuterRef("ticket"), closed_at=None)
    found = joined(rows.annotate(offered=Exists(offered)))[:SHOWN]
    return [(row_of(row), bool(vars(row)["offered"])) for row in found]


def booked_while_away(absence: Absence) -> list[Appointment]:
    """What is booked with whoever this absence is of, and falls into it; with whom to tell. One
    statement.
    """
    since = max(absence.announced_at, absence.starts_at)
    rows = _booked().filter(agent=absence.user_id, ends__gt=since)
    if absence.ends_at is not None:
        rows = rows.filter(begins__lt=absence.ends_at)
    return list(joined(rows.select_related("offer")))


def agent_is_away(appointment_id: int) -> bool:
    """Whether the appointment's agent said that they are not there then. One statement."""
    return Appointment.objects.filter(Exists(_away()), pk=appointment_id).exists()


def _booked() -> QuerySet[Appointment]:
    return Appointment.objects.filter(state=Stand.BOOKED.value)


def _away() -> QuerySet[Absence]:
    """The absences that an appointment of the outer statement falls into."""
    rows = Absence.objects.filter(
        user=OuterRef("agent"), ended_at=None, starts_at__lt=OuterRef("ends")
    )
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=OuterRef("begins")))
