"""Reading untyped data field by field, collecting every problem with its path."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

L = TypeVar("L", bound=str)
_MOST_DAYS = 366


class Problem(str):
    """One fault: a sentence with its path, whose parts let a page say it in another language.

    ``text`` is the fault without its path, with ``%(name)s`` for each of ``values``.
    """

    path: str
    text: str
    values: Mapping[str, str]

    def __new__(cls, path: str, text: str, values: Mapping[str, str]) -> "Problem":
        """The sentence of these parts."""
        problem = super().__new__(cls, f"{path}: {text % values if values else text}")
        problem.path, problem.text, problem.values = path, text, values
        return problem


class Table:
    """One table of the document.

    Each method reads a key, notes a problem when the value is wrong, and returns something of the
    right type either way, so that one reading finds all problems. ``end`` notes unknown keys.
    """

    def __init__(self, path: str, data: object, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._known: list[str] = []
        self._data: Mapping[object, object] = {}
        if isinstance(data, Mapping):
            self._data = data
        else:
            problems.append(Problem(path or "the document", "must be a table", {}))

    def problem(self, key: str, text: str, **values: object) -> None:
        """Note what is wrong with ``key``; ``text`` names each of ``values`` as ``%(name)s``."""
        named = {name: str(value) for name, value in values.items()}
        self.problems.append(Problem(self._at(key), text, named))

    def names(self) -> list[str]:
        """The keys that are there, in the order written."""
        return [str(key) for key in self._data]

    def take(self, key: str, default: object = None) -> object:
        """The raw value; from now on the key is known."""
        self._known.append(key)
        return self._data.get(key, default)

    def table(self, key: str) -> "Table":
        """A table inside this one; a missing one is empty."""
        return Table(self._at(key), self.take(key, {}), self.problems)

    def tables(self, key: str) -> list["Table"]:
        """A list of tables; a missing one is empty."""
        rows = self.sequence(key, ())
        return [
            Table(f"{self._at(key)}[{place}]", row, self.problems)
            for place, row in enumerate(rows, start=1)
        ]

    def sequence(self, key: str, default: Sequence[object]) -> Sequence[object]:
        """A list of anything."""
        value = self.take(key, default)
        if isinstance(value, list | tuple):
            return value
        self.problem(key, "must be a list")
        return default

    def text(self, key: str, fits: Callable[[str], bool] = bool, must: str = "a text") -> str:
        """A required text, blanks around it cut; ``must`` says in words what ``fits`` asks."""
        value = self.take(key)
        if value is None:
            self.problem(key, "is missing")
        elif not isinstance(value, str) or not fits(value.strip()):
            self.problem(key, f"must be {must}")
        else:
            return value.strip()
        return ""

    def choice(self, key: str, choices: Iterable[L], default: L) -> L:
        """One of ``choices``."""
        value, allowed = self.take(key, default), list(choices)
        for choice in allowed:
            if value == choice:
                return choice
        known = [str(choice) for choice in allowed]
        listed = ", ".join(known)
        if near := _near(value, known):
            text = "must be one of %(known)s; did you mean %(near)s?"
            self.problem(key, text, known=listed, near=near)
        else:
            self.problem(key, "must be one of %(known)s", known=listed)
        return default

    def number(self, key: str, default: float) -> float:
        """A number above zero."""
        value = self.take(key, default)
        # A truth value is a number to Python, not to a reader.
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6:
            return value
        self.problem(key, "must be a positive number")
        return default

    def whole(self, key: str, default: int, most: int | None = None) -> int:
        """A whole number above zero, and at most ``most``."""
        value = self.take(key, default)
        if not is_whole(value):
            self.problem(key, "must be a whole number above zero")
            return default
        found = int(str(value))
        if most is not None and found > most:
            self.problem(key, "must be at most %(most)s", most=most)
        return found

    def count(self, key: str, default: int) -> int:
        """A whole number, zero too."""
        value = self.take(key, default)
        if is_whole(value) or (type(value) is int and value == 0):
            return int(str(value))
        self.problem(key, "must be a whole number, zero or more")
        return default

    def days_or_none(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Numbers of days, zero too, each above the last; or none."""
        given = self.sequence(key, default)
        days = tuple(day for day in given if type(day) is int and 0 <= day <= _MOST_DAYS)
        if len(days) != len(given) or list(days) != sorted(set(days)):
            self.problem(
                key,
                "must be whole numbers from 0 to %(most)s, each above the last, or none",
                most=_MOST_DAYS,
            )
        return days

    def days(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Numbers of days, each above the last."""
        given = self.sequence(key, default)
        days = tuple(int(str(day)) for day in given if is_whole(day))
        if not days or len(days) != len(given) or list(days) != sorted(set(days)):
            self.problem(key, "must be whole numbers above zero, each above the last")
        return days

    def line(self, key: str, fits: Callable[[str], bool] = bool, must: str = "a text") -> str:
        """A text that may be empty or missing, blanks around it cut; ``must`` says in words what
        ``fits`` asks of one that is there.
        """
        value = self.take(key, "")
        if isinstance(value, str) and (not value.strip() or fits(value.strip())):
            return value.strip()
        self.problem(key, f"must be {must}")
        return ""

    def several(self, key: str, known: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
        """Any of ``known``, none twice."""
        found = tuple(dict.fromkeys(str(item) for item in self.sequence(key, default)))
        for item in found:
            if item not in known:
                must = "%(value)s is not one of %(known)s"
                self.problem(key, must, value=item, known=", ".join(known))
        return found

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.take(key, default)
        if isinstance(value, bool):
            return value
        self.problem(key, "must be true or false")
        return default

    def end(self, optional: Sequence[str] = ()) -> None:
        """Note every key that nobody took, with the known one it resembles.

        ``optional``: keys that would have been taken if they were there.
        """
        for key in self.names():
            if key in self._known:
                continue
            if near := _near(key, [*self._known, *optional]):
                self.problem(key, "is unknown; did you mean %(near)s?", near=near)
            else:
                self.problem(key, "is unknown")

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def is_whole(value: object) -> bool:
    """A whole number above zero, and small enough to count days with."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000


def _near(value: object, known: Sequence[str]) -> str:
    return next(iter(get_close_matches(str(value), known, n=1)), "")


def present(table: Table, keys: Sequence[str]) -> list[str]:
    """Those of ``keys`` that the table has, in their own order."""
    return [key for key in keys if key in table.names()]
