"""`balcao import`: the register from spreadsheets, and invitations for the people in it."""

import argparse
import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from balcao.entitlements.actions import Report, Table, import_tables
from balcao.entitlements.queries import organisation_named
from balcao.lib.columns import Kind, fields_of, kind_of, lacks, template
from balcao.lib.sheets import MAX_BYTES, SheetError, read_sheets
from balcao.people.actions import pause_invitations, plan_invitations, resume_invitations
from balcao.people.queries import invitation_counts
from balcao.policy.access import SYSTEM
from balcao.rulebook import queries as rulebook
from balcao.web.words import importing as words

REFUSED, USAGE, ENVIRONMENT = 1, 2, 3
INVITE = "invite"

_HELP = """\
Read customers, people, contracts, licences and one-offs from CSV or XLSX files. The kind of each
table is seen from its headings; organisations come first whatever the order. Every row stands
alone: one that is refused is named with its column and reason and stops no other, and the same file
again changes nothing. --dry-run does all of it and takes it back.

  balcao import --template people > people.csv
  balcao import customers.xlsx people.csv --dry-run
  balcao import invite                       invites everybody who has no password yet
"""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def create_parser(self, *args: Any, **options: Any) -> Any:
        return super().create_parser(
            *args, formatter_class=argparse.RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        kinds = [kind.value for kind in Kind]
        parser.add_argument(
            "files", nargs="*", metavar="FILE", help=f"tables to read, or the word {INVITE!r}"
        )
        parser.add_argument(
            "--kind", choices=kinds, help="what the rows are, if headings do not say"
        )
        parser.add_argument("--template", choices=kinds, help="print an empty table and end")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, do nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        inviting = parser.add_argument_group(f"balcao import {INVITE}")
        inviting.add_argument("--organisation", help="only people of this CNPJ, CPF or reference")
        inviting.add_argument("--rate", type=int, default=30, help="mails a minute, 1 to 60 (30)")
        inviting.add_argument("--pause", action="store_true", help="send no more for now")
        inviting.add_argument("--resume", action="store_true", help="go on with what was paused")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["template"]:
            self._template(Kind(options["template"]))
            return
        if not options["files"]:
            raise CommandError("name a file, or --template KIND; see --help", returncode=USAGE)
        rulebook.current()  # before set-up there is nothing to import into
        if options["files"] == [INVITE]:
            self._invite(options)
            return
        kind = Kind(options["kind"]) if options["kind"] else None
        tables = [table for name in options["files"] for table in _tables(name, kind)]
        bar = _Bar()
        report = import_tables(
            tables,
            actor=SYSTEM,
            now=timezone.now(),
            dry_run=options["dry_run"],
            progress=bar.show,
        )
        bar.end()
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        if report.count("refused"):
            raise SystemExit(REFUSED)

    def _template(self, kind: Kind) -> None:
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(template(kind))
        # The mark tells spreadsheets that this is UTF-8.
        self.stdout.write("\ufeff" + out.getvalue(), ending="")

    def _invite(self, options: dict[str, Any]) -> None:
        if not 1 <= options["rate"] <= 60:
            raise CommandError("--rate is from 1 to 60 mails a minute", returncode=USAGE)
        organisation = None
        if options["organisation"]:
            organisation = organisation_named(options["organisation"])
            if organisation is None:
                raise CommandError("there is no such customer", returncode=USAGE)
        now, rate = timezone.now(), options["rate"]
        if options["pause"]:
            answer = {"paused": pause_invitations(actor=SYSTEM, now=now)}
        elif options["resume"]:
            answer = {"resumed": resume_invitations(actor=SYSTEM, now=now, per_minute=rate)}
        else:
            planned = plan_invitations(
                actor=SYSTEM,
                now=now,
                per_minute=rate,
                organisation_id=organisation,
                dry_run=options["dry_run"],
            )
            answer = {"would_invite" if options["dry_run"] else "planned": planned}
        counts = invitation_counts()
        if options["json"]:
            self.stdout.write(json.dumps({**answer, "list": counts}, indent=2))
            return
        done, count = next(iter(answer.items()))
        listed = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        self.stdout.write(f"{done.replace('_', ' ')}: {count}\nlist: {listed or 'empty'}")


def _tables(name: str, wanted: Kind | None) -> list[Table]:
    path = Path(name)
    if not path.is_file():
        raise CommandError(f"there is no file {name}", returncode=USAGE)
    if path.stat().st_size > MAX_BYTES:
        raise CommandError(f"{name}: {words.sheet_problem('too_big')}", returncode=USAGE)
    try:
        sheets = read_sheets(path.read_bytes())
    except SheetError as problem:
        text = words.sheet_problem(problem.code)
        raise CommandError(f"{name}: {text}", returncode=USAGE) from problem
    tables = []
    for sheet in sheets:
        source = f"{path.name}#{sheet.name}" if sheet.name else path.name
        kind = wanted or kind_of(sheet.headings)
        if kind is None:
            raise CommandError(
                f"{source}: its headings are of no kind; say --kind, or see --template",
                returncode=USAGE,
            )
        if missing := lacks(kind, fields_of(kind, sheet.headings)):
            raise CommandError(
                f"{source}: a table of {kind.value} needs the columns {', '.join(missing)}",
                returncode=USAGE,
            )
        tables.append(Table(source, kind, sheet))
    return tables


class _Bar:
    """How far it is, for somebody who watches; nothing for a program."""

    def __init__(self) -> None:
        self._shown = -1

    def show(self, done: int, total: int) -> None:
        percent = done * 100 // total
        if sys.stderr.isatty() and percent != self._shown:
            self._shown = percent
            filled = "#" * (percent // 4)
            print(f"\r[{filled:<25}] {done} / {total}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown >= 0:
            print(file=sys.stderr)


def _as_text(report: Report) -> str:
    lines = []
    for row in report.results:
        if row.outcome == "unchanged":
            continue
        what = str(words.OUTCOMES[row.outcome])
        if row.outcome == "refused":
            place = f"{row.heading}: " if row.heading else ""
            what = f"{what}: {place}{words.reason(row.code)}"
        lines.append(f"{row.source}:{row.number}: {what}")
    lines += [f"{source}: {words.left_out(heading)}" for source, heading in report.ignored]
    for kind in Kind:
        counts = [
            f"{count} {words.OUTCOMES[outcome]}"
            for outcome in words.OUTCOMES
            if (count := report.count(outcome, kind))
        ]
        if counts:
            lines.append(f"{words.KINDS[kind]}: {', '.join(counts)}")
    if report.dry_run:
        lines.append(words.dry_run())
    return "\n".join(lines)


def _as_json(report: Report) -> str:
    rows = [
        {
            "file": row.source,
            "line": row.number,
            "kind": row.kind.value,
            "outcome": row.outcome,
            "column": row.heading,
            "code": row.code,
            "reason": words.reason(row.code) if row.code else "",
        }
        for row in report.results
    ]
    counts = {
        kind.value: {
            outcome: count for outcome in words.OUTCOMES if (count := report.count(outcome, kind))
        }
        for kind in Kind
    }
    return json.dumps(
        {
            "dry_run": report.dry_run,
            "counts": counts,
            "ignored": [{"file": source, "column": heading} for source, heading in report.ignored],
            "rows": rows,
        },
        ensure_ascii=False,
        indent=2,
    )
