"""Numbers, sizes, days and times as people write them, in Portuguese and English.

Pure functions: the moment (`now`), the zone and nothing else decide the text; the words come from
the active language. All moments are aware; what is shown is in the zone given. Hours run to 24.
"""

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from balcao.lib.phones import show_phone
from balcao.lib.tax_ids import show_tax_id
from balcao.web.memory import by_language
from balcao.web.zones import zone_name

Clock = Literal["met", "ok", "soon", "late", "paused", "none"]
Tone = Literal["brand", "ok", "warning", "late", "paused", "now", "plain"]


@functools.lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, read once. Raises ZoneInfoNotFoundError for an unknown name."""
    return ZoneInfo(name)


def number(digits: str) -> str:
    """A ticket number in the groups it is read aloud in: `4827193059` -> `482 719 3059`."""
    if len(digits) != 10:
        return digits
    return f"{digits[:3]}\u00a0{digits[3:6]}\u00a0{digits[6:]}"


def phone(number: str) -> str:
    """A telephone as people read it: `(81) 98765-4321`."""
    return show_phone(number)


def dial(number: str) -> str:
    """The address that calls a telephone written for people; empty when it holds no digit."""
    digits = "".join(one for one in number if one in "0123456789+")
    return f"tel:{digits}" if digits else ""


def tax_id(stored: str | None) -> str:
    """A CNPJ or CPF with its points: `11.222.333/0001-81`."""
    return show_tax_id(stored)


def decimal(value: float, places: int = 0) -> str:
    """A number with the separators of the active language."""
    text = f"{value:,.{places}f}"
    if _portuguese():
        return text.translate(str.maketrans(",.", ".,"))
    return text


def money(cents: int) -> str:
    """Reais: `R$ 1.250,00`, in English `R$ 1,250.00`. From the cents, never through a fraction."""
    point, thousands = (",", ".") if _portuguese() else (".", ",")
    whole = f"{abs(cents) // 100:,}".replace(",", thousands)
    sign = "-" if cents < 0 else ""
    return f"R$\u00a0{sign}{whole}{point}{abs(cents) % 100:02d}"


def file_size(size: int) -> str:
    """Bytes in the unit a person expects, decimal multiples: `1,4 MB`."""
    if size < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", size) % {"count": size}
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5 or unit == "GB":
            break
    places = 1 if amount < 10 and unit != "kB" else 0
    return f"{decimal(amount, places)}\u00a0{unit}"


@functools.lru_cache(maxsize=1024)
def initials(name: str) -> str:
    """First letters of the first and last words: `Marina de Sá` -> `MS`."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def time(moment: datetime, *, tz: tzinfo) -> str:
    """Hours and minutes, 24 h: `17:40`."""
    local = moment.astimezone(tz)
    return f"{local.hour:02d}:{local.minute:02d}"


def day(value: date) -> str:
    """A date by itself: `31/12/2026`, in English `31 Dec 2026`."""
    if _portuguese():
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    return f"{value.day} {_month(value.month)} {value.year}"


def day_and_month(value: date) -> str:
    """A date of about now, in few signs: `31/12`, in English `31 Dec`."""
    if _portuguese():
        return f"{value.day:02d}/{value.month:02d}"
    return f"{value.day} {_month(value.month)}"


def weekday_and_day(value: date) -> str:
    """A date with its weekday: `qua., 25/11/2026`."""
    return f"{_weekday(value.weekday())}, {day(value)}"


def day_near(value: date, *, today: date) -> str:
    """A date as said from today: `hoje`, `amanhã`, `qua., 25/11`, `25/11/2027`."""
    distance = (value - today).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("tomorrow")
    if distance == -1:
        return _("yesterday")
    if abs(distance) > 180:
        return day(value)
    if _portuguese():
        return f"{_weekday(value.weekday())}, {value.day:02d}/{value.month:02d}"
    return f"{_weekday(value.weekday())} {value.day} {_month(value.month)}"


def absolute(moment: datetime, *, now: datetime, tz: tzinfo) -> str:
    """Day and time as said from now: `hoje às 17:40`, `qua., 25/11 às 09:00`."""
    return as_said_on(now.astimezone(tz).date(), moment, tz)


