"""The tables of THREAT_MODEL.md from the names of the tests: `python -m tools.threats` writes them.

A test that shows a row carries its name, for example `test_d4_two_from_fields_are_kept_apart`; one
that shows two rows carries both (`test_b1_i4_...`).
"""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "THREAT_MODEL.md"
FOLDERS = ("balcao", "tests")
BEGIN, END = "<!-- begin: rows -->", "<!-- end: rows -->"

ROWS = {
    "A1": "a session planted before sign-in lives on after it",
    "A2": "odd frames on a live socket make the server tell its secrets or die",
    "A3": "invitations and resets that never expire or can be used again",
    "A4": "proxy headers believed: forged identity, address or link",
    "A5": "a reset mail goes to the attacker",
    "A6": "user codes and passwords guessed, also in parallel",
    "A7": "answers or their timing tell who has an account",
    "A8": "changing the registered address takes the account and the mail channel",
    "A9": "one stolen staff account carries everything away",
    "B1": "an attachment opens without the right to its message",
    "B2": "access through linked or merged tickets",
    "B3": "search, counters and suggestions tell of foreign tickets",
    "B4": "the live channel shows another's ticket",
    "B5": "ids of others are accepted from a form",
    "B6": "drafts and uploads under names that can be guessed",
    "B7": "names of fields taken from the request become a query",
    "B8": "an internal note reaches the customer",
    "C1": "knowing a ticket's number opens it",
    "C2": "a spoken number is the only proof on the telephone",
    "C3": "a reply token that can be guessed, or used by somebody else",
    "D1": "whoever writes the number is added to the ticket",
    "D2": "a plainly forged From",
    "D3": "the sender ships an Authentication-Results of their own",
    "D4": "two From fields, two mailboxes, a group",
    "D5": "two parsers read one From differently",
    "D6": "lookalike domains",
    "D7": "plus-tags, dots and aliases of a registered address",
    "D8": "Sender, Reply-To, Resent or a list changes who wrote",
    "D9": "a forged mail of an agent is passed on to the customer",
    "D10": "the support address receives other services' confirmation mails",
    "D11": "a second message smuggled behind odd line endings",
    "D12": "headers from outside set owner, priority or state",
    "D13": "we become a relay that bombs strangers",
    "D14": "headers injected into outgoing mail",
    "E1": "automatic replies answer each other for ever",
    "E2": "a bounce becomes a message and bounces again",
    "E3": "mail to ourselves, or two desks writing to each other",
    "E4": "an automatic reply reopens a ticket or spends something",
    "E5": "a forged bounce marks a good address dead",
    "F1": "nested or countless parts exhaust the parser",
    "F2": "huge or endless headers exhaust the parser",
    "F3": "unknown, wrong or lying character sets",
    "F4": "invisible characters in file names pass the check",
    "F5": "winmail.dat",
    "F6": "text that makes quoting and linking slow",
    "F7": "NUL bytes, missing or absurd Date and Message-ID",
    "F8": "external bodies, partial and encrypted mail",
    "G1": "script in HTML mail or a subject",
    "G2": "an HTML attachment runs on our origin",
    "G3": "an active SVG",
    "G4": "links with active schemes",
    "G5": "nested tags defeat the sanitiser",
    "G6": "script in the name of a file, person, company or queue",
    "G7": "remote images and style sheets spy on the reader",
    "G8": "hidden text that shows only when forwarded",
    "H1": "webhooks, images and previews reach inside the network",
    "H2": "exports read files of the server",
    "I1": "a file name leaves the store",
    "I2": "archives and pictures that unpack without end",
    "I3": "a virus, or a scanner that is down",
    "I4": "the browser guesses an active type",
    "I5": "uploads fill the disk",
    "J1": "a formula in an export runs at the agent's",
    "K1": "a forged WhatsApp webhook",
    "K2": "a webhook delivered twice at once",
    "K3": "delivery states out of order",
    "K4": "answered 200, died before the work",
    "K5": "the ninth digit splits or merges people",
    "K6": "our own webhooks unsigned or repeated for ever",
    "K7": "API keys in logs, without scope or end",
    "L1": "requests forged from another site; changes by GET",
    "L2": "a live socket opened from another site",
    "L3": "framing, foreign origins, inline script",
    "M1": "a role reaches what the table does not give it",
    "M2": "staff grant themselves licences or prepaid tickets",
    "M3": "messages or the audit trail are changed afterwards",
    "M4": "whoever lost a right still has it",
    "N1": "one channel forgets a rule",
    "N2": "an excluded service slips into a prepaid ticket",
    "O1": "one prepaid ticket used twice",
    "O2": "double click, retry or lost answer opens twice",
    "O3": "two people write at once and one is lost",
    "O4": "the database is locked",
    "O5": "two tickets with one number, one person made twice",
    "P1": "twelve months from 29 February",
    "P2": "application, database and browser in different zones",
    "P3": "clocks change for summer",
    "P4": "deadlines over nights, holidays and pauses",
    "P5": "the machine's clock jumps",
    "Q1": "the database goes away in the middle",
    "Q2": "a worker is killed",
    "Q3": "the disk is full",
    "Q4": "one Message-ID for two messages",
    "Q5": "one poisonous mail blocks all others",
    "Q6": "a backup that does not come back",
    "Q7": "the connection is cut after a mail was sent",
    "Q8": "an upgrade dies half way",
    "Q9": "weak parts in the package",
}

_NAMED = re.compile(r"test_((?:[a-q][0-9]{1,2}_)+)")


def rows_of(name: str) -> tuple[str, ...]:
    """The rows a test's name carries; none for an ordinary test."""
    found = _NAMED.match(name)
    return tuple(row.upper() for row in found[1].strip("_").split("_")) if found else ()


def shown() -> dict[str, list[str]]:
    """Row -> names of the tests that show it, in alphabetical order."""
    tests = defaultdict(set)
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("test_*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    for row in rows_of(node.name):
                        tests[row].add(node.name)
    return {row: sorted(names) for row, names in tests.items()}


def tables() -> str:
    """What stands between the two marks of THREAT_MODEL.md."""
    tests = shown()
    lines = [
        f"{len(tests.keys() & ROWS.keys())} of {len(ROWS)} rows have a test that carries their"
        " name.",
        "",
        "| Row | What would happen | Shown by |",
        "|---|---|---|",
    ]
    lines += [
        f"| {row} | {text} | {'<br>'.join(f'`{name}`' for name in tests[row])} |"
        for row, text in ROWS.items()
        if row in tests
    ]
    missing = [(row, text) for row, text in ROWS.items() if row not in tests]
    if missing:
        lines += ["", "Without a test of their name so far:", ""]
        lines += [f"- {row}: {text}" for row, text in missing]
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with its tables made anew. Raises ValueError when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name} must hold {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def main() -> int:
    """Write the tables; 1 when a test names a row that does not exist."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    unknown = sorted(shown().keys() - ROWS.keys())
    print(f"No such row: {', '.join(unknown)}" if unknown else f"{PAGE.name} is up to date.")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
