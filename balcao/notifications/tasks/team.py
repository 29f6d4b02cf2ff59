"""What the team is told: a deadline that comes near, one that passed, a review that is due."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.channels.actions import post
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.letters import (
    Letter,
    as_html,
    as_text,
    first_name,
    for_team,
    page,
    reading,
)
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import DeadlineKind, Ticket
from balcao.tickets.queries import deadlines_of
from balcao.web import format


@task("notifications.due_soon")
def due_soon(*, now: datetime, event: int, subject: int, deadline: str, **_data: object) -> None:
    """Little time is left: to the ticket's owner, or to those who serve its queue."""
    ticket = queries.ticket(subject)
    if not queries.is_unmet(ticket, deadline):
        return
    for reader in queries.owner_of(ticket):
        with reading(reader.language, rulebook.current()):
            names = _names(ticket, deadline, now)
            heading = (
                _("Ticket #%(number)s: to be started by %(moment)s")
                if deadline == DeadlineKind.START
                else _("Ticket #%(number)s: to be concluded by %(moment)s")
            ) % names
            lines = (_("%(left)s are left.") % names,)
            send_about("due_soon", ticket, reader, heading, lines, event=event, now=now)


@task("notifications.overdue")
def overdue(*, now: datetime, event: int, subject: int, deadline: str, **_data: object) -> None:
    """A deadline passed: to the ticket's owner and all supervisors."""
    ticket = queries.ticket(subject)
    unmet = queries.is_unmet(ticket, deadline)
    owners = queries.owner_of(ticket) if ticket.assignee_id else []
    for reader in dict.fromkeys([*owners, *queries.supervisors()]):
        with reading(reader.language, rulebook.current()):
            names = _names(ticket, deadline, now)
            heading = (
                _("Ticket #%(number)s: the start is late")
                if deadline == DeadlineKind.START
                else _("Ticket #%(number)s: the conclusion is late")
            ) % names
            lines = [_("The deadline was %(moment)s.") % names]
            lines.append(
                _("The customer was told, with an apology.")
                if unmet
                else _("It was kept after its time.")
            )
            send_about("overdue", ticket, reader, heading, tuple(lines), event=event, now=now)


@task("notifications.review_due")
def review_due(*, now: datetime, event: int, subject: int, wait: int, **_data: object) -> None:
    """It is time to ask the third party again: to the ticket's owner (R4)."""
    ticket = queries.ticket(subject)
    third = queries.third_party(wait)
    if third.ended is not None:
        return
    for reader in queries.owner_of(ticket):
        with reading(reader.language, rulebook.current()):
            names = {"number": show_number(ticket.number), "who": third.who}
            heading = _("Ticket #%(number)s: time to ask %(who)s again") % names
            lines = [_("The deadline runs while we wait.")]
            if third.protocol:
                lines.append(_("Their protocol: %(protocol)s.") % {"protocol": third.protocol})
            send_about("review_due", ticket, reader, heading, tuple(lines), event=event, now=now)


@task("notifications.absent")
def absent(
    *, now: datetime, event: int, subject: int, returned: int, kept: int, **_data: object
) -> None:
    """Somebody is away: to the other supervisors, who may hand their tickets on (R24)."""
    row = queries.absence(subject)
    for reader in queries.supervisors():
        if reader.user_id == row.user_id:
            continue
        with reading(reader.language, rulebook.current()):
            heading = _("%(name)s is away") % {"name": row.user.name}
            lines = (
                _("Until %(moment)s.")
                % {"moment": format.full(row.ends_at, tz=timezone.get_current_timezone())}
                if row.ends_at
                else _("Until they say that they are back."),
                _("Back in the queue, in their old place: %(count)d.") % {"count": returned},
                _("Answered, and still theirs: %(count)d. You can transfer them.")
                % {"count": kept},
            )
            letter = _letter(reader, heading, lines)
            letter = replace(letter, button=_("See the absences"), link=page("desk_absences"))
            _post("absent", letter, reader, None, event=event, now=now)


def _names(ticket: Ticket, deadline: str, now: datetime) -> dict[str, str]:
    due = deadlines_of(ticket, now=now)[deadline].due_at
    return {
        "number": show_number(ticket.number),
        "moment": format.full(due, tz=timezone.get_current_timezone()) if due else "",
        "left": format.span(max(due, now) - now) if due else "",
    }


def send_about(
    kind: str,
    ticket: Ticket,
    reader: Reader,
    heading: str,
    lines: tuple[str, ...],
    *,
    event: int,
    now: datetime,
) -> None:
    """A letter to one of the team about a ticket: whose it is, what about, and the way there."""
    letter = replace(
        _letter(reader, heading, lines),
        facts=((_("Customer"), ticket.organisation.name), (_("Subject"), ticket.subject)),
        button=_("See the ticket"),
        link=page("desk_ticket", ticket.number),
    )
    _post(kind, letter, reader, ticket, event=event, now=now)


def _letter(reader: Reader, heading: str, lines: tuple[str, ...]) -> Letter:
    company = rulebook.current().company
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=company,
        why=for_team(company.name),
    )


def _post(
    kind: str, letter: Letter, reader: Reader, ticket: Ticket | None, *, event: int, now: datetime
) -> None:
    """One mail to a member of the team. It is not answered: the desk is where one writes."""
    post(
        kind=kind,
        key=f"{kind}:{event}:{reader.user_id}",
        recipient=reader.address,
        user_id=reader.user_id,
        ticket=ticket,
        subject=letter.subject,
        text=as_text(letter),
        html=as_html(letter),
        now=now,
    )
