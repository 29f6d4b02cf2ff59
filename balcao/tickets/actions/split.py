"""A second question gets a ticket of its own (R27)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from balcao.events.actions import emit
from balcao.files.models import StoredFile
from balcao.people.models import User
from balcao.policy import access, acts
from balcao.policy.access import Actor, Permission
from balcao.policy.book import Verdict
from balcao.policy.gate import Door
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.search.actions import index
from balcao.tickets.actions.indexing import text_of
from balcao.tickets.actions.moves import lock, move
from balcao.tickets.actions.opening import (
    Opening,
    active_service,
    judge_opening,
    made_before,
    put_in_line,
)
from balcao.tickets.actions.refusal import Conflict, Judged, Refused, gated, require
from balcao.tickets.models import Attachment, Message, MessageKind, Ticket, TicketLink
from balcao.tickets.queries import evidence, scope_of
from balcao.tickets.queries.access import keep_participants


@dataclass(frozen=True, slots=True)
class Question:
    """The second question: messages of the customer that hold it, and words to add, or in their
    place. Service by slug.
    """

    subject: str
    service: str
    licence_id: int | None
    message_ids: tuple[int, ...] = ()
    body: str = ""


@gated
def split(*, actor: Actor, now: datetime, ticket_id: int, question: Question, key: str) -> Ticket:
    """ "Separar": the gate is asked as the ticket's opener; allowed, the question has a number of
    its own, its own deadlines and a place at the end of the line (S11, S30). The old one goes on.

    Chosen messages are copied with their author, moment and files; what the actor adds is theirs.
    The customer is told the number (S6). Idempotent by ``key``. Raises Refused, NotAllowed, also
    for messages that are not the customer's on this ticket, or Conflict("state_changed").
    """
    origin = lock(ticket_id)
    require(access.can(actor, Permission.SPLIT, scope_of(origin, actor)))
    key = f"split:{ticket_id}:{key}"
    if made := made_before(origin.opener_id, key):
        return made
    if not acts.may_split(State(origin.state)):
        raise Conflict("state_changed")
    chosen = chosen_of(origin, question.message_ids)
    require(bool(chosen or question.body))
    asked = Opening(
        opener_id=origin.opener_id,
        organisation_id=origin.organisation_id,
        service=active_service(question.service, origin.organisation_id),
        licence_id=question.licence_id,
        subject=question.subject,
        body=question.body,
        key=key,
        assisted=True,
    )
    policy = rulebook.current()
    judged = judge_opening(asked, policy=policy, actor=actor, now=now, ticket=origin)
    if judged.decision.refused:
        raise Refused(judged)
    count = len(chosen) + bool(question.body)
    ticket, is_new = put_in_line(asked, judged, policy=policy, now=now, messages=count)
    if is_new:
        share(ticket, list(origin.participants.all()))
        _fill(origin, ticket, asked, chosen, judged, actor=actor, now=now)
    return ticket


def chosen_of(origin: Ticket, ids: Sequence[int]) -> list[Message]:
    """The messages, oldest first. An id from a form proves nothing (B5)."""
    rows = Message.objects.filter(ticket=origin, kind=MessageKind.CUSTOMER, pk__in=ids)
    attached = Exists(Attachment.objects.filter(message=OuterRef("pk")))
    found: list[Message] = list(rows.annotate(attached=attached).order_by("pk")) if ids else []
    require(len(found) == len(set(ids)) and len(found) <= acts.MAX_COPIES)
    return found


def share(ticket: Ticket, people: list[User]) -> None:
    """Who takes part in the old ticket takes part in the new one."""
    if people:
        ticket.participants.add(*(user.pk for user in people))
    keep_participants(ticket, people)


def _fill(
    origin: Ticket,
    ticket: Ticket,
    asked: Opening,
    chosen: list[Message],
    judged: Judged,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    first, *rest = copy_into(ticket, chosen, asked.body, actor=actor, now=now)
    told = first | evidence.of_decision(judged.record(ticket_id=ticket.pk))
    TicketLink.objects.create(
        origin=origin,
        ticket=ticket,
        message=chosen[0] if chosen else None,
        by_id=_id_of(actor),
        at=now,
    )
    emit("ticket.opened", ticket, actor=actor, now=now, data={**told, "origin": origin.pk})
    for message in rest:
        emit("ticket.message_copied", ticket, actor=actor, now=now, data=message)
    Ticket.objects.filter(pk=origin.pk).update(changed_at=max(now, origin.changed_at))
    data = {"ticket": ticket.pk, "messages": len(chosen)}
    emit("ticket.split", origin, actor=actor, now=now, data=data)
    if judged.decision.verdict is Verdict.ASK:
        move(ticket, Verb.ASK_SALES, actor=actor, now=now)


def _id_of(actor: Actor) -> int:
    assert actor.id is not None
    return actor.id


def copy_into(
    ticket: Ticket,
    chosen: list[Message],
    body: str,
    *,
    actor: Actor,
    now: datetime,
    key: str = "split",
) -> list[dict[str, object]]:
    """The first messages of the new ticket; what events say of each."""
    files = _files_of(chosen)
    rows = [
        Message(
            ticket=ticket,
            kind=MessageKind.CUSTOMER,
            door=old.door,
            author_id=old.author_id,
            author_name=old.author_name,
            body=old.body,
            quoted=old.quoted,
            html=old.html,
            layout=old.layout,
            key=f"{key}:{old.pk}",
            created_at=old.created_at,
        )
        for old in chosen
    ]
    if body:
        rows.append(
            Message(
                ticket=ticket,
                kind=MessageKind.CUSTOMER,
                door=Door.PORTAL.value,
                author_id=actor.id,
                author_name=actor.label,
                body=body,
                key=key,
                created_at=now,
            )
        )
    Message.objects.bulk_create(rows)
    came = {row.pk: files[old.pk] for row, old in zip(rows, chosen, strict=False)}
    Attachment.objects.bulk_create(
        Attachment(message_id=message, file=file) for message in came for file in came[message]
    )
    index(text_of(row, ticket, [file.name for file in came.get(row.pk, ())]) for row in rows)
    return [evidence.of_message(row, came.get(row.pk, [])) for row in rows]


def _files_of(messages: list[Message]) -> defaultdict[int, list[StoredFile]]:
    found: defaultdict[int, list[StoredFile]] = defaultdict(list)
    with_files = [row for row in messages if vars(row)["attached"]]
    for row in Attachment.objects.filter(message__in=with_files).select_related("file"):
        found[row.message_id].append(row.file)
    return found
