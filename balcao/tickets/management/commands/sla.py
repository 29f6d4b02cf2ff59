"""`balcao sla`: deadlines that explain themselves."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from balcao.policy import sla
from balcao.policy.access import Actor, Role
from balcao.policy.book import KINDS, Clock, Policy, parse
from balcao.rulebook import queries
from balcao.rulebook.actions import shipped_document
from balcao.rulebook.models import PolicyVersion
from balcao.tickets import queries as tickets

USAGE = 2
_YEARS = range(1970, 2200)

# Who runs the command line owns the machine.
OPERATOR = Actor(kind="system", id=None, label="operator", roles=frozenset({Role.AUDITOR}))
_KEYS = frozenset({"opened", "clock", "pause"})

_HELP = """\
Explain the deadlines of a ticket, or of one that would be opened at a given moment: when service
must start (S12), when it must be concluded (S13), and what every hour in between was: counted,
paused, suspended, closed, holiday or late.
"""
_EXPLAIN = """\
Moments are ISO 8601, such as 2026-11-20T17:00 (in the policy's time zone) or
2026-11-20T20:00Z. The policy in force answers; before set-up, the one that comes with Balcão.

  balcao sla explain --opened 2026-11-20T17:00 --clock business
  balcao sla explain --opened 2026-11-20T17:00 --kind oneoff_problem
  balcao sla explain --ticket 4827193059
  balcao sla explain --opened 2026-11-20T17:00 --pause 2026-11-21T09:00/2026-11-21T15:00 --json
  echo '{"opened": "2026-11-20T17:00"}' | balcao sla explain --jsonl
"""


class BadQuestion(ValueError):
    """A question that cannot be answered; the text says in one sentence what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Question:
    """When a ticket was opened, the clock to count by, and when that clock stood still."""

    opened: datetime
    clock: Clock
    pauses: tuple[sla.Interval, ...]
    kind: str = ""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        explain = verbs.add_parser(
            "explain",
            help="both deadlines of a ticket, and why",
            description=_HELP,
            epilog=_EXPLAIN,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        explain.add_argument("--opened", metavar="ISO", help="when the ticket was opened")
        explain.add_argument("--ticket", metavar="NUMBER", help="a ticket that there is")
        explain.add_argument(
            "--kind", choices=KINDS, help="of contract or one-off: its own promise and clock"
        )
        explain.add_argument(
            "--clock",
            choices=[clock.value for clock in Clock],
            help="count hours as they pass, or business hours; the policy's clock if left out",
        )
        explain.add_argument(
            "--pause",
            nargs="+",
            action="extend",
            default=[],
            metavar="ISO/ISO",
            help="from when to when the conclusion clock stood still",
        )
        form = explain.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON object")
        form.add_argument(
            "--jsonl",
            action="store_true",
            help='answer one JSON object a line from standard input: {"opened": ISO,'
            ' "clock": "business", "pause": [[ISO, ISO]]}',
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ticket"]:
            if any(options[name] for name in ("opened", "pause", "jsonl", "clock", "kind")):
                raise CommandError("--ticket stands alone, or with --json.", returncode=USAGE)
            told = _told(options["ticket"], now=timezone.now())
            self.stdout.write(_json(told) if options["json"] else _as_story(told))
            return
        policy = _policy()
        kind = options["kind"] or ""
        clock = Clock(options["clock"]) if options["clock"] else sla.clock_for(policy, kind)
        if options["jsonl"]:
            if options["opened"] or options["pause"] or kind:
                raise CommandError(
                    "--jsonl takes its questions from standard input only.", returncode=USAGE
                )
            for answer in _answers(sys.stdin.buffer, clock=clock, policy=policy):
                self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        if not options["opened"]:
            raise CommandError("Say when the ticket was opened, with --opened.", returncode=USAGE)
        try:
            pauses = [_halves(text) for text in options["pause"]]
            question = _question(options["opened"], pauses, clock=clock, policy=policy, kind=kind)
        except BadQuestion as bad:
            raise CommandError(str(bad), returncode=USAGE) from None
        answer = _explained(question, policy)
        self.stdout.write(_json(answer) if options["json"] else _as_text(answer))


def _json(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _policy() -> Policy:
    """The policy in force; the shipped one (version 0) while no table holds any."""
    known = PolicyVersion._meta.db_table in connection.introspection.table_names()
    if known and PolicyVersion.objects.exists():
        return queries.current()
    return parse(shipped_document(), version=0)


def _answers(lines: Iterable[bytes], *, clock: Clock, policy: Policy) -> Iterator[dict[str, Any]]:
    """One answer a question, in order; a line that is no question is answered by its fault."""
    for line in lines:
        if not line.strip():
            continue
        try:
            yield _explained(_read(line, clock=clock, policy=policy), policy)
        except BadQuestion as bad:
            yield {"error": str(bad)}


def _read(line: bytes, *, clock: Clock, policy: Policy) -> Question:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise BadQuestion("The line is not JSON.") from None
    if not isinstance(found, Mapping):
        raise BadQuestion("The line is not a JSON object.")
    if unknown := sorted(set(found) - _KEYS):
        raise BadQuestion(f"There is no key {unknown[0]!r}: use opened, clock and pause.")
    try:
        asked = Clock(found["clock"]) if found.get("clock") is not None else clock
    except ValueError:
        raise BadQuestion("The clock must be elapsed or business.") from None
    return _question(found.get("opened"), found.get("pause") or [], clock=asked, policy=policy)


def _question(
    opened: object, pauses: object, *, clock: Clock, policy: Policy, kind: str = ""
) -> Question:
    if not isinstance(pauses, Sequence) or isinstance(pauses, str):
        raise BadQuestion("The pauses must be a list of [from, until].")
    return Question(
        opened=_moment(opened, policy, what="opened"),
        clock=clock,
        pauses=tuple(_pause(pause, policy) for pause in pauses),
        kind=kind,
    )


def _pause(pause: object, policy: Policy) -> sla.Interval:
    if not isinstance(pause, Sequence) or isinstance(pause, str) or len(pause) != 2:
        raise BadQuestion("A pause must be two moments: from, until.")
    start, end = (_moment(text, policy, what="a pause") for text in pause)
    if end <= start:
        raise BadQuestion(
            f"The pause {_shown(pause[0])}/{_shown(pause[1])} does not end after it begins."
        )
    return sla.Interval(start, end)


def _halves(text: str) -> list[str]:
    halves = text.split("/")
    if len(halves) != 2:
        raise BadQuestion(f"The pause {_shown(text)} is not two moments with a / between them.")
    return halves


def _moment(text: object, policy: Policy, *, what: str) -> datetime:
    """An aware moment; one without an offset is in the policy's time zone."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None:
        shown = f" ({_shown(text)})" if isinstance(text, str) and text else ""
        raise BadQuestion(
            f"The moment of {what}{shown} must be ISO 8601, such as 2026-11-20T17:00-03:00."
        )
    if moment.year not in _YEARS:
        raise BadQuestion(f"The moment of {what} ({_shown(text)}) must lie between 1970 and 2199.")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(policy.timezone))


def _shown(text: object) -> str:
    """What somebody gave us, short enough and safe to print."""
    return str(text)[:40].encode("utf-8", "replace").decode("utf-8")


def _explained(question: Question, policy: Policy) -> dict[str, Any]:
    due = sla.due(
        question.opened,
        clock=question.clock,
        policy=policy,
        kind=question.kind,
        pauses=question.pauses,
        roll=sla.rolls(policy, question.kind),
    )
    ends = [moment for moment in (due.start_due, due.resolution_due) if moment]
    spans = (
        sla.explain(
            question.opened,
            max(ends),
            clock=question.clock,
            policy=policy,
            pauses=question.pauses,
        )
        if ends
        else ()
    )
    zone = ZoneInfo(policy.timezone)
    return {
        "opened": _iso(question.opened, zone),
        "clock": question.clock.value,
        "timezone": policy.timezone,
        "policy_version": policy.version,
        "start_due": _iso(due.start_due, zone),
        "resolution_due": _iso(due.resolution_due, zone),
        "spans": _spans(spans, zone),
    }


def _spans(spans: Iterable[sla.ExplainedSpan], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "kind": span.kind.value,
            "start": _iso(span.start, zone),
            "end": _iso(span.end, zone),
            "note": span.note,
        }
        for span in spans
    ]


def _told(number: str, *, now: datetime) -> dict[str, Any]:
    """Both deadlines of a ticket, as its pages explain them."""
    try:
        ticket = tickets.get_for(OPERATOR, number)
    except tickets.NotFound:
        raise CommandError(
            f"There is no ticket with the number {_shown(number)}.", returncode=USAGE
        ) from None
    policy = queries.current()
    zone = ZoneInfo(policy.timezone)
    return {
        "ticket": ticket.number,
        "opened": _iso(ticket.submitted_at, zone),
        "timezone": policy.timezone,
        "promised_version": ticket.policy_version,
        "policy_version": policy.version,
        **{
            found.deadline: {
                "clock": found.clock.value,
                "promised_hours": found.promised / timedelta(hours=1),
                "used_hours": round(found.used / timedelta(hours=1), 4),
                "due": _iso(found.due, zone),
                "met": _iso(found.met_at, zone),
                "spans": _spans(found.spans, zone),
            }
            for found in tickets.explain_deadlines(ticket, policy=policy, now=now)
        },
    }


def _as_story(told: Mapping[str, Any]) -> str:
    lines = [
        f"Ticket           {told['ticket']}",
        f"Opened           {_plain(told['opened'])}",
        f"({told['timezone']}, promised by policy {told['promised_version']},"
        f" hours and suspensions of policy {told['policy_version']})",
    ]
    promised = [name for name in ("start", "resolution") if name in told]
    lines += [] if promised else ["", "No deadline runs: its problem was not described yet."]
    for name in promised:
        one = told[name]
        lines += [
            "",
            f"{name.capitalize():<17}{one['promised_hours']:g} {one['clock']} hours,"
            f" {one['used_hours']:g} used",
            f"Due              {_plain(one['due']) if one['due'] else 'not known yet'}",
        ]
        lines += [f"Kept             {_plain(one['met'])}"] if one["met"] else []
        lines += _lines(one["spans"])
    return "\n".join(lines)


def _lines(spans: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        f"{one['kind']:<10}{_plain(one['start'])} - {_plain(one['end'])}  {one['note']}".rstrip()
        for one in spans
    ]


def _iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


def _as_text(answer: Mapping[str, Any]) -> str:
    policy = answer["policy_version"] or "as shipped"
    lines = [
        f"Opened           {_plain(answer['opened'])}",
        f"Start until      {_plain(answer['start_due'])}",
        f"Conclude until   {_plain(answer['resolution_due'])}",
        f"({answer['clock']} hours, {answer['timezone']}, policy {policy})",
        "",
    ]
    return "\n".join(lines + _lines(answer["spans"]))


def _plain(iso: str | None) -> str:
    if iso is None:
        return "never: the calendar does not open long enough"
    return f"{datetime.fromisoformat(iso):%a %Y-%m-%d %H:%M}"
