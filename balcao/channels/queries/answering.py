"""Whether a mail to a one-off still talks about what sales said no to (R16, R18)."""

from datetime import datetime

from balcao.channels.models import Delivery
from balcao.entitlements.models import LedgerEntry
from balcao.lib.mail.parsing import ParsedMail
from balcao.lib.text import is_answer
from balcao.policy import prepaid
from balcao.policy.lifecycle import State
from balcao.policy.prepaid import Entry
from balcao.tickets.models import Ticket

NOT_COVERED = "oneoff_not_covered"
"""The kind of the mail that says so. It asks for no problem, so an answer to it describes none."""


def goes_on(ticket: Ticket, mail: ParsedMail) -> bool:
    """Whether the mail is about the problem that the one-off had before. No statement for a ticket
    that is none, or was not returned; else two.
    """
    row = ticket.prepaid
    if row is None or ticket.state != State.SOLD.value or Entry(row.last) is not Entry.RETURNED:
        return False
    line = LedgerEntry.objects.get(prepaid=row, place=row.place)
    named = mail.in_reply_to.split() or mail.references.split()[-1:]
    return prepaid.goes_on(
        cause=line.cause,
        returned_at=line.at,
        answers=bool(named) or is_answer(mail.subject),
        invited_at=_invited_at(ticket, named),
    )


def _invited_at(ticket: Ticket, named: list[str]) -> datetime | None:
    """When we wrote the mail that it answers; None: we did not, or it was no invitation."""
    ours = Delivery.objects.filter(ticket=ticket, mail_id__in=named).exclude(kind=NOT_COVERED)
    return ours.order_by("-created_at").values_list("created_at", flat=True).first()
