"""The words for one-offs: how one stands, how long it is still good, what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from balcao.policy.prepaid import Entry, Standing
from balcao.web import format
from balcao.web.format import Chip, Look
from balcao.web.words.badges import Badge

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_LAST_MINUTE = time(23, 59)
_SOON = 30
"""Days before its end from which the countdown warns."""

_STANDINGS: "dict[Standing, tuple[Look, _StrPromise]]" = {
    Standing.AWAITING_PAYMENT: (
        Look("paused", "hourglass"),
        pgettext_lazy("one-off", "Awaiting payment"),
    ),
    Standing.AVAILABLE: (Look("ok", "ticket"), pgettext_lazy("one-off", "Available")),
    Standing.IN_USE: (Look("brand", "play"), pgettext_lazy("one-off", "In use")),
    Standing.USED: (Look("paused", "circle-check"), pgettext_lazy("one-off", "Used")),
    Standing.EXPIRED: (Look("late", "calendar-x"), pgettext_lazy("one-off", "Expired")),
    Standing.REFUNDED: (Look("paused", "undo-2"), pgettext_lazy("one-off", "Refunded")),
    Standing.DROPPED: (Look("paused", "circle-x"), pgettext_lazy("one-off", "Order given up")),
}
_ENTRIES: "dict[Entry, tuple[Look, _StrPromise]]" = {
    Entry.ORDERED: (Look("plain", "file-pen-line"), gettext_lazy("Ordered.")),
    Entry.DROPPED: (Look("plain", "circle-x"), gettext_lazy("The order was given up.")),
    Entry.SOLD: (
        Look("plain", "ticket"),
        gettext_lazy("Bought: good until %(date)s."),
    ),
    Entry.SUBMITTED: (
        Look("plain", "inbox"),
        gettext_lazy("The problem was described: the deadlines began."),
    ),
    Entry.CONSUMED: (Look("plain", "play"), gettext_lazy("Service began: it is used.")),
    Entry.RETURNED: (
        Look("plain", "undo-2"),
        gettext_lazy("It ended before service: nothing was used."),
    ),
    Entry.REFUNDED: (Look("plain", "undo-2"), gettext_lazy("The money was returned.")),
    Entry.EXPIRED: (Look("late", "calendar-x"), gettext_lazy("It expired on %(date)s.")),
    Entry.EXTENDED: (
        Look("plain", "calendar-clock"),
        gettext_lazy("Extended: good until %(date)s."),
    ),
}
_ARRANGED = (
    Look("plain", "calendar-clock"),
    gettext_lazy("A time was agreed on, or service was asked for."),
)
_NOT_COVERED = gettext_lazy("Sales answered that it does not cover this: nothing was used.")


class Line(Protocol):
    """A line of the ledger as it was read."""

    @property
    def entry(self) -> Entry: ...
    @property
    def at(self) -> datetime: ...
    @property
    def cause(self) -> str: ...
    @property
    def last_day(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the ledger, ready to show."""

    look: Look
    text: str
    at: datetime


def standing(
    found: Standing,
    *,
    last_day: date | None = None,
    day: date | None = None,
    slot_at: datetime | None = None,
) -> Badge:
    """How it stands. ``last_day``: the last one it is good on; ``day``: the one it was used;
    ``slot_at``: the agreed time that is still to come, until which nothing is in use (S42).
    """
    look, word = _STANDINGS[found]
    if found is Standing.IN_USE and slot_at:
        agreed = format.day(timezone.localtime(slot_at).date())
        return Badge("brand", "calendar-clock", _("Scheduled for %(date)s") % {"date": agreed})
    text = str(word)
    if found is Standing.AVAILABLE and last_day:
        text = _("Available until %(date)s") % {"date": format.day(last_day)}
    elif found is Standing.EXPIRED and last_day:
        text = pgettext("one-off", "Expired on %(date)s") % {"date": format.day(last_day)}
    elif found is Standing.USED and day:
        text = pgettext("one-off", "Used on %(date)s") % {"date": format.day(day)}
    return Badge(tone=look.tone, icon=look.icon, text=text)


def countdown(days_left: int | None, last_day: date | None) -> Chip | None:
    """How many days of the calendar are left; None for what is no longer available."""
    if days_left is None or last_day is None:
        return None
    text = (
        ngettext("%(num)d day left", "%(num)d days left", days_left) % {"num": days_left}
        if days_left
        else _("today is the last day")
    )
    return Chip(
        tone="warning" if days_left <= _SOON else "ok",
        icon="timer" if days_left <= _SOON else "calendar-clock",
        text=text,
        absolute=_("until %(date)s") % {"date": format.day(last_day)},
        title="",
        stamp=last_day.isoformat(),
    )


def told(lines: Iterable[Line], *, arranged: bool = False) -> list[Told]:
    """What became of it, in words, oldest first. ``arranged``: a time submits it (S42).

    It expired when its last day was over, whenever that was noted (S28).
    """
    found, last_day = [], None
    for line in lines:
        last_day = line.last_day or last_day
        found.append(_told(line, last_day, arranged=arranged))
    return found


def _told(line: Line, last_day: date | None, *, arranged: bool) -> Told:
    look, words = _ENTRIES[line.entry]
    if line.entry is Entry.SUBMITTED and arranged:
        look, words = _ARRANGED
    if line.entry is Entry.RETURNED and line.cause == "not_covered":
        words = _NOT_COVERED
    at = line.at
    if line.entry is Entry.EXPIRED and last_day:
        at = datetime.combine(last_day, _LAST_MINUTE, timezone.get_current_timezone())
    return Told(look, str(words) % {"date": format.day(last_day) if last_day else ""}, at)


def used_on(lines: Iterable[Line]) -> date | None:
    """The local day on which service last began."""
    days = [timezone.localtime(line.at).date() for line in lines if line.entry is Entry.CONSUMED]
    return days[-1] if days else None
