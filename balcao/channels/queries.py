"""Reading what came in and what goes out."""

import hashlib
import hmac

from django.conf import settings

from balcao.channels.models import Delivery, Inbound
from balcao.policy.book import Policy
from balcao.tickets.models import Message, Ticket

_MAX_REFERENCES = 10


def inbound(inbound_id: int) -> Inbound:
    """One message from outside, with its ticket. Raises Inbound.DoesNotExist."""
    return Inbound.objects.select_related("raw", "ticket").get(pk=inbound_id)


def known_inbound(account: str, external_id: str) -> Inbound | None:
    """The message already kept under this id, if any."""
    return (
        Inbound.objects.select_related("raw", "ticket")
        .filter(account=account, external_id=external_id)
        .first()
    )


def draft_key(inbound: Inbound) -> str:
    """The key of the draft, or of the message, that holds what a mail says."""
    return f"mail:{inbound.external_id}"


def delivery(delivery_id: int) -> Delivery:
    """One message to somebody. Raises Delivery.DoesNotExist."""
    return Delivery.objects.get(pk=delivery_id)


def ticket_numbered(number: str) -> Ticket | None:
    """The ticket of that number, whoever asks: the gate decides what it means for a sender."""
    return Ticket.objects.select_related("service").filter(number=number).first()


def contacts_of(ticket: Ticket) -> tuple[int, ...]:
    """Ids of the opener, first, and the participants."""
    others = ticket.participants.exclude(pk=ticket.opener_id).order_by("pk")
    return (ticket.opener_id, *others.values_list("pk", flat=True))


def message_written(ticket: Ticket, key: str) -> int | None:
    """The id of the ticket's message with this key, when it was written before."""
    return Message.objects.filter(ticket=ticket, key=key).values_list("pk", flat=True).first()


def thread_ids(ticket_id: int, recipient: str) -> tuple[str, ...]:
    """Message-IDs of what ``recipient`` sent and got about a ticket, oldest first, at most ten.

    The first one stays, so that mail programs keep the conversation in one thread (RFC 5322 3.6.4).
    """
    ours = Delivery.objects.filter(ticket=ticket_id, recipient=recipient)
    theirs = Inbound.objects.filter(ticket=ticket_id, sender=recipient).exclude(mail_id="")
    moments = [
        *ours.values_list("created_at", "mail_id"),
        *theirs.exclude(message=None).values_list("received_at", "mail_id"),
    ]
    ids = list(dict.fromkeys(mail_id for _, mail_id in sorted(moments)))
    return tuple(ids if len(ids) <= _MAX_REFERENCES else [ids[0], *ids[1 - _MAX_REFERENCES :]])


def mail_domain(policy: Policy) -> str:
    """The domain of our Message-IDs."""
    named = settings.ENV.text("BALCAO_MAIL_DOMAIN")
    return (named or policy.company.support_address.rpartition("@")[2]).lower()


def token_secret() -> bytes:
    """The key of reply tokens, drawn from the installation's one secret and of no other use."""
    return hmac.new(settings.SECRET_KEY.encode(), b"balcao reply tokens", hashlib.sha256).digest()
