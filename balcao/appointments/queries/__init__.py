"""All reads of appointments. What the actor may not see does not exist."""

from balcao.appointments.queries.booked import (
    AppointmentRow,
    StepRow,
    appointment_for,
    appointments_between,
    appointments_of,
    booked_of,
    feed_of,
    has_feed,
    invited,
    steps_of,
)
from balcao.appointments.queries.free import (
    Chance,
    agenda_of,
    agents_for,
    free_times,
    hours_of,
    last_moment,
    minutes_for,
    why_not,
)
from balcao.appointments.queries.offered import (
    OfferRow,
    TimeRow,
    open_offer_of,
    open_to_choose,
    ticket_by_link,
)

__all__ = [
    "AppointmentRow",
    "Chance",
    "OfferRow",
    "StepRow",
    "TimeRow",
    "agenda_of",
    "agents_for",
    "appointment_for",
    "appointments_between",
    "appointments_of",
    "booked_of",
    "feed_of",
    "free_times",
    "has_feed",
    "hours_of",
    "invited",
    "last_moment",
    "minutes_for",
    "open_offer_of",
    "open_to_choose",
    "steps_of",
    "ticket_by_link",
    "why_not",
]
