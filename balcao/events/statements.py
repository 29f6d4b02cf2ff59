"""Reads whose shape never changes: Django writes their SQL once, and then only the values differ.

Writing the SQL of a QuerySet costs Django up to a millisecond, several times what the database
needs to answer it. The reads of every page are therefore compiled the first time they are asked and
remembered a process. They are still QuerySets: what they mean stands where they are built.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Expression,
    Field,
    Q,
    QuerySet,
)

Value = int | str | datetime | None
_FIELDS: dict[type, Callable[[], "Field[Any, Any]"]] = {
    int: BigIntegerField,
    str: CharField,
    datetime: DateTimeField,
}
# Lists of more values than this are compiled each time: their lengths are too many to remember.
_LONGEST = 16


class Slot(Expression):
    """A value of a Statement that is given when it is asked."""

    def __init__(self, place: int, kind: type, item: int | None = None) -> None:
        super().__init__(output_field=_FIELDS[kind]())
        self.place, self.item = place, item

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder, and itself where its value will stand."""
        return "%s", (self,)

    def value(self, given: Sequence[Value | Sequence[Value]]) -> Any:
        """What stands here, as the database takes it."""
        whole: Any = given[self.place]
        value = whole if self.item is None else whole[self.item]
        return self.output_field.get_db_prep_value(value, connection)


def among(field: str, slots: Sequence[Slot]) -> Q:
    """``field`` is one of these: ``__in`` of a foreign key takes nothing but values."""
    return Q(*((field, slot) for slot in slots), _connector=Q.OR)


class _Compiled(NamedTuple):
    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: Any


class Statement:
    """``build(*slots)`` makes the QuerySet, a ``values_list``, from one slot for each of ``kinds``.

    A slot compares like a value; where a tuple of values is given it is a list of slots, for
    ``among``. None compares as unknown: equal to nothing, as NULL does in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._build = build
        self._kinds = kinds
        self._known: dict[tuple[Any, ...], _Compiled] = {}

    def rows(self, *values: Value | tuple[Value, ...]) -> list[tuple[Any, ...]]:
        """The rows for these values. One statement; none for a list of nothing."""
        lengths = tuple(len(value) if isinstance(value, tuple) else None for value in values)
        if 0 in lengths:
            return []
        key = (connection.vendor, *lengths)
        known = self._known.get(key)
        if known is None:
            known = self._compile(lengths)
            if not any(length and length > _LONGEST for length in lengths):
                self._known[key] = known
        given = [
            part.value(values) if isinstance(part, Slot) else part for part in known.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(known.sql, given)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if known.converters:
            return [tuple(row) for row in known.compiler.apply_converters(found, known.converters)]
        return found

    def _compile(self, lengths: tuple[int | None, ...]) -> _Compiled:
        slots = [
            Slot(place, kind)
            if length is None
            else [Slot(place, kind, item) for item in range(length)]
            for place, (kind, length) in enumerate(zip(self._kinds, lengths, strict=True))
        ]
        compiler = self._build(*slots).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return _Compiled(sql, tuple(parameters), compiler, compiler.get_converters(columns))
