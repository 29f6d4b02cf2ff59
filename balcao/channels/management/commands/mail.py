"""`balcao mail`: take a message in by hand, by the same path as SMTP."""

import json
import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from balcao.channels import intake
from balcao.channels.email.accounts import DEFAULT, accounts

_USAGE = 2


class Command(BaseCommand):
    help = "Take in mail: balcao mail receive < message.eml, or --mbox FILE for a whole mailbox."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="verb", required=True)
        receive = commands.add_parser(
            "receive", help="judge a message from standard input, or every one of a mailbox"
        )
        receive.add_argument("--mbox", metavar="FILE", help="a mailbox file instead")
        receive.add_argument(
            "--account", metavar="NAME", default=DEFAULT, help="the account it came in by"
        )
        receive.add_argument("--json", action="store_true", help="one JSON object a message")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 once every message is safely kept, whatever became of it."""
        account = options["account"]
        if account not in {known.name for known in accounts()}:
            raise CommandError(f"There is no account {account}.", returncode=_USAGE)
        for raw in _messages(options["mbox"]):
            result = intake.receive(raw, now=timezone.now(), account=account)
            self.stdout.write(_as_json(result) if options["json"] else _as_words(result))


def _messages(mbox: str | None) -> Iterator[bytes]:
    if mbox is None:
        raw = sys.stdin.buffer.read()
        if not raw.strip():
            raise CommandError("No message on standard input.", returncode=_USAGE)
        yield raw
        return
    if not Path(mbox).is_file():
        raise CommandError(f"There is no mailbox file {mbox}.", returncode=_USAGE)
    box = mailbox.mbox(mbox, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _as_json(result: intake.Result) -> str:
    return json.dumps(
        {
            "outcome": result.outcome,
            "reason": result.reason,
            "rules": list(result.rules),
            "ticket": result.ticket,
            "message": result.message,
            "inbound": result.inbound,
        }
    )


def _as_words(result: intake.Result) -> str:
    words = [result.outcome]
    if result.reason:
        words.append(f"({result.reason})")
    if result.ticket:
        words.append(f"ticket {result.ticket}")
    if result.rules:
        words.append(f"rules {' '.join(result.rules)}")
    return " ".join(words)
