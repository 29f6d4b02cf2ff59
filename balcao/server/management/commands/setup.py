"""`balcao setup`: make the database ready."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from balcao.server.install import install


class Command(BaseCommand):
    help = "Make or upgrade the database and install the shipped policy, queue and services."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        for line in install(now=timezone.now()):
            self.stdout.write(line)
        self.stdout.write("Ready: start the desk with `balcao serve`.")
