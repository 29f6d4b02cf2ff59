"""Messages: the customer's, the staff's replies and internal notes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from balcao.events.actions import emit
from balcao.events.changes import insert, store
from balcao.events.statements import Statement
from balcao.files.models import StoredFile
from balcao.lib.html import has_remote
from balcao.lib.text import headline, is_thanks
from balcao.policy import access, booking, gate, lifecycle
from balcao.policy.access import Actor, Permission
from balcao.policy.gate import Act, Door, SenderFacts
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.search.actions import index
from balcao.tickets.actions.describing import choose_service, require_service, submit
from balcao.tickets.actions.drafts import drop_draft
from balcao.tickets.actions.indexing import text_of
from balcao.tickets.actions.meanwhile import Seen, require_unchanged
from balcao.tickets.actions.mentions import note_mentions
from balcao.tickets.actions.moves import lock, move, start_late
from balcao.tickets.actions.participants import join
from balcao.tickets.actions.refusal import Conflict, Judged, Refused, gated, require
from balcao.tickets.actions.writing import Came, let_go
from balcao.tickets.models import Attachment, Layout, Message, MessageKind, Ticket
from balcao.tickets.queries import evidence, question_about, scope_of


def write_message(
    ticket: Ticket,
    *,
    kind: MessageKind,
    door: Door,
    actor: Actor,
    body: str,
    key: str,
    files: Sequence[StoredFile],
    now: datetime,
    quoted: str = "",
    html: str = "",
) -> Message:
    """Add one message to a locked ticket, with its attachments. Counting it is the caller's."""
    message = Message(
        ticket=ticket,
        kind=kind,
        door=door.value,
        author_id=actor.id,
        author_name=actor.label,
        body=body,
        quoted=quoted,
        html=html,
        layout=_layout(html),
        key=key,
        created_at=now,
    )
    insert([message])
    insert([Attachment(message=message, file=file) for file in files])
    index([text_of(message, ticket, [file.name for file in files])])
    return message


def _layout(html: str) -> str:
    if not html:
        return ""
    return Layout.REMOTE if has_remote(html) else Layout.WHOLE


_COUNTED = ("message_count", "changed_at")


def _count(ticket: Ticket, now: datetime) -> None:
    """The ticket has one message more; the caller saves it, with what else changed."""
    ticket.message_count += 1
    ticket.changed_at = max(now, ticket.changed_at)


def written_before(ticket: Ticket, key: str) -> Message | None:
    """The message that the same ``key`` made the first time."""
    return next(iter(_WRITTEN.objects(ticket.pk, key)), None)


_WRITTEN = Statement(lambda ticket, key: Message.objects.filter(ticket=ticket, key=key), int, str)


def ask_gate(
    ticket: Ticket,
    act: Act,
    *,
    actor: Actor,
    now: datetime,
    door: Door,
    sender: SenderFacts | None = None,
    service: str | None = None,
    person_id: int | None = None,
    asks: bool = True,
    taken_down: bool = False,
) -> Judged:
    """Ask the gate about this ticket; raise Refused when it says no. ``service``: the slug of
    another one than the ticket's that is asked for. ``person_id``: who wants it, if not the actor.
    ``asks``: a service is asked for at all. ``taken_down``: it waits for the next opening (S27).
    """
    request, facts = question_about(
        ticket,
        act,
        person_id=person_id or actor.id,
        door=door,
        sender=sender,
        service=service,
        asks=asks,
    )
    request = replace(request, taken_down=taken_down)
    judged = Judged(
        request,
        facts,
        gate.decide(request, facts, rulebook.current(), now),
        actor=actor,
        organisation_id=ticket.organisation_id,
        ticket_id=ticket.pk,
    )
    if judged.decision.refused:
        raise Refused(judged)
    return judged


