"""`balcao serve`: the whole desk on one machine."""

import argparse
import io
import os
import time
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from balcao.server import demo, preflight
from balcao.server.supervisor import Supervisor


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
        env = settings.ENV
        host, port = env.text("BALCAO_HOST"), env.number("BALCAO_PORT")
        preflight.check_data()
        preflight.check_port(host, port, setting="BALCAO_PORT")
        if options["demo"]:
            # The parts started below inherit it: demo data never reaches a mail server.
            os.environ["BALCAO_DEMO"] = "yes"
            # Whoever tries the demo has no phone enrolled; say yes to try that, too.
            os.environ.setdefault("BALCAO_REQUIRE_MFA", "no")
            preflight.check_database(migrated=False)
            call_command("setup", stdout=io.StringIO())
            demo.prepare(progress=self.stdout.write)
        preflight.check_database()
        Supervisor(
            {"web": ["web"], "work": ["work"]},
            on_ready=lambda: self._announce(host, port, with_people=options["demo"]),
        ).run()

    def _announce(self, host: str, port: int, *, with_people: bool) -> None:
        address = f"http://{host}:{port}"
        if not _answers(f"{address}/healthz"):
            return
        self.stdout.write(f"\nBalcão answers on {address}")
        if with_people:
            self.stdout.write(demo.sign_in_lines())
            if os.environ["BALCAO_REQUIRE_MFA"] == "no":
                self.stdout.write("The demo asks staff for no second factor (BALCAO_REQUIRE_MFA).")
        self.stdout.write("End it with Ctrl+C.")
        self.stdout.flush()


def _answers(address: str, *, seconds: int = 60) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.2)
    return False
