"""The reviewed classes (classes.txt) as data: a flat table that knows nothing of the gate."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("classes.txt")

COLUMNS = ("door", "who", "has", "ticket", "service", "hours", "rules")
VOCABULARY: dict[str, tuple[str, ...]] = {
    "act": ("open", "go_on", "serve"),
    "door": (
        *("portal", "api", "chat", "email", "whatsapp", "phone"),
        *("chat*", "whatsapp*", "phone*", "email*"),
    ),
    "who": (
        "contact",
        "freemail",
        "nobody",
        "colleague",
        "stranger",
        "unlisted",
        "unproved",
        "unclear",
        "staff",
    ),
    "has": (
        *("both", "other_expired", "licence_expired", "no_licence", "contract_ended"),
        *("no_contract", "nothing", "suspended", "-"),
    ),
    "ticket": (
        *("none", "unknown", "foreign", "open", "resolved", "resolved_old", "closed", "cancelled"),
        *("oneoff", "oneoff_sold", "oneoff_expired", "-"),
    ),
    "service": ("covered", "excluded", "unlisted", "unnamed"),
    "hours": ("open", "closed"),
    "rules": ("shipped", "narrow", "observe", "freeze", "exception", "no_freemail"),
    "answer": ("yes", "no", "ask", "yes+", "yes~"),
}
OWN = ("portal", "api", "chat*", "whatsapp*", "phone*")
"""The doors by which a customer opens a ticket: by themselves, or confirming what staff typed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is decided, why, by which rules, and the way out. ``reason``: empty for none."""

    answer: str
    reason: str
    rules: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class Class:
    """Questions that are answered alike. ``cells``: column -> what it may be; ``*``: as written."""

    heading: str
    act: str
    cells: dict[str, frozenset[str]]
    written: dict[str, str]
    answer: Answer

    def holds(self, act: str, question: dict[str, str]) -> bool:
        """Whether the question falls into this class."""
        return act == self.act and all(question[name] in self.cells[name] for name in COLUMNS)


def classes() -> tuple[Class, ...]:
    """All classes in order. Raises ValueError for a line that says something unknown."""
    return read(LIST.read_text(encoding="utf-8"))


def read(text: str) -> tuple[Class, ...]:
    """The classes that a text in the shape of classes.txt holds."""
    return tuple(_read(text))


def _read(text: str) -> Iterator[Class]:
    act = heading = ""
    for line in text.splitlines():
        if line.startswith("=="):
            act, _, heading = line.strip("= ").partition(": ")
            _known("act", act)
        elif line.strip() and not line.startswith("#"):
            yield _class(line, act, heading)


def _class(line: str, act: str, heading: str) -> Class:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != len(COLUMNS) + 4:
        raise ValueError(f"a class has {len(COLUMNS) + 4} columns: {line}")
    written = dict(zip(COLUMNS, cells, strict=False))
    answer, reason, rules, step = cells[len(COLUMNS) :]
    _known("answer", answer)
    return Class(
        heading=heading,
        act=act,
        cells={name: _set(name, cell) for name, cell in written.items()},
        written=written,
        answer=Answer(answer, "" if reason == "-" else reason, tuple(rules.split()), step),
    )


def _set(column: str, cell: str) -> frozenset[str]:
    every = frozenset(VOCABULARY[column])
    if cell == "*":
        return every
    if cell == "@own":
        return frozenset(OWN)
    named = frozenset(cell.lstrip("!").split(","))
    for word in named:
        _known(column, word)
    return every - named if cell.startswith("!") else named


def _known(column: str, word: str) -> None:
    if word not in VOCABULARY[column]:
        raise ValueError(f"{column} is never {word!r}")
