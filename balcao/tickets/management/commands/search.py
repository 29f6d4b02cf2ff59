"""`balcao search`: the index of what was written."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max, Min

from balcao.search.queries import doc_count
from balcao.tickets import actions
from balcao.tickets.models import Message

_HELP = """\
Make messages findable by their words. A desk does this by itself, also for what it held before
there was an index; run it after copying messages in by other means.
"""
_REBUILD = """\
Indexes every message that is not in the index, newest first, in parts of their own: stopped
anywhere, the next run goes on there, and the desk may stay open.

  balcao search rebuild
  balcao search rebuild --all      index again what is in it, too
"""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        rebuild = verbs.add_parser(
            "rebuild",
            description=_REBUILD,
            help="index what is missing",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        rebuild.add_argument("--all", action="store_true", help="what is indexed already, too")

    def handle(self, *args: Any, **options: Any) -> None:
        ends = Message.objects.aggregate(first=Min("pk"), last=Max("pk"))
        first, last = ends["first"] or 0, ends["last"] or 0
        below = actions.index_messages(again=options["all"])
        while below is not None:
            self._progress(last - below, last - first)
            below = actions.index_messages(below=below, again=options["all"])
        self.stdout.write(f"The index holds {doc_count()} texts.")

    def _progress(self, done: int, of: int) -> None:
        """On a terminal only: what follows a pipe wants the result."""
        if sys.stderr.isatty():
            ended = done >= of
            self.stderr.write(f"\r{done * 100 // max(of, 1):3} %", ending="\n" if ended else "")
