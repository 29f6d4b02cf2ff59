"""Replay: what would have been decided under another version of the policy."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from balcao.people.models import Organisation, User
from balcao.policy.book import Policy, Verdict
from balcao.reports.queries.decisions import Answer, Taken, judge, taken_since, walk
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Ticket

LISTED = 200
_STRICTNESS = (Verdict.ALLOW.value, Verdict.ASK.value, Verdict.REFUSE.value)


@dataclass(frozen=True, slots=True)
class Change:
    """One decision that would be another. Organisation, person and ticket are ids or None."""

    decision: int
    at: datetime
    act: str
    door: str
    before: Answer
    after: Answer
    organisation: int | None
    person: int | None
    ticket: int | None

    @property
    def rule(self) -> str:
        """The rule that makes the difference: the first one of the stricter answer."""
        stricter = max(self.before, self.after, key=lambda each: _STRICTNESS.index(each.verdict))
        return stricter.rules[0] if stricter.rules else ""


@dataclass(frozen=True, slots=True)
class Group:
    """So many changes of one kind, for so many organisations."""

    rule: str
    door: str
    before: str
    after: str
    count: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found.

    ``judged`` decisions were looked at, ``unreadable`` ones among them have no facts any more, and
    ``left_out`` older ones were not looked at. ``changed`` have another verdict under the draft:
    ``groups`` counts them all, ``changes`` lists the newest. ``diverged``: the version a decision
    was taken under does not give its answer again, so something but the policy has changed.
    """

    days: int
    since: datetime
    version: int
    judged: int
    unreadable: int
    left_out: int
    changed: int
    diverged: int
    groups: tuple[Group, ...]
    changes: tuple[Change, ...]
    divergences: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Who is behind some changes: names of companies and people, numbers of tickets, by id."""

    organisations: Mapping[int, str]
    people: Mapping[int, str]
    tickets: Mapping[int, str]


@dataclass
class _Tally:
    judged: int = 0
    unreadable: int = 0
    changed: int = 0
    diverged: int = 0
    counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    organisations: dict[tuple[str, str, str, str], set[int | None]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    divergences: list[Change] = field(default_factory=list)


def waiting(days: int, *, now: datetime) -> int:
    """How many decisions a replay of the last ``days`` days has to judge."""
    return taken_since(now - timedelta(days=days), now=now).count()


def replay(
    draft: Policy,
    *,
    days: int,
    now: datetime,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Judge the decisions of the last ``days`` times 24 hours again, under ``draft``.

    Each is judged on its stored facts, at its own moment, twice: under the version it was taken
    under, which must give the stored answer again, and under the draft. Newest first, at most
    ``limit``; memory does not grow with their number. ``progress`` gets (done, all) now and then.
    """
    since = now - timedelta(days=days)
    found = taken_since(since, now=now)
    total = found.count()
    wanted = total if limit is None else min(total, limit)
    tally = _Tally()
    versions: dict[int, Policy] = {}
    for taken in islice(walk(found), wanted):
        if taken.policy_version not in versions:
            versions[taken.policy_version] = rulebook.version(taken.policy_version)
        _weigh(tally, taken, own=versions[taken.policy_version], draft=draft)
        if progress is not None and tally.judged % 100 == 0:
            progress(tally.judged, wanted)
    if progress is not None:
        progress(tally.judged, wanted)
    return Replay(
        days=days,
        since=since,
        version=draft.version,
        judged=tally.judged,
        unreadable=tally.unreadable,
        left_out=total - wanted,
        changed=tally.changed,
        diverged=tally.diverged,
        groups=_groups(tally),
        changes=tuple(tally.changes),
        divergences=tuple(tally.divergences),
    )


def _weigh(tally: _Tally, taken: Taken, *, own: Policy, draft: Policy) -> None:
    tally.judged += 1
    again, after = judge(taken, own), judge(taken, draft)
    if again is None or after is None:
        tally.unreadable += 1
        return
    if again != taken.answer:
        tally.diverged += 1
        _list(tally.divergences, _change(taken, again))
    if after.verdict != taken.answer.verdict:
        change = _change(taken, after)
        tally.changed += 1
        _list(tally.changes, change)
        key = (change.rule, change.door, change.before.verdict, change.after.verdict)
        tally.counts[key] += 1
        tally.organisations.setdefault(key, set()).add(change.organisation)


def _list(rows: list[Change], change: Change) -> None:
    if len(rows) < LISTED:
        rows.append(change)


def _change(taken: Taken, after: Answer) -> Change:
    return Change(
        decision=taken.id,
        at=taken.at,
        act=taken.act,
        door=taken.door,
        before=taken.answer,
        after=after,
        organisation=taken.organisation,
        person=taken.person,
        ticket=taken.ticket,
    )


def _groups(tally: _Tally) -> tuple[Group, ...]:
    """Most changes first."""
    ordered = sorted(tally.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        Group(*key, count, len(tally.organisations[key] - {None})) for key, count in ordered
    )


def names_of(changes: Iterable[Change]) -> Names:
    """Who is behind ``changes``, for those who see every ticket. Three statements."""
    rows = list(changes)
    organisations = {row.organisation for row in rows if row.organisation}
    people = {row.person for row in rows if row.person}
    tickets = {row.ticket for row in rows if row.ticket}
    return Names(
        organisations=dict(
            Organisation.objects.filter(pk__in=organisations).values_list("pk", "name")
        ),
        people=dict(User.objects.filter(pk__in=people).values_list("pk", "name")),
        tickets=dict(Ticket.objects.filter(pk__in=tickets).values_list("pk", "number")),
    )
