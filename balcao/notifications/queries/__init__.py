"""Who is to be told, and what about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from balcao.channels import queries as channels
from balcao.entitlements.models import Contract, Licence
from balcao.entitlements.queries import mask
from balcao.events.models import Event
from balcao.events.statements import Statement
from balcao.files.models import StoredFile
from balcao.people import queries as people
from balcao.people.models import Deputy, Membership, StaffRole, User
from balcao.policy import changing
from balcao.policy.access import DUTIES, Actor, Duty, Permission, Role, can, may
from balcao.policy.override import may_answer
from balcao.policy.prepaid import UNUSED, Entry
from balcao.rulebook.models import Proposal
from balcao.tickets.models import (
    Absence,
    AssistedOpening,
    Attachment,
    Deadline,
    Message,
    MessageKind,
    Override,
    RemoteSession,
    ScopeQuestion,
    ThirdPartyWait,
    Ticket,
)
from balcao.tickets.queries import scope_of


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who gets a mail: at their registered address, in their language."""

    user_id: int
    name: str
    language: str
    address: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A public reply of the staff, ready to be read."""

    id: int
    author: str
    body: str
    files: tuple[str, ...]


def ticket(ticket_id: int) -> Ticket:
    """The ticket an event is about. Raises Ticket.DoesNotExist."""
    found: Ticket = _TICKET.get(ticket_id)
    return found


_NAMED = Ticket.objects.select_related("contract", "licence__product")
_TICKET = Statement(lambda pk: _NAMED.filter(pk=pk), int)


def ticket_with_product(ticket_id: int) -> Ticket:
    """The same, with its service and product."""
    return Ticket.objects.select_related("service", "licence__product").get(pk=ticket_id)


def remote_session(session_id: int) -> RemoteSession:
    """A remote access with its agent. Raises RemoteSession.DoesNotExist."""
    return RemoteSession.objects.select_related("agent").get(pk=session_id)


def readers_of(ticket: Ticket, *, without: int | None = None) -> list[Reader]:
    """The ticket's opener and participants who still act for its organisation.

    Somebody who left the organisation, was deactivated or has no registered address gets nothing.
    """
    ids = [
        user_id
        for user_id in channels.contacts_of(ticket)
        if user_id != without and people.person_facts(user_id, ticket.organisation_id).registered
    ]
    return _readers(ids)


def holder_of(ticket: Ticket) -> list[Reader]:
    """The contact of a one-off, or of any ticket: whoever opened it, if they can be told."""
    return [one for one in readers_of(ticket) if one.user_id == ticket.opener_id]


def oneoff(prepaid_id: int) -> Ticket:
    """The ticket of a one-off that was sold, with it. Raises Ticket.DoesNotExist."""
    return Ticket.objects.select_related("prepaid", "service").get(prepaid=prepaid_id)


def oneoff_ticket(ticket_id: int) -> Ticket:
    """A ticket with its service, and the one-off that it may be. Raises Ticket.DoesNotExist."""
    return Ticket.objects.select_related("prepaid", "service").get(pk=ticket_id)


def question_of(ticket: Ticket) -> ScopeQuestion | None:
    """The question that sales was asked last about a ticket."""
    return ScopeQuestion.objects.filter(ticket=ticket).order_by("pk").last()


def has_no_sign_in(reader: Reader) -> bool:
    """Whether nothing behind a sign-in is open to the reader."""
    return not people.any_signs_in([reader.user_id])


def _readers(ids: Sequence[int]) -> list[Reader]:
    """Those of ``ids`` who are active and have a registered address, each once."""
    known = {row[0]: Reader(*row) for row in people.reached(ids)}
    return [known[user_id] for user_id in dict.fromkeys(ids) if user_id in known]


def override(override_id: int) -> Override:
    """The exception an event is about, with its people. Raises Override.DoesNotExist."""
    return Override.objects.select_related("organisation", "asked_by", "decided_by").get(
        pk=override_id
    )


def asker_of(row: Override) -> list[Reader]:
    """Whoever asked for the exception, if they can be told anything."""
    return _readers([row.asked_by_id])


def approvers(row: Override, *, now: datetime) -> list[Reader]:
    """Everybody who may answer this exception at ``now``, deputies too; never who asked (R14)."""
    return _who_answers(
        Duty.APPROVE_OVERRIDE, now=now, fits=lambda one: may_answer(one, row.asked_by_id)
    )


def change(proposal_id: int) -> Proposal:
    """The change of the policy an event is about. Raises Proposal.DoesNotExist."""
    return Proposal.objects.get(pk=proposal_id)


def approvers_of_change(row: Proposal, *, now: datetime) -> list[Reader]:
    """Everybody who may answer this change of the policy at ``now``; never its author."""
    return _who_answers(
        Duty.APPROVE_POLICY,
        now=now,
        fits=lambda one: changing.may_answer(one, author=row.author_id),
    )


def _who_answers(duty: Duty, *, now: datetime, fits: Callable[[Actor], bool]) -> list[Reader]:
    """Those with the duty by a hat of their own or as a deputy, of whom ``fits`` says yes."""
    roles = [role.value for role in Role if duty in DUTIES[role]]
    wearing = StaffRole.objects.filter(role__in=roles).values_list("user", flat=True)
    standing = Deputy.objects.filter(role__in=roles, starts_at__lte=now, ends_at__gt=now)
    found = []
    for user_id in sorted({*wearing, *standing.values_list("deputy", flat=True)}):
        actor = people.actor_by_id(user_id, now=now)
        if actor is not None and fits(actor):
            found.append(user_id)
    return _readers(found)


def supervisors() -> list[Reader]:
    """Everybody who keeps an eye on all queues."""
    return _readers(_wearing(Role.SUPERVISOR))


def owner_of(ticket: Ticket) -> list[Reader]:
    """Who serves the ticket; while nobody does, those who serve its queue, or the supervisors."""
    if ticket.assignee_id is not None:
        return _readers([ticket.assignee_id])
    members = ticket.queue.members.order_by("pk").values_list("pk", flat=True)
    return _readers([one for one in members if one in set(_wearing(Role.AGENT))]) or supervisors()


def _wearing(role: Role) -> list[int]:
    rows = User.objects.filter(is_active=True, staff_roles__role=role.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def absence(absence_id: int) -> Absence:
    """Somebody's absence, with who it is. Raises Absence.DoesNotExist."""
    return Absence.objects.select_related("user").get(pk=absence_id)