@gated
def customer_message(
    *,
    actor: Actor,
    now: datetime,
    ticket_id: int,
    body: str,
    key: str,
    files: Sequence[StoredFile] = (),
    door: Door = Door.PORTAL,
    sender: SenderFacts | None = None,
    quoted: str = "",
    html: str = "",
    drafted: str = "",
    subject: str = "",
    service: str = "",
    goes_on: bool = False,
) -> Message:
    """The customer goes on with a ticket, by any door (S7-S9).

    To a one-off that waits for its problem, it describes it (R16): ``subject`` names it, and
    ``service`` is the slug of what is asked for, where it is not what the one-off was bought for.
    One that ``goes_on`` about what sales found not covered submits nothing: sales learns of it, as
    of one to a training or installation without a time, which it asks for (S42).

    Ends a wait for the customer, and reopens a resolved ticket unless it is a mere thank-you (R5).
    Idempotent by ``key``. ``sender`` holds what is known of a mail's sender; without it the actor
    is signed in and the access table answers. ``html``: a mail as it was laid out, sanitised.
    ``drafted``: the key of the draft that is used up with it (R12). Raises Refused, NotAllowed, or
    Conflict when that draft is gone.
    """
    ticket = lock(ticket_id)
    if sender is None:
        require(access.can(actor, Permission.REPLY, scope_of(ticket, actor)))
    if written := written_before(ticket, key):
        return written
    require_service(ticket, service)
    goes_on = goes_on and ticket.state == State.SOLD.value
    judged = ask_gate(
        ticket,
        Act.CONTINUE,
        actor=actor,
        now=now,
        door=door,
        sender=sender,
        service=service,
        asks=not goes_on,
    )
    if drafted and not drop_draft(actor, drafted):
        raise Conflict("state_changed")
    said = Said(body, key, files, quoted, html, subject, service, goes_on)
    return take_in(ticket, judged, said, author=actor, door=door, now=now)


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer's message holds. ``key`` makes it one message however often it is told.

    ``html``: a mail as it was laid out, sanitised. ``subject`` and ``service`` count where it
    describes the problem of a one-off; empty: what is known already. ``goes_on``: it does not.
    """

    body: str
    key: str
    files: Sequence[StoredFile] = ()
    quoted: str = ""
    html: str = ""
    subject: str = ""
    service: str = ""
    goes_on: bool = False


def take_in(
    ticket: Ticket, judged: Judged, said: Said, *, author: Actor, door: Door, now: datetime
) -> Message:
    """Add a customer's message to a locked ticket, and what follows from it: a wait ends, a
    resolved ticket reopens unless it is a mere thank-you (R5). Where a time is agreed on first,
    sales is told (S42).
    """
    thanks = is_thanks(said.body) and not said.files
    state = State(ticket.state)
    verb = lifecycle.verb_of_customer_message(state, thanks=thanks, goes_on=said.goes_on)
    arranged = verb is Verb.SUBMIT and booking.arranges(state, ticket.kind)
    if arranged:
        verb = None
    if verb is Verb.SUBMIT:
        # Before the message: it is found by its ticket's subject.
        ticket.subject = said.subject.strip() or headline(said.body) or ticket.subject
    message = write_message(
        ticket,
        kind=MessageKind.CUSTOMER,
        door=door,
        actor=author,
        body=said.body,
        key=said.key,
        files=said.files,
        now=now,
        quoted=said.quoted,
        html=said.html,
    )
    told = evidence.of_message(message, said.files) | evidence.of_decision(judged.record())
    _count(ticket, now)
    emit(
        "ticket.customer_wrote",
        ticket,
        actor=author,
        now=now,
        data={**told, "door": door.value, "thanks": thanks},
    )
    join(ticket, author=author, now=now)
    if verb is Verb.SUBMIT:
        choose_service(ticket, said.service)
        submit(ticket, judged, actor=author, door=door, message=message, now=now)
    elif verb is not None:
        move(ticket, verb, actor=author, now=now, data={"message": message.pk})
    else:
        ticket.thanked = thanks
        store(ticket, (*_COUNTED, "thanked"))
        if said.goes_on and not thanks and ticket.prepaid:
            about = {"ticket": ticket.pk, "message": message.pk}
            emit("prepaid.answered", ticket.prepaid, actor=author, now=now, data=about)
    if arranged:
        emit("ticket.time_wanted", ticket, actor=author, now=now, data={"message": message.pk})
    return message


def _judge_act(ticket: Ticket, *, actor: Actor, now: datetime, door: Door) -> Judged:
    if ticket.claimed_until and ticket.claimed_until > now and ticket.assignee_id != actor.id:
        raise Conflict("taken")
    if not lifecycle.may_answer(State(ticket.state)):
        raise Conflict("not_described")
    return ask_gate(ticket, Act.SERVE, actor=actor, now=now, door=door)


def check_answer(
    ticket: Ticket, then: Verb | None, *, seen: Seen | None, actor: Actor, now: datetime
) -> None:
    """Everything that ``staff_reply`` would ask if it was sent at once, so that a press is answered
    when it is made. Raises as it does.
    """
    require(access.can(actor, Permission.ANSWER, scope_of(ticket, actor)))
    require_unchanged(ticket, seen, actor=actor)
    _judge_act(ticket, actor=actor, now=now, door=Door.PORTAL)
    state = lifecycle.next_state(State(ticket.state), Verb.START) or State(ticket.state)
    if then is not None and lifecycle.next_state(state, then) is None:
        raise Conflict("state_changed")


def public_act(
    ticket: Ticket,
    *,
    actor: Actor,
    now: datetime,
    door: Door,
    body: str,
    key: str,
    files: Sequence[StoredFile] = (),
    starts: bool = True,
) -> tuple[Message, dict[str, object]]:
    """What one of the team does on a locked ticket for the customer to see: a reply, a call, a
    remote session. The first one starts service (R3), unless it is not to (``starts``), and makes
    the ticket the actor's.

    Returns the message and what an event says of it. Raises Refused when no ticket is open (S22),
    or Conflict("taken") while a colleague holds the claim.
    """
    judged = _judge_act(ticket, actor=actor, now=now, door=door)
    message = write_message(
        ticket,
        kind=MessageKind.REPLY,
        door=door,
        actor=actor,
        body=body,
        key=key,
        files=files,
        now=now,
    )
    told = evidence.of_message(message, files) | evidence.of_decision(judged.record())
    _count(ticket, now)
    if ticket.assignee_id is None or ticket.claimed_until is not None:
        ticket.assignee_id = actor.id
    if ticket.state == State.OPEN.value:
        move(ticket, Verb.START, actor=actor, now=now, data={"message": message.pk})
    else:
        if starts:
            start_late(ticket, actor=actor, now=now)
        store(ticket, (*_COUNTED, "assignee", "started_at", "previous_state"))
    return message, told


@gated
def staff_reply(
    *,
    actor: Actor,
    now: datetime,
    ticket_id: int,
    body: str,
    key: str,
    files: Sequence[StoredFile] = (),
    then: Verb | None = None,
    came: Came | None = None,
    seen: Seen | None = None,
) -> Message:
    """A public answer. The first one starts service (R3) and makes the ticket the writer's.

    ``then``: WAIT_CUSTOMER when the answer asks the customer something, or RESOLVE. ``came``: the
    draft it was, which is empty afterwards. ``seen``: the page it was written on, when others may
    have changed the ticket since. Idempotent by ``key``. Raises Refused when no ticket is open
    (S22), NotAllowed, Conflict("taken") while a colleague holds the claim, Conflict("changed") or
    Conflict("answered") for what was not seen, or Conflict("draft_changed") when the draft is no
    longer the one that is sent.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.ANSWER, scope_of(ticket, actor)))
    if written := written_before(ticket, key):
        return written
    require_unchanged(ticket, seen, actor=actor)
    let_go(came, now=now)
    message, told = public_act(
        ticket, actor=actor, now=now, door=Door.PORTAL, body=body, key=key, files=files
    )
    emit(
        "ticket.replied",
        ticket,
        actor=actor,
        now=now,
        data={**told, "then": then.value if then else ""},
    )
    note_mentions(ticket, message, actor=actor, now=now)
    if then is not None:
        move(ticket, then, actor=actor, now=now, data={"message": message.pk})
    return message


@gated
def note(
    *,
    actor: Actor,
    now: datetime,
    ticket_id: int,
    body: str,
    key: str,
    files: Sequence[StoredFile] = (),
    came: Came | None = None,
) -> Message:
    """An internal note: no customer ever sees it, and it changes no state and no deadline.

    ``came``: the draft it was, which is empty afterwards; Conflict("draft_changed") when that is no
    longer the one that is saved.
    """
    ticket = lock(ticket_id)
    require(access.can(actor, Permission.NOTE, scope_of(ticket, actor)))
    if written := written_before(ticket, key):
        return written
    let_go(came, now=now)
    message = write_message(
        ticket,
        kind=MessageKind.NOTE,
        door=Door.PORTAL,
        actor=actor,
        body=body,
        key=key,
        files=files,
        now=now,
    )
    _count(ticket, now)
    store(ticket, _COUNTED)
    told = evidence.of_message(message, files)
    emit("ticket.noted", ticket, actor=actor, now=now, data=told)
    note_mentions(ticket, message, actor=actor, now=now)
    return message
