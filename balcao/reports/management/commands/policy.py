"""`balcao policy`: the book of rules, and what it would say."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone, translation

from balcao.entitlements.queries import services
from balcao.lib import toml
from balcao.policy import gate, prepaid, sla
from balcao.policy.access import Actor, Role
from balcao.policy.book import Policy, PolicyError, Verdict, parse
from balcao.policy.gate import Act, Door
from balcao.reports import forms, queries
from balcao.rulebook import queries as rulebook
from balcao.rulebook.actions import shipped_document
from balcao.web import words
from balcao.web.words.notices import told

Shown = dict[str, Any]

REFUSED, USAGE = 1, 2
_LISTED = 20

# Who runs the command line owns the machine: reads all, and writes nothing by asking.
_OPERATOR = Actor(kind="system", id=None, label="operator", roles=frozenset({Role.AUDITOR}))

_HELP = """\
Show the support policy, check a changed one, and ask what it would decide. Nothing here changes
anything: versions are saved in the desk, under Regras.
"""
_SHOW = """\
Without --version: the one in force. What it prints is a document that `check`, `decide --draft` and
`replay --draft` read, so a change is tried like this:

  balcao policy show > draft.toml
  balcao policy check draft.toml
  balcao policy replay --days 30 --draft draft.toml
"""
_CHECK = """\
FILE is TOML or JSON; - reads standard input. Every problem is printed with its path, and the exit
code is then 1.

  balcao policy check draft.toml
"""
_DECIDE = """\
WHO is a user code, a CNPJ or CPF, or a company's name; left out, somebody without registration.
Nothing is stored and nobody is told. Exit code 1: refused.

  balcao policy decide RENAN222
  balcao policy decide RENAN222 --door email --ticket "482 719 3059" --at 2026-11-20T23:30
  balcao policy decide "Hotel Maré Alta" --service incident --draft draft.toml --json
"""
_REPLAY = """\
Every stored decision of the last days is judged again from the facts it was taken on, at its own
moment: under the draft (or the policy in force), and under the version it was taken under. A
decision that its own version does not give again is counted as diverged.

  balcao policy replay --days 30 --draft draft.toml
"""
_EXPIRY = """\
Calendar months to the same day, until 23:59:59 there; where the day is missing, the day after
(bought on 29 February: 1 March). Months and closed days as the policy in force says.

  balcao policy expiry --bought 2028-02-29
  balcao policy expiry --bought 2027-11-26 --timezone America/Rio_Branco --json
"""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        show = _verb(verbs, "show", "print one version of the policy", _SHOW)
        show.add_argument("--version", dest="number", type=int, metavar="N", help="which one")
        check = _verb(verbs, "check", "say what is wrong with a document", _CHECK)
        check.add_argument("file", metavar="FILE", help="TOML or JSON; - reads standard input")
        _add_decide(_verb(verbs, "decide", "say what a door would answer", _DECIDE))
        replay = _verb(verbs, "replay", "judge the decisions on record again", _REPLAY)
        replay.add_argument("--days", type=_days, required=True, metavar="N", help="how far back")
        replay.add_argument("--draft", metavar="FILE", help="a changed policy, TOML or JSON")
        expiry = _verb(verbs, "expiry", "until when a one-off is good", _EXPIRY)
        expiry.add_argument("--bought", required=True, metavar="DAY", help="YYYY-MM-DD, local")
        expiry.add_argument("--timezone", metavar="TZ", help="the policy's if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found, text = _VERBS[options["verb"]](options)
        except forms.Unreadable as problem:
            raise CommandError(str(problem), returncode=USAGE) from None
        shown = json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else text
        self.stdout.write(shown)
        if refusal := _refusal(options, found):
            raise CommandError(refusal, returncode=REFUSED)


def _refusal(options: Shown, found: Shown) -> str:
    """Why the exit code is 1; empty when it is 0."""
    if options["verb"] == "check" and not found["valid"]:
        count = len(found["problems"])
        return f"{options['file']} has {count} problem{'s' if count > 1 else ''}."
    if options["verb"] == "decide" and found["verdict"] == Verdict.REFUSE.value:
        return " ".join(found["notice"]["lines"])
    return ""


def _verb(verbs: Any, name: str, what: str, examples: str) -> argparse.ArgumentParser:
    """One verb with its help, its examples as they are typed."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object; docs/cli.md lists its keys"
    )
    return parser