def assisted(opening_id: int) -> AssistedOpening:
    """What an agent typed for a contact. Raises AssistedOpening.DoesNotExist."""
    return AssistedOpening.objects.select_related("agent", "organisation").get(pk=opening_id)


def third_party(wait_id: int) -> ThirdPartyWait:
    """Whom a ticket waits for. Raises ThirdPartyWait.DoesNotExist."""
    return ThirdPartyWait.objects.get(pk=wait_id)


def is_unmet(ticket: Ticket, kind: str) -> bool:
    """Whether the promise still waits to be kept."""
    return Deadline.objects.filter(ticket=ticket, kind=kind, met_at=None).exists()


def reader(user_id: int) -> Reader | None:
    """An active person at their primary registered address; None when there is nobody to tell."""
    address = people.primary_addresses([user_id]).get(user_id)
    user = User.objects.filter(pk=user_id).first()
    return Reader(user.pk, user.name, user.language, address) if user and address else None


def person(user_id: int) -> Reader:
    """Somebody at no address yet: the caller says which. Raises User.DoesNotExist."""
    user = User.objects.get(pk=user_id)
    return Reader(user.pk, user.name, user.language, "")


def name_of(user_id: int) -> str:
    """What somebody is called, also after they were deactivated. Raises User.DoesNotExist."""
    return User.objects.values_list("name", flat=True).get(pk=user_id)


def wearers_of(*roles: Role) -> list[Reader]:
    """Everybody active who wears one of these hats and has a registered address."""
    ids = people.wearers_of(*roles)
    return [found for one in ids if (found := reader(one))]


def may_see_access_log(user_id: int, now: datetime) -> bool:
    """Whether the page of the access log is open to this person."""
    actor = people.actor_by_id(user_id, now=now)
    return actor is not None and may(actor, Duty.VIEW_ACCESS_LOG)


def code_of(user_id: int) -> str:
    """The person's user code."""
    return User.objects.values_list("code", flat=True).get(pk=user_id)


def reader_at(address: str) -> Reader | None:
    """Whoever owns the address, for the language of an answer to it."""
    owners = people.owners_of(address)
    user = User.objects.filter(pk=owners[0].user_id).first() if owners else None
    return Reader(user.pk, user.name, user.language, address) if user else None


def answer(message_id: int) -> Answer | None:
    """A public reply; None for anything else, so that no note ever leaves the house (B8)."""
    rows = _ANSWER.rows(message_id)
    if not rows:
        return None
    author, body = rows[0]
    return Answer(message_id, author, body, tuple(name for (name,) in _FILES.rows(message_id)))


_REPLIES = Message.objects.filter(kind=MessageKind.REPLY)
_ANSWER = Statement(lambda pk: _REPLIES.filter(pk=pk).values_list("author_name", "body"), int)
_FILES = Statement(
    lambda pk: Attachment.objects.filter(message=pk).order_by("pk").values_list("file__name"), int
)


