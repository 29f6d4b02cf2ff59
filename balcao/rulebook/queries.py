"""Reading the policy, its versions and the changes that wait."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from balcao.events.registry import Witness
from balcao.events.statements import Statement
from balcao.lib.fingerprint import fingerprint
from balcao.policy import changing
from balcao.policy.access import Actor
from balcao.policy.book import Policy, parse
from balcao.policy.book.changes import Topic, has_moved, with_part
from balcao.rulebook.models import Picture, PolicyVersion, Proposal, ProposalState

__all__ = ["PolicyVersion", "Proposal", "ProposalState"]


class NoPolicy(ImproperlyConfigured):
    """No version of the policy has been saved yet; `balcao setup` installs the shipped one."""


def current() -> Policy:
    """The policy in force: the newest version. One statement. Raises NoPolicy before set-up."""
    held = _HELD.get()
    if held:
        return held[0]
    rows = _NEWEST.rows()
    if not rows:
        raise NoPolicy("There is no policy yet: run `balcao setup` first.")
    found = _parsed(*rows[0])
    if held is not None:
        held.append(found)
    return found


_HELD: ContextVar[list[Policy] | None] = ContextVar("held", default=None)


@contextmanager
def one_version() -> Iterator[None]:
    """All that is done in here is judged by one version of the policy, which is read once. For the
    whole of a transaction that saves none, or of a form that leads to one.
    """
    if _HELD.get() is not None:
        yield
        return
    token = _HELD.set([])
    try:
        yield
    finally:
        _HELD.reset(token)


_NEWEST = Statement(
    lambda: PolicyVersion.objects.order_by("-number").values_list("number", "digest")[:1]
)


def version(number: int) -> Policy:
    """One version, for replay. Raises PolicyVersion.DoesNotExist."""
    row = PolicyVersion.objects.values_list("number", "digest").get(number=number)
    return _parsed(*row)


@lru_cache(maxsize=64)
def saved_at(number: int) -> datetime:
    """When that version was saved. It is read once. Raises PolicyVersion.DoesNotExist."""
    return PolicyVersion.objects.values_list("created_at", flat=True).get(number=number)


@lru_cache(maxsize=64)
def _parsed(number: int, digest: str) -> Policy:
    """A saved version never changes, so each text is parsed once a process."""
    row = PolicyVersion.objects.get(number=number, digest=digest)
    return parse(row.document, version=number)


def picture(digest: str) -> bytes:
    """A kept picture, for everybody: pages show it before anybody signs in. Raises DoesNotExist."""
    return bytes(Picture.objects.values_list("content", flat=True).get(digest=digest))


def versions_for(
    actor: Actor, *, before: int | None = None, limit: int = 50
) -> list[PolicyVersion]:
    """Versions without their documents, newest first, below number ``before``. Nothing for those
    who may not read the book.
    """
    if not changing.may_read(actor):
        return []
    rows = PolicyVersion.objects.defer("document").order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows[:limit])


def version_for(actor: Actor, number: int | None = None) -> PolicyVersion:
    """One version with its document, or the newest. Raises DoesNotExist: none, or not theirs."""
    if not changing.may_read(actor):
        raise PolicyVersion.DoesNotExist
    if number is None:
        return PolicyVersion.objects.latest("number")
    return PolicyVersion.objects.get(number=number)


def versions_of(actor: Actor, *numbers: int) -> dict[int, PolicyVersion]:
    """These versions with their documents, by number; one that is not there is left out."""
    if not changing.may_read(actor):
        return {}
    return {row.number: row for row in PolicyVersion.objects.filter(number__in=numbers)}


def proposal_for(actor: Actor, proposal_id: int) -> Proposal:
    """One change: a draft is its author's alone, the others are for all who read the book."""
    if not changing.may_read(actor):
        raise Proposal.DoesNotExist
    theirs = Q(author_id=actor.id) | ~Q(state=ProposalState.DRAFT)
    return Proposal.objects.select_related("base", "version").get(theirs, pk=proposal_id)


def waiting_for(actor: Actor) -> list[Proposal]:
    """Changes that wait for a second person, oldest first."""
    if not changing.may_read(actor):
        return []
    return list(
        Proposal.objects.filter(state=ProposalState.WAITING)
        .select_related("base")
        .order_by("created_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would make of the book today.

    ``document`` and ``policy``: the newest version with it, to show and to try. ``has_moved``:
    somebody changed the same topic since it was made, so that it cannot be saved.
    """

    newest: PolicyVersion
    document: dict[str, Any]
    policy: Policy
    has_moved: bool


def effect_of(proposal: Proposal) -> Effect:
    """What ``proposal`` would change, on top of the version in force."""
    topic, newest = Topic(proposal.topic), PolicyVersion.objects.latest("number")
    document = with_part(newest.document, topic, proposal.tables)
    return Effect(
        newest=newest,
        document=document,
        policy=parse(document, version=newest.number + 1),
        has_moved=has_moved(topic, proposal.base.document, newest.document),
    )


def document_of(proposal: Proposal) -> dict[str, Any]:
    """The version that ``proposal`` was made from, with it."""
    return with_part(proposal.base.document, Topic(proposal.topic), proposal.tables)


def print_of(row: PolicyVersion) -> str:
    """The fingerprint of a version with its document, author and reason."""
    return fingerprint({f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})


def _claim(
    _verb: str, subject: int, data: Mapping[str, Any]
) -> tuple[int, Mapping[str, str]] | None:
    return (subject, {"row": data["row"]}) if "row" in data else None


def _prints(ids: Collection[int], _now: datetime) -> Mapping[int, Mapping[str, str | None]]:
    rows = PolicyVersion.objects.filter(pk__in=ids)
    return {row.pk: {"row": print_of(row)} for row in rows}


WITNESS = Witness(
    kind=PolicyVersion._meta.label_lower,
    verbs=frozenset({"policy.saved"}),
    claim=_claim,
    prints=_prints,
    rows=lambda: PolicyVersion.objects.order_by("pk").values_list("pk", flat=True),
    erased="policy.erased",
)
"""What `balcao audit verify` compares in this room."""
