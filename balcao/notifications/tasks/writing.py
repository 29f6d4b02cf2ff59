"""What colleagues are told of a ticket: called by name, a reply that did not leave, given back."""

from datetime import datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.tasks.letters import reading
from balcao.notifications.tasks.team import send_about
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.web.words import acts


@task("notifications.mentioned")
def mentioned(
    *, now: datetime, event: int, subject: int, message: int, people: list[int], **_data: object
) -> None:
    """To those called by name who may still see the ticket; never what was written (B8)."""
    ticket = queries.ticket(subject)
    author = queries.written(message)[0]
    for reader in queries.who_still_see(ticket, people, now=now):
        with reading(reader.language, rulebook.current()):
            names = {"name": author, "number": show_number(ticket.number)}
            heading = _("%(name)s called you on ticket #%(number)s") % names
            lines = (_("What was written stands in the ticket."),)
            send_about("mentioned", ticket, reader, heading, lines, event=event, now=now)


@task("notifications.reply_stopped")
def reply_stopped(*, now: datetime, event: int, subject: int, author: int, **_data: object) -> None:
    """To the author of a reply that could not leave: it waits for them as a draft."""
    ticket = queries.ticket(subject)
    reader = queries.reader(author)
    if reader is None:
        return
    with reading(reader.language, rulebook.current()):
        heading = _("Ticket #%(number)s: your reply was not sent") % {
            "number": show_number(ticket.number)
        }
        lines = (_("The ticket had changed before it left. Your text is kept as a draft."),)
        send_about("reply_stopped", ticket, reader, heading, lines, event=event, now=now)


@task("notifications.taken_back")
def taken_back(
    *, now: datetime, event: int, subject: int, holder: int = 0, cause: str = "", **_data: object
) -> None:
    """To who held it as the next in line, when a supervisor took it back; nobody else is told."""
    reader = queries.reader(holder) if holder else None
    if reader is None:
        return
    ticket = queries.ticket(subject)
    with reading(reader.language, rulebook.current()):
        heading = _("Ticket #%(number)s is no longer reserved for you") % {
            "number": show_number(ticket.number)
        }
        lines = (
            _("A supervisor ended the reservation: %(reason)s.")
            % {"reason": acts.taken_back(cause)},
            _("What you were writing is kept as a draft."),
        )
        send_about("taken_back", ticket, reader, heading, lines, event=event, now=now)
