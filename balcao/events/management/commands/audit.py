"""`balcao audit`: check that nothing on record was changed."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from balcao.events.verifying import Report, verify

REFUSED, USAGE = 1, 2
_HEAD_LENGTH = 64

_HELP = """\
Check the record offline: every seal over the events and the access log, every row under a seal, and
the messages, decisions and versions of the policy that events tell of. Nothing is changed.

Each seal writes a line "audit.sealed" with its head into the log. Note one elsewhere now and then:
with --head it must still be part of the record, which shows an end that was cut off or rewritten.

  balcao audit verify
  balcao audit verify --head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 --json
"""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="verb", required=True)
        form = commands.add_parser(
            "verify",
            help="check every seal and what it covers",
            description=_HELP,
            formatter_class=RawDescriptionHelpFormatter,
        )
        form.add_argument("--head", default="", help="a head noted earlier, 64 hexadecimal digits")
        form.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when anything is not as it was written."""
        head = options["head"].strip().lower()
        if head and (len(head) != _HEAD_LENGTH or set(head) - set("0123456789abcdef")):
            raise CommandError("A head is 64 hexadecimal digits.", returncode=USAGE)
        report = verify(now=timezone.now(), head=head, progress=self._progress)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(report), indent=2))
        else:
            self.stdout.write(_as_words(report))
        if not report.whole:
            raise CommandError(f"The record is not whole: {report.faults[0].words}.", returncode=1)

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and (done % 100 == 0 or done == total):
            end = "\n" if done == total else ""
            self.stderr.write(f"\r{done} of {total} batches", ending=end)


def as_json(report: Report) -> dict[str, object]:
    """The report as docs/cli.md describes it."""
    return {
        "whole": report.whole,
        "logs": {
            name: {
                "batches": one.batches,
                "rows": one.rows,
                "unsealed": one.unsealed,
                "head": one.head,
                "sealed_at": one.sealed_at.isoformat() if one.sealed_at else None,
            }
            for name, one in report.logs.items()
        },
        "compared": report.compared,
        "erased": report.erased,
        "forgotten": report.forgotten,
        "wrong": report.wrong,
        "faults": [
            {
                "code": one.code,
                "log": one.log,
                "batch": one.batch,
                "kind": one.kind,
                "row": one.row,
                "words": one.words,
            }
            for one in report.faults
        ],
    }


def _as_words(report: Report) -> str:
    lines = []
    for name, one in report.logs.items():
        lines.append(
            f"{name}: {one.rows} rows in {one.batches} batches, {one.unsealed} not sealed yet"
        )
        if one.head:
            lines.append(f"  head {one.head}")
    compared = ", ".join(f"{count} {kind}" for kind, count in report.compared.items())
    lines.append(f"agree with their events: {compared}")
    if report.erased or report.forgotten:
        lines.append(f"erased on purpose: {report.erased}, let go by retention: {report.forgotten}")
    lines += [f"WRONG: {one.words}" for one in report.faults]
    if report.wrong > len(report.faults):
        lines.append(f"... and {report.wrong - len(report.faults)} more")
    lines.append("The record is whole." if report.whole else f"{report.wrong} wrong.")
    return "\n".join(lines)