@by_language
def as_said_on(today: date, moment: datetime, tz: tzinfo) -> str:
    """The same, where only the day counts: `hoje às 17:40`."""
    near = day_near(moment.astimezone(tz).date(), today=today)
    return _("%(day)s at %(time)s") % {"day": near, "time": time(moment, tz=tz)}


def full(moment: datetime, *, tz: tzinfo) -> str:
    """The whole moment and its zone, as a title: `qua., 25/11/2026, 17:40 (horário do Recife)`."""
    return _full(moment, tz)


@by_language
def _full(moment: datetime, tz: tzinfo) -> str:
    local = moment.astimezone(tz)
    name = zone_name(tz, at=moment)
    return f"{weekday_and_day(local.date())}, {time(moment, tz=tz)} ({name})"


def span(length: timedelta) -> str:
    """A length in its two biggest units, rounded down to the minute: `2 h 10`, `3 dias 4 h`."""
    return _span(int(abs(length).total_seconds() // 60))


@by_language
def _span(minutes: int) -> str:
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        text = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
        return f"{text} {hours}\u00a0h" if hours and days < 7 else text
    if hours:
        return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"
    if rest:
        return f"{rest}\u00a0min"
    return _("less than 1 min")


def relative(moment: datetime, *, now: datetime) -> str:
    """The distance from now: `em 2 h 10`, `há 12 min`, `agora`."""
    distance = moment - now
    if abs(distance) < timedelta(minutes=1):
        return _("now")
    if distance > timedelta(0):
        return _("in %(span)s") % {"span": span(distance)}
    return _("%(span)s ago") % {"span": span(distance)}


def both(moment: datetime, *, now: datetime, tz: tzinfo) -> str:
    """Relative and absolute: `em 2 h 10 · hoje às 17:40`."""
    return f"{relative(moment, now=now)} · {absolute(moment, now=now, tz=tz)}"


@functools.lru_cache(maxsize=8192)
def stamp(moment: datetime) -> str:
    """The moment for a machine (the `datetime` attribute): RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks: the tone of the design system and one icon."""

    tone: Tone
    icon: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One deadline, ready to show. `text` always carries the meaning that `tone` colours.

    `done`: its moment is the one at which it was kept, no longer the one until which it can be.
    """

    tone: Tone
    icon: str
    text: str
    absolute: str
    title: str
    stamp: str
    done: bool = False


def deadline(
    clock: Clock, due: datetime | None, *, now: datetime, tz: tzinfo, what: str = ""
) -> Chip | None:
    """The chip of a deadline whose clock stands so (see policy.sla.chip); None when there is none.

    `what` names it when several stand side by side ("start"). A paused clock whose end is unknown
    has no due moment.
    """
    if clock == "none" or (due is None and clock not in ("paused", "met")):
        return None
    look = _CLOCKS[clock]
    # What is over, or stands still, has no moment to wait for.
    when = ""
    if due is not None and clock not in ("met", "paused"):
        when = absolute(due, now=now, tz=tz)
    text = _clock_text(clock, due, now)
    return Chip(
        tone=look.tone,
        icon=look.icon,
        text=f"{what} {text[0].lower()}{text[1:]}" if what else text,
        absolute=when,
        title="" if due is None else full(due, tz=tz),
        stamp="" if due is None else stamp(due),
    )


_CLOCKS: dict[Clock, Look] = {
    "ok": Look(tone="ok", icon="clock"),
    "soon": Look(tone="warning", icon="timer"),
    "late": Look(tone="late", icon="circle-alert"),
    "paused": Look(tone="paused", icon="circle-pause"),
    "met": Look(tone="ok", icon="circle-check"),
}


def _clock_text(clock: Clock, due: datetime | None, now: datetime) -> str:
    if clock == "met":
        return _("On time")
    if clock == "paused" or due is None:
        return _("Paused")
    if clock == "late":
        return _("Late by %(span)s") % {"span": span(now - due)}
    return relative(due, now=now)


def _portuguese() -> bool:
    return (get_language() or "").startswith("pt")


def _weekday(index: int) -> str:
    return str(_WEEKDAYS[index])


def _month(index: int) -> str:
    return str(_MONTHS[index - 1])


_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)
