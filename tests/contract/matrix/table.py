"""The reviewed table of routes (routes.txt) as data."""

import re
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).parents[1] / "routes.txt"
SHAPE = "name  methods  area  duty  object  may  [| form]"

_METHODS = frozenset({"GET", "POST"})
_KINDS = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: an address, who it is for, and what it names."""

    name: str
    methods: frozenset[str]
    area: str
    duty: str
    objects: tuple[tuple[str, str], ...]
    may: str
    form: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of objects that the address names."""
        return tuple(kind for _parameter, kind in self.objects if not kind.startswith("'"))

    @property
    def in_query(self) -> bool:
        """Whether the object is named in the query, in a second row of its route."""
        return any(parameter.startswith("?") for parameter, _kind in self.objects)

    @property
    def swaps(self) -> tuple[tuple[str, str], ...]:
        """(field, kind) of every id in the form."""
        return tuple((name, kind) for name, value in self.form for kind in _KINDS.findall(value))

    def duties(self, method: str) -> frozenset[str]:
        """The duties of which a person needs one for this method; none: no duty is asked for."""
        half = _half(self.duty, method)
        return frozenset() if half == "-" else frozenset(half.split("|"))

    def permission(self, method: str) -> str:
        """The permission that this method takes; empty: none."""
        half = _half(self.may, method)
        return "" if half in ("-", "view", "*") else half


def rows() -> tuple[Row, ...]:
    """The table. Raises ValueError for a line that has another shape."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return tuple(_row(line) for line in lines if line.strip() and not line.startswith("#"))


def _row(line: str) -> Row:
    head, _bar, form = line.partition(" | ")
    words = head.split()
    if len(words) != 6:
        raise ValueError(f"routes.txt: a row is {SHAPE}, not: {line}")
    name, methods, area, duty, objects, may = words
    return Row(
        name=name,
        methods=frozenset(methods.split(",")),
        area=area,
        duty=duty,
        objects=() if objects == "-" else _pairs(objects.split(",")),
        may=may,
        form=_pairs(form.split()),
    )


def _pairs(words: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = [word.partition("=") for word in words]
    return tuple((name, value.replace("~", " ")) for name, _equals, value in pairs)


def _half(text: str, method: str) -> str:
    first, slash, second = text.partition("/")
    return second if slash and method not in ("GET", "HEAD") else first
