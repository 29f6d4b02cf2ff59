"""`balcao person`: ways in for somebody who lost theirs, from the machine itself."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from balcao.people import actions
from balcao.people.queries import Person, find_person
from balcao.policy.access import SYSTEM
from balcao.policy.accounts import TokenKind

_HELP = """\
Help somebody back in from the machine itself, when no administrator can: print a link with which
they set a password, or take away a second factor whose phone is lost. Both are on the record, and
the person is told by e-mail. Whoever runs this command may do anything anyway.
"""
_REFUSED = 1


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        link = acts.add_parser("link", help="print a link that sets a password, good for one hour")
        reset = acts.add_parser(
            "reset-second-factor", help="take the second factor away; every session ends"
        )
        for act in (link, reset):
            act.add_argument("code", help="the person's user code")

    def handle(self, *args: Any, **options: Any) -> None:
        person = find_person(options["code"])
        if person is None:
            raise CommandError(
                f"Nobody active has the code {options['code']}.", returncode=_REFUSED
            )
        if options["act"] == "link":
            self._link(person)
        else:
            self._reset(person)

    def _link(self, person: Person) -> None:
        secret = actions.make_link(
            actor=SYSTEM, now=timezone.now(), user_id=person.id, kind=TokenKind.RESET
        )
        self.stdout.write(f"{person.name} ({person.code}) sets a password here, within one hour:")
        self.stdout.write(settings.BASE_URL + reverse("reset", args=[secret]))

    def _reset(self, person: Person) -> None:
        if not actions.reset_factor(actor=SYSTEM, now=timezone.now(), user_id=person.id):
            raise CommandError(f"{person.name} has no second factor.", returncode=_REFUSED)
        self.stdout.write(f"{person.name} adds a second factor anew at the next sign-in.")
