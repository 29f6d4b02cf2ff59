"""Saving the policy: directly by the system, by people as a change of one topic."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from balcao.events.actions import emit
from balcao.lib.png import size_of
from balcao.policy import changing
from balcao.policy.access import Actor
from balcao.policy.book import parse
from balcao.policy.book.changes import Topic, has_moved, joined, part_of, with_part
from balcao.rulebook import queries
from balcao.rulebook.models import Picture, PolicyVersion, Proposal, ProposalState

SHIPPED = Path(__file__).with_name("default.toml")
PICTURE_BYTES = 128 * 1024
PICTURE_PIXELS = (32, 1024)
"""Least and most of each side of a logo."""


class NotAllowed(PermissionDenied):
    """The actor's duties do not reach this change."""


class Conflict(Exception):
    """The change cannot be saved as it is. ``code`` says why.

    ``same``: it changes nothing. ``moved``: somebody changed the same topic meanwhile. ``decided``:
    it was saved, rejected or withdrawn already. ``busy``: another change was saved this instant.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoPicture(ValueError):
    """What was given cannot be a logo. ``code``: ``kind``, ``large`` or ``size``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def shipped_document() -> dict[str, object]:
    """The policy that comes with the product, as JSON-ready data (dates as ISO text)."""
    plain: dict[str, object] = json.loads(_shipped())
    return plain


@cache
def _shipped() -> str:
    with SHIPPED.open("rb") as file:
        return json.dumps(tomllib.load(file), default=lambda day: day.isoformat())


@transaction.atomic
def install_shipped(*, actor: Actor, now: datetime) -> PolicyVersion | None:
    """Save the shipped policy as version 1, unless there is a policy already."""
    if PolicyVersion.objects.exists():
        return None
    document = shipped_document()
    return _save(document, after=0, reason="Shipped policy", actor=actor, now=now)


@transaction.atomic
def save(
    document: Mapping[str, object], *, reason: str, actor: Actor, now: datetime
) -> PolicyVersion:
    """Save a new version in the system's name; people go through ``draft`` and ``submit``.

    Raises NotAllowed for people, policy.book.PolicyError when the document cannot be enforced.
    """
    if actor.kind != "system":
        raise NotAllowed
    return _save(document, after=_newest().number, reason=reason, actor=actor, now=now)


@transaction.atomic
def draft(
    *, actor: Actor, now: datetime, topic: Topic, made_from: int, tables: Mapping[str, object]
) -> Proposal:
    """Write a change of ``topic`` down, made from version ``made_from``, for its author to look at.

    Raises NotAllowed, PolicyError when the book would not be enforceable with it, Conflict when it
    changes nothing (``same``). Written again unchanged it is the same draft.
    """
    if actor.id is None or not changing.may_change(actor, topic):
        raise NotAllowed
    base = PolicyVersion.objects.get(number=made_from)
    document = with_part(base.document, topic, tables)
    parse(document, version=made_from + 1)
    if document == base.document:
        raise Conflict("same")
    known = Proposal.objects.filter(
        state=ProposalState.DRAFT, author_id=actor.id, topic=topic, base=base
    )
    for row in known.order_by("-pk")[:5]:
        if row.tables == tables:
            return row
    row = Proposal.objects.create(
        topic=topic,
        base=base,
        tables=tables,
        author_id=actor.id,
        author_label=actor.label,
        created_at=now,
    )
    emit("policy.drafted", row, actor=actor, now=now, data={"topic": topic, "base": made_from})
    return row


@transaction.atomic
def keep_picture(*, actor: Actor, now: datetime, content: bytes) -> str:
    """Keep a logo, a PNG; its fingerprint, for the policy to name. The same picture is kept once.

    Raises NotAllowed, NoPicture.
    """
    if not changing.may_change(actor, Topic.COMPANY):
        raise NotAllowed
    if len(content) > PICTURE_BYTES:
        raise NoPicture("large")
    size = size_of(content)
    if size is None:
        raise NoPicture("kind")
    if not all(PICTURE_PIXELS[0] <= side <= PICTURE_PIXELS[1] for side in size):
        raise NoPicture("size")
    digest = hashlib.sha256(content).hexdigest()
    row, new = Picture.objects.get_or_create(
        digest=digest,
        defaults={"content": content, "width": size[0], "height": size[1], "created_at": now},
    )
    if new:
        data = {"width": size[0], "height": size[1]}
        emit("policy.picture_kept", row, actor=actor, now=now, data=data)
    return digest


def draft_of_version(*, actor: Actor, now: datetime, number: int) -> Proposal:
    """Going back: the whole book as it stood in version ``number``, as a change like any other."""
    newest = _newest()
    old = PolicyVersion.objects.get(number=number)
    return draft(
        actor=actor, now=now, topic=Topic.WHOLE, made_from=newest.number, tables=old.document
    )


@transaction.atomic
def join(*, actor: Actor, now: datetime, proposal_id: int) -> Proposal:
    """The author's change made again on the version in force, with what others changed meanwhile.

    Raises NotAllowed, Conflict: ``moved`` when both changed the same value.
    """
    row = Proposal.objects.get(pk=proposal_id)
    if row.author_id != actor.id:
        raise NotAllowed
    topic, newest = Topic(row.topic), _newest()
    parts = [row.tables, part_of(newest.document, topic)]
    tables = joined(part_of(row.base.document, topic), *parts)
    if tables is None or topic is Topic.WHOLE:
        raise Conflict("moved")
    return draft(actor=actor, now=now, topic=topic, made_from=newest.number, tables=tables)


