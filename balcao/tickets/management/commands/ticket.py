"""`balcao ticket`: open a ticket as a customer, show one to the operator."""

import argparse
import json
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from balcao.entitlements.queries import find_licence, services
from balcao.people.models import Organisation
from balcao.people.queries import actor_by_code
from balcao.policy import gate
from balcao.policy.access import Actor, Role
from balcao.policy.gate import Act, Door
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.tickets import actions, queries
from balcao.tickets.models import Ticket
from balcao.web import words

Shown = dict[str, Any]

REFUSED, USAGE = 1, 2
MAX_SUBJECT = 200

# Who runs the command line owns the machine: reads all, and writes nothing by showing.
_OPERATOR = Actor(kind="system", id=None, label="operator", roles=frozenset({Role.AUDITOR}))

_HELP = """\
Open a ticket through the same gate as the portal, or show one with its messages and events.
"""
_OPEN = """\
Exit code 1 means that the gate refused: the words say why, --json prints the decision, and what was
written waits as a draft in the portal.

  balcao ticket open --as MARTA222 --licence TH7-4K2M-9QXD-03 --service incident \\
    --subject "Coletor parado" --body "Desde as 8h nada aparece."
"""
_SHOW = """\
  balcao ticket show "482 719 3059" --json
"""


class Command(BaseCommand):
    help = _HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        _add_open(verbs.add_parser("open", **_about("open a ticket as a customer", _OPEN)))
        show = verbs.add_parser("show", **_about("show a ticket", _SHOW))
        show.add_argument("number", help="the ticket's ten digits, spaces and dots allowed")
        show.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "show":
            self._print(_shown(options["number"]), _as_text, as_json=options["json"])
        else:
            self._open(options)

    def _open(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        actor = actor_by_code(options["code"])
        if actor is None or not actor.is_contact:
            self._refuse(_not_registered(now), options)
        subject, body = _words_of(options)
        organisation, licence = _rights(actor, options["licence"])
        try:
            ticket = actions.open_ticket(
                actor=actor,
                now=now,
                organisation_id=organisation,
                service=_service(options["service"]),
                licence_id=licence,
                subject=subject,
                body=body,
                key=options["key"] or secrets.token_hex(16),
            )
        except actions.Refused as refusal:
            self._refuse(refusal.decision, options, company=organisation, draft=refusal.draft_key)
        self._print(_shown(ticket.number), _opened, as_json=options["json"])

    def _refuse(
        self,
        decision: gate.Decision,
        options: dict[str, Any],
        *,
        company: int | None = None,
        draft: str | None = None,
    ) -> NoReturn:
        """Say why in words on standard error, and as data if asked; the exit code is 1."""
        said = words.refusal(decision, _situation(decision, company, options["service"]))
        text = f"{said.why} {said.way_out}"
        if options["json"]:
            answer = {**gate.decision_as_data(decision), "message": text, "draft": draft}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        raise CommandError(text, returncode=REFUSED)

    def _print(self, found: Shown, as_text: Callable[[Shown], str], *, as_json: bool) -> None:
        text = json.dumps(found, ensure_ascii=False, indent=2) if as_json else as_text(found)
        self.stdout.write(text)


def _about(what: str, examples: str) -> dict[str, Any]:
    """The help of one verb, its examples as they are typed."""
    return {
        "help": what,
        "description": _HELP,
        "epilog": examples,
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }


def _add_open(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="code", required=True, metavar="CODE", help="user code")
    parser.add_argument("--licence", metavar="KEY", help="licence key; says the company too")
    parser.add_argument("--service", required=True, help="a service's slug or name")
    parser.add_argument("--subject", required=True, help="what it is about, up to 200 characters")
    parser.add_argument("--body", required=True, help="the text; - reads standard input")
    parser.add_argument("--key", help="the same key of the same person is the same ticket")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _usage(text: str) -> CommandError:
    return CommandError(text, returncode=USAGE)


def _rights(actor: Actor, key: str | None) -> tuple[int, int | None]:
    """The organisation to open for, and the licence; never one of somebody else's."""
    if key is not None:
        found = find_licence(key, organisations=actor.organisations)
        if found is None:
            raise _usage(f"No licence of this person's companies has the key {key}.")
        return found[1], found[0]
    if len(actor.organisations) != 1:
        raise _usage("This person acts for several companies: choose one with --licence.")
    return min(actor.organisations), None


def _service(asked: str) -> str:
    found = services()
    for row in found:
        if asked.casefold() in (row.slug.casefold(), row.name.casefold(), row.name_en.casefold()):
            return row.slug
    raise _usage(f"No service is called {asked}; there are: {', '.join(r.slug for r in found)}.")


def _words_of(options: dict[str, Any]) -> tuple[str, str]:
    """Subject and text, neither of them empty."""
    subject = " ".join(options["subject"].split())
    body = (sys.stdin.read() if options["body"] == "-" else options["body"]).strip()
    if not subject or not body:
        raise _usage("The subject and the text must not be empty.")
    if len(subject) > MAX_SUBJECT:
        raise _usage(f"The subject must not be longer than {MAX_SUBJECT} characters.")
    return subject, body


def _not_registered(now: datetime) -> gate.Decision:
    """What the gate says to somebody who is nobody's contact (S3)."""
    request = gate.Request(act=Act.OPEN, door=Door.PORTAL)
    person = gate.PersonFacts(registered=False, active=False, organisation=None)
    return gate.decide(request, gate.Facts(person=person), rulebook.current(), now)


def _situation(decision: gate.Decision, company: int | None, service: str) -> words.Situation:
    cover = decision.coverage
    names = {row.slug: row.name for row in services()}
    organisation = Organisation.objects.filter(pk=company).first() if company else None
    return words.Situation(
        organisation=organisation.name if organisation else "",
        product=cover.licence.product if cover and cover.licence else "",
        service=names.get(service, service),
        sales_phone=rulebook.current().company.sales_phone,
    )


def _shown(number: str) -> Shown:
    """A ticket as the operator sees it; the keys stand in docs/cli.md."""
    now = timezone.now()
    try:
        ticket = queries.get_for(_OPERATOR, number)
    except queries.NotFound:
        raise _usage(f"There is no ticket with the number {number}.") from None
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "organisation": ticket.organisation.name,
        "opener": ticket.opener.name,
        "service": ticket.service.slug,
        "kind": ticket.kind,
        "door": ticket.door,
        "state": ticket.state,
        "queue": ticket.queue.slug,
        "position": queries.position_of(ticket, order=rulebook.current().queue.order),
        "assignee": ticket.assignee.name if ticket.assignee else None,
        "submitted_at": _iso(ticket.submitted_at),
        "started_at": _iso(ticket.started_at),
        "resolved_at": _iso(ticket.resolved_at),
        "closed_at": _iso(ticket.closed_at),
        "address": f"{settings.BASE_URL}/chamados/{ticket.number}",
        "deadlines": _deadlines(ticket, now),
        "messages": _messages(ticket),
        "events": [
            {"at": _iso(line.at), "verb": line.verb, "data": line.data}
            for line in queries.lines_for(_OPERATOR, ticket)
        ],
    }


