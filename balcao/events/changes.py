"""Writes whose shape never changes: their SQL is written once, and then only the values differ.

What statements.py does for reads, for the tables that every opening, reply and mail writes to. Each
says what Django's own ``bulk_create``, ``save(update_fields=...)`` and ``update`` say, at a third
of their cost; where nobody waits, those are the plainer words.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models, transaction
from django.db.models.sql import UpdateQuery

from balcao.events.statements import Compiled, Statement, Value, finished

# So many rows in a statement: more would pass the parameters that SQLite takes, and each number of
# them is remembered.
_MOST = 500
_Field: TypeAlias = "models.Field[Any, Any]"


def insert(
    rows: Sequence[models.Model], *, unless_there: bool = False, replace: bool = False
) -> int:
    """Store new rows of one table, up to 500 in a statement, and give them their ids; how many were
    stored.

    ``unless_there``: those that a unique constraint forbids are left out instead of raising
    IntegrityError; no row has an id unless all of its statement were stored. ``replace``: a row
    with the same primary key is written over.
    """
    pieces = (rows[start : start + _MOST] for start in range(0, len(rows), _MOST))
    return sum(_insert(piece, unless_there, replace) for piece in pieces)


def _insert(rows: Sequence[models.Model], unless_there: bool, replace: bool) -> int:
    model = type(rows[0])
    fields = _fields(model)
    sql = _inserting(model, len(rows), unless_there, replace)
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for row in rows
        for field in fields
    ]
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids = cursor.fetchall()
    if len(ids) == len(rows):
        counted = isinstance(model._meta.pk, models.AutoField)
        for row, (pk,) in zip(rows, ids, strict=True):
            row.pk = pk if counted else row.pk
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return len(ids)


@cache
def _fields(model: type[models.Model]) -> tuple[_Field, ...]:
    """What is stored of a row: not what the database counts or works out itself."""
    return tuple(
        field
        for field in model._meta.local_concrete_fields
        if not (field.generated or isinstance(field, models.AutoField))
    )


@cache
def _inserting(model: type[models.Model], count: int, unless_there: bool, replace: bool) -> str:
    named = connection.ops.quote_name
    columns = [named(str(field.column)) for field in _fields(model)]
    key = named(str(model._meta.pk.column))
    one = f"({', '.join(['%s'] * len(columns))})"
    twice = " ON CONFLICT DO NOTHING" if unless_there else ""
    if replace:
        over = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != key)
        twice = f" ON CONFLICT ({key}) DO UPDATE SET {over}"
    return (
        f"INSERT INTO {named(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608 - names
        f" VALUES {', '.join([one] * count)}{twice} RETURNING {key}"
    )


def store(row: models.Model, names: Sequence[str] = ()) -> None:
    """Store these fields of a row as they are now, or all. Raises DatabaseError when it is gone."""
    sql, fields = _storing(type(row), tuple(names))
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(sql, [*values, row._meta.pk.get_db_prep_value(row.pk, connection)])
        if not cursor.rowcount:
            raise DatabaseError("the row that was to be stored is gone")


@cache
def _storing(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[_Field, ...]]:
    named = connection.ops.quote_name
    known = {field.name: field for field in _fields(model) if not field.primary_key}
    fields = tuple(known[name] for name in names or known)
    values = ", ".join(f"{named(str(field.column))} = %s" for field in fields)
    table, key = named(model._meta.db_table), named(str(model._meta.pk.column))
    return f"UPDATE {table} SET {values} WHERE {key} = %s", fields  # noqa: S608 - names


class Change(Statement):
    """An UPDATE: ``build(*slots)`` makes the QuerySet of the rows and names their new values."""

    def __init__(
        self,
        build: Callable[..., tuple[models.QuerySet[Any, Any], Mapping[str, Any]]],
        *kinds: type,
    ) -> None:
        super().__init__(build, *kinds)  # type: ignore[arg-type]

    def make(self, *values: Value) -> int:
        """Change the rows for these values; how many there were. One statement."""
        known = self._known((None,) * len(values))
        with (
            transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS),
            connection.cursor() as cursor,
        ):
            cursor.execute(known.sql, known.given(values))
            changed: int = cursor.rowcount
        return changed

    def _compile(self, lengths: tuple[int | None, ...]) -> Compiled:
        rows, values = self._build(*self._slots(lengths))
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(values)
        return finished(*query.get_compiler(connection=connection).as_sql())