def _add_decide(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", nargs="?", default="", metavar="WHO", help="whom it is about")
    parser.add_argument("--company", default="", help="its name, when WHO acts for several")
    parser.add_argument("--door", choices=[door.value for door in Door], default=Door.PORTAL.value)
    parser.add_argument(
        "--act", choices=[act.value for act in Act], help="open; continue when --ticket is given"
    )
    parser.add_argument("--service", default="", metavar="SLUG", help="of the catalogue")
    parser.add_argument("--licence", default="", metavar="KEY", help="licence key")
    parser.add_argument("--ticket", default="", metavar="NUMBER", help="the number given")
    parser.add_argument("--at", default="", metavar="ISO", help="when; now if left out")
    parser.add_argument("--unproved", action="store_true", help="a mail that nothing proves")
    parser.add_argument("--draft", metavar="FILE", help="a changed policy, TOML or JSON")


def _days(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= 3660:
        return int(text)
    raise argparse.ArgumentTypeError("must be a whole number from 1 to 3660")


def _read(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()


def _draft(path: str) -> Policy:
    try:
        return forms.policy_in(_read(path))
    except PolicyError as bad:
        raise forms.Unreadable(
            f"{path} cannot be enforced ({bad.problems[0]}); `balcao policy check` lists all."
        ) from None


def _in_force() -> Policy:
    """The newest version; the shipped one (version 0) while no table holds any."""
    known = rulebook.PolicyVersion._meta.db_table in connection.introspection.table_names()
    if known and rulebook.PolicyVersion.objects.exists():
        return rulebook.current()
    return parse(shipped_document(), version=forms.UNSAVED)


def _show(options: Shown) -> tuple[Shown, str]:
    number = options["number"]
    try:
        row = rulebook.version_for(_OPERATOR, number)
    except rulebook.PolicyVersion.DoesNotExist:
        which = f"no version {number} of the policy" if number else "no policy yet"
        raise forms.Unreadable(f"There is {which}.") from None
    zone = ZoneInfo(rulebook.version(row.number).timezone)
    found: Shown = {
        "version": row.number,
        "saved_at": row.created_at.astimezone(zone).isoformat(),
        "author": row.author_label,
        "approver": row.approver_label or None,
        "topic": row.topic,
        "reason": row.reason,
        "digest": row.digest,
        "document": row.document,
    }
    by = row.author_label
    if row.approver_label:
        by += f", approved by {row.approver_label}"
    head = [
        f"# Version {row.number}, saved {_plain(row.created_at, zone)} by {by}",
        f"# {' '.join(row.reason.split())}",
    ]
    return found, "\n".join([*head, "", toml.dumps(row.document)]).rstrip("\n")


def _check(options: Shown) -> tuple[Shown, str]:
    try:
        forms.policy_in(_read(options["file"]))
    except PolicyError as bad:
        rows = [
            {"path": row.path, "problem": row.removeprefix(f"{row.path}: ")} for row in bad.problems
        ]
        return {"valid": False, "problems": rows}, "\n".join(bad.problems)
    return {"valid": True, "problems": []}, f"{options['file']} can be enforced."


# ------------------------------------------------------------------------------------------ decide


def _decide(options: Shown) -> tuple[Shown, str]:
    policy = _draft(options["draft"]) if options["draft"] else rulebook.current()
    form = _question(options)
    assert form.case is not None
    outcome = queries.judge(form.case, policy)
    decision, zone = outcome.decision, ZoneInfo(policy.timezone)
    notice = told(
        decision, form.names(decision, policy), fate=outcome.fate, known=form.case.is_known
    )
    due = outcome.due or sla.Due(None, None)
    found: Shown = {
        **gate.decision_as_data(decision),
        "at": form.case.situation.at.astimezone(zone).isoformat(),
        "person": form.person.code or None,
        "organisation": form.for_company.name if form.for_company else None,
        "ticket": form.case.ticket.number if form.case.ticket else None,
        "queue": None if decision.refused else form.case.queue or None,
        "words": {rule: words.rule(rule) for rule in decision.rules},
        "notice": asdict(notice),
        "start_due": _iso(due.start_due, zone),
        "resolution_due": _iso(due.resolution_due, zone),
    }
    return found, "\n".join(_decided(found))


def _question(options: Shown) -> forms.SimulatorForm:
    """The same form as the simulator's page; its first fault is said in one sentence."""
    act = options["act"] or (Act.CONTINUE if options["ticket"] else Act.OPEN).value
    with translation.override("en"):
        form = forms.SimulatorForm(
            {**options, "act": act},
            actor=_OPERATOR,
            policy=rulebook.current(),
            now=timezone.now(),
            doors=[(door.value, door.value) for door in Door],
            services=[(row.slug, row.name) for row in services()],
        )
        if not form.is_valid():
            field, faults = next(iter(form.errors.items()))
            raise forms.Unreadable(f"{field}: {faults[0]}")
    return form


def _decided(found: Shown) -> list[str]:
    who = found["person"] or "somebody without registration"
    about = f"{who}, {found['organisation']}" if found["organisation"] else who
    lines = [
        f"{found['act']} by {found['door']}: {about}, {_said_at(found['at'])}",
        f"{found['verdict']}{_in_brackets(found['reason'])},"
        f" policy {found['policy_version'] or 'draft'}",
        "",
        *(f"{rule:<5}{text if text != rule else ''}" for rule, text in found["words"].items()),
    ]
    for kind in ("warnings", "observed", "lifted"):
        lines += [f"{kind}: {row['rule']}{_in_brackets(row['reason'])}" for row in found[kind]]
    notice = found["notice"]
    lines += ["", f"{notice['how']}: {notice['title']}", *(f"  {line}" for line in notice["lines"])]
    rows = [("Queue", found["queue"])] + [
        (label, _said_at(found[key]) if found[key] else "")
        for label, key in (("Start until", "start_due"), ("Conclude until", "resolution_due"))
    ]
    return lines + [""] + [f"{label:<17}{value}" for label, value in rows if value]


def _in_brackets(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _said_at(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%a %Y-%m-%d %H:%M}"


# ------------------------------------------------------------------------------------------ replay


def _replay(options: Shown) -> tuple[Shown, str]:
    policy = _draft(options["draft"]) if options["draft"] else rulebook.current()
    now = timezone.now()
    result = queries.replay(policy, days=options["days"], now=now, progress=_progress)
    zone = ZoneInfo(policy.timezone)
    found: Shown = {
        "days": result.days,
        "since": result.since.astimezone(zone).isoformat(),
        "policy_version": result.version,
        "judged": result.judged,
        "unreadable": result.unreadable,
        "changed": result.changed,
        "diverged": result.diverged,
        "groups": [asdict(group) for group in result.groups],
        "changes": [_change(row, zone) for row in result.changes],
        "divergences": [_change(row, zone) for row in result.divergences],
    }
    return found, "\n".join(_replayed(result, zone))


def _progress(done: int, of: int) -> None:
    """For somebody who watches, never for a program that reads."""
    if sys.stderr.isatty() and of:
        end = "\n" if done == of else ""
        print(f"\r{done} of {of} decisions ({done * 100 // of} %)", end=end, file=sys.stderr)


def _change(row: queries.Change, zone: ZoneInfo) -> Shown:
    return {**asdict(row), "at": row.at.astimezone(zone).isoformat(), "rule": row.rule}


def _replayed(result: queries.Replay, zone: ZoneInfo) -> list[str]:
    under = f"version {result.version}" if result.version else "the draft"
    lines = [
        f"{result.judged} decisions since {_plain(result.since, zone)},"
        f" judged again under {under}:",
        f"{result.changed} would be others, {result.diverged} diverged,"
        f" {result.unreadable} without facts",
    ]
    if result.groups:
        lines += ["", f"{'rule':<6}{'door':<10}{'verdict':<18}{'decisions':>9}{'companies':>11}"]
        lines += [
            f"{row.rule:<6}{row.door:<10}{row.before + ' -> ' + row.after:<18}"
            f"{row.count:>9}{row.organisations:>11}"
            for row in result.groups
        ]
    lines += _listed("Newest changes", result.changes, zone)
    lines += _listed(
        "Not given again by the version they were taken under", result.divergences, zone
    )
    return lines


def _listed(title: str, rows: Sequence[queries.Change], zone: ZoneInfo) -> list[str]:
    lines = [
        f"{_plain(row.at, zone)}  {row.act} by {row.door}"
        f"  {row.before.verdict}{_in_brackets(row.before.reason)}"
        f" -> {row.after.verdict}{_in_brackets(row.after.reason)}  (decision {row.decision})"
        for row in rows[:_LISTED]
    ]
    return ["", f"{title}:", *lines] if lines else []


def _expiry(options: Shown) -> tuple[Shown, str]:
    policy = _in_force()
    bought = forms.day(options["bought"])
    name = forms.timezone(options["timezone"] or policy.timezone)
    zone = ZoneInfo(name)
    found = prepaid.expiry(bought, policy, timezone=name)
    shown: Shown = {
        "bought": bought.isoformat(),
        "timezone": name,
        "policy_version": policy.version,
        "months": policy.oneoff.months,
        "on_closed_day": policy.oneoff.on_closed_day,
        "counted": found.counted.isoformat(),
        "last_day": found.last_day.isoformat(),
        "last_instant": found.last_instant.astimezone(zone).isoformat(),
        "expired_from": found.expired_from.astimezone(zone).isoformat(),
    }
    last = found.last_instant.astimezone(zone)
    lines = [
        f"Bought        {bought:%a %Y-%m-%d}",
        f"Good until    {found.last_day:%a %Y-%m-%d} {last:%H:%M:%S} ({name})",
        f"Expired from  {found.expired_from.astimezone(zone):%a %Y-%m-%d %H:%M:%S}",
    ]
    if found.last_day != found.counted:
        lines.append(f"Moved from    {found.counted:%a %Y-%m-%d}, which is no business day")
    return shown, "\n".join(lines)


def _iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None


def _plain(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


_VERBS = {
    "show": _show,
    "check": _check,
    "decide": _decide,
    "replay": _replay,
    "expiry": _expiry,
}