def _deadlines(ticket: Ticket, now: datetime) -> Shown:
    return {
        kind: {
            "due": _iso(row.due_at),
            "met": _iso(row.met_at),
            "breached": _iso(row.breached_at),
            "paused": row.paused,
            "chip": row.chip,
        }
        for kind, row in sorted(queries.deadlines_of(ticket, now=now).items(), reverse=True)
    }


def _messages(ticket: Ticket) -> list[Shown]:
    return [
        {
            "kind": row.kind,
            "author": row.author,
            "door": row.door,
            "at": _iso(row.created_at),
            "body": row.body,
            "files": [
                {
                    "id": str(file.id),
                    "name": file.name,
                    "size": file.size,
                    "content_type": file.content_type,
                }
                for file in row.files
            ],
        }
        for row in queries.thread_for(_OPERATOR, ticket)
    ]


def _iso(moment: datetime | None) -> str | None:
    """UTC, as every machine-read moment of the command line but a deadline's explanation."""
    return moment.astimezone(UTC).isoformat() if moment else None


def _opened(found: Shown) -> str:
    number = show_number(found["number"])
    due = found["deadlines"]
    return (
        f"Opened {number} ({found['state']}), starts until {_plain(due['start']['due'])},"
        f" concluded until {_plain(due['resolution']['due'])}."
    )


def _as_text(found: Shown) -> str:
    lines = [
        f"{show_number(found['number'])}  {found['state']}  {found['subject']}",
        f"{found['organisation']}, {found['opener']}; with {found['assignee'] or 'nobody yet'}",
    ]
    for kind, due in found["deadlines"].items():
        lines.append(f"{kind:<11}until {_plain(due['due'])}  {due['chip']}")
    for message in found["messages"]:
        files = "".join(f"\n  [{file['name']}]" for file in message["files"])
        lines.append(
            f"\n{_plain(message['at'])}  {message['author']} ({message['kind']},"
            f" {message['door']})\n{message['body']}{files}"
        )
    return "\n".join(lines)


def _plain(iso: str | None) -> str:
    if iso is None:
        return "unknown"
    zone = ZoneInfo(rulebook.current().timezone)
    return f"{datetime.fromisoformat(iso).astimezone(zone):%Y-%m-%d %H:%M}"
