"""The one door out: takes what actions.post has written down and gives it to the next server.

No transaction is open while the network is spoken to. A mail may go twice when the process dies
between the server's yes and ours; both carry the same Message-ID, so the reader sees one.
"""

import io
from datetime import datetime, timedelta

import segno
import structlog
from django.utils.translation import gettext as _

from balcao.channels import actions, queries
from balcao.channels.actions import testing
from balcao.channels.email.accounts import account, address_of
from balcao.channels.email.signing import Unsigned, signed
from balcao.channels.email.transport import NoHope, TryAgain, transport
from balcao.channels.models import Delivery, DeliveryState
from balcao.channels.queries.accounts import test_id
from balcao.channels.queries.papers import goes_along
from balcao.events.registry import Later
from balcao.files.queries import open_file
from balcao.lib.mail.composing import Outgoing, compose
from balcao.rulebook import queries as rulebook

log = structlog.get_logger()

# After each failed try, in seconds; the last try is about a day after the first.
_WAITS = (15, 60, 300, 900, 3600, 7200, 14400, 28800, 28800)


def send(delivery_id: int, *, now: datetime) -> None:
    """Send one mail; nothing happens when it has been sent or given up.

    Raises registry.Later when it must be tried again.
    """
    row = queries.delivery(delivery_id)
    if row.state != DeliveryState.QUEUED:
        return
    mail = outgoing(row)
    envelope = "" if mail.automatic else mail.sender
    try:
        answer = transport().send(
            signed(compose(mail)),
            sender=envelope,
            recipient=mail.recipient,
            message_id=mail.message_id,
        )
    except NoHope as problem:
        log.warning("mail.failed", delivery=row.pk, answer=str(problem))
        actions.mark_failed(row, answer=str(problem), now=now)
    except (TryAgain, Unsigned) as problem:
        _later(row, str(problem), now=now)
    else:
        actions.mark_sent(row, answer=answer, now=now)


def _later(row: Delivery, answer: str, *, now: datetime) -> None:
    if row.attempts >= len(_WAITS):
        log.warning("mail.failed", delivery=row.pk, answer=answer)
        actions.mark_failed(row, answer=answer, now=now)
        return
    tries = actions.mark_tried(row, answer=answer)
    log.info("mail.delayed", delivery=row.pk, tries=tries, answer=answer)
    raise Later(timedelta(seconds=_WAITS[tries - 1]))


def send_test(name: str, mark: str, *, now: datetime) -> None:
    """Send an account the mail that must come back; what stands in the way is its answer."""
    policy = rulebook.current()
    company = policy.company
    recipient = address_of(account(name), company.support_address)
    message_id = test_id(mark, queries.mail_domain(policy))
    mail = Outgoing(
        sender_name=company.name,
        sender=company.support_address,
        recipient=recipient,
        message_id=message_id,
        date=now,
        subject=_("Test of this account"),
        text=_("Nobody needs to answer this. It shows that e-mail comes in."),
        html="",
        automatic=True,
    )
    try:
        transport().send(
            signed(compose(mail)), sender="", recipient=recipient, message_id=message_id
        )
    except (NoHope, TryAgain, Unsigned, ValueError) as problem:
        testing.test_failed(mark, words=str(problem), now=now)


def outgoing(row: Delivery) -> Outgoing:
    """The mail that a row describes, always the same."""
    company = rulebook.current().company
    references = tuple(str(one) for one in row.headers.get("references", ()))
    return Outgoing(
        sender_name=company.name,
        sender=company.support_address,
        recipient=row.recipient,
        message_id=row.mail_id,
        date=row.created_at,
        subject=row.subject,
        text=row.text,
        html=row.html,
        automatic=bool(row.headers.get("automatic", True)),
        comes_back=bool(row.headers.get("comes_back")),
        calendar=row.calendar,
        paper=_paper(row),
        picture=_picture(str(row.headers.get("qr", ""))),
        in_reply_to=references[-1] if references else "",
        references=references,
    )


def _picture(said: str) -> bytes:
    """The QR code as a PNG; a phone reads it off a dark page, too: it has a white rim."""
    if not said:
        return b""
    out = io.BytesIO()
    segno.make(said, error="m").save(out, kind="png", scale=6, dark="#000", light="#fff")
    return out.getvalue()


def _paper(row: Delivery) -> tuple[str, bytes] | None:
    """The PDF that goes along: the mail is right without one that is held, lost or too large."""
    file = row.paper
    if file is None or not goes_along(file):
        return None
    try:
        with open_file(file) as content:
            return file.name, content.read()
    except FileNotFoundError:
        return None
