"""`balcao assets`: what the browser loads, and the translation catalogues."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from balcao.web import assets, catalogues


class Command(BaseCommand):
    help = "Build the styles, scripts, icons and translation catalogues that changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="build all of it again")

    def handle(self, *args: Any, **options: Any) -> None:
        assets.build(force=options["force"])
        catalogues.compile_all()
