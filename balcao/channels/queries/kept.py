"""Kept mail: what waits for somebody, what was done with it, and one of them with its headers."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from balcao.channels import reading
from balcao.channels.models import Handled, Inbound, Outcome
from balcao.channels.queries import contacts_of, ticket_numbered
from balcao.files.models import StoredFile
from balcao.files.queries import open_file
from balcao.lib.html import resolved
from balcao.lib.html import shown as laid_out
from balcao.lib.mail import headers
from balcao.lib.mail.lookalike import lookalike_of
from balcao.lib.mail.parsing import ParsedMail, Part, Unparseable
from balcao.lib.sniff import served_type, sniff
from balcao.people import queries as people
from balcao.people.models import Address, Membership
from balcao.policy.access import Actor, Duty, Permission, can, may
from balcao.tickets.queries import NotFound

__all__ = ["Handled", "Outcome"]

LIST_SIZE = 50
KEPT = (Outcome.QUARANTINED, Outcome.REFUSED, Outcome.IGNORED)
"""What became no message of a ticket and no draft."""

_MOST_OF_PICTURES = 8 * 1024 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN = (
    *("from", "return-path", "reply-to", "date", "message-id"),
    *("authentication-results", "received-spf"),
)
_COMPANYS = (Outcome.QUARANTINED.value, Outcome.REFUSED.value)


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A mail that became no message. ``reason`` is a code, ``sender`` what From claims.

    ``handled``: what somebody did with it, by ``handled_by``. ``gone``: its time is over, and only
    codes are left.
    """

    id: int
    received_at: datetime
    outcome: str
    reason: str
    rules: tuple[str, ...]
    sender: str
    subject: str
    ticket: str
    organisation: str
    account: str
    auth: str
    handled: str
    handled_by: str
    handled_at: datetime | None
    note: str
    overridden: tuple[str, ...]
    purge_at: datetime | None
    gone: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a kept mail says. ``headers``: those that matter, as written, the topmost of each.

    Nothing of it where it cannot be taken apart; ``lost``: the disk lost it, or its time is over.
    ``laid_out``: there is a look of it, see ``layout``.
    """

    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    files: tuple[str, ...] = ()
    lost: bool = False
    laid_out: bool = False


def kept(actor: Actor, outcome: Outcome = Outcome.QUARANTINED) -> QuerySet[Inbound]:
    """Mail with this outcome that waits for somebody, for those who may see kept mail."""
    rows = Inbound.objects.filter(outcome=outcome.value, handled="", purge_at__isnull=False)
    return rows if can(actor, Permission.VIEW_KEPT_MAIL, None) else rows.none()


def handled(actor: Actor) -> QuerySet[Inbound]:
    """Mail that was kept and with which somebody did something, for those who may see it."""
    rows = Inbound.objects.exclude(handled="")
    return rows if can(actor, Permission.VIEW_KEPT_MAIL, None) else rows.none()


def companys(actor: Actor) -> QuerySet[Inbound]:
    """Mail that waits and claims to be of one of the people of an organisation that ``actor``
    administers; what others wrote, to whatever ticket, is not for a customer to read: our address
    may get the letters of other services, too (threats D10).

    What names a ticket is for that ticket's organisation and for nobody else. What names none is
    for the organisation of the person whose address it claims, where there is only one.
    """
    rows = Inbound.objects.filter(outcome__in=_COMPANYS, handled="", purge_at__isnull=False)
    if not may(actor, Duty.CONFIRM_MAIL):
        return rows.none()
    acting = Membership.objects.filter(user=OuterRef("user"), ended_at=None)
    known = Address.objects.filter(
        Exists(acting.filter(organisation__in=actor.admin_of)),
        address=OuterRef("sender"),
        retired_at=None,
        user__is_active=True,
    )
    only = known.filter(~Exists(acting.exclude(organisation__in=actor.admin_of)))
    about = Q(ticket__organisation__in=actor.admin_of)
    return rows.filter(Q(about, Exists(known)) | Q(Exists(only), ticket=None))


def page_of(rows: QuerySet[Inbound], *, cursor: str = "") -> tuple[tuple[KeptRow, ...], str]:
    """One page, newest first, and the cursor of the next, or nothing. One statement."""
    parts = cursor.split("-")
    if len(parts) == 2 and all(one.isdecimal() and len(one) < 18 for one in parts):
        moment = _EPOCH + timedelta(microseconds=min(int(parts[0]), 10**17 // 4))
        rows = rows.filter(Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=int(parts[1])))
    rows = _related(rows).order_by("-received_at", "-pk")
    found = [_kept_row(row) for row in rows[: LIST_SIZE + 1]]
    if len(found) <= LIST_SIZE:
        return tuple(found), ""
    last = found[LIST_SIZE - 1]
    micros = (last.received_at - _EPOCH) // timedelta(microseconds=1)
    return tuple(found[:LIST_SIZE]), f"{micros}-{last.id}"


def kept_for(actor: Actor, inbound_id: int) -> KeptRow:
    """One that is or was kept. Raises NotFound when it does not exist for the actor."""
    return _kept_row(get(actor, inbound_id))


def get(actor: Actor, inbound_id: int) -> Inbound:
    """The row of one that is or was kept, for the team. Raises NotFound."""
    outcomes = [outcome.value for outcome in KEPT]
    rows = Inbound.objects.filter(Q(outcome__in=outcomes) | ~Q(handled=""))
    row = _related(rows).filter(pk=inbound_id).first()
    if row is None or not can(actor, Permission.VIEW_KEPT_MAIL, None):
        raise NotFound
    return row


def companys_for(actor: Actor, inbound_id: int) -> KeptRow:
    """One of those of an organisation that ``actor`` administers. Raises NotFound."""
    return _kept_row(companys_get(actor, inbound_id))


def companys_get(actor: Actor, inbound_id: int) -> Inbound:
    """The row of one of them. Raises NotFound."""
    row = _related(companys(actor)).filter(pk=inbound_id).first()
    if row is None:
        raise NotFound
    return row


def _related(rows: QuerySet[Inbound]) -> QuerySet[Inbound]:
    return rows.select_related("ticket__organisation", "handled_by", "raw")


def shown(actor: Actor, inbound_id: int, *, company: bool = False) -> Shown:
    """What it says, as plain text, and the names of its files. Raises NotFound."""
    row = companys_get(actor, inbound_id) if company else get(actor, inbound_id)
    try:
        raw = bytes_of(row)
    except FileNotFoundError:
        return Shown(lost=True)
    try:
        mail = taken_apart(raw)
    except Unparseable:
        return Shown(headers=_of(headers.split(raw)[0]))
    return Shown(
        headers=_of(mail.raw_headers),
        text=mail.text,
        files=tuple(part.name for part in mail.files),
        laid_out=bool(mail.html),
    )


def layout(actor: Actor, inbound_id: int) -> str:
    """It as its writer laid it out, sanitised, with the pictures that came along and none from
    outside, for the team. Raises NotFound where there is nothing to show.
    """
    try:
        mail = taken_apart(bytes_of(get(actor, inbound_id)))
    except (FileNotFoundError, Unparseable):
        raise NotFound from None
    if not mail.html:
        raise NotFound
    named = {part.cid: f"p{place}" for place, part in enumerate(mail.files) if part.cid}
    return laid_out(resolved(mail.html, named), _pictures(mail.files), remote=False)


def _pictures(parts: Sequence[Part]) -> dict[str, str]:
    """Those that came along, as text within the page."""
    found, left = {}, _MOST_OF_PICTURES
    for place, part in enumerate(parts):
        content_type, inline = served_type(sniff(part.content, part.name))
        if not part.cid or not inline or len(part.content) > left:
            continue
        left -= len(part.content)
        data = base64.b64encode(part.content).decode("ascii")
        found[f"p{place}"] = f"data:{content_type};base64,{data}"
    return found


def taken_apart(raw: bytes) -> ParsedMail:
    """The mail in its parts. Raises Unparseable."""
    return reading.read(raw, max_bytes=settings.MAX_UPLOAD)


def bytes_of(row: Inbound) -> bytes:
    """The message as it came. Raises FileNotFoundError once it is gone."""
    if row.raw is None:
        raise FileNotFoundError
    with open_file(row.raw) as file:
        return file.read()


def original(actor: Actor, inbound_id: int) -> StoredFile:
    """The message as it came, for the team. Raises NotFound, also once its time is over."""
    row = get(actor, inbound_id)
    if row.raw is None:
        raise NotFound
    return row.raw


def lookalike_for(actor: Actor, inbound_id: int) -> str:
    """The registered address of the ticket's organisation for which its sender could be taken,
    though it is another (D6); empty for none. Raises NotFound.
    """
    row = get(actor, inbound_id)
    if row.ticket is None or not row.sender:
        return ""
    acting = Membership.objects.filter(organisation=row.ticket.organisation_id, ended_at=None)
    known = Address.objects.filter(user__in=acting.values("user"), retired_at=None)
    return lookalike_of(row.sender, known.values_list("address", flat=True)) or ""


@dataclass(frozen=True, slots=True)
class Reached:
    """Who can be told that a mail was kept, and the registered address where they are."""

    user_id: int
    name: str
    address: str


def reached_by(actor: Actor, inbound_id: int) -> Reached | None:
    """Whom "Avisar o cliente" reaches: who opened its ticket, or else the customer who registered
    the address that it claims; None for nobody, for an address that is not on file gets nothing
    (R9, D13). Raises NotFound.
    """
    row = get(actor, inbound_id)
    if row.ticket is None:
        owners = people.owners_of(row.sender) if row.sender else []
        owner = next((one for one in owners if one.organisations), None)
        return Reached(owner.user_id, owner.name, row.sender.lower()) if owner else None
    opener = row.ticket.opener_id
    address = people.primary_addresses([opener]).get(opener)
    return Reached(opener, people.names_of([opener])[opener], address) if address else None


def contacts_of_ticket(number: str) -> tuple[int, ...]:
    """Ids of who opened the ticket, first, and its participants; the caller may see it."""
    ticket = ticket_numbered(number)
    return contacts_of(ticket) if ticket else ()


def _of(block: bytes) -> tuple[tuple[str, str], ...]:
    found = headers.fields(block[: headers.MAX_BLOCK])
    pairs = ((name, headers.decode(headers.first(found, name))) for name in _SHOWN)
    return tuple((name, value) for name, value in pairs if value)


def _kept_row(row: Inbound) -> KeptRow:
    return KeptRow(
        id=row.pk,
        received_at=row.received_at,
        outcome=row.outcome,
        reason=row.reason,
        rules=tuple(row.rules),
        sender=row.sender,
        subject=row.subject,
        ticket=row.ticket.number if row.ticket else "",
        organisation=row.ticket.organisation.name if row.ticket else "",
        account=row.account,
        auth=row.auth,
        handled=row.handled,
        handled_by=row.handled_by.name if row.handled_by else "",
        handled_at=row.handled_at,
        note=row.note,
        overridden=tuple(row.overridden),
        purge_at=row.purge_at,
        gone=row.raw_id is None,
    )


def waiting_of(actor: Actor, ids: Sequence[int]) -> Mapping[int, KeptRow]:
    """Of these, the ones that wait and exist for the actor. One statement."""
    outcomes = [outcome.value for outcome in KEPT]
    rows = Inbound.objects.filter(pk__in=ids, outcome__in=outcomes, handled="")
    if not can(actor, Permission.VIEW_KEPT_MAIL, None):
        return {}
    return {row.pk: _kept_row(row) for row in _related(rows)}
