"""Calendar files (RFC 5545, 5546): an invitation, its changes, its end, and a feed to subscribe to.

A calendar tells one meeting from another by ``uid``, and what is newer by ``sequence``. Every text
becomes one property: line breaks, commas and semicolons are escaped, controls are cut out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar

from balcao.lib.text import clean_text

_PRODUCT = "-//Balcao//Appointments//EN"
_YEAR = timedelta(days=366)
_REFRESH = timedelta(hours=1)

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address; whether it is one was checked where it was registered."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting. ``begins`` and ``ends`` are aware; ``changed_at`` is when this was true.

    ``where``: a place, a link or a telephone; ``link``: where it can be read about.
    """

    uid: str
    sequence: int
    begins: datetime
    ends: datetime
    changed_at: datetime
    summary: str
    description: str = ""
    where: str = ""
    link: str = ""


def invitation(meeting: Meeting, *, organizer: Person, invited: Person, timezone: str) -> bytes:
    """METHOD:REQUEST: a new meeting, or the same with a higher ``sequence``."""
    return _sent("REQUEST", meeting, organizer, invited, timezone)


def cancellation(meeting: Meeting, *, organizer: Person, invited: Person, timezone: str) -> bytes:
    """METHOD:CANCEL: it does not take place."""
    return _sent("CANCEL", meeting, organizer, invited, timezone)


def feed(meetings: Iterable[Meeting], *, name: str, timezone: str) -> bytes:
    """METHOD:PUBLISH: what somebody's calendar shows when it subscribes to this address."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", clean_text(name))
    calendar.add("x-wr-calname", clean_text(name))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    found = list(meetings)
    for zone in _zones([one.begins for one in found], timezone):
        calendar.add_component(zone)
    for one in found:
        calendar.add_component(_event(one, timezone))
    return bytes(calendar.to_ical())


def _sent(
    method: Method, meeting: Meeting, organizer: Person, invited: Person, timezone: str
) -> bytes:
    calendar = _calendar(method)
    for zone in _zones([meeting.begins], timezone):
        calendar.add_component(zone)
    event = _event(meeting, timezone)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _address(organizer))
    attendee = _address(invited)
    # They agreed on the time already: no program has to ask them, or answers us by mail.
    attendee.params.update(
        {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "CUTYPE": "INDIVIDUAL"}
    )
    event.add("attendee", attendee)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(method: Method) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _zones(moments: list[datetime], timezone: str) -> Iterator[icalendar.Timezone]:
    """The zone's rules for the time about the meetings; none when there is no meeting."""
    if moments:
        first, last = min(moments) - _YEAR, max(moments) + _YEAR
        yield icalendar.Timezone.from_tzid(timezone, first_date=first.date(), last_date=last.date())


def _event(meeting: Meeting, timezone: str) -> icalendar.Event:
    zone, event = ZoneInfo(timezone), icalendar.Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("dtstart", meeting.begins.astimezone(zone))
    event.add("dtend", meeting.ends.astimezone(zone))
    event.add("summary", clean_text(meeting.summary))
    for name, text in (("description", meeting.description), ("location", meeting.where)):
        if text:
            event.add(name, clean_text(text))
    if meeting.link:
        event.add("url", meeting.link)
    return event


def _address(person: Person) -> icalendar.vCalAddress:
    found = icalendar.vCalAddress(f"mailto:{person.address}")
    name = " ".join(clean_text(person.name).replace('"', "'").split())
    if name:
        found.params["CN"] = name
    return found
