"""What the people of a ticket are told about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from balcao.channels.actions import post
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Answer, Reader
from balcao.notifications.tasks.letters import (
    Letter,
    as_html,
    as_text,
    first_name,
    page,
    reading,
)
from balcao.policy.book import Policy
from balcao.policy.lifecycle import Verb
from balcao.policy.numbers import show_number
from balcao.policy.worktime import is_opening
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import DeadlineKind, Ticket
from balcao.tickets.queries import coverage_of, deadlines_of, rating_link
from balcao.web import format
from balcao.web.words import out_of_date

Words = Callable[[Ticket, Reader, Policy, datetime], Letter]


@task("notifications.opened")
def opened(
    *, now: datetime, event: int, subject: int, origin: int | None = None, **_data: object
) -> None:
    """The number, both deadlines and how to go on, to the opener (S11-S13, S7).

    ``origin``: the ticket whose second question it was (R27).
    """
    ticket = queries.ticket(subject)
    readers = [one for one in queries.readers_of(ticket) if one.user_id == ticket.opener_id]
    words = _opened if origin is None else partial(_separated, queries.ticket(origin).number)
    tell("opened", ticket, readers, words, event=event, now=now)


@task("notifications.replied")
def replied(
    *, now: datetime, event: int, subject: int, message: int, then: str = "", **_data: object
) -> None:
    """The staff's answer, to everybody on the ticket; one mail also when it asks or resolves."""
    ticket = queries.ticket(subject)
    answer = queries.answer(message)
    if answer is None:
        return
    words = {Verb.WAIT_CUSTOMER.value: _waiting, Verb.RESOLVE.value: _resolved}.get(then, _replied)
    readers = queries.readers_of(ticket)
    tell("reply", ticket, readers, words, event=event, now=now, answer=answer)


@task("notifications.waiting")
def waiting(
    *, now: datetime, event: int, subject: int, message: int | None = None, **_data: object
) -> None:
    """We need the customer; told with the answer itself when one came along."""
    if message is None:
        ticket = queries.ticket(subject)
        tell("waiting", ticket, queries.readers_of(ticket), _waiting, event=event, now=now)


@task("notifications.resolved")
def resolved(
    *,
    now: datetime,
    event: int,
    subject: int,
    message: int | None = None,
    cause: str = "",
    **_data: object,
) -> None:
    """Resolved, to all but the one who said so; told with the answer when one came along, and by
    the mail about an appointment that nobody came to (R28).
    """
    if message is None and cause != "missed":
        ticket = queries.ticket(subject)
        readers = queries.readers_of(ticket, without=queries.actor_of(event))
        words = _resolved_by_silence if cause == "silence" else _resolved
        tell("resolved", ticket, readers, words, event=event, now=now)


