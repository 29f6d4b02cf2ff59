"""From the document to what is sold one by one: one-offs, trainings, slots, payment."""

from typing import Literal

from balcao.lib import pix
from balcao.policy.book.reader import Table
from balcao.policy.book.types import (
    DOORS,
    AppointmentRules,
    MeetingRules,
    OneoffRules,
    PaymentRules,
    TrainingRules,
)

# A hundred years: more than any promise, and still within a calendar.
_MOST_MONTHS = 1200
_MOST_MINUTES = 24 * 60
_PROVIDERS = ("Google Meet", "Microsoft Teams", "Skype", "Zoom")
_PROVIDER_LENGTH = 60


def oneoff(table: Table) -> OneoffRules:
    """The one-off ticket itself."""
    closed: tuple[Literal["keep", "next_business_day"], ...] = ("keep", "next_business_day")
    starts: tuple[Literal["submission", "purchase"], ...] = ("submission", "purchase")
    basis: tuple[Literal["confirmed", "ordered"], ...] = ("confirmed", "ordered")
    running: tuple[Literal["finish", "stop"], ...] = ("finish", "stop")
    rules = OneoffRules(
        months=table.whole("months", 12, most=_MOST_MONTHS),
        on_closed_day=table.choice("on_closed_day", closed, "keep"),
        same_problem_days=table.whole("same_problem_days", 7),
        sla_from=table.choice("sla_from", starts, "submission"),
        date_basis=table.choice("date_basis", basis, "confirmed"),
        in_progress=table.choice("in_progress", running, "finish"),
        portal_invite=table.flag("portal_invite", default=False),
        answer_hours=table.whole("answer_hours", 4),
        remind_days=tuple(reversed(table.days("remind_days", (1, 7, 30, 90)))),
        doors=_doors(table),
    )
    table.end()
    return rules


def _doors(table: Table) -> frozenset[str]:
    """Nobody sells what is served nowhere."""
    shipped = tuple(door for door in DOORS if door != "chat")
    found = frozenset(table.several("doors", DOORS, shipped))
    if not found:
        table.problem("doors", "must name at least one")
    return found


def training(table: Table) -> TrainingRules:
    """Length, people, moving it, and not coming."""
    rules = TrainingRules(
        minutes=table.whole("minutes", 60, most=_MOST_MINUTES),
        people=table.whole("people", 1),
        reschedule_hours=table.count("reschedule_hours", 24),
        warnings=table.count("warnings", 1),
    )
    table.end()
    return rules


def appointment(table: Table) -> AppointmentRules:
    """What an agreed slot does to the deadlines."""
    choices: tuple[Literal["replace", "keep"], ...] = ("replace", "keep")
    rules = AppointmentRules(sla=table.choice("sla", choices, "replace"))
    table.end()
    return rules


def meeting(table: Table) -> MeetingRules:
    """Names, none twice, in the order written."""
    given = table.sequence("providers", _PROVIDERS)
    names = [name.strip() for name in given if isinstance(name, str) and name.strip()]
    table.end()
    if not names or len(names) != len(given) or max(map(len, names)) > _PROVIDER_LENGTH:
        table.problem("providers", "must be names of at most %(most)s signs", most=_PROVIDER_LENGTH)
    return MeetingRules(providers=tuple(dict.fromkeys(names)))


def payment(table: Table) -> PaymentRules:
    """Where a PIX goes; a key needs the name and the city that every payer is shown. And when
    somebody who was sent an order is reminded of its due date.
    """
    key = table.line("pix_key")
    name = _shown(table, "pix_name", pix.NAME_LENGTH, needed=bool(key))
    city = _shown(table, "pix_city", pix.CITY_LENGTH, needed=bool(key))
    remind = tuple(reversed(table.days_or_none("remind_days", (2,))))
    table.end()
    try:
        key = pix.parse_key(key) if key else ""
    except ValueError:
        table.problem(
            "pix_key", "must be a PIX key: CNPJ, CPF, e-mail, +55 telephone or random key"
        )
    return PaymentRules(pix_key=key, pix_name=name, pix_city=city, remind_days=remind)


def _shown(table: Table, key: str, most: int, *, needed: bool) -> str:
    """What banks show the payer: without accents it must fit, and nothing may be left of it."""
    text = table.line(key)
    if len(text) > most:
        table.problem(key, "must be at most %(most)s signs", most=most)
    if needed and not pix.plain(text, most):
        table.problem(key, "is missing")
    return text
