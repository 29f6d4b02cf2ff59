"""Reading what came in and what goes out."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef

from balcao.channels.models import Confirmation, Delivery, Handled, Inbound
from balcao.channels.models import Outcome as Outcome
from balcao.events.statements import Statement
from balcao.lib.mail import token as tokens
from balcao.people.queries import Owner, any_signs_in, owner_facts
from balcao.policy import gate, mailbox
from balcao.policy.book import Policy
from balcao.policy.gate import Act, Auth, Door
from balcao.tickets.models import Message, Ticket
from balcao.tickets.queries import (
    Question,
    approved_for,
    holds_available,
    overrides_of,
    scope_of,
    ticket_facts,
)

_MAX_REFERENCES = 10
STILL_OPEN = ("", Handled.TOLD.value, Handled.DISCARDED.value)
"""What may have been done with a kept mail before its writer's own word, which counts more (R9)."""

_CONFIRM_SALT = "channels.confirmation"


def inbound(inbound_id: int) -> Inbound:
    """One message from outside, with its original. Raises Inbound.DoesNotExist."""
    found: Inbound = _INBOUND.get(inbound_id)
    return found


_INBOUND = Statement(lambda pk: Inbound.objects.select_related("raw").filter(pk=pk), int)


def known_inbound(account: str, external_id: str) -> Inbound | None:
    """The message already kept under this id, if any."""
    return next(iter(_KNOWN.objects(account, external_id)), None)


_KNOWN = Statement(
    lambda account, external_id: Inbound.objects.filter(account=account, external_id=external_id),
    *(str, str),
)


