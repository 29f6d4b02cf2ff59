"""The words for appointments: what they are, how people meet, and why a time cannot be had."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from balcao.web import format
from balcao.web.format import Look
from balcao.web.zones import zone_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = dict[str, _StrPromise]

_KINDS: "Words" = {
    "oneoff_training": gettext_lazy("Training"),
    "oneoff_install": gettext_lazy("Remote installation"),
}
_OTHER = gettext_lazy("Appointment")

MODES: "Words" = {
    "remote": pgettext_lazy("appointment", "Remote access"),
    "phone": pgettext_lazy("appointment", "Telephone"),
    "meeting": pgettext_lazy("appointment", "Online meeting"),
}
"""How they meet (S39), in the order of a form's list."""

STATES: "Words" = {
    "booked": pgettext_lazy("appointment", "Booked"),
    "attended": pgettext_lazy("appointment", "Took place"),
    "missed": pgettext_lazy("appointment", "Did not come"),
    "cancelled": pgettext_lazy("appointment", "Called off"),
}
_LOOKS = {
    "booked": Look(tone="brand", icon="calendar-clock"),
    "attended": Look(tone="ok", icon="circle-check"),
    "missed": Look(tone="late", icon="circle-x"),
    "cancelled": Look(tone="plain", icon="circle-x"),
}

CONFLICTS: "Words" = {
    "taken": gettext_lazy("Somebody was faster: this time is taken. Choose another one."),
    "too_soon": gettext_lazy("This time is too near. Choose a later one."),
    "too_far": gettext_lazy("This time is too far ahead. Choose an earlier one."),
    "past_expiry": gettext_lazy("This time ends after the last day of the one-off request."),
    "closed": gettext_lazy("This time is outside business hours."),
    "not_working": gettext_lazy("Nobody is there at this time. Choose another one."),
    "too_late": gettext_lazy(
        "It is too near to be moved or called off here. Call us, and we see what can be done."
    ),
    "offer_closed": gettext_lazy("These times are no longer offered. See how it stands now."),
    "state_changed": gettext_lazy("Something changed in the meantime. See how it stands now."),
    "refused": gettext_lazy("This request cannot be used now. Call sales, and we see why."),
    "no_times": gettext_lazy("Choose at least one time, and 30 at most."),
    "too_early": gettext_lazy("It has not begun yet: say it when it is time."),
    "too_many": gettext_lazy("Write 40 steps at most."),
    "too_many_people": gettext_lazy(
        "These are more people than a training is for: say why they took part."
    ),
    "hours": gettext_lazy("From comes before until, and the two periods of a day do not overlap."),
}


def what(kind: str) -> str:
    """What an appointment about a ticket of this kind is called."""
    return str(_KINDS.get(kind, _OTHER))


def how(mode: str, provider: str = "") -> str:
    """How they meet; a meeting with the name of what it is held with (R30)."""
    said = str(MODES.get(mode, mode))
    return f"{said} ({provider})" if provider else said


def when(begins: datetime, ends: datetime, *, tz: tzinfo) -> str:
    """Day, beginning and end: `qua., 25/11/2026, 09:00 a 10:00`."""
    local = begins.astimezone(tz)
    return _("%(day)s, %(from)s to %(until)s") % {
        "day": format.weekday_and_day(local.date()),
        "from": format.time(begins, tz=tz),
        "until": format.time(ends, tz=tz),
    }


def when_there(begins: datetime, ends: datetime, *, tz: tzinfo) -> str:
    """The same for who may be elsewhere: with its zone, as in `(horário do Recife)`."""
    return f"{when(begins, ends, tz=tz)} {zone(begins, tz=tz)}"


def hour(moment: datetime, *, tz: tzinfo) -> str:
    """When it begins, for who may be elsewhere: `09:00 (horário do Recife)`."""
    return f"{format.time(moment, tz=tz)} {zone(moment, tz=tz)}"


def zone(moment: datetime, *, tz: tzinfo) -> str:
    """The zone beside a time: `(horário do Recife)`."""
    return f"({zone_name(tz, at=moment)})"


def agreed_on(moment: datetime | None, *, now: datetime) -> str:
    """The agreed time as a badge says it; empty when there is none."""
    return format.absolute(moment, now=now, tz=timezone.get_current_timezone()) if moment else ""


def agreed_day(moment: datetime | None) -> str:
    """Its day, as the badge in a list has room for it; empty when there is none."""
    return format.day_and_month(timezone.localdate(moment)) if moment else ""


def state(value: str) -> str:
    """How an appointment stands."""
    return str(STATES.get(value, value))


def look(value: str) -> Look:
    """How that is shown."""
    return _LOOKS[value]


def conflict(code: str) -> str:
    """Why something could not be done, and what to do instead."""
    return str(CONFLICTS.get(code, CONFLICTS["state_changed"]))


def length(minutes: int, people: int) -> str:
    """What one training is (R28): `60 minutos, 1 pessoa`."""
    text = ngettext(
        "%(minutes)d minutes, %(people)d person", "%(minutes)d minutes, %(people)d people", people
    )
    return text % {"minutes": minutes, "people": people}
