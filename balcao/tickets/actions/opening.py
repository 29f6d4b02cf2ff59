"""Opening a ticket (S3-S6, S11)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from balcao.entitlements.models import Service
from balcao.events.actions import emit
from balcao.events.changes import insert
from balcao.events.statements import Statement
from balcao.files.models import StoredFile
from balcao.policy import access, gate, lifecycle
from balcao.policy.access import Actor
from balcao.policy.book import Policy, Verdict
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.policy.numbers import make_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.actions.conversation import write_message
from balcao.tickets.actions.deadlines import promised, set_deadlines
from balcao.tickets.actions.drafts import drop_draft, save_draft
from balcao.tickets.actions.moves import begin_span, move
from balcao.tickets.actions.refusal import Judged, NotAllowed, Refused, gated, require
from balcao.tickets.models import Draft, MessageKind, Ticket
from balcao.tickets.queries import (
    approved_for,
    evidence,
    question_to_open,
    queues_for,
    visible_to,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the customer asks for, with the rows it names already found."""

    opener_id: int
    organisation_id: int
    service: Service
    licence_id: int | None
    subject: str
    body: str
    key: str
    files: Sequence[StoredFile] = ()
    door: Door = Door.PORTAL
    follows_id: int | None = None
    assisted: bool = False


def open_now(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    service: str,
    licence_id: int | None,
    subject: str,
    body: str,
    key: str,
    files: Sequence[StoredFile] = (),
    door: Door = Door.PORTAL,
    follows: str | None = None,
    assisted: bool = False,
) -> Ticket:
    """Open a ticket for one of the actor's organisations, within a gated action.

    ``follows``: the number of an earlier ticket of that organisation which this one goes on from.
    ``assisted``: staff typed it, and the actor confirmed it (R13).

    Idempotent: the same ``key`` of the same person returns the ticket it made the first time, also
    when the first answer was lost after its commit. Raises Refused (what was written is kept as a
    draft) when the gate says no, NotAllowed when organisation, licence or service is not the
    actor's to choose.
    """
    if made := made_before(actor.id, key):
        return made
    require(access.can_submit_for(actor, organisation_id))
    assert actor.id is not None
    asked = Opening(
        opener_id=actor.id,
        organisation_id=organisation_id,
        service=active_service(service, organisation_id),
        licence_id=licence_id,
        subject=subject,
        body=body,
        key=key,
        files=files,
        door=door,
        follows_id=_earlier(actor, follows, organisation_id) if follows else None,
        assisted=assisted,
    )
    policy = rulebook.current()
    judged = judge_opening(asked, policy=policy, actor=actor, now=now)
    if judged.decision.refused:
        raise Refused(judged, keep=lambda: _keep_draft(asked, actor=actor, now=now))
    return _create(asked, judged, policy=policy, actor=actor, now=now)


open_ticket = gated(open_now)


def made_before(opener_id: int | None, key: str) -> Ticket | None:
    """The ticket that the same ``key`` of the same opener made the first time."""
    return next(iter(_MADE.objects(opener_id, key)), None)


_MADE = Statement(
    lambda opener, key: Ticket.objects.filter(opener=opener, opening_key=key), int, str
)


def active_service(slug: str, organisation_id: int) -> Service:
    """The service with this slug, the id of the queue that serves it (``line``), and whether the
    organisation has an approved exception (``excepted``). One statement. Raises NotAllowed for one
    that is not offered.
    """
    found = _OFFERED.objects(slug, organisation_id)
    if not found:
        raise NotAllowed
    service: Service = found[0]
    return service


_OFFERED = Statement(
    lambda slug, organisation: Service.objects.filter(slug=slug, active=True).annotate(
        line=Subquery(queues_for(OuterRef("slug")).values("pk")[:1]),
        excepted=Exists(approved_for(organisation)),
    ),
    *(str, int),
)


def _earlier(actor: Actor, number: str, organisation_id: int) -> int:
    """The ticket gone on from, if the actor sees it and it is that organisation's (B5)."""
    found = (
        visible_to(actor)
        .filter(number=number, organisation=organisation_id)
        .values_list("pk", flat=True)
        .first()
    )
    if found is None:
        raise NotAllowed
    return found


