"""`balcao demo`: demo data, and who can sign in."""

import argparse
import io
import json
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from balcao.server import demo, preflight

_HELP = """\
Fill an empty desk with demo data and print who can sign in: 7 companies, 12 customers, 5 members of
staff and 40 tickets of the last three weeks. The first run makes it, relative to its own moment;
every later run changes nothing and prints the same codes, passwords and numbers. A database that
holds other data is left alone (exit code 3). No address in it belongs to anybody.
"""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object; docs/cli.md lists its keys"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        preflight.check_data()
        preflight.check_database(migrated=False)
        if not connection.introspection.table_names():
            call_command("setup", stdout=io.StringIO())
        preflight.check_database()
        demo.prepare(progress=_tell)
        if options["json"]:
            self.stdout.write(json.dumps(demo.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_table(demo.people()))


def _tell(line: str) -> None:
    """Progress is for somebody who watches, never for a program that reads."""
    if sys.stderr.isatty():
        print(line, file=sys.stderr)


def _table(people: list[demo.Person]) -> str:
    lines = []
    for person in people:
        company = f"  {', '.join(person.organisations)}" if person.organisations else ""
        lines.append(
            f"{person.role:<14}{person.user_code}  {person.password}  {person.name}{company}"
        )
        lines += [
            f"{'':14}licence {line.key}  {line.product}, {_until(line)}" for line in person.licences
        ]
        if person.open_tickets:
            lines.append(f"{'':14}open tickets {' '.join(person.open_tickets)}")
    return "\n".join(lines)


def _until(line: demo.LicenceLine) -> str:
    if line.valid_until is None:
        return "perpetual"
    return f"{'until' if line.valid else 'ended'} {line.valid_until}"
