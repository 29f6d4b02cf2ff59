"""Reads whose shape never changes: Django writes their SQL once, and then only the values differ.

Writing the SQL of a QuerySet costs Django up to a millisecond, several times what the database
needs to answer it. The reads of every page are therefore compiled the first time they are asked and
remembered a process. They are still QuerySets: what they mean stands where they are built.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    Field,
    JSONField,
    QuerySet,
)
from django.db.models.lookups import In
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg.sql import Literal

Value = int | str | date | datetime | list[Any] | None
_FIELDS: dict[type, Callable[[], "Field[Any, Any]"]] = {
    int: BigIntegerField,
    str: CharField,
    date: DateField,
    datetime: DateTimeField,
    list: JSONField,
}
# Lists of more values than this are compiled each time: their lengths are too many to remember.
_LONGEST = 64


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


class Word(str):
    """The kind of a text that stands inside a pattern, as in ``name__contains``.

    ``build`` is given a mark in its place, so that Django writes the pattern around it.
    """

    __slots__ = ()


# The underscore shows whether what is written there is escaped, as in a pattern it is.
_MARK = re.compile("\x02(\\\\?)_([0-9]+)\\.([0-9]*)\x02")


class _Written(NamedTuple):
    """A parameter in which a Word stands."""

    before: str
    after: str
    escaped: bool
    place: int
    item: int | None

    def value(self, given: Sequence[Value | Sequence[Value]]) -> str:
        """The parameter as Django would have written it."""
        whole: Any = given[self.place]
        word: str = whole if self.item is None else whole[self.item]
        if self.escaped:
            word = connection.ops.prep_for_like_query(word)
        return f"{self.before}{word}{self.after}"


def _written(part: Any) -> Any:
    found = _MARK.search(part) if isinstance(part, str) else None
    if found is None:
        return part
    escaped, place, item = found.groups()
    before, after = part[: found.start()], part[found.end() :]
    return _Written(before, after, bool(escaped), int(place), int(item) if item else None)


def among(field: str, values: Collection[Any]) -> In:
    """``field`` is one of these: ``__in`` of a foreign key takes no slots."""
    return In(F(field), list(values))


def _slot(place: int, kind: type, item: int | None = None) -> Slot | str:
    if kind is Word:
        return f"\x02_{place}.{'' if item is None else item}\x02"
    return Slot(place, kind, item)


class Compiled(NamedTuple):
    """``make``: an object of a row of it. ``locks``: it holds the rows it reads."""

    sql: str
    parameters: tuple[Any, ...]
    compiler: Any = None
    converters: Any = None
    make: Callable[[tuple[Any, ...]], Any] | None = None
    locks: bool = False

    def given(self, values: Sequence[Value | Sequence[Value]]) -> list[Any]:
        """The parameters with these values in their places."""
        return [
            part.value(values) if isinstance(part, Slot | _Written) else part
            for part in self.parameters
        ]


class Statement:
    """``build(*slots)`` makes the QuerySet from one slot for each of ``kinds``.

    A slot compares like a value; where a tuple of values is given it is a list of slots, for
    ``among``. None compares as unknown: equal to nothing, as NULL does in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._build = build
        self._kinds = kinds
        self._remembered: dict[tuple[Any, ...], Compiled] = {}

    def rows(self, *values: Value | tuple[Value, ...]) -> list[tuple[Any, ...]]:
        """The rows for these values. One statement; none for a list of nothing."""
        lengths = tuple(len(value) if isinstance(value, tuple) else None for value in values)
        return [] if 0 in lengths else self._ask(self._known(lengths), values)

    def objects(self, *values: Value | tuple[Value, ...]) -> list[Any]:
        """The same for a QuerySet of objects, with all that it selects along and annotates."""
        lengths = tuple(len(value) if isinstance(value, tuple) else None for value in values)
        if 0 in lengths:
            return []
        known = self._known(lengths)
        found = self._ask(known, values)
        return list(map(known.make, found)) if known.make else []

    def get(self, *values: Value) -> Any:
        """The one object there is. Raises the DoesNotExist of its model."""
        found = self.objects(*values)
        if not found:
            raise self._build(*self._slots((None,) * len(values))).model.DoesNotExist
        return found[0]

    def _known(self, lengths: tuple[int | None, ...]) -> Compiled:
        key = (connection.vendor, *lengths)
        known = self._remembered.get(key)
        if known is None:
            known = self._compile(lengths)
            if not any(length and length > _LONGEST for length in lengths):
                self._remembered[key] = known
        return known

    def _ask(
        self, known: Compiled, values: tuple[Value | tuple[Value, ...], ...]
    ) -> list[tuple[Any, ...]]:
        if known.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are held only within a transaction")
        with connection.cursor() as cursor:
            cursor.execute(known.sql, known.given(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if known.converters:
            return [tuple(row) for row in known.compiler.apply_converters(found, known.converters)]
        return found

    def _slots(self, lengths: tuple[int | None, ...]) -> list[Any]:
        return [
            _slot(place, kind)
            if length is None
            else [_slot(place, kind, item) for item in range(length)]
            for place, (kind, length) in enumerate(zip(self._kinds, lengths, strict=True))
        ]

    def _compile(self, lengths: tuple[int | None, ...]) -> Compiled:
        wanted = self._build(*self._slots(lengths))
        compiler = wanted.query.get_compiler(connection=connection)
        written = finished(*compiler.as_sql())
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return written._replace(
            compiler=compiler,
            converters=compiler.get_converters(columns),
            make=_maker(compiler) if wanted._iterable_class is ModelIterable else None,
            locks=compiler.query.select_for_update,
        )


class AtLeast(NamedTuple):
    """``few`` rows of those that ``every`` has: when they are ``most``, nobody counts further."""

    few: "QuerySet[Any]"
    every: "QuerySet[Any]"
    most: int


Counted = QuerySet[Any] | AtLeast


class Counts(Statement):
    """One row: how many rows each of several QuerySets has, which ``build(*slots)`` makes."""

    def __init__(self, build: Callable[..., "Sequence[Counted]"], *kinds: type) -> None:
        super().__init__(build, *kinds)  # type: ignore[arg-type]

    def _compile(self, lengths: tuple[int | None, ...]) -> Compiled:
        return finished(*_counting(self._build(*self._slots(lengths))))


def count_each(asked: "Iterable[Counted]") -> tuple[int, ...]:
    """How many rows each of these QuerySets has, written anew each time. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(*_counting(asked))
        found: tuple[int, ...] = cursor.fetchone()
    return found


def _counting(asked: "Iterable[Counted]") -> tuple[str, list[Any]]:
    """The statement whose one row holds how many rows each has, and its parameters."""
    parts: list[str] = []
    parameters: list[Any] = []
    for rows in asked:
        if isinstance(rows, AtLeast):
            (few, some), (every, given) = _count_of(rows.few), _count_of(rows.every)
            parts.append(f"CASE WHEN {few} >= {rows.most} THEN {rows.most} ELSE {every} END")
            parameters += [*some, *given]
        else:
            sql, given = _count_of(rows)
            parts.append(sql)
            parameters += given
    return f"SELECT {', '.join(parts)}", parameters


def _count_of(rows: "QuerySet[Any]") -> tuple[str, Sequence[Any]]:
    try:
        sql, given = rows.query.sql_with_params()
    except EmptyResultSet:
        # Django knows without asking: there is none.
        return "0", ()
    return f"(SELECT COUNT(*) FROM ({sql}) AS counted)", given  # noqa: S608 - compiled SQL


def finished(sql: str, parameters: Sequence[Any]) -> Compiled:
    """What Django wrote, ready to be remembered."""
    parts = [_written(part) for part in parameters]
    if connection.vendor == "postgresql":
        sql, parts = _written_out(sql, parts)
    return Compiled(sql, tuple(parts))


def _written_out(sql: str, parameters: Sequence[Any]) -> tuple[str, list[Any]]:
    """What never changes stands in the SQL itself: only so a kept plan may use a partial index."""
    pieces = sql.split("%s")
    if len(pieces) != len(parameters) + 1:
        return sql, list(parameters)  # a literal percent sign: left as it is
    written, slots = [pieces[0]], []
    for part, piece in zip(parameters, pieces[1:], strict=True):
        if isinstance(part, str | int):
            written.append(Literal(part).as_string(None).replace("%", "%%"))
        else:
            written.append("%s")
            slots.append(part)
        written.append(piece)
    return "".join(written), slots


def _maker(compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """What makes of a row the object Django makes of it, with its related objects and annotations.

    Django finds out anew for each QuerySet where they stand in the row; here they always stay.
    """
    fields = compiler.klass_info["select_fields"]
    begin, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in compiler.select[begin:end]]
    from_db = compiler.klass_info["model"].from_db
    related_to = compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
    related = get_related_populators(*related_to)  # type: ignore[call-arg]
    annotations = tuple(compiler.annotation_col_map.items())

    def make(row: tuple[Any, ...]) -> Any:
        made = from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
        for populator in related:
            populator.populate(row, made)
        for name, place in annotations:
            setattr(made, name, row[place])
        return made

    return make
