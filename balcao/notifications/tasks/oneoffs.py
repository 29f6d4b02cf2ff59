"""What the holder of a one-off is told about it after the sale.

A buyer without sign-in is led to the statement by number and code, never to a sign-in (R26, S29).
"""

from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.accounts import letter_to, post_letter
from balcao.notifications.tasks.letters import Letter, page, reading, service_name
from balcao.notifications.tasks.tickets import letter_about, promised, tell
from balcao.policy.book import Policy
from balcao.policy.booking import SCHEDULED_KINDS
from balcao.policy.entitlement import local_day
from balcao.policy.numbers import show_number
from balcao.policy.prepaid import Entry
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions import make_code
from balcao.tickets.models import Ticket
from balcao.tickets.queries import available_oneoffs_of
from balcao.web import format, words


@task("notifications.statement_code")
def statement_code(
    *, now: datetime, event: int, subject: int, browser: str, **_data: object
) -> None:
    """The code that opens the statement, to the holder's registered address."""
    ticket, policy = queries.oneoff(subject), rulebook.current()
    assert ticket.prepaid
    for reader in queries.holder_of(ticket):
        digits = make_code(ticket.prepaid, browser=browser, now=now)
        with reading(reader.language, policy):
            letter = letter_to(
                reader,
                policy,
                _("Your code for the one-off request"),
                _("Somebody, we hope you, asked to see it. Type this code on that page."),
                _("It works once, within ten minutes. Nobody of ours ever asks you for it."),
            )
            facts = ((_("Code"), digits), (_("Number"), show_number(ticket.number)))
            post_letter(
                "statement",
                replace(letter, facts=facts, button="", link=""),
                reader,
                event=event,
                now=now,
                secret=True,
            )


