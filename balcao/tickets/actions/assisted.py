""" "Abertura assistida": an agent types, the customer confirms, the ticket is theirs (R13)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from balcao.entitlements.models import Licence
from balcao.events.actions import emit
from balcao.people import queries as people
from balcao.people.actions import TokenRefused, use_token
from balcao.policy import access
from balcao.policy.access import Actor, Duty
from balcao.policy.accounts import LIFE, TokenKind
from balcao.policy.assisted import answerable
from balcao.policy.gate import Door
from balcao.tickets.actions.opening import active_service, open_now
from balcao.tickets.actions.refusal import Conflict, NotAllowed, Refused, gated, require
from balcao.tickets.models import AssistedOpening, AssistedState, Call, CallOutcome, Ticket


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an agent typed for a contact. ``service``: a slug."""

    contact_id: int
    organisation_id: int
    service: str
    licence_id: int | None
    subject: str
    body: str


@transaction.atomic
def propose_opening(
    *,
    actor: Actor,
    now: datetime,
    wanted: Proposal,
    key: str,
    call_id: int | None = None,
    door: Door = Door.PHONE,
) -> AssistedOpening:
    """Ask the contact to open what was typed for them: nothing is opened yet.

    A link goes to their registered address and is good for 24 hours. Idempotent by ``key``. Raises
    Conflict("no_address"), NotAllowed for somebody who does not act for the organisation, a
    licence that is not its own or a service that nobody offers.
    """
    require(access.may(actor, Duty.ASSIST_OPENING))
    assert actor.id is not None
    if made := AssistedOpening.objects.filter(key=key, agent=actor.id).first():
        return made
    contact = people.actor_by_id(wanted.contact_id)
    require(contact is not None and access.can_submit_for(contact, wanted.organisation_id))
    if wanted.contact_id not in people.primary_addresses([wanted.contact_id]):
        raise Conflict("no_address")
    call = _call(actor, call_id)
    try:
        with transaction.atomic():
            row = AssistedOpening.objects.create(
                agent_id=actor.id,
                contact_id=wanted.contact_id,
                organisation_id=wanted.organisation_id,
                service=active_service(wanted.service, wanted.organisation_id),
                licence=_licence(wanted.licence_id, wanted.organisation_id),
                door=door.value,
                subject=wanted.subject,
                body=wanted.body,
                key=key,
                call=call,
                created_at=now,
                expires_at=now + LIFE[TokenKind.OPENING],
            )
    except IntegrityError:
        return AssistedOpening.objects.get(key=key, agent=actor.id)
    if call is not None:
        Call.objects.filter(pk=call.pk).update(outcome=CallOutcome.ASSISTED)
    data = {"contact": row.contact_id, "call": call_id}
    emit("opening.proposed", row, actor=actor, now=now, data=data)
    return row


def _call(actor: Actor, call_id: int | None) -> Call | None:
    if call_id is None:
        return None
    call = Call.objects.filter(pk=call_id, agent=actor.id, ended_at=None).first()
    if call is None:
        raise Conflict("call_ended")
    return call


def _licence(licence_id: int | None, organisation_id: int) -> Licence | None:
    if licence_id is None:
        return None
    found = Licence.objects.filter(pk=licence_id, organisation=organisation_id).first()
    if found is None:
        raise NotAllowed
    return found


def confirm_opening(
    *, actor: Actor, now: datetime, opening_id: int, secret: str | None = None
) -> Ticket:
    """ "Abrir Chamado": the contact opens it, through the gate and as themselves (S3, S6).

    ``secret``: of the link, which is used up; without it the actor is signed in. Pressed twice it
    is one ticket. Raises Refused (the text is kept as the contact's draft), TokenRefused,
    NotAllowed for anybody else's, Conflict("answered") when it was declined, refused or is
    too old.
    """
    try:
        return _confirm(actor=actor, now=now, opening_id=opening_id, secret=secret)
    except Refused as refusal:
        _refuse(refusal.draft_key or "", actor=actor, now=now, opening_id=opening_id, secret=secret)
        raise


@gated
def _confirm(*, actor: Actor, now: datetime, opening_id: int, secret: str | None) -> Ticket:
    row = _own(actor, opening_id)
    if row.state == AssistedState.CONFIRMED and row.ticket:
        return row.ticket
    _answer(row, AssistedState.CONFIRMED, now=now, secret=secret)
    ticket = open_now(
        actor=actor,
        now=now,
        organisation_id=row.organisation_id,
        service=row.service.slug,
        licence_id=row.licence_id,
        subject=row.subject,
        body=row.body,
        key=row.key,
        assisted=True,
    )
    AssistedOpening.objects.filter(pk=row.pk).update(ticket=ticket)
    if row.call_id is not None:
        Call.objects.filter(pk=row.call_id, outcome=CallOutcome.ASSISTED).update(ticket=ticket)
    data = {"ticket": ticket.pk, "by": "session" if secret is None else "link"}
    emit("opening.confirmed", row, actor=actor, now=now, data=data)
    return ticket


@transaction.atomic
def _refuse(
    draft_key: str, *, actor: Actor, now: datetime, opening_id: int, secret: str | None
) -> None:
    """The gate said no: it is answered, and the draft waits for whoever signs in."""
    row = _own(actor, opening_id)
    _answer(row, AssistedState.REFUSED, now=now, secret=secret)
    AssistedOpening.objects.filter(pk=row.pk).update(draft_key=draft_key)
    emit("opening.refused", row, actor=actor, now=now)


@transaction.atomic
def decline_opening(
    *, actor: Actor, now: datetime, opening_id: int, secret: str | None = None
) -> None:
    """ "Não fui eu": nothing is opened, and whoever typed it learns so. Raises as confirming."""
    row = _own(actor, opening_id)
    if row.state == AssistedState.DECLINED:
        return
    _answer(row, AssistedState.DECLINED, now=now, secret=secret)
    emit("opening.declined", row, actor=actor, now=now)


def _own(actor: Actor, opening_id: int) -> AssistedOpening:
    row = (
        AssistedOpening.objects.select_related("service", "ticket")
        .filter(pk=opening_id, contact=actor.id)
        .first()
    )
    if row is None:
        raise NotAllowed
    return row


def _answer(
    row: AssistedOpening, state: AssistedState, *, now: datetime, secret: str | None
) -> None:
    """Answered once: of two answers at the same time one is refused."""
    if not answerable(row.state, expires_at=row.expires_at, now=now):
        raise Conflict("answered")
    if secret is not None:
        grant = use_token(now=now, kind=TokenKind.OPENING, secret=secret, user_id=row.contact_id)
        if grant.payload.get("opening") != row.pk:
            raise TokenRefused
    waiting = AssistedOpening.objects.filter(pk=row.pk, state=AssistedState.WAITING)
    if not waiting.update(state=state, answered_at=now):
        raise Conflict("answered")
