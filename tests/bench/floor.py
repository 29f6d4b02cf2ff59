"""The floor: what the same answer would cost with nothing in it but the page and the statements.

A page's floor is an empty page of the same stack, and the operation's own statements run again
without the ORM. What they write is undone, so that they can be run as often as it takes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests.bench import processes
from tests.contract.matrix.probing import undone

Statement = tuple[str, Any]
_ENOUGH = 100
_PREPARED = 10
"""So often, and PostgreSQL has settled on a plan, as it has for a desk at work."""


@dataclass(frozen=True, slots=True)
class Floor:
    """CPU milliseconds of one operation, of ours and of the database's processes."""

    app: float
    database: float

    def __add__(self, other: "Floor") -> "Floor":
        return Floor(self.app + other.app, self.database + other.database)

    def __mul__(self, times: float) -> "Floor":
        return Floor(self.app * times, self.database * times)


def statements_of(act: Callable[[], object]) -> list[Statement]:
    """What ``act`` asks the database, which forgets it again."""
    found: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with undone(), connection.execute_wrapper(note):
        act()
    return found


def without(statements: list[Statement], page: list[Statement]) -> list[Statement]:
    """Those that an empty page does not ask."""
    asked = {sql for sql, _params in page}
    return [(sql, params) for sql, params in statements if sql not in asked]


def bare(statements: list[Statement], database: int | None) -> Floor:
    """The CPU of running them, each answer fetched."""
    with undone():
        _ask("SELECT 1")  # psycopg begins the transaction with its first statement
        for _ in range(_PREPARED):
            _run(statements)
        app, theirs = time.process_time(), processes.cpu_seconds(database) if database else 0
        for _ in range(_ENOUGH):
            _run(statements)
        app = time.process_time() - app
        theirs = processes.cpu_seconds(database) - theirs if database else 0
    return Floor(app * 1000 / _ENOUGH, theirs * 1000 / _ENOUGH)


def _run(statements: list[Statement]) -> None:
    _command("SAVEPOINT floor")
    for sql, params in statements:
        _ask(sql, params)
    _command("ROLLBACK TO SAVEPOINT floor")


def _ask(sql: str, params: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        if cursor.description:
            cursor.fetchall()


def _command(sql: str) -> None:
    """Unseen by psycopg, which at a rollback forgets the statements that it has prepared."""
    if connection.vendor == "postgresql":
        connection.connection.pgconn.exec_(sql.encode())
    else:
        _ask(sql)
