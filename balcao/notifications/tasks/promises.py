"""What the customer is told about time: a reminder, a wait for others, a promise not kept."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.letters import Letter
from balcao.notifications.tasks.tickets import letter_about, tell
from balcao.policy.book import Policy
from balcao.policy.numbers import show_number
from balcao.tickets.models import DeadlineKind, Ticket
from balcao.tickets.queries import deadlines_of
from balcao.web import format


@task("notifications.reminded")
def reminded(*, now: datetime, event: int, subject: int, until: str, **_data: object) -> None:
    """We still need the customer, and until when (R5)."""
    ticket = queries.ticket(subject)
    moment = datetime.fromisoformat(until)

    def words(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        names = {"number": show_number(ticket.number)}
        shown = format.full(moment, tz=format.zone(policy.timezone))
        return letter_about(
            ticket,
            reader,
            policy,
            _("We still need you on request #%(number)s") % names,
            _("Without an answer by %(moment)s we will take it as resolved.") % {"moment": shown},
        )

    tell("reminded", ticket, queries.readers_of(ticket), words, event=event, now=now)


@task("notifications.waiting_third")
def waiting_third(*, now: datetime, event: int, subject: int, wait: int, **_data: object) -> None:
    """Somebody else has to act; our deadline runs on (R4)."""
    ticket = queries.ticket(subject)
    third = queries.third_party(wait)

    def words(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        names = {"number": show_number(ticket.number), "who": third.who}
        shown = format.day(third.review_at.astimezone(format.zone(policy.timezone)).date())
        letter = letter_about(
            ticket,
            reader,
            policy,
            _("Request #%(number)s: waiting for %(who)s") % names,
            _("To go on we depend on %(who)s. The time to finish does not stop.") % names,
            _("We look at it again on %(date)s at the latest.") % {"date": shown},
        )
        if not third.protocol:
            return letter
        return replace(letter, facts=(*letter.facts, (_("Their protocol"), third.protocol)))

    tell("waiting_third", ticket, queries.readers_of(ticket), words, event=event, now=now)


@task("notifications.late")
def late(*, now: datetime, event: int, subject: int, deadline: str, **_data: object) -> None:
    """We did not keep a promise: an apology, before the customer has to ask (S12, S13)."""
    ticket = queries.ticket(subject)
    if not queries.is_unmet(ticket, deadline):
        return

    def words(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        due = deadlines_of(ticket, now=now)[deadline].due_at
        names = {
            "number": show_number(ticket.number),
            "moment": format.full(due, tz=format.zone(policy.timezone)) if due else "",
        }
        said = (
            _("We promised to start by %(moment)s and did not.")
            if deadline == DeadlineKind.START
            else _("We promised to finish by %(moment)s and did not.")
        )
        return letter_about(
            ticket,
            reader,
            policy,
            _("Request #%(number)s: we are late, and we apologise") % names,
            said % names,
            _("Whoever leads the team knows, and you need not write again."),
        )

    tell("late", ticket, queries.readers_of(ticket), words, event=event, now=now)
