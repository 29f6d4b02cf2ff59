"""The ledger of one-offs: the only place that writes it (S23-S43, M2, O1).

These run within the transaction of an action that knows why: of sales, or of a ticket.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from django.db import transaction

from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.events.actions import emit
from balcao.events.changes import insert
from balcao.people.actions.refusal import Conflict, require
from balcao.policy import prepaid as policy
from balcao.policy.access import SYSTEM, Actor
from balcao.policy.book import ONEOFF_KINDS, Policy
from balcao.policy.prepaid import Account, Disorder, Entry
from balcao.policy.sale import keeps_sales
from balcao.rulebook import queries as rulebook

_EVENTS = {
    Entry.ORDERED: "prepaid.ordered",
    Entry.DROPPED: "prepaid.dropped",
    Entry.SOLD: "prepaid.sold",
    Entry.SUBMITTED: "prepaid.submitted",
    Entry.CONSUMED: "prepaid.consumed",
    Entry.RETURNED: "prepaid.returned",
    Entry.REFUNDED: "prepaid.refunded",
    Entry.EXPIRED: "prepaid.expired",
    Entry.EXTENDED: "prepaid.extended",
}


def order_prepaid(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    holder_id: int,
    kind: str,
    service_id: int,
    agreed: bool,
    cause: str = "",
) -> PrepaidTicket:
    """A one-off that waits to be paid for; it has no number yet (R22). Only sales makes one (M2).

    ``agreed``: sales said that it covers the service. Raises NotAllowed; ValueError for no kind of
    one-off.
    """
    row = PrepaidTicket(
        organisation_id=organisation_id,
        holder_id=holder_id,
        kind=kind,
        service_id=service_id,
        agreed=agreed,
    )
    order_all([row], actor=actor, now=now, cause=cause)
    return row


def order_all(
    rows: Sequence[PrepaidTicket], *, actor: Actor, now: datetime, cause: str = ""
) -> None:
    """Several new ones alike, in as many statements as one. Raises as ``order_prepaid``."""
    require(keeps_sales(actor))
    for row in rows:
        if row.kind not in ONEOFF_KINDS:
            raise ValueError(row.kind)
        row.last, row.place = Entry.ORDERED.value, 1
    insert(rows)
    _write_all(rows, Entry.ORDERED, actor=actor, now=now, cause=cause)


def sell_prepaid(
    row: PrepaidTicket, *, bought_on: date, policy_now: Policy, actor: Actor, now: datetime
) -> None:
    """It was paid for, or invoiced: it counts as bought on that local day (R21, R22).

    Raises NotAllowed, or Conflict when it is no longer an order.
    """
    sell_all([row], bought_on=bought_on, policy_now=policy_now, actor=actor, now=now)


def sell_all(
    rows: Sequence[PrepaidTicket],
    *,
    bought_on: date,
    policy_now: Policy,
    actor: Actor,
    now: datetime,
) -> None:
    """All of an order, in as many statements as one. Raises as ``sell_prepaid``."""
    require(keeps_sales(actor))
    last_day = policy.expiry(bought_on, policy_now).last_day
    for row in rows:
        row.bought_on = bought_on
    _append_all(rows, Entry.SOLD, last_day, policy_now=policy_now, actor=actor, now=now)


def _append_all(
    rows: Sequence[PrepaidTicket],
    entry: Entry,
    last_day: date,
    *,
    policy_now: Policy,
    actor: Actor,
    now: datetime,
) -> None:
    """What ``append`` does for one, for several that stand alike."""
    try:
        [after] = {policy.following(account_of(row), entry, last_day) for row in rows}
    except (Disorder, ValueError):
        raise Conflict("state_changed") from None
    first = rows[0]
    before, next_at = first.place, _next_look(first, after, policy_now=policy_now, now=now)
    alike = PrepaidTicket.objects.filter(pk__in=[row.pk for row in rows], place=before)
    changed = alike.update(
        bought_on=first.bought_on,
        place=before + 1,
        last=entry.value,
        last_day=after.last_day,
        next_at=next_at,
        reminded=first.reminded,
    )
    if changed != len(rows):
        raise Conflict("state_changed")
    for row in rows:
        row.place, row.last, row.reminded = before + 1, entry.value, first.reminded
        row.last_day, row.next_at = after.last_day, next_at
    _write_all(rows, entry, actor=actor, now=now, last_day=last_day)


def drop_prepaid(row: PrepaidTicket, *, policy_now: Policy, actor: Actor, now: datetime) -> None:
    """The order was given up. Raises NotAllowed, or Conflict when it is no longer an order."""
    require(keeps_sales(actor))
    append(row, Entry.DROPPED, policy_now=policy_now, actor=actor, now=now)


def agree(row: PrepaidTicket, service_id: int) -> None:
    """Sales said that the one-off covers this service: it is not asked again (R18)."""
    row.agreed, row.service_id = True, service_id
    row.save(update_fields=["agreed", "service"])


def append(
    row: PrepaidTicket,
    entry: Entry,
    *,
    policy_now: Policy,
    actor: Actor,
    now: datetime,
    last_day: date | None = None,
    cause: str = "",
) -> None:
    """Write the next line of the ledger, and say so.

    Of two that would be the next at once, one is: the line has a place, and a place one line (O1).
    Raises Conflict("state_changed") for the other, and for a line that may not follow.
    """
    try:
        after = policy.following(account_of(row), entry, last_day)
    except Disorder:
        raise Conflict("state_changed") from None
    next_at = _next_look(row, after, policy_now=policy_now, now=now)
    changed = PrepaidTicket.objects.filter(pk=row.pk, place=row.place).update(
        place=row.place + 1,
        last=entry.value,
        last_day=after.last_day,
        next_at=next_at,
        reminded=row.reminded,
    )
    if not changed:
        raise Conflict("state_changed")
    row.place, row.last = row.place + 1, entry.value
    row.last_day, row.next_at = after.last_day, next_at
    _write(row, entry, actor=actor, now=now, last_day=last_day, cause=cause)


def account_of(row: PrepaidTicket) -> Account:
    """What the ledger adds up to, as kept beside it; how often it was used is not asked."""
    return Account(last=Entry(row.last), last_day=row.last_day, uses=0)


def _write(
    row: PrepaidTicket,
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    last_day: date | None = None,
    cause: str = "",
) -> None:
    _write_all([row], entry, actor=actor, now=now, last_day=last_day, cause=cause)


def _write_all(
    rows: Sequence[PrepaidTicket],
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    last_day: date | None = None,
    cause: str = "",
) -> None:
    lines = [
        LedgerEntry(
            prepaid=row,
            place=row.place,
            entry=entry.value,
            at=now,
            last_day=last_day,
            cause=cause,
            actor_kind=actor.kind,
            actor_id=actor.id,
        )
        for row in rows
    ]
    insert(lines)
    for row in rows:
        told = {
            "place": row.place,
            "kind": row.kind,
            "cause": cause,
            "last_day": last_day.isoformat() if last_day else None,
        }
        emit(_EVENTS[entry], row, actor=actor, now=now, data=told)


def _next_look(
    row: PrepaidTicket, account: Account, *, policy_now: Policy, now: datetime
) -> datetime | None:
    """When the ticker looks at it: to remind of its end, then to note that it is over."""
    if account.last not in policy.UNUSED or account.last_day is None:
        return None
    # Another last day is told of anew.
    told = row.reminded if account.last_day == row.last_day else None
    row.reminded = told
    return next_look(account.last_day, told=told, policy_now=policy_now, now=now)


def next_look(
    last_day: date, *, told: int | None, policy_now: Policy, now: datetime
) -> datetime | None:
    """When the next reminder is due, or the end of the last day."""
    reminder = policy.next_reminder(last_day, told=told, now=now, policy=policy_now)
    return reminder.at if reminder else policy.ends_at(last_day, policy_now.timezone)


def count_as_told(row: PrepaidTicket, *, policy_now: Policy, now: datetime) -> None:
    """Take what its holder would have been reminded of before ``now`` as told: only what is still
    to come is (an import tells nobody anything).
    """
    assert row.last_day is not None
    missed = policy.next_reminder(row.last_day, told=None, now=now, policy=policy_now)
    if missed is None or missed.at > now:
        return
    at = next_look(row.last_day, told=missed.days, policy_now=policy_now, now=now)
    rows = PrepaidTicket.objects.filter(pk=row.pk, place=row.place)
    rows.update(reminded=missed.days, next_at=at)


def run_prepaid(now: datetime, *, limit: int = 100) -> int:
    """Remind of every end whose moment has come, and note every one that is over; how many.

    Called by the ticker each second. The place in the ledger makes each happen once, whatever the
    number of tickers.
    """
    rows = list(PrepaidTicket.objects.filter(next_at__lte=now).order_by("next_at")[:limit])
    return sum(_look(row, policy_now=rulebook.current(), now=now) for row in rows)


@transaction.atomic
def _look(row: PrepaidTicket, *, policy_now: Policy, now: datetime) -> int:
    account = account_of(row)
    if account.last_day is None or account.last not in policy.UNUSED:
        return PrepaidTicket.objects.filter(pk=row.pk, place=row.place).update(next_at=None)
    if policy.is_over(account.last_day, now=now, timezone=policy_now.timezone):
        with suppress(Conflict):
            append(row, Entry.EXPIRED, policy_now=policy_now, actor=SYSTEM, now=now)
        return 1
    found = policy.next_reminder(account.last_day, told=row.reminded, now=now, policy=policy_now)
    step = found.days if found and found.at <= now else row.reminded
    changed = PrepaidTicket.objects.filter(pk=row.pk, place=row.place, next_at=row.next_at).update(
        reminded=step,
        next_at=next_look(account.last_day, told=step, policy_now=policy_now, now=now),
    )
    if changed and step != row.reminded:
        left = policy.days_left(account.last_day, now=now, timezone=policy_now.timezone)
        told = {"last_day": account.last_day.isoformat(), "step": step, "left": left}
        emit("prepaid.end_foretold", row, actor=SYSTEM, now=now, data=told)
    return changed


def plan_prepaid(now: datetime) -> None:
    """Look at every unused one-off anew, after the policy changed. What was told stays told."""
    policy_now = rulebook.current()
    unused = [entry.value for entry in policy.UNUSED]
    for row in PrepaidTicket.objects.filter(last__in=unused, last_day__isnull=False):
        assert row.last_day is not None
        at = next_look(row.last_day, told=row.reminded, policy_now=policy_now, now=now)
        if at != row.next_at:
            PrepaidTicket.objects.filter(pk=row.pk, place=row.place).update(next_at=at)
