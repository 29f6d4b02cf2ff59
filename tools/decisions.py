"""docs/decisions.md from the reviewed table of decisions: `python -m tools.decisions` writes it.

The table stands in tests/contract/decisions/classes.txt. What people are told is what they really
are told: the words of balcao.web.words for an example of each class, in Portuguese.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import django
from django.utils import timezone, translation

from balcao.policy.gate import decide
from balcao.web import catalogues, words
from tests.contract.decisions.rows import POLICIES, Row, rows
from tests.contract.decisions.table import Class, classes

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "decisions.md"

HEAD = """\
# Who gets what: the decisions of the gate

What the desk answers to every kind of request, at every door. This page is written by
`python -m tools.decisions` from the reviewed table in `tests/contract/decisions/classes.txt`. A
test asks `policy.gate.decide` {questions} generated questions (who, what they have, door, ticket,
service, hour, rules); each must fall into exactly one of these {count} classes and get its answer.
Portal, chat, e-mail, WhatsApp, telephone and API all ask that one function.

The words in italics are what the person is told, in Portuguese as the customer reads it. Where
nothing else is said the rules are the shipped ones, at any hour. Whoever sends a mail without
proof of who they are is told nothing, on purpose.
"""
TAIL = """
## How to read the variants

| Variant | What it means |
|---|---|
| services listed one by one | the scope of the contract's kind names some services only |
| rules that observe | S5, S16, S17, S22, S27, S34 and S35 only note what they would refuse (R36) |
| a lapse freezes | `entitlement.on_lapse = "freeze"` (R7) |
| no free providers | `email.block_freemail = true` (R10) |
| an exception in force | two people agreed to lift these rules for this company, for a time (R14) |

Identity, isolation and the ledger are never observed or lifted: whoever is not on file, another
company's ticket, a number that is not an open ticket of the caller's, a sender who is not proved, a
one-off that has expired.
"""

_DOORS = {
    "portal": "portal",
    "api": "API",
    "chat": "chat",
    "email": "e-mail",
    "whatsapp": "WhatsApp",
    "phone": "telephone",
}
_WHO = {
    "contact": "somebody on file",
    "freemail": "somebody on the ticket, from a registered address at a free provider",
    "nobody": "somebody not on file",
    "colleague": "a colleague who is not on the ticket",
    "stranger": "somebody on file elsewhere",
    "unlisted": "an address on nobody's file",
    "unproved": "a sender without proof",
    "unclear": "a mail without one clear sender",
}
_MAIL_WHO = _WHO | {
    "contact": "somebody on the ticket, from the registered address",
    "nobody": "somebody no longer on file",
}
_HAS = {
    "both": "active contract and valid licence",
    "other_expired": "covered, but the product chosen has expired",
    "licence_expired": "the licence has expired",
    "no_licence": "no licence",
    "contract_ended": "the contract has ended",
    "no_contract": "no contract",
    "nothing": "neither contract nor licence",
    "suspended": "the contract is suspended",
}
_TICKET = {
    "none": "no ticket named",
    "unknown": "a number that does not exist",
    "foreign": "another company's ticket",
    "open": "an open ticket",
    "resolved": "a ticket resolved less than 7 days ago",
    "resolved_old": "a ticket resolved more than 7 days ago",
    "closed": "a closed ticket",
    "cancelled": "a cancelled ticket",
    "oneoff": "a one-off in service",
    "oneoff_sold": "an unused one-off",
    "oneoff_expired": "an expired one-off",
}
_SERVICE = {
    "covered": "a covered service",
    "excluded": "an excluded service",
    "unlisted": "a service that nobody listed",
    "unnamed": "no service named yet",
}
_HOURS = {"open": "in business hours", "closed": "outside business hours"}
_RULES = {
    "shipped": "",
    "narrow": "services listed one by one",
    "observe": "rules that observe",
    "freeze": "a lapse freezes",
    "exception": "an exception in force",
    "no_freemail": "no free providers",
}
_ANSWERS = {
    "yes": "**yes**",
    "no": "**no**",
    "ask": "**ask sales**",
    "yes+": "**yes**, by exception",
    "yes~": "**yes**, noted",
}


def page() -> str:
    """The whole page as it must stand in docs/decisions.md."""
    table, asked = classes(), list(rows())
    parts = [HEAD.format(questions=f"{len(asked):,}", count=len(table))]
    for heading, found in groupby(table, key=lambda one: one.heading):
        parts.append(f"\n## {heading}\n\n| When | Answer | Rules | What they are told |\n")
        parts.append("|---|---|---|---|\n")
        parts += [_line(one, asked) for one in found]
    return "".join(parts) + TAIL


def _line(one: Class, asked: list[Row]) -> str:
    example = next(row for row in asked if one.holds(row.act, row.question))
    cells = (
        "; ".join(_situation(one)),
        _ANSWERS[one.answer.answer],
        " ".join(one.answer.rules),
        _told(one, example),
    )
    return f"| {' | '.join(cells)} |\n"


def _situation(one: Class) -> Iterator[str]:
    """What the class is about, in words; a column that does not matter says nothing."""
    written = one.written
    yield _door(written["door"])
    if written["who"] not in ("*", "staff"):
        mail = written["door"] == "email"
        yield _words(written["who"], _MAIL_WHO if mail else _WHO)
    for column, names in (
        ("has", _HAS),
        ("ticket", _TICKET),
        ("service", _SERVICE),
        ("hours", _HOURS),
        ("rules", _RULES),
    ):
        if written[column] not in ("*", "-") and (text := _words(written[column], names)):
            yield text


_SPECIAL = {
    "!both,other_expired": "something of it is missing or has lapsed",
    "!none": "any ticket",
    "!none,unknown,foreign": "any ticket of theirs",
}


def _door(cell: str) -> str:
    if cell == "*":
        return "any door"
    if cell == "@own":
        return "portal, API, or confirmed after staff typed it (R13)"
    return _words(cell, _DOORS)


def _words(cell: str, names: dict[str, str]) -> str:
    """The words of a cell. Which rules it is not about goes without saying."""
    if cell.startswith("!"):
        return _SPECIAL.get(cell, "")
    words = [names[word] for word in cell.split(",") if names.get(word)]
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _told(one: Class, example: Row) -> str:
    """The notice for this class's example, and the label of the way out."""
    decision = decide(example.request, example.facts, example.policy, example.now)
    situation = words.Situation(
        organisation="Padaria Aurora",
        product="Tarifador",
        service={"excluded": "Relatório personalizado", "unlisted": "Mudança de endereço"}.get(
            example.question["service"], ""
        ),
        number="4827193059" if example.facts.ticket else "",
        sender="ana@exemplo.com.br" if example.question["door"] == "email" else "",
        sales_phone=POLICIES["shipped"].company.sales_phone,
    )
    zone = ZoneInfo(POLICIES["shipped"].timezone)
    with translation.override("pt-br"), timezone.override(zone):
        step = words.next_step(decision.next_step)
        if one.answer.answer.startswith("yes"):
            return f"→ {step}" if step else ""
        if decision.next_step == "none" and decision.reason != "not_found":
            return "nothing"
        found = words.refusal(decision, situation)
        return f"*{found.why} {found.way_out}*" + (f" → {step}" if step else "")


def _ready() -> None:
    """Django as far as the words need it, with their translations compiled."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balcao.server.settings")
    os.environ.setdefault("BALCAO_DATA", tempfile.mkdtemp())
    catalogues.compile_all()
    django.setup()


def main() -> int:
    """Write the page."""
    _ready()
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
