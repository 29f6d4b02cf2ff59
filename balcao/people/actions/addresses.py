"""Changing the address on file (A8): nobody does it alone, and the old address always learns of it.

Whatever happens here moves one row through the table of policy.addresses; the address itself
changes in `apply_due` and nowhere else.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from balcao.events.actions import emit
from balcao.lib.phones import parse_phone
from balcao.people.actions.access import invite
from balcao.people.actions.address_requests import take_up
from balcao.people.actions.persons import is_staff
from balcao.people.actions.refusal import Conflict, NotAllowed, require
from balcao.people.actions.tokens import TokenRefused, use_token
from balcao.people.models import Address, AddressChange, User
from balcao.people.queries import actor_for
from balcao.people.queries.addresses import (
    administrators_around,
    change_facts,
    change_to_stop,
    phones_to_call,
    proof_kind,
)
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.addresses import (
    ChangeKind,
    ChangeState,
    ChangeVerb,
    due_at,
    due_verb,
    may_ask_recovery,
    may_decide,
    may_stop,
    next_change,
)


@transaction.atomic
def ask_address_change(
    *,
    actor: Actor,
    now: datetime,
    address: str,
    password: str,
    replaces_id: int | None = None,
) -> AddressChange:
    """The owner asks, with their password, for another address on file, or one in place of another.

    Nothing changes yet: a link goes to the new address. Raises NotAllowed, Conflict (``password``,
    ``on_file``, ``pending``: one change at a time). The caller counts the tries.
    """
    user = User.objects.filter(pk=actor.id, is_active=True).first() if actor.id else None
    if user is None:
        raise NotAllowed
    if not user.check_password(password):
        raise Conflict("password")
    replaced = _on_file(user).get(pk=replaces_id) if replaces_id else None
    return _ask(
        AddressChange(user=user, kind=ChangeKind.OWN.value, replaces=replaced),
        address,
        actor=actor,
        now=now,
    )


@transaction.atomic
def ask_address_recovery(
    *,
    actor: Actor,
    now: datetime,
    user_id: int,
    address: str,
    called: str,
    evidence: str,
    keep: bool = False,
) -> AddressChange:
    """Sales asks for another address for somebody who lost the only one, or with ``keep`` for one
    more.

    ``called``: the telephone of the person's organisation that was called back; ``evidence``: what
    was seen and heard. A request that was left for it is taken up. Nothing changes before another
    person approves. Raises NotAllowed (also for the staff's own people), Conflict (``called``,
    ``on_file``, ``pending``), ValueError.
    """
    require(may_ask_recovery(actor, user_id) and not is_staff(user_id))
    if parse_phone(called) not in phones_to_call(user_id):
        raise Conflict("called")
    user = User.objects.get(pk=user_id, is_active=True)
    change = AddressChange(
        user=user,
        kind=ChangeKind.RECOVERY.value,
        replaces=None if keep else _on_file(user).filter(primary=True).first(),
        called=parse_phone(called),
        evidence=evidence,
    )
    asked = _ask(change, address, actor=actor, now=now)
    take_up(user, asked.address, actor=actor, now=now)
    return asked


def _on_file(user: User) -> QuerySet[Address]:
    return Address.objects.filter(user=user, retired_at=None)


def _ask(change: AddressChange, address: str, *, actor: Actor, now: datetime) -> AddressChange:
    change.address = address.strip().lower()
    if _on_file(change.user).filter(address=change.address).exists():
        raise Conflict("on_file")
    change.state = ChangeState.ASKED.value
    change.asked_by_id, change.asked_at = actor.id, now
    change.next_at = due_at(change_facts(change, admins=frozenset()))
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("pending") from error
    data = {"change": change.pk, "kind": change.kind}
    emit("person.address_change_asked", change.user, actor=actor, now=now, data=data)
    return change


@transaction.atomic
def decide_recovery(*, actor: Actor, now: datetime, change_id: int, approve: bool) -> None:
    """Another person approves or refuses a recovery. Approved, it holds, and everybody whom it
    concerns is told. Raises NotAllowed, Conflict (``state_changed``).
    """
    change = _lock(change_id)
    require(may_decide(actor, change_facts(change, admins=frozenset())))
    if approve:
        change.held_by_id = actor.id
        _hold(change, actor=actor, now=now)
    else:
        _end(change, ChangeVerb.REFUSE, actor=actor, now=now)


@transaction.atomic
def prove_address(*, now: datetime, secret: str) -> AddressChange:
    """Whoever reads the new address used its link. An owner's change holds from now on.

    Raises TokenRefused for a link that is worth nothing, also because the change ended.
    """
    kind = proof_kind(secret, now=now)
    if kind is None:
        raise TokenRefused
    grant = use_token(now=now, kind=kind, secret=secret)
    change = _lock(int(grant.payload["change"]))
    own, state = change.kind == ChangeKind.OWN.value, ChangeState(change.state)
    if state is not (ChangeState.ASKED if own else ChangeState.HOLDING) or change.proved_at:
        raise TokenRefused
    change.proved_at = now
    actor = actor_for(change.user, now=now)
    if own:
        change.held_by_id = change.user_id
        _hold(change, actor=actor, now=now)
        return change
    change.next_at = due_at(change_facts(change, admins=frozenset()))
    change.save(update_fields=["proved_at", "next_at"])
    data = {"change": change.pk}
    emit("person.address_change_proved", change.user, actor=actor, now=now, data=data)
    return change


def _hold(change: AddressChange, *, actor: Actor, now: datetime) -> None:
    _move(change, ChangeVerb.HOLD)
    change.held_at = now
    change.next_at = due_at(change_facts(change, admins=frozenset()))
    change.save()
    data = {"change": change.pk, "kind": change.kind}
    emit("person.address_change_held", change.user, actor=actor, now=now, data=data)


@transaction.atomic
def stop_change(*, actor: Actor, now: datetime, change_id: int) -> None:
    """It was not meant, or not by the right person: nothing changes.

    Raises NotAllowed, Conflict (``state_changed`` when it ended already).
    """
    change = _lock(change_id)
    admins = administrators_around(change.user_id)
    require(may_stop(actor, change_facts(change, admins=admins)))
    _end(change, ChangeVerb.STOP, actor=actor, now=now)


@transaction.atomic
def stop_by_link(*, now: datetime, secret: str) -> None:
    """Whoever reads the old address stops the change. Raises TokenRefused for nothing to stop."""
    change_id = change_to_stop(secret)
    if change_id is None:
        raise TokenRefused
    change = _lock(change_id)
    _end(change, ChangeVerb.STOP, actor=actor_for(change.user, now=now), now=now)


def apply_due(now: datetime) -> None:
    """Time moves what is due: a change that was proved and held is applied, others expire."""
    due = AddressChange.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    for change_id in due.values_list("pk", flat=True)[:100]:
        _apply(change_id, now)


@transaction.atomic
def _apply(change_id: int, now: datetime) -> None:
    change = _lock(change_id)
    verb = due_verb(change_facts(change, admins=frozenset()), now)
    if verb is ChangeVerb.EXPIRE or (verb and not change.user.is_active):
        _end(change, ChangeVerb.EXPIRE, actor=SYSTEM, now=now)
    elif verb is ChangeVerb.APPLY:
        _move(change, verb)
        _finish(change, actor=SYSTEM, now=now)
        address = _replace(change, now)
        data = {"change": change.pk, "kind": change.kind, "address": address.pk}
        emit("person.address_changed", change.user, actor=SYSTEM, now=now, data=data)
        if change.kind == ChangeKind.RECOVERY.value and address.primary:
            invite(actor=SYSTEM, now=now, user_id=change.user_id)


def _replace(change: AddressChange, now: datetime) -> Address:
    """The new address takes the place of the old one, which identifies nobody from now on."""
    on_file = _on_file(change.user)
    if change.replaces_id:
        on_file.filter(pk=change.replaces_id).update(retired_at=now)
    first = not on_file.filter(primary=True).exists()
    known = on_file.filter(address=change.address).first()
    if known:
        Address.objects.filter(pk=known.pk).update(verified_at=now, primary=known.primary or first)
        return known
    return Address.objects.create(
        user=change.user, address=change.address, primary=first, verified_at=now
    )


def _lock(change_id: int) -> AddressChange:
    rows = AddressChange.objects.select_for_update(of=("self",)).select_related("user")
    return rows.get(pk=change_id)


def _move(change: AddressChange, verb: ChangeVerb) -> None:
    after = next_change(ChangeState(change.state), verb)
    if after is None:
        raise Conflict("state_changed")
    change.state = after.value


def _end(change: AddressChange, verb: ChangeVerb, *, actor: Actor, now: datetime) -> None:
    _move(change, verb)
    _finish(change, actor=actor, now=now)
    data = {"change": change.pk, "kind": change.kind, "state": change.state}
    emit("person.address_change_ended", change.user, actor=actor, now=now, data=data)


def _finish(change: AddressChange, *, actor: Actor, now: datetime) -> None:
    change.ended_by_id, change.ended_at, change.next_at = actor.id, now, None
    change.save()
