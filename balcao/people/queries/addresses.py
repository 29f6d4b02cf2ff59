"""Changes of an address on file: what the policy asks, and what pages and mails show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db.models import QuerySet

from balcao.people.models import Address, AddressChange, Membership
from balcao.people.queries.tokens import find_token
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.accounts import TokenKind
from balcao.policy.addresses import (
    PENDING,
    ChangeFacts,
    ChangeKind,
    ChangeState,
    due_at,
    may_decide,
    may_stop,
)

STOP_SALT = "balcao.people.stop"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as a page shows it. ``ends_at``: when time alone moves it, None once it ended."""

    id: int
    kind: str
    state: str
    person_id: int
    person: str
    old: str
    new: str
    asked_by: str
    asked_at: datetime
    called: str
    evidence: str
    held_by: str
    held_at: datetime | None
    proved_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    ends_at: datetime | None
    may_decide: bool
    may_stop: bool


def administrators_around(user_id: int) -> frozenset[int]:
    """Who administers the organisations that this person acts for, without the person. One
    statement.
    """
    organisations = Membership.objects.filter(
        user=user_id, ended_at=None, organisation__active=True
    )
    rows = Membership.objects.filter(
        organisation__in=organisations.values("organisation"),
        is_admin=True,
        ended_at=None,
        user__is_active=True,
    )
    return frozenset(rows.exclude(user=user_id).values_list("user_id", flat=True))


def change_facts(row: AddressChange, *, admins: frozenset[int]) -> ChangeFacts:
    """What the policy asks about a change. No statement."""
    return ChangeFacts(
        kind=ChangeKind(row.kind),
        state=ChangeState(row.state),
        person=row.user_id,
        asked_by=row.asked_by_id,
        asked_at=row.asked_at,
        held_at=row.held_at,
        proved_at=row.proved_at,
        admins=admins,
    )


def recoveries(actor: Actor, *, pending: bool) -> list[ChangeRow]:
    """The recoveries under way, or the last hundred that ended; for whoever asks or decides them.

    The newest first, in one statement.
    """
    rows = AddressChange.objects.filter(kind=ChangeKind.RECOVERY.value)
    states = [state.value for state in PENDING]
    rows = rows.filter(state__in=states) if pending else rows.exclude(state__in=states)
    return _shown(actor, rows.order_by("-asked_at", "-pk")[:100], admins=frozenset())


def changes_to_stop(actor: Actor, user_ids: Iterable[int]) -> list[ChangeRow]:
    """The changes under way of these people that ``actor`` may stop."""
    states = [state.value for state in PENDING]
    rows = AddressChange.objects.filter(user__in=list(user_ids), state__in=states)
    found = []
    for row in _related(rows.order_by("pk")):
        admins = administrators_around(row.user_id)
        found += [one for one in [_row(actor, row, admins)] if one.may_stop]
    return found


def change_of(actor: Actor, change_id: int) -> ChangeRow:
    """One change, for whoever acts on it next. Raises AddressChange.DoesNotExist."""
    row = _related(AddressChange.objects.filter(pk=change_id)).get()
    return _row(actor, row, administrators_around(row.user_id))


def _related(rows: QuerySet[AddressChange]) -> QuerySet[AddressChange]:
    return rows.select_related("user", "replaces", "asked_by", "held_by", "ended_by")


def _shown(
    actor: Actor, rows: QuerySet[AddressChange], *, admins: frozenset[int]
) -> list[ChangeRow]:
    return [_row(actor, row, admins) for row in _related(rows)]


def _row(actor: Actor, row: AddressChange, admins: frozenset[int]) -> ChangeRow:
    facts = change_facts(row, admins=admins)
    pending = facts.state in PENDING
    return ChangeRow(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        person_id=row.user_id,
        person=row.user.name,
        old=row.replaces.address if row.replaces else "",
        new=row.address,
        asked_by=row.asked_by.name if row.asked_by else "",
        asked_at=row.asked_at,
        called=row.called,
        evidence=row.evidence,
        held_by=row.held_by.name if row.held_by else "",
        held_at=row.held_at,
        proved_at=row.proved_at,
        ended_by=row.ended_by.name if row.ended_by else "",
        ended_at=row.ended_at,
        ends_at=due_at(facts),
        may_decide=facts.state is ChangeState.ASKED and may_decide(actor, facts),
        may_stop=pending and may_stop(actor, facts),
    )


def change_proved_by(secret: str, *, now: datetime) -> ChangeRow | None:
    """The change that a link to a new address would prove; None when it is worth nothing."""
    kind = proof_kind(secret, now=now)
    grant = find_token(secret, kind=kind, now=now) if kind else None
    if grant is None:
        return None
    row = _related(AddressChange.objects.filter(pk=grant.payload["change"])).get()
    wanted = ChangeState.ASKED if row.kind == ChangeKind.OWN.value else ChangeState.HOLDING
    open_still = row.state == wanted.value and row.proved_at is None
    return _row(SYSTEM, row, frozenset()) if open_still else None


def proof_kind(secret: str, *, now: datetime) -> TokenKind | None:
    """What the link to a new address proves it for; None when it is worth nothing."""
    for kind in (TokenKind.ADDRESS, TokenKind.RECOVERY):
        if find_token(secret, kind=kind, now=now):
            return kind
    return None


def phones_to_call(user_id: int) -> list[str]:
    """The telephones of the organisations that this person acts for: where they are called back."""
    rows = Membership.objects.filter(user=user_id, ended_at=None, organisation__active=True)
    found = rows.exclude(organisation__phone="").values_list("organisation__phone", flat=True)
    return sorted(set(found))


def addresses_of(user_id: int) -> list[Address]:
    """The addresses on file, the one that gets mail first."""
    return list(Address.objects.filter(user=user_id, retired_at=None).order_by("-primary", "pk"))


def stop_link(change_id: int) -> str:
    """The secret of the link that stops a change; it goes to the old address and to nobody else."""
    return signing.dumps(change_id, salt=STOP_SALT)


def change_to_stop(secret: str) -> int | None:
    """Which change the link stops, while it is under way; None for any other text."""
    try:
        change_id = signing.loads(secret, salt=STOP_SALT)
    except signing.BadSignature:
        return None
    states = [state.value for state in PENDING]
    rows = AddressChange.objects.filter(pk=change_id, state__in=states)
    return change_id if rows.exists() else None
