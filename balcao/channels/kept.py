"""Kept mail becomes a message after all: what it says is taken apart and stored, then released.

Files are stored before any transaction, as intake does; the two actions of the tickets' room ask
the gate and write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.channels import queries
from balcao.channels.actions import kept as handling
from balcao.channels.intake import keep_files
from balcao.channels.models import Handled, Inbound
from balcao.channels.queries import kept as book
from balcao.files.models import StoredFile
from balcao.lib.html import resolved
from balcao.lib.mail.identity import Sender, clear_sender
from balcao.lib.mail.parsing import ParsedMail, Unparseable
from balcao.lib.text import fold_quotes
from balcao.people import queries as people
from balcao.policy import gate, mailbox
from balcao.policy.access import ANONYMOUS, Actor
from balcao.policy.gate import Auth
from balcao.rulebook import queries as rulebook
from balcao.tickets import actions as tickets
from balcao.tickets.actions import KeptMail, Said
from balcao.tickets.models import Message, Ticket
from balcao.tickets.queries import NotFound, get_for, quota_of

__all__ = ["Answer", "Lost", "ask", "confirm", "may_confirm", "release"]

_AUTHOR = 120


class Lost(Exception):
    """The original is gone: its time is over, or the disk lost it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says of putting a kept mail on ``ticket``: nothing against it, or what.

    ``vouched``: one of the team may do it all the same, with a written reason.
    """

    ticket: Ticket
    decision: gate.Decision
    vouched: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    """A kept mail taken apart. ``mail`` is None where that cannot be done."""

    row: Inbound
    mail: ParsedMail | None
    sender: gate.SenderFacts
    writer: Actor
    question: tuple[gate.Request, gate.Facts]


def ask(*, actor: Actor, now: datetime, inbound_id: int, number: str) -> Answer:
    """What would be said now of putting it on that ticket. Raises NotFound, Lost."""
    ticket = get_for(actor, number)
    opened = _open(book.get(actor, inbound_id), ticket)
    request, facts = opened.question
    decision = gate.decide(request, facts, rulebook.current(), now)
    vouched = decision.refused and mailbox.may_vouch(decision.reason or "")
    return Answer(ticket, decision, vouched)


def may_confirm(*, actor: Actor, now: datetime, inbound_id: int) -> bool:
    """Whether an administrator's word would put it on its ticket (R8, R9). Raises NotFound."""
    row = book.companys_get(actor, inbound_id)
    if row.ticket is None:
        return False
    try:
        opened = _open(row, row.ticket, confirmed=True)
    except Lost:
        return False
    request, facts = opened.question
    return not gate.decide(request, facts, rulebook.current(), now).refused


def release(
    *, actor: Actor, now: datetime, inbound_id: int, number: str, note: str = ""
) -> Message:
    """One of the team puts it on the ticket of that number; see tickets.release_mail.

    Raises NotFound, Lost, Refused, NotAllowed, Conflict.
    """
    ticket = get_for(actor, number)
    row = book.get(actor, inbound_id)
    settle = _settle(row, Handled.ATTACHED, note, actor=actor, now=now)
    mail = _mail(_open(row, ticket), ticket, now=now)
    return tickets.release_mail(
        actor=actor, now=now, ticket_id=ticket.pk, mail=mail, note=note, settle=settle
    )


def confirm(*, actor: Actor, now: datetime, inbound_id: int) -> Message:
    """An administrator of its ticket's organisation says it was theirs; see tickets.confirm_mail.

    Raises NotFound, Lost, Refused, NotAllowed, Conflict.
    """
    row = book.companys_get(actor, inbound_id)
    if row.ticket is None:
        raise NotFound
    settle = _settle(row, Handled.CONFIRMED, "", actor=actor, now=now)
    mail = _mail(_open(row, row.ticket), row.ticket, now=now)
    return tickets.confirm_mail(
        actor=actor, now=now, ticket_id=row.ticket.pk, mail=mail, settle=settle
    )


def _settle(
    row: Inbound, handled: Handled, note: str, *, actor: Actor, now: datetime
) -> Callable[[Message, tuple[str, ...]], None]:
    """What is written down with the message; who comes too late is told before files are stored."""
    if row.handled or row.message_id:
        raise tickets.Conflict("state_changed")

    def settle(message: Message, overridden: tuple[str, ...]) -> None:
        handling.became(
            row,
            message,
            handled=handled,
            note=note,
            overridden=overridden,
            actor=actor,
            now=now,
        )

    return settle


def _open(row: Inbound, ticket: Ticket, *, confirmed: bool = False) -> _Opened:
    try:
        raw = book.bytes_of(row)
    except FileNotFoundError:
        raise Lost from None
    try:
        mail = book.taken_apart(raw)
    except Unparseable:
        mail = None
    found = clear_sender(mail.raw_headers) if mail else None
    address = found.address if isinstance(found, Sender) else ""
    auth = Auth.CONFIRMED if confirmed else Auth(row.auth or Auth.NONE)
    writer, question = queries.question_by_mail(
        ticket,
        ticket.number,
        people.owners_of(address) if address else (),
        clear=bool(address),
        auth=auth,
        address=address,
    )
    sender = question[1].sender
    assert sender is not None
    ours = writer and (sender.on_ticket or sender.same_organisation)
    who = people.actor_of(writer) if writer and ours else None
    label = (row.sender or _("Somebody unknown"))[:_AUTHOR]
    nobody = Actor(kind=ANONYMOUS.kind, id=None, label=label)
    return _Opened(row, mail, sender, who or nobody, question)


def _mail(opened: _Opened, ticket: Ticket, *, now: datetime) -> KeptMail:
    """The message it will be, with its files stored. What cannot be read comes as it is."""
    row, mail = opened.row, opened.mail
    key = queries.draft_key(row)
    if mail is None:
        files: list[StoredFile] = [row.raw] if row.raw else []
        body = _("This message could not be taken apart. It is attached as it came.")
        return KeptMail(Said(body=body, key=key, files=files), opened.sender, opened.writer)
    reply, quoted = fold_quotes(mail.text)
    quota = quota_of(opened.writer.id, ticket_id=ticket.pk)
    stored, pictures, left_out = keep_files(mail, quota, now=now)
    said = Said(
        body="\n\n".join([reply or mail.subject, *left_out]),
        key=key,
        files=stored,
        quoted=quoted,
        html=resolved(mail.html, pictures),
    )
    return KeptMail(said, opened.sender, opened.writer)
