"""`balcao setup`: make the database ready, and let the first administrator in."""

import argparse
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from balcao.people import actions as people
from balcao.people.queries import has_administrator
from balcao.policy.access import SYSTEM, Role
from balcao.policy.accounts import TokenKind
from balcao.server.install import install

_HELP = """\
Make or upgrade the database and install the shipped policy, queue and services. With
--administrator and --address also register the first administrator, and print the link with which
they set their password (good for 72 hours; `balcao person link CODE` makes another). They then add
a second factor and register everybody else.
"""
_REFUSED, _USAGE = 1, 2


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--administrator", metavar="NAME", help="name of the first one")
        parser.add_argument("--address", metavar="E-MAIL", help="their e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        name, address = options.get("administrator"), options.get("address")
        if bool(name) != bool(address):
            raise CommandError("--administrator and --address go together.", returncode=_USAGE)
        if address:
            _check(address)
        call_command("migrate", interactive=False, verbosity=0)
        now = timezone.now()
        for line in install(now=now):
            self.stdout.write(line)
        if name and address:
            self._first(name, address, now)
        self.stdout.write("Ready: start the desk with `balcao serve`.")
        if not has_administrator():
            self.stdout.write(
                "Nobody keeps it yet: `balcao setup --administrator NAME --address E-MAIL`."
            )

    def _first(self, name: str, address: str, now: datetime) -> None:
        if has_administrator():
            raise CommandError(
                "There is an administrator already, who registers the others; for a new link to"
                " set a password: `balcao person link CODE`.",
                returncode=_REFUSED,
            )
        user = people.register_person(
            actor=SYSTEM, now=now, name=name, address=address, roles=(Role.ADMINISTRATOR,)
        )
        secret = people.make_link(actor=SYSTEM, now=now, user_id=user.pk, kind=TokenKind.INVITATION)
        self.stdout.write(f"{name} signs in with the code {user.code}, after setting a password:")
        self.stdout.write(settings.BASE_URL + reverse("invitation", args=[secret]))


def _check(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise CommandError(f"{address} is no e-mail address.", returncode=_USAGE) from None