@task("notifications.oneoffs_sent")
def oneoffs_sent(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The numbers that somebody forgot, to their registered address and nowhere else (A5)."""
    reader, policy = queries.reader(subject), rulebook.current()
    found = available_oneoffs_of(subject, today=local_day(now, policy.timezone))
    if reader is None or not found:
        return
    with reading(reader.language, policy):
        heading = (
            _("The number of your one-off request")
            if len(found) == 1
            else _("The numbers of your one-off requests")
        )
        letter = letter_to(
            reader,
            policy,
            heading,
            _("Somebody, we hope you, asked for it on our page. Call us with it, or use it there."),
            _("If it was not you, you need not do anything: nobody else reads this."),
        )
        facts = tuple((show_number(number), _fact(kind, day)) for number, kind, day in found)
        letter = replace(
            letter, facts=facts, button=_("See your request"), link=page("statement_ask")
        )
        post_letter("numbers", letter, reader, event=event, now=now)


def _fact(kind: str, last_day: date) -> str:
    return f"{words.kind(kind)}, {_('good until %(date)s') % {'date': format.day(last_day)}}"


@task("notifications.submitted")
def submitted(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Its problem was described: the number and both deadlines, as of any ticket (R16, S31)."""
    ticket = queries.oneoff_ticket(subject)

    def said(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        letter = letter_about(
            ticket,
            reader,
            policy,
            _("Request #%(number)s opened") % _names(ticket),
            _("We have your request. Have the number at hand when you call."),
            _("If you cancel it before we begin, your one-off request is good again."),
        )
        return replace(letter, facts=letter.facts + promised(ticket, policy, now))

    tell("submitted", ticket, queries.holder_of(ticket), said, event=event, now=now)


@task("notifications.sales_asked")
def sales_asked(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Sales is asked whether it is covered: until when they answer (R18)."""
    ticket = queries.oneoff_ticket(subject)
    asked = queries.question_of(ticket)
    if asked is None or asked.answered_at is not None:
        return

    def said(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        moment = format.full(asked.due_at, tz=format.zone(policy.timezone))
        unused = ticket.prepaid is not None and ticket.prepaid.last == Entry.SUBMITTED
        lines = [
            _("We will confirm with sales whether %(service)s is covered.")
            % {"service": service_name(ticket)},
            _("You will have the answer by %(moment)s.") % {"moment": moment},
            *([_("Nothing is used until then.")] if unused else []),
        ]
        heading = _("Request #%(number)s: we are asking sales") % _names(ticket)
        return letter_about(ticket, reader, policy, heading, *lines)

    tell("sales_asked", ticket, queries.holder_of(ticket), said, event=event, now=now)


@task("notifications.scope_answered")
def scope_answered(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Sales said that it is covered; what is not covered is told as what becomes of the ticket."""
    ticket = queries.oneoff_ticket(subject)

    def said(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        letter = letter_about(
            ticket,
            reader,
            policy,
            _("Request #%(number)s is covered") % _names(ticket),
            _("Sales confirmed that %(service)s is covered, and we go on.")
            % {"service": service_name(ticket)},
        )
        asked = queries.question_of(ticket)
        if asked and asked.reason:
            letter = replace(letter, author=_("Sales wrote:"), quote=asked.reason)
        return replace(letter, facts=letter.facts + promised(ticket, policy, now))

    tell("scope_answered", ticket, queries.holder_of(ticket), said, event=event, now=now)


@task("notifications.oneoff_expired")
def oneoff_expired(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Its last day is over (S28), and the way out."""
    ticket = queries.oneoff(subject)

    def said(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        last_day = ticket.prepaid.last_day if ticket.prepaid else None
        names = _names(ticket) | {
            "date": format.day(last_day) if last_day else "",
            "phone": policy.company.sales_phone,
        }
        letter = letter_about(
            ticket,
            reader,
            policy,
            _("One-off request #%(number)s expired") % names,
            _("It was good until %(date)s and was not used.") % names,
            _("Sales can sell a new one: %(phone)s.") % names,
        )
        return replace(
            _about_oneoff(letter, ticket, reader), button=_("See its history"), footer=()
        )

    tell("oneoff_expired", ticket, queries.holder_of(ticket), said, event=event, now=now)


@task("notifications.oneoff_extended")
def oneoff_extended(
    *, now: datetime, event: int, subject: int, last_day: str, **_data: object
) -> None:
    """It is good for longer (R14)."""
    ticket = queries.oneoff(subject)
    until = format.day(date.fromisoformat(last_day))

    def said(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        heading = _("Your one-off request is good until %(date)s now") % {"date": until}
        return _unused(ticket, reader, policy, heading)

    tell("oneoff_extended", ticket, queries.holder_of(ticket), said, event=event, now=now)


def _unused(ticket: Ticket, reader: Reader, policy: Policy, heading: str) -> Letter:
    """A letter about one that can be used: until when, how, and where."""
    last_day = ticket.prepaid.last_day if ticket.prepaid else None
    scheduled = ticket.kind in SCHEDULED_KINDS
    letter = letter_about(
        ticket,
        reader,
        policy,
        heading % _names(ticket),
        _("It stays available until %(date)s.") % {"date": format.day(last_day)}
        if last_day
        else "",
    )
    return replace(
        _about_oneoff(letter, ticket, reader),
        button=_("Agree on a time") if scheduled else _("Use this request"),
        footer=(
            (
                _(
                    "To agree on a time, answer this e-mail from %(address)s with the days you"
                    " prefer."
                )
                if scheduled
                else _("To use it, answer this e-mail from %(address)s and describe the problem.")
            )
            % {"address": reader.address},
            _("Or call or write by WhatsApp, %(phone)s, with the number.")
            % {"phone": policy.company.support_phone},
        ),
    )


def _about_oneoff(letter: Letter, ticket: Ticket, reader: Reader) -> Letter:
    """The letter with what a one-off is, and the page where its reader sees it."""
    outside = queries.has_no_sign_in(reader)
    return replace(
        letter,
        facts=_facts(ticket),
        why=_("You get this e-mail because this one-off request is yours."),
        link=page("statement_ask") if outside else page("oneoff_use", ticket.number),
    )


def _facts(ticket: Ticket) -> tuple[tuple[str, str], ...]:
    row = ticket.prepaid
    facts = [(_("Number"), show_number(ticket.number))]
    if row is not None:
        facts.append((_("What it is"), words.kind(row.kind)))
        if row.last_day:
            facts.append((_("Good until"), format.day(row.last_day)))
    return tuple(facts)


def _names(ticket: Ticket) -> dict[str, str]:
    return {"number": show_number(ticket.number)}