def judge_opening(
    asked: Opening,
    *,
    policy: Policy,
    actor: Actor,
    now: datetime,
    ticket: Ticket | None = None,
) -> Judged:
    """Ask the gate as the one who opens, whoever acts. ``ticket``: the one it is about, if there is
    one, locked. Raises NotAllowed for a licence of somebody else's.
    """
    request, facts = question_to_open(
        asked.opener_id,
        asked.organisation_id,
        service=asked.service.slug,
        licence_id=asked.licence_id,
        door=asked.door,
        assisted=asked.assisted,
        excepted=getattr(ticket or asked.service, "excepted", True),
    )
    # An id from a form proves nothing: the licence must be one of that organisation (B5).
    require(asked.licence_id is None or asked.licence_id in {row.id for row in facts.licences})
    return Judged(
        request,
        facts,
        gate.decide(request, facts, policy, now),
        actor=actor,
        organisation_id=asked.organisation_id,
        ticket_id=ticket.pk if ticket else None,
    )


def _keep_draft(asked: Opening, *, actor: Actor, now: datetime) -> Draft:
    return save_draft(
        actor=actor,
        now=now,
        key=asked.key,
        subject=asked.subject,
        body=asked.body,
        organisation_id=asked.organisation_id,
        service_id=asked.service.pk,
        licence_id=asked.licence_id,
        files=asked.files,
        door=asked.door,
    )


def _create(
    asked: Opening, judged: Judged, *, policy: Policy, actor: Actor, now: datetime
) -> Ticket:
    ticket, is_new = put_in_line(asked, judged, policy=policy, now=now)
    if not is_new:
        return ticket
    message = write_message(
        ticket,
        kind=MessageKind.CUSTOMER,
        door=asked.door,
        actor=actor,
        body=asked.body,
        key=f"open:{asked.key}",
        files=asked.files,
        now=now,
    )
    decision = judged.record(ticket_id=ticket.pk)
    drop_draft(actor, asked.key)
    told = evidence.of_message(message, asked.files) | evidence.of_decision(decision)
    emit("ticket.opened", ticket, actor=actor, now=now, data=told)
    if judged.decision.verdict is Verdict.ASK:
        move(ticket, Verb.ASK_SALES, actor=actor, now=now)
    return ticket


def put_in_line(
    asked: Opening, judged: Judged, *, policy: Policy, now: datetime, messages: int = 1
) -> tuple[Ticket, bool]:
    """The new ticket with its number, its deadlines and its place; its messages are the caller's.

    False: the same opening, sent twice at once, made it meanwhile.
    """
    cover = judged.decision.coverage
    state = lifecycle.next_state(None, Verb.SUBMIT)
    wanted = Ticket(
        subject=asked.subject,
        organisation_id=asked.organisation_id,
        unit_id=judged.facts.person.unit,
        opener_id=asked.opener_id,
        queue_id=vars(asked.service)["line"],
        service=asked.service,
        contract_id=cover.contract.id if cover and cover.contract else None,
        licence_id=asked.licence_id or (cover.licence.id if cover and cover.licence else None),
        kind=(cover.kind if cover else None) or "",
        door=asked.door.value,
        follows_id=asked.follows_id,
        state=state.value if state else "",
        opening_key=asked.key,
        policy_version=policy.version,
        submitted_at=now,
        changed_at=now,
        message_count=messages,
    )
    due = promised(wanted, policy=policy)
    ticket = numbered(wanted)
    if ticket is not wanted:
        return ticket, False
    begin_span(ticket, now)
    set_deadlines(ticket, due)
    return ticket, True


def numbered(ticket: Ticket) -> Ticket:
    """Save with a number nobody has: nine random digits and a check digit (C2, O5).

    Returns another row when the same opening, sent twice at once, has made its ticket meanwhile.
    """
    for _ in range(20):
        ticket.number = make_number(f"{secrets.randbelow(10**9):09d}")
        if insert([ticket], unless_there=True):
            return ticket
        if made := made_before(ticket.opener_id, ticket.opening_key):
            return made
    raise RuntimeError("twenty random numbers in a row were taken")


class _Taken(Exception):
    """One of the numbers was somebody else's."""


def numbered_all(tickets: Sequence[Ticket]) -> None:
    """Save new tickets that nobody else makes, each with a number nobody has (C2, O5)."""
    for _ in range(20):
        for ticket in tickets:
            ticket.number = make_number(f"{secrets.randbelow(10**9):09d}")
        try:
            with transaction.atomic():
                if insert(tickets, unless_there=True) == len(tickets):
                    return
                raise _Taken
        except _Taken:
            continue
    raise RuntimeError("twenty times one of the random numbers was taken")