@transaction.atomic
def submit(*, actor: Actor, now: datetime, proposal_id: int, reason: str) -> Proposal:
    """The author wants the change: it is saved, or waits while two people must agree (four eyes).

    Raises NotAllowed, ValueError without a reason, Conflict.
    """
    row = Proposal.objects.get(pk=proposal_id)
    if row.author_id != actor.id or not changing.may_change(actor, Topic(row.topic)):
        raise NotAllowed
    reason = _said(reason)
    document, newest = _standing(row, ProposalState.DRAFT)
    if changing.needs_approval(parse(newest.document, version=newest.number)):
        _move(row, ProposalState.DRAFT, ProposalState.WAITING, reason=reason)
        data = {"topic": row.topic, "base": newest.number}
        emit("policy.proposed", row, actor=actor, now=now, data=data)
        return row
    _move(row, ProposalState.DRAFT, ProposalState.SAVED, reason=reason, decided_at=now)
    version = _save(
        document,
        after=newest.number,
        reason=reason,
        actor=actor,
        now=now,
        topic=Topic(row.topic),
    )
    return _linked(row, version)


@transaction.atomic
def approve(*, actor: Actor, now: datetime, proposal_id: int, answer: str = "") -> Proposal:
    """A second person agrees: the change becomes the next version, in its author's name.

    Raises NotAllowed (the author never approves), Conflict: then it goes on waiting.
    """
    row = Proposal.objects.get(pk=proposal_id)
    if not changing.may_answer(actor, author=row.author_id):
        raise NotAllowed
    document, newest = _standing(row, ProposalState.WAITING)
    _decide(row, ProposalState.SAVED, actor, now, answer.strip())
    emit("policy.approved", row, actor=actor, now=now, data={"topic": row.topic})
    version = _save(
        document,
        after=newest.number,
        reason=row.reason,
        actor=actor,
        now=now,
        topic=Topic(row.topic),
        proposed=row,
    )
    return _linked(row, version)


@transaction.atomic
def reject(*, actor: Actor, now: datetime, proposal_id: int, answer: str) -> Proposal:
    """A second person refuses the change, and says why. Raises NotAllowed, ValueError, Conflict."""
    row = Proposal.objects.get(pk=proposal_id)
    if not changing.may_answer(actor, author=row.author_id):
        raise NotAllowed
    _decide(row, ProposalState.REJECTED, actor, now, _said(answer))
    emit("policy.rejected", row, actor=actor, now=now, data={"topic": row.topic})
    return row


@transaction.atomic
def withdraw(*, actor: Actor, now: datetime, proposal_id: int) -> Proposal:
    """The author takes a waiting change back. Raises NotAllowed, Conflict."""
    row = Proposal.objects.get(pk=proposal_id)
    if row.author_id != actor.id:
        raise NotAllowed
    _decide(row, ProposalState.WITHDRAWN, actor, now, "")
    emit("policy.withdrawn", row, actor=actor, now=now, data={"topic": row.topic})
    return row


def _newest() -> PolicyVersion:
    return PolicyVersion.objects.latest("number")


def _said(words: str) -> str:
    words = words.strip()
    if not words:
        raise ValueError("a change of the policy has a reason")
    return words


def _standing(row: Proposal, state: ProposalState) -> tuple[dict[str, object], PolicyVersion]:
    """The newest document with the change in it, so that a change of other topics meanwhile stays.

    Also the version it is made on. Raises Conflict: not in ``state`` any more, moved, same.
    """
    if row.state != state:
        raise Conflict("decided")
    topic, newest = Topic(row.topic), _newest()
    if has_moved(topic, row.base.document, newest.document):
        raise Conflict("moved")
    document = with_part(newest.document, topic, row.tables)
    if part_of(newest.document, topic) == row.tables:
        raise Conflict("same")
    return document, newest


def _move(row: Proposal, state: ProposalState, to: ProposalState, **fields: object) -> None:
    """Change the state once, whoever else tries (conditional UPDATE)."""
    found = Proposal.objects.filter(pk=row.pk, state=state)
    if not found.update(state=to, **fields):
        raise Conflict("decided")
    row.refresh_from_db()


def _decide(row: Proposal, to: ProposalState, actor: Actor, now: datetime, answer: str) -> None:
    _move(
        row,
        ProposalState.WAITING,
        to,
        decider_id=actor.id,
        decider_label=actor.label,
        decided_at=now,
        answer=answer,
    )


def _linked(row: Proposal, version: PolicyVersion) -> Proposal:
    row.version = version
    row.save(update_fields=["version"])
    return row


def _save(
    document: Mapping[str, object],
    *,
    after: int,
    reason: str,
    actor: Actor,
    now: datetime,
    topic: Topic = Topic.WHOLE,
    proposed: Proposal | None = None,
) -> PolicyVersion:
    """The version that follows number ``after``. ``actor`` is its author, or the second person
    when somebody else ``proposed`` it. Raises Conflict when another version follows it already.
    """
    number = after + 1
    parse(document, version=number)
    try:
        with transaction.atomic():
            row = PolicyVersion.objects.create(
                number=number,
                document=document,
                digest=digest_of(document),
                topic=topic,
                reason=reason,
                author_id=proposed.author_id if proposed else actor.id,
                author_label=proposed.author_label if proposed else actor.label,
                approver_id=actor.id if proposed else None,
                approver_label=actor.label if proposed else "",
                created_at=now,
            )
    except IntegrityError as error:
        raise Conflict("busy") from error
    data = {
        "number": number,
        "digest": row.digest,
        "topic": row.topic,
        "row": queries.print_of(row),
    }
    emit("policy.saved", row, actor=actor, now=now, data=data)
    return row


def digest_of(document: Mapping[str, object]) -> str:
    """SHA-256 of the document's canonical JSON: the same text, the same digest."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
