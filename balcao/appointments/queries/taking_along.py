"""What a customer takes along of appointments: when, how, with whom, and what was said of them."""

from collections.abc import Iterator, Mapping

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from balcao.appointments.models import Appointment, Step
from balcao.tickets.models import Ticket
from balcao.tickets.queries.taking_along import MOST_TICKETS, Facts, Part, Wanted
from balcao.web import format
from balcao.web.words import appointments as words

_CHUNK = 200
_LABELS: Mapping[str, str | Promise] = {
    "how": gettext_lazy("How"),
    "link": gettext_lazy("Link of the meeting"),
    "with": gettext_lazy("With"),
    "people": gettext_lazy("People who took part"),
    "steps": gettext_lazy("Steps"),
    "clear": gettext_lazy("Steps that are clear"),
    "confirmed": gettext_lazy("Confirmed"),
    "doubts": gettext_lazy("Doubts left"),
}


def _appointments(wanted: Wanted, tickets: QuerySet[Ticket]) -> Iterator[Facts]:
    steps = Prefetch("steps", Step.objects.order_by("place"))
    rows = Appointment.objects.filter(ticket__in=tickets.values("pk"))
    rows = rows.select_related("ticket", "agent", "contact").prefetch_related(steps)
    for row in rows.order_by("-pk")[:MOST_TICKETS].iterator(chunk_size=_CHUNK):
        yield {
            "number": format.number(row.ticket.number),
            "begins": wanted.moment(row.begins),
            "ends": wanted.moment(row.ends),
            "how": words.how(row.mode, row.provider),
            "link": row.link,
            "with": row.agent.name,
            "contact": row.contact.name,
            "state": str(words.STATES[row.state]),
            "people": row.people,
            "steps": [step.text for step in row.steps.all()],
            "clear": [step.text for step in row.steps.all() if step.confirmed_at],
            "confirmed": wanted.moment(row.confirmed_at),
            "doubts": row.doubts,
        }


PARTS = (Part("agendamentos", _LABELS, _appointments),)
"""What this room adds to a customer's copy."""