@task("notifications.reopened")
def reopened(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Open again, to everybody on the ticket (R5)."""
    ticket = queries.ticket(subject)
    tell("reopened", ticket, queries.readers_of(ticket), _reopened, event=event, now=now)


@task("notifications.included")
def included(
    *, now: datetime, event: int, subject: int, person: int, team: bool = False, **_data: object
) -> None:
    """A colleague or our team included them, told unless they were taken out again meanwhile (R8).
    Of one who came in by writing, the others are told.
    """
    ticket = queries.ticket(subject)
    by = queries.actor_of(event)
    readers = queries.readers_of(ticket, without=by)
    if by == person:
        tell("joined", ticket, readers, _joined(person), event=event, now=now)
        return
    readers = [one for one in readers if one.user_id == person]
    words = _included_by_us if team else _included
    tell("included", ticket, readers, words, event=event, now=now)


def tell(
    kind: str,
    ticket: Ticket,
    readers: list[Reader],
    words: Words,
    *,
    event: int,
    now: datetime,
    answer: Answer | None = None,
) -> None:
    """One mail to each of ``readers``, in their language; they can answer it."""
    policy = rulebook.current()
    for reader in readers:
        with reading(reader.language, policy):
            letter = words(ticket, reader, policy, now)
            if answer:
                letter = replace(
                    letter,
                    author=_("%(name)s wrote:") % {"name": answer.author},
                    quote=answer.body,
                    files=answer.files,
                )
            text, html = as_text(letter), as_html(letter)
        post(
            kind=kind,
            key=f"{kind}:{event}:{reader.user_id}",
            recipient=reader.address,
            user_id=reader.user_id,
            ticket=ticket,
            message_id=answer.id if answer else None,
            subject=letter.subject,
            text=text,
            html=html,
            token=True,
            automatic=answer is None,
            now=now,
        )


def place_of(ticket: Ticket, reader: Reader) -> str:
    """The address where this reader finds the ticket. Who bought a one-off and has no sign-in is
    led to its statement instead (S29, R26).
    """
    outside = ticket.prepaid_id is not None and queries.has_no_sign_in(reader)
    return page("statement_ask") if outside else page("ticket", ticket.number)


def letter_about(
    ticket: Ticket, reader: Reader, policy: Policy, heading: str, *lines: str
) -> Letter:
    """What every letter about a ticket has: greeting, button, how to answer, telephone."""
    place = place_of(ticket, reader)
    outside = place == page("statement_ask")
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=policy.company,
        why=_("You get this e-mail because you take part in this request."),
        facts=((_("Number"), show_number(ticket.number)), (_("Subject"), ticket.subject)),
        button=_("See the request"),
        link=place,
        footer=(
            (
                _("To go on, answer this e-mail from %(address)s.")
                if outside
                else _("To go on, answer this e-mail from %(address)s, or write in the portal.")
            )
            % {"address": reader.address},
            _("On the phone or WhatsApp, %(phone)s, we ask for the number of the request.")
            % {"phone": policy.company.support_phone},
        ),
    )


def _opened(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    number = show_number(ticket.number)
    letter = letter_about(
        ticket,
        reader,
        policy,
        _("Request #%(number)s opened") % {"number": number},
        _("We have your request. Have the number at hand when you call."),
    )
    lines = (*letter.lines, *_to_renew(ticket, policy, now))
    return replace(letter, lines=lines, facts=letter.facts + promised(ticket, policy, now))


def _to_renew(ticket: Ticket, policy: Policy, now: datetime) -> tuple[str, ...]:
    """What to do about a product that was out of date already (R6)."""
    if ticket.licence_id is None:
        return ()
    remark = out_of_date(coverage_of(ticket, policy=policy, now=now))
    if not remark:
        return ()
    accepted = _("We accepted the request under another licence of yours.")
    sales = _("Sales: %(phone)s") % {"phone": policy.company.sales_phone}
    return (f"{accepted} {remark}", *([sales] if policy.company.sales_phone else []))


def _separated(
    origin: str, ticket: Ticket, reader: Reader, policy: Policy, now: datetime
) -> Letter:
    letter = _opened(ticket, reader, policy, now)
    said = _("You asked about it on request #%(number)s, which goes on as it was.") % {
        "number": show_number(origin)
    }
    title = _("Your other question is request #%(number)s now") % {
        "number": show_number(ticket.number)
    }
    return replace(letter, subject=title, heading=title, lines=(said, *letter.lines))


def promised(ticket: Ticket, policy: Policy, now: datetime) -> tuple[tuple[str, str], ...]:
    """Both deadlines, as facts of a letter: one where both end while we are closed, and wait until
    we open (R1).
    """
    rows = deadlines_of(ticket, now=now)
    start, resolution = (
        row.due_at if (row := rows.get(kind)) else None
        for kind in (DeadlineKind.START, DeadlineKind.RESOLUTION)
    )
    if start and start == resolution and is_opening(start, policy.calendar):
        opens = {"moment": format.full(start, tz=format.zone(policy.timezone))}
        said = _("%(moment)s, when we open: both times end while we are closed") % opens
        return ((_("We start and finish by"), said),)
    labels = ((DeadlineKind.START, _("We start by")), (DeadlineKind.RESOLUTION, _("We finish by")))
    zone = format.zone(policy.timezone)
    return tuple(
        (label, format.full(moment, tz=zone))
        for kind, label in labels
        if kind in rows and (moment := rows[kind].due_at)
    )


def _replied(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    names = {"number": show_number(ticket.number), "subject": ticket.subject}
    heading = _("Answer to request #%(number)s") % names
    letter = letter_about(ticket, reader, policy, heading)
    return replace(letter, subject=_("Re: Request #%(number)s: %(subject)s") % names)


def _waiting(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    return letter_about(
        ticket,
        reader,
        policy,
        _("We need you on request #%(number)s") % {"number": show_number(ticket.number)},
        _("To go on we need your answer. Until then the time to finish is paused."),
    )


def _resolved(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    days = policy.ticket.reopen_days
    letter = letter_about(
        ticket,
        reader,
        policy,
        _("Request #%(number)s resolved: did it work?") % {"number": show_number(ticket.number)},
        _("If the problem is still there, answer within %(days)d days and we go on.")
        % {"days": days},
    )
    link = page("rating", rating_link(ticket.pk, reader.user_id, now=now))
    return replace(letter, also=(_("Rate the service"), link))


def _included(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    return letter_about(
        ticket,
        reader,
        policy,
        _("You now follow request #%(number)s") % {"number": show_number(ticket.number)},
        _("A colleague included you: you see it in the portal, get its news and can answer."),
    )


def _joined(person: int) -> Words:
    """Who came in, for the others of the ticket."""
    name = queries.person(person).name

    def words(ticket: Ticket, reader: Reader, policy: Policy, _now: datetime) -> Letter:
        said = {"name": name, "number": show_number(ticket.number)}
        return letter_about(
            ticket,
            reader,
            policy,
            _("%(name)s wrote on request #%(number)s") % said,
            _("Your colleague %(name)s wrote on it, and gets its answers, too.") % said,
        )

    return words


def _included_by_us(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    said = _("Our team included you: you see it in the portal, get its news and can answer.")
    return replace(_included(ticket, reader, policy, now), lines=(said,))


def _resolved_by_silence(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    letter = _resolved(ticket, reader, policy, now)
    said = _("We had no answer from you, so we take it as resolved.")
    return replace(letter, lines=(said, *letter.lines))


def _reopened(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    return letter_about(
        ticket,
        reader,
        policy,
        _("Request #%(number)s reopened") % {"number": show_number(ticket.number)},
        _("We go on from where we stopped."),
    )
