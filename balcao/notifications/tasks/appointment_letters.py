"""The letters about appointments: what each is called and says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.appointments.models import Appointment
from balcao.lib import ical
from balcao.policy.book import Policy
from balcao.policy.booking import may_move
from balcao.policy.numbers import show_number
from balcao.web import format
from balcao.web.words import appointments as words


@dataclass(frozen=True, slots=True)
class Telling:
    """One mail about an appointment: its ``kind``, heading, lines, and whether its link acts.

    ``file``: how the calendar's file is written; None: none goes with it.
    """

    kind: str
    heading: str
    lines: tuple[str, ...]
    button: str = ""
    file: Callable[..., bytes] | None = None


def _moment(row: Appointment, policy: Policy) -> dict[str, str]:
    zone = format.zone(policy.timezone)
    local = row.begins.astimezone(zone)
    return {"date": format.day(local.date()), "time": words.hour(row.begins, tz=zone)}


def _by_kind(row: Appointment, training: str, installation: str, other: str) -> str:
    kinds = {"oneoff_training": training, "oneoff_install": installation}
    return kinds.get(row.ticket.kind, other)


def _moving(row: Appointment, policy: Policy, now: datetime) -> tuple[str, str]:
    """How it is moved or called off from now on, and what the button to its page says (R28)."""
    hours = policy.training.reschedule_hours
    if not may_move(row.begins, now=now, hours=hours):
        line = _("To move it or call it off, call sales: %(phone)s.")
        return line % {"phone": policy.company.sales_phone}, _("See the appointment")
    line = _("Until it begins, you can move it or call it off by the link.")
    if hours:
        line = ngettext(
            "Until %(hours)d hour before, you can move it or call it off by the link.",
            "Until %(hours)d hours before, you can move it or call it off by the link.",
            hours,
        ) % {"hours": hours}
    return line, _("Move it or call it off")


def agreed(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """A time was agreed on; the invitation comes along."""
    heading = _by_kind(
        row,
        _("Training booked: %(date)s at %(time)s"),
        _("Installation booked: %(date)s at %(time)s"),
        _("Appointment booked: %(date)s at %(time)s"),
    )
    line = _("The invitation for your calendar is attached.")
    return _invited(row, policy, now, heading, line)


def moved(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """The same, with another time."""
    heading = _by_kind(
        row,
        _("Training moved: %(date)s at %(time)s"),
        _("Installation moved: %(date)s at %(time)s"),
        _("Appointment moved: %(date)s at %(time)s"),
    )
    line = _("The attached invitation takes the place of the earlier one.")
    return _invited(row, policy, now, heading, line)


def _invited(row: Appointment, policy: Policy, now: datetime, heading: str, line: str) -> Telling:
    """With the invitation, and the link that acts on it."""
    until, button = _moving(row, policy, now)
    return Telling(
        "appointment",
        heading % _moment(row, policy),
        (line, until),
        button=button,
        file=ical.invitation,
    )


def called_off(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """It does not take place."""
    heading = _by_kind(
        row,
        _("Training called off: %(date)s at %(time)s"),
        _("Installation called off: %(date)s at %(time)s"),
        _("Appointment called off: %(date)s at %(time)s"),
    )
    return Telling(
        "appointment-off",
        heading % _moment(row, policy),
        (
            _("The attached file takes it out of your calendar."),
            _("For another time, answer this e-mail or call sales: %(phone)s.")
            % {"phone": policy.company.sales_phone},
        ),
        file=ical.cancellation,
    )


def tomorrow(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """It is the day before."""
    heading = _by_kind(
        row,
        _("Your training is tomorrow at %(time)s"),
        _("Your installation is tomorrow at %(time)s"),
        _("Your appointment is tomorrow at %(time)s"),
    )
    return Telling(
        "appointment-near",
        heading % _moment(row, policy),
        (_("See you then. If something comes up, tell us as soon as you can."),),
        button=_("See the appointment"),
    )


def missed(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """Nobody came, for the first time (R28)."""
    return Telling(
        "appointment-missed",
        _("We missed you: shall we find another time?"),
        (
            _("We waited for you, and you did not come. It can happen."),
            _("This one does not count. If it happens again, it counts as used."),
            _("We will offer you other times. You can also call sales: %(phone)s.")
            % {"phone": policy.company.sales_phone},
        ),
    )


def not_there(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """The same, for sales."""
    heading = _("Nobody came: request #%(number)s") % {"number": show_number(row.ticket.number)}
    return Telling("appointment-sales", heading, ())


def used_up(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """Nobody came again (R28)."""
    return Telling(
        "appointment-missed",
        _("We missed you again: it counts as used"),
        (
            _("We waited for you again, and you did not come."),
            _("As we told you after the first time, it counts as used now."),
            _("If something is wrong with that, call sales: %(phone)s.")
            % {"phone": policy.company.sales_phone},
        ),
    )


def learnt(row: Appointment, policy: Policy, now: datetime) -> Telling:
    """It took place, and its steps wait to be confirmed (S40)."""
    return Telling(
        "appointment-steps",
        _("Is everything clear?"),
        (
            _("Here is what we went through. Say what is clear, and what is not yet."),
            _("What is left we note, and come back to it."),
        ),
        button=_("Confirm the steps"),
    )
