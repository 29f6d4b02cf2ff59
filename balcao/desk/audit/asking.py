"""What the pages of the record are asked: a person, a thing, a stretch of days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.events.queries import Wanted
from balcao.people.queries import id_of_code
from balcao.policy.numbers import parse_number
from balcao.tickets.queries import id_of_number
from balcao.web.guards import PageRequest

TICKET = "tickets.ticket"
_FIELDS = ("que", "pessoa", "tipo", "numero", "de", "ate")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in, what it means, and what in it means nothing."""

    fields: dict[str, str]
    wanted: Wanted
    nothing: bool
    errors: dict[str, str]

    @property
    def narrow(self) -> bool:
        """Whether anything is asked at all."""
        return any(self.fields.values())

    def error(self, name: str) -> tuple[str, ...]:
        """What is wrong with a field."""
        return (self.errors[name],) if name in self.errors else ()

    def address(self, route: str, **changed: str) -> str:
        """The page asked the same, but for what changed."""
        fields = {name: value for name, value in {**self.fields, **changed}.items() if value}
        return f"{reverse(route)}?{urlencode(fields)}" if fields else reverse(route)


def asked(request: PageRequest) -> Asked:
    """Read the form of a page of the record. What cannot be read finds nothing and says why."""
    fields = {name: request.GET.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    errors: dict[str, str] = {}
    zone = ZoneInfo(request.policy.timezone)
    until = _day(fields, "ate", zone, errors)
    kind, subject = _subject(fields, errors)
    wanted = Wanted(
        what=fields["que"],
        person=_person(fields["pessoa"], errors),
        kind=kind,
        subject=subject,
        since=_day(fields, "de", zone, errors),
        until=until + timedelta(days=1) if until else None,
    )
    return Asked(fields, wanted, nothing=bool(errors), errors=errors)


def _person(text: str, errors: dict[str, str]) -> int | None:
    """An id, as our own links give it, or a user code, as people type it."""
    if not text:
        return None
    if text.isdecimal() and len(text) < 18:
        return int(text)
    found = id_of_code(text)
    if found is None:
        errors["pessoa"] = _("Nobody has this user code.")
    return found


def _subject(fields: dict[str, str], errors: dict[str, str]) -> tuple[str, int | None]:
    """The kind and the id; a number of a ticket where nothing else is said."""
    kind, number = fields["tipo"], fields["numero"].replace(" ", "")
    if not number:
        return kind, None
    if kind in ("", TICKET) and (digits := parse_number(number)):
        if found := id_of_number(digits):
            return TICKET, found
        errors["numero"] = _("No ticket has this number.")
        return kind, None
    if kind and kind != TICKET and number.isdecimal() and len(number) < 18:
        return kind, int(number)
    errors["numero"] = _("Type the number of a ticket, or choose what it is the number of.")
    return kind, None


def _day(
    fields: dict[str, str], name: str, zone: ZoneInfo, errors: dict[str, str]
) -> datetime | None:
    if not fields[name]:
        return None
    try:
        return datetime.combine(date.fromisoformat(fields[name]), time(), tzinfo=zone)
    except ValueError:
        errors[name] = _("This is no date.")
        return None
