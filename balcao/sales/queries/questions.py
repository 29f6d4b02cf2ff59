"""What sales was asked about coverage: by tickets that wait for it, and before a sale."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from balcao.people.queries import primary_addresses
from balcao.policy.access import Actor
from balcao.sales.models import Enquiry
from balcao.sales.queries.access import NotFound, require_view
from balcao.tickets.models import ScopeQuestion

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One question. ``number``: of the ticket that waits for the answer; empty before a sale.

    ``covered`` is None while nobody answered, and for what was withdrawn. ``call``: the telephone
    of whoever is to be called about an answer that no mail brings.
    """

    id: int
    number: str
    organisation_id: int | None
    organisation: str
    who: str
    kind: str
    service: str
    service_en: str
    service_slug: str
    subject: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    covered: bool | None
    reason: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class EnquiryCard:
    """A question before a sale, with all that leads to one. ``order``: the sale it led to.

    ``address``: where the answer goes by e-mail, as it stands now; ``told_by``: who called them.
    """

    row: AskedRow
    contact_id: int | None
    address: str
    phone: str
    told_at: datetime | None
    told_by: str
    asked_by: str
    answered_by: str
    order_id: int | None


def questions(
    actor: Actor, *, answered: bool, cursor: str = ""
) -> tuple[tuple[AskedRow, ...], str | None]:
    """The open questions, the most urgent first, or those answered, the newest first; with the next
    cursor. Two statements.
    """
    require_view(actor)
    asked = ScopeQuestion.objects.filter(answered_at__isnull=not answered)
    before = Enquiry.objects.filter(answered_at__isnull=not answered)
    rows = [
        *(_of_ticket(row) for row in _page(asked, answered, cursor).values(*_OF_TICKET)),
        *(_of_enquiry(row) for row in _page(before, answered, cursor).values(*_OF_ENQUIRY)),
    ]
    rows.sort(key=lambda row: (_moment(row, answered), row.id), reverse=answered)
    shown = rows[:PAGE_SIZE]
    more = len(rows) > PAGE_SIZE
    after = f"{_moment(shown[-1], answered).astimezone(UTC):%Y%m%dT%H%M%S.%f}" if more else None
    return tuple(shown), after


def asked_by_ticket(actor: Actor, ticket_id: int) -> AskedRow:
    """What the ticket asks now, or asked last. Raises NotFound when it never asked."""
    require_view(actor)
    rows = ScopeQuestion.objects.filter(ticket=ticket_id).order_by("-id")
    row = rows.values(*_OF_TICKET).first()
    if row is None:
        raise NotFound
    return _of_ticket(row)


def enquiry_for(actor: Actor, enquiry_id: int) -> EnquiryCard:
    """A question before a sale. Raises NotFound."""
    require_view(actor)
    more = ("contact_id", "asked_by__name", "answered_by__name", "order_id", "told_by__name")
    row = Enquiry.objects.filter(pk=enquiry_id).values(*_OF_ENQUIRY, *more).first()
    if row is None:
        raise NotFound
    return EnquiryCard(
        row=_of_enquiry(row),
        contact_id=row["contact_id"],
        address=row["address"] or _registered(row["contact_id"]),
        phone=row["phone"],
        told_at=row["told_at"],
        told_by=row["told_by__name"] or "",
        asked_by=row["asked_by__name"],
        answered_by=row["answered_by__name"] or "",
        order_id=row["order_id"],
    )


def _registered(contact: int | None) -> str:
    return primary_addresses([contact]).get(contact, "") if contact else ""


def _moment(row: AskedRow, answered: bool) -> datetime:
    return row.answered_at if answered and row.answered_at else row.due_at


def _page(rows: "QuerySet[Any]", answered: bool, cursor: str) -> "QuerySet[Any]":
    """A page's worth from the cursor on, and one more."""
    field = "answered_at" if answered else "due_at"
    try:
        last = datetime.strptime(cursor, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        last = None
    if last is not None:
        rows = rows.filter(Q(**{f"{field}__lt" if answered else f"{field}__gt": last}))
    sign = "-" if answered else ""
    return rows.order_by(f"{sign}{field}", f"{sign}id")[: PAGE_SIZE + 1]


_SHARED = ("id", "asked_at", "due_at", "answered_at", "covered", "reason")
_OF_TICKET = (
    *_SHARED,
    "ticket__number",
    "ticket__subject",
    "ticket__kind",
    "ticket__organisation_id",
    "ticket__organisation__name",
    "ticket__opener__name",
    "ticket__service__name",
    "ticket__service__name_en",
    "ticket__service__slug",
)
_OF_ENQUIRY = (
    *_SHARED,
    "kind",
    "organisation_id",
    "organisation__name",
    "contact__name",
    "who",
    "question",
    "address",
    "phone",
    "told_at",
    "service__name",
    "service__name_en",
    "service__slug",
)


def _of_ticket(row: dict[str, Any]) -> AskedRow:
    return AskedRow(
        number=row["ticket__number"],
        organisation_id=row["ticket__organisation_id"],
        organisation=row["ticket__organisation__name"],
        who=row["ticket__opener__name"],
        kind=row["ticket__kind"] or "",
        service=row["ticket__service__name"],
        service_en=row["ticket__service__name_en"],
        service_slug=row["ticket__service__slug"],
        subject=row["ticket__subject"],
        **{name: row[name] for name in _SHARED},
    )


def _to_be_called(row: dict[str, Any]) -> bool:
    """Whoever has an e-mail has the answer there."""
    mailed = row["address"] or row["contact__name"]
    return row["answered_at"] is not None and row["told_at"] is None and not mailed


def _of_enquiry(row: dict[str, Any]) -> AskedRow:
    return AskedRow(
        number="",
        organisation_id=row["organisation_id"],
        organisation=row["organisation__name"] or "",
        who=row["contact__name"] or row["who"],
        kind=row["kind"],
        service=row["service__name"],
        service_en=row["service__name_en"],
        service_slug=row["service__slug"],
        subject=row["question"],
        call=row["phone"] if _to_be_called(row) else "",
        **{name: row[name] for name in _SHARED},
    )
