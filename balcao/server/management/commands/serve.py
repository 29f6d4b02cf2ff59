"""`balcao serve`: the whole desk on one machine."""

import argparse
import io
import os
import time
import urllib.request
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from balcao.server import asgi, cli, demo, preflight, supervisor
from balcao.server.management.commands import web, work

_SHARED = (asgi, web, work)
"""What the parts are made of: loaded before they are forked, it is in memory once."""


class Command(BaseCommand):
    help = "Run the whole desk: web pages and background work, restarted when a part dies."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--demo",
            action="store_true",
            help="set up an empty database with demo data first, and print who can sign in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with_demo = options["demo"]
        if with_demo:
            _be_a_demo()
        # A connection does not outlive a fork: this process opens none.
        prepare = partial(self._prepare, with_demo=with_demo)
        preparing = supervisor.start("prepare", partial(cli.attempt, prepare), alone=False)
        asgi.load_pages()
        preparing.join()
        if preparing.exitcode:
            raise SystemExit(preparing.exitcode)
        announce = partial(self._announce, with_people=with_demo)
        supervisor.Supervisor(
            {part: partial(cli.attempt, partial(cli.perform, [part])) for part in ("web", "work")},
            on_ready=partial(cli.attempt, announce),
        ).run()

    def _prepare(self, *, with_demo: bool) -> None:
        preflight.check_data()
        preflight.check_port(*_place(), setting="BALCAO_PORT")
        if with_demo:
            preflight.check_database(migrated=False)
            call_command("setup", stdout=io.StringIO())
            demo.prepare(progress=self.stdout.write)
        preflight.check_database()

    def _announce(self, *, with_people: bool) -> None:
        address = "http://{}:{}".format(*_place())
        if not _answers(f"{address}/healthz"):
            return
        self.stdout.write(f"\nBalcão answers on {address}")
        if with_people:
            self.stdout.write(demo.sign_in_lines())
            if not settings.REQUIRE_MFA:
                self.stdout.write("The demo asks staff for no second factor (BALCAO_REQUIRE_MFA).")
        self.stdout.write("End it with Ctrl+C.")
        self.stdout.flush()


def _place() -> tuple[str, int]:
    return settings.ENV.text("BALCAO_HOST"), settings.ENV.number("BALCAO_PORT")


def _be_a_demo() -> None:
    """For this process and the parts of it: demo data never reaches a mail server."""
    settings.DEMO = True
    # Whoever tries the demo has no phone enrolled; say yes to try that, too.
    settings.REQUIRE_MFA = settings.REQUIRE_MFA and "BALCAO_REQUIRE_MFA" in os.environ


def _answers(address: str, *, seconds: int = 60) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.05)
    return False