def confirmation(confirmation_id: int) -> Confirmation:
    """One "Foi você?", with its mail. Raises Confirmation.DoesNotExist."""
    rows = Confirmation.objects.select_related("inbound__ticket", "user")
    return rows.get(pk=confirmation_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """ "Foi você?" as the person who was asked sees it.

    ``state``: waiting, expired, yes or no; ``added``: what they wrote stands on the request of
    ``ticket``; ``drafted``: it waits as a draft under ``key``; ``reason``: why it could not be
    added. ``service_pt`` and ``service_en``: what the ticket is about; ``last_day``: of the
    one-off that it is.
    """

    id: int
    user_id: int
    sender: str
    subject: str
    received_at: datetime
    expires_at: datetime
    state: str
    ticket: str
    added: bool
    drafted: bool
    key: str
    reason: str
    service_pt: str
    service_en: str
    last_day: date | None


def confirmation_link(confirmation_id: int) -> str:
    """The secret of the link in the mail that asks; the row says until when it may be answered."""
    return signing.Signer(salt=_CONFIRM_SALT).sign(str(confirmation_id))


def confirmation_by_link(secret: str, *, now: datetime) -> Asked | None:
    """What the link asks; None for one that nobody made, and for who is not active any more."""
    try:
        number = int(signing.Signer(salt=_CONFIRM_SALT).unsign(secret))
    except (signing.BadSignature, ValueError):
        return None
    about = ("inbound__ticket__service", "inbound__ticket__prepaid")
    rows = Confirmation.objects.select_related(*about).filter(pk=number)
    row = rows.filter(user__is_active=True).first()
    if row is None:
        return None
    mail, ticket = row.inbound, row.inbound.ticket
    done = mail.message_id is not None or mail.handled not in STILL_OPEN
    return Asked(
        id=row.pk,
        user_id=row.user_id,
        sender=mail.sender,
        subject=mail.subject,
        received_at=mail.received_at,
        expires_at=row.expires_at,
        state=mailbox.standing(row.answer, done=done, expires_at=row.expires_at, now=now),
        ticket=ticket.number if ticket else "",
        added=mail.outcome == Outcome.APPENDED,
        drafted=mail.outcome == Outcome.DRAFT,
        key=draft_key(mail),
        reason=mail.reason,
        service_pt=ticket.service.name if ticket else "",
        service_en=(ticket.service.name_en or ticket.service.name) if ticket else "",
        last_day=ticket.prepaid.last_day if ticket and ticket.prepaid else None,
    )


def draft_key(inbound: Inbound) -> str:
    """The key of the draft, or of the message, that holds what a mail says."""
    return f"mail:{inbound.external_id.partition('-')[0]}"


def came_back(mail_ids: Sequence[str], *, now: datetime) -> tuple[Delivery, ...]:
    """Which of our mails these Message-IDs are: only those that carry our signed mark for their
    recipient, so that nobody makes a good address look dead (threats E5).
    """
    secret = token_secret()
    return tuple(
        row
        for row in Delivery.objects.select_related("ticket").filter(mail_id__in=mail_ids)
        if tokens.read(
            secret,
            row.mail_id.strip("<>").partition("@")[0],
            sender=row.recipient,
            today=now.date(),
        )
    )


def delivery(delivery_id: int) -> Delivery:
    """One message to somebody. Raises Delivery.DoesNotExist."""
    found: Delivery = _DELIVERY.get(delivery_id)
    return found


_DELIVERY = Statement(lambda pk: Delivery.objects.filter(pk=pk), int)


def ticket_numbered(number: str) -> Ticket | None:
    """The ticket of that number, whoever asks: the gate decides what it means for a sender.

    ``excepted``: its organisation has an approved exception.
    """
    return next(iter(_NUMBERED.objects(number)), None)


_NUMBERED = Statement(
    lambda number: (
        Ticket.objects.select_related("service", "prepaid__service")
        .annotate(excepted=Exists(approved_for(OuterRef("organisation"))))
        .filter(number=number)
    ),
    str,
)


def question_by_mail(
    ticket: Ticket | None,
    number: str | None,
    owners: Sequence[Owner],
    *,
    clear: bool,
    auth: Auth,
    address: str = "",
    today: date | None = None,
    goes_on: bool = False,
) -> tuple[Owner | None, Question]:
    """What the gate is asked about a mail, and who of the ``owners`` of its address wrote it.

    ``number`` is what the mail refers to, ``ticket`` the one of that number. One address may belong
    to several people: any contact of the ticket who owns it counts (R8); it is asked for only
    because of its provider (R10). ``today``, local: where it matters that the sender bought a
    one-off, of a mail that names no number. ``goes_on``: it asks for nothing anew
    (``answering.goes_on``).
    """
    on_ticket, colleagues = _relation(ticket, owners)
    writer = next(iter(on_ticket or colleagues or owners), None)
    request = gate.Request(
        act=Act.CONTINUE,
        door=Door.EMAIL,
        service=ticket.service.slug if ticket and not goes_on else None,
    )
    organisation = ticket.organisation_id if ticket else None
    facts = gate.Facts(
        person=owner_facts(writer, organisation),
        ticket=_facts_of(ticket, number),
        sender=gate.SenderFacts(
            clear=clear,
            registered=bool(owners),
            on_ticket=bool(on_ticket),
            same_organisation=bool(colleagues),
            auth=auth,
            free=mailbox.is_free(address),
            **_buyer(ticket, number, owners, today=today),
        ),
        overrides=overrides_of(organisation) if getattr(ticket, "excepted", True) else (),
    )
    return writer, (request, facts)


def _buyer(
    ticket: Ticket | None, number: str | None, owners: Sequence[Owner], *, today: date | None
) -> dict[str, bool]:
    """Of a mail that names no number: whether its sender has one, and can sign in (R12)."""
    if ticket is not None or number or not owners or today is None:
        return {}
    people = [owner.user_id for owner in owners]
    if not holds_available(people, today=today):
        return {}
    return {"oneoff": True, "signs_in": any_signs_in(people)}


def _relation(ticket: Ticket | None, owners: Sequence[Owner]) -> tuple[list[Owner], list[Owner]]:
    """Of the owners: the ticket's contacts, and its organisation's people."""
    if ticket is None:
        return [], []
    colleagues = [owner for owner in owners if ticket.organisation_id in owner.organisations]
    opener = [owner for owner in colleagues if owner.user_id == ticket.opener_id]
    if opener:
        return opener, colleagues  # who else takes part changes nothing then
    contacts = contacts_of(ticket)
    on_ticket = [owner for owner in owners if owner.user_id in contacts]
    on_ticket.sort(key=lambda owner: (owner not in colleagues, contacts.index(owner.user_id)))
    return on_ticket, colleagues


def _facts_of(ticket: Ticket | None, number: str | None) -> gate.TicketFacts | None:
    if ticket:
        return ticket_facts(ticket)
    if number:
        return gate.TicketFacts(
            exists=False, state=None, organisation=None, kind=None, resolved_at=None
        )
    return None


def contacts_of(ticket: Ticket) -> tuple[int, ...]:
    """Ids of the opener, first, and the participants."""
    return (ticket.opener_id, *sorted(scope_of(ticket).participants - {ticket.opener_id}))


def message_written(ticket: Ticket, key: str) -> int | None:
    """The id of the ticket's message with this key, when it was written before."""
    return next((pk for (pk,) in _WRITTEN.rows(ticket.pk, key)), None)


_WRITTEN = Statement(
    lambda ticket, key: Message.objects.filter(ticket=ticket, key=key).values_list("pk"), int, str
)


def thread_ids(ticket_id: int, recipient: str) -> tuple[str, ...]:
    """Message-IDs of what ``recipient`` sent and got about a ticket, oldest first, at most ten.

    The first one stays, so that mail programs keep the conversation in one thread (RFC 5322 3.6.4).
    """
    moments = _EXCHANGED.rows(ticket_id, recipient)
    ids = list(dict.fromkeys(mail_id for _, _, mail_id in sorted(moments)))
    return tuple(ids if len(ids) <= _MAX_REFERENCES else [ids[0], *ids[1 - _MAX_REFERENCES :]])


_EXCHANGED = Statement(
    lambda ticket, person: (
        Delivery.objects.filter(ticket=ticket, recipient=person)
        .values_list("created_at", "pk", "mail_id")
        .union(
            Inbound.objects.filter(ticket=ticket, sender=person, message__isnull=False)
            .exclude(mail_id="")
            .values_list("received_at", "pk", "mail_id"),
            all=True,
        )
    ),
    *(int, str),
)


def mail_domain(policy: Policy) -> str:
    """The domain of our Message-IDs."""
    named = settings.ENV.text("BALCAO_MAIL_DOMAIN")
    return (named or policy.company.support_address.rpartition("@")[2]).lower()


def token_secret() -> bytes:
    """The key of reply tokens, drawn from the installation's one secret and of no other use."""
    return hmac.new(settings.SECRET_KEY.encode(), b"balcao reply tokens", hashlib.sha256).digest()
