"""What an agent typed for a customer, as the agent and as the customer see it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from balcao.entitlements.queries import ServiceRow
from balcao.people.queries import actor_by_id, find_token
from balcao.policy import access, gate
from balcao.policy.access import Actor, Duty
from balcao.policy.accounts import TokenKind
from balcao.policy.assisted import WAITING, standing
from balcao.policy.book import Policy
from balcao.policy.gate import Door
from balcao.tickets.models import AssistedOpening
from balcao.tickets.queries.access import NotFound
from balcao.tickets.queries.opening import Choices, opening_choices
from balcao.tickets.queries.questions import question_to_open


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An assisted opening. ``state``: as it stands now; ``number``: of its ticket.

    ``draft_key``: of the contact's draft that kept the text when the gate refused.
    """

    id: int
    agent: str
    contact_id: int
    contact: str
    organisation_id: int
    organisation: str
    service: str
    service_en: str
    product: str
    subject: str
    body: str
    state: str
    number: str
    draft_key: str
    call_id: int | None
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None

    @property
    def waits(self) -> bool:
        """The contact may still answer."""
        return self.state == WAITING


def contact_choices(
    actor: Actor, contact_id: int, *, policy: Policy, now: datetime
) -> tuple[tuple[Choices, ...], list[ServiceRow]]:
    """What the contact may open for, as they would see it themselves. Raises NotFound for whoever
    opens for nobody, and for a person who acts for no customer.
    """
    contact = actor_by_id(contact_id) if access.may(actor, Duty.ASSIST_OPENING) else None
    if contact is None or not contact.organisations:
        raise NotFound
    return opening_choices(contact, policy=policy, now=now)


def foretell_opening(
    contact_id: int,
    organisation_id: int,
    *,
    service: str,
    licence_id: int | None,
    policy: Policy,
    now: datetime,
) -> gate.Decision:
    """What the gate would say if the contact confirmed it now; nothing is recorded."""
    request, facts = question_to_open(
        contact_id,
        organisation_id,
        service=service,
        licence_id=licence_id,
        door=Door.PORTAL,
        assisted=True,
    )
    return gate.decide(request, facts, policy, now)


def opening_for(actor: Actor, opening_id: int, *, now: datetime) -> OpeningRow:
    """One, for whoever typed it or watches over calls. Raises NotFound."""
    rows = AssistedOpening.objects.filter(pk=opening_id)
    if not access.may(actor, Duty.VIEW_CALLS):
        rows = rows.filter(agent=actor.id)
    return _one(rows, now)


def openings_of_call(actor: Actor, call_id: int, *, now: datetime) -> list[OpeningRow]:
    """Those typed during a call, newest first, for whoever sees the call (`call_for`)."""
    rows = AssistedOpening.objects.filter(call=call_id)
    if not access.may(actor, Duty.VIEW_CALLS):
        rows = rows.filter(agent=actor.id)
    return [_row(row, now) for row in _joined(rows)]


def openings_to_confirm(actor: Actor, *, now: datetime) -> list[OpeningRow]:
    """Those that wait for this contact's word, newest first. One statement."""
    rows = AssistedOpening.objects.filter(
        contact=actor.id, state=WAITING, expires_at__gt=now, organisation__in=actor.organisations
    )
    return [_row(row, now) for row in _joined(rows)]


def own_opening(actor: Actor, opening_id: int, *, now: datetime) -> OpeningRow:
    """One that was typed for the actor. Raises NotFound."""
    return _one(AssistedOpening.objects.filter(pk=opening_id, contact=actor.id), now)


def opening_by_link(secret: str, *, now: datetime) -> OpeningRow | None:
    """What a link is about: to be answered, or what came of it once it was used up.

    None for any other secret, whatever is wrong with it (A3).
    """
    grant = find_token(secret, kind=TokenKind.OPENING, now=now, spent=True)
    if grant is None:
        return None
    rows = AssistedOpening.objects.filter(
        pk=int(grant.payload.get("opening", 0)), contact=grant.user_id
    )
    if find_token(secret, kind=TokenKind.OPENING, now=now) is None:
        rows = rows.exclude(state=WAITING)
    return next((_row(row, now) for row in _joined(rows)), None)


def _joined(rows: QuerySet[AssistedOpening]) -> QuerySet[AssistedOpening]:
    return rows.select_related(
        "agent", "contact", "organisation", "service", "licence__product", "ticket"
    ).order_by("-pk")


def _one(rows: QuerySet[AssistedOpening], now: datetime) -> OpeningRow:
    row = _joined(rows).first()
    if row is None:
        raise NotFound
    return _row(row, now)


def _row(row: AssistedOpening, now: datetime) -> OpeningRow:
    return OpeningRow(
        id=row.pk,
        agent=row.agent.name,
        contact_id=row.contact_id,
        contact=row.contact.name,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        service=row.service.name,
        service_en=row.service.name_en,
        product=row.licence.product.name if row.licence else "",
        subject=row.subject,
        body=row.body,
        state=standing(row.state, expires_at=row.expires_at, now=now),
        number=row.ticket.number if row.ticket else "",
        draft_key=row.draft_key,
        call_id=row.call_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
    )