def written(message_id: int) -> tuple[str, str]:
    """Who wrote a message, as they were called then, and what. Raises Message.DoesNotExist."""
    return Message.objects.values_list("author_name", "body").get(pk=message_id)


def who_still_see(ticket: Ticket, ids: Sequence[int], *, now: datetime) -> list[Reader]:
    """Those of the team among ``ids`` who may view the ticket at ``now``."""
    scope = scope_of(ticket)
    found = []
    for user_id in ids:
        actor = people.actor_by_id(user_id, now=now)
        if actor and actor.is_staff and can(actor, Permission.VIEW, scope):
            found.append(user_id)
    return _readers(found)


def actor_of(event_id: int) -> int | None:
    """The person who caused an event."""
    return Event.objects.values_list("actor_id", flat=True).get(pk=event_id)


@dataclass(frozen=True, slots=True)
class Ending:
    """A contract, or licences (product and masked key), of an organisation that end on ``ends``."""

    organisation_id: int
    organisation: str
    ends: date
    kind: str = ""
    reference: str = ""
    licences: tuple[tuple[str, str], ...] = ()


def ending_contract(contract_id: int, ends: date) -> Ending | None:
    """The contract, unless its end has moved since it was foretold."""
    row = Contract.objects.filter(pk=contract_id, ends=ends).select_related("organisation").first()
    if row is None:
        return None
    return Ending(row.organisation_id, row.organisation.name, ends, row.kind, row.reference)


def ending_licences(licence_id: int, ends: date) -> Ending | None:
    """The licence and those of the same organisation that end with it, unless its end has moved.

    Licences that their contract's end speaks for are left out, as are replaced ones.
    """
    row = (
        Licence.objects.filter(pk=licence_id, valid_until=ends)
        .select_related("organisation")
        .first()
    )
    if row is None:
        return None
    rows = (
        Licence.objects.filter(organisation=row.organisation_id, valid_until=ends, replacement=None)
        .exclude(contract__ends__lte=ends)
        .select_related("product")
        .order_by("product__name", "pk")
    )
    lines = tuple((line.product.name, mask(line.key)) for line in rows)
    return Ending(row.organisation_id, row.organisation.name, ends, licences=lines)


def keepers_of(organisation_id: int) -> list[Reader]:
    """Who is told of what concerns the whole organisation: its administrators, else its people."""
    acting = Membership.objects.filter(
        organisation=organisation_id,
        organisation__active=True,
        ended_at=None,
        user__is_active=True,
    ).order_by("user_id")
    rows = list(acting.values_list("user_id", "is_admin"))
    administrators = [user for user, is_admin in rows if is_admin]
    return _readers(administrators or [user for user, _ in rows])


def sales() -> list[Reader]:
    """Everybody who wears the hat of sales."""
    return _readers(_wearing(Role.SALES))


@dataclass(frozen=True, slots=True)
class Sold:
    """A one-off that was sold, as its holder is told of it. ``signs_in``: they have a password."""

    ticket: Ticket
    holder_id: int
    signs_in: bool
    kind: str
    service: str
    service_en: str
    bought_on: date | None
    last_day: date | None
    unused: bool
    order_id: int | None
    cents: int
    payment: str
    purchase_order: str
    invoice_number: str
    invoice: StoredFile | None


def sold_tickets(ticket_ids: Sequence[int]) -> list[Sold]:
    """Those of the tickets that are one-offs, in the order they were sold."""
    rows = Ticket.objects.filter(pk__in=list(ticket_ids), prepaid__isnull=False)
    return [_sold(row) for row in rows.select_related(*_SOLD).order_by("pk")]


def sold_prepaid(prepaid_id: int) -> Sold | None:
    """A one-off by itself; None before it has its number."""
    row = Ticket.objects.filter(prepaid=prepaid_id).select_related(*_SOLD).first()
    return _sold(row) if row else None


_SOLD = ("service", "prepaid__service", "prepaid__holder", "prepaid__item__order__invoice_file")


def _sold(row: Ticket) -> Sold:
    prepaid = row.prepaid
    assert prepaid
    item = getattr(prepaid, "item", None)
    order = item.order if item else None
    return Sold(
        ticket=row,
        holder_id=prepaid.holder_id,
        signs_in=prepaid.holder.has_usable_password(),
        kind=prepaid.kind,
        service=prepaid.service.name,
        service_en=prepaid.service.name_en,
        bought_on=prepaid.bought_on,
        last_day=prepaid.last_day,
        unused=Entry(prepaid.last) in UNUSED,
        order_id=order.pk if order else None,
        cents=order.unit_cents if order else 0,
        payment=order.payment if order else "",
        purchase_order=order.purchase_order if order else "",
        invoice_number=order.invoice_number if order else "",
        invoice=order.invoice_file if order else None,
    )
