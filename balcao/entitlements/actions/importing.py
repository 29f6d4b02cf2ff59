"""Importing tables: each row by itself, or all of them rolled back again (a dry run)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import IntegrityError, transaction

from balcao.entitlements.actions.import_rows import ROWS, ImportRow, Outcome
from balcao.lib.columns import COLUMNS, BadCell, Cells, Kind, fields_of
from balcao.lib.sheets import Line, Sheet
from balcao.people.actions import Conflict
from balcao.policy.access import Actor

Progress = Callable[[int, int], None]
_rows: dict[Kind, ImportRow] = dict(ROWS)


def imports(kind: Kind, row: ImportRow) -> None:
    """What a room above does with a row of this kind. Called in ``ready()``."""
    _rows[kind] = row


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet and what its rows are. ``source``: the file, with the worksheet of a workbook."""

    source: str
    kind: Kind
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one row. Refused: ``heading`` names the column (empty: the whole row)."""

    source: str
    number: int
    kind: Kind
    outcome: Outcome | Literal["refused"]
    heading: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All rows in the order they were read; ``ignored``: (source, heading) of unknown columns."""

    results: tuple[LineResult, ...]
    ignored: tuple[tuple[str, str], ...]
    dry_run: bool

    def count(self, outcome: str, kind: Kind | None = None) -> int:
        """How many rows came to this."""
        return sum(row.outcome == outcome and kind in (None, row.kind) for row in self.results)


def import_tables(
    tables: Iterable[Table],
    *,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Organisations first, then people, contracts, licences and one-offs, each row in a transaction
    of its own.

    A row that is refused stops no other, and what a crash interrupts the next run completes: a row
    that was imported before changes nothing. A dry run does the same in one transaction that is
    rolled back. Raises NotAllowed when the actor may not write what a table holds.
    """
    ordered = sorted(tables, key=lambda table: list(Kind).index(table.kind))
    if not dry_run:
        return _run(ordered, actor=actor, now=now, dry_run=False, progress=progress)
    with transaction.atomic():
        report = _run(ordered, actor=actor, now=now, dry_run=True, progress=progress)
        transaction.set_rollback(True)
    return report


def _run(
    tables: Sequence[Table], *, actor: Actor, now: datetime, dry_run: bool, progress: Progress
) -> Report:
    total = sum(len(table.sheet.lines) for table in tables)
    results: list[LineResult] = []
    ignored: list[tuple[str, str]] = []
    for table in tables:
        fields = fields_of(table.kind, table.sheet.headings)
        ignored += [
            (table.source, heading)
            for place, heading in enumerate(table.sheet.headings)
            if heading and place not in fields.values()
        ]
        for line in table.sheet.lines:
            results.append(_line(table, line, fields, actor=actor, now=now))
            progress(len(results), total)
    return Report(tuple(results), tuple(ignored), dry_run)


def _line(
    table: Table, line: Line, fields: dict[str, int], *, actor: Actor, now: datetime
) -> LineResult:
    cells = Cells(
        {
            field: line.cells[place] if place < len(line.cells) else ""
            for field, place in fields.items()
        }
    )
    try:
        outcome = _row(table.kind, cells, actor=actor, now=now)
    except BadCell as bad:
        return _refused(table, line, fields, bad.code, bad.field)
    except Conflict as conflict:
        return _refused(table, line, fields, conflict.code)
    except IntegrityError:
        return _refused(table, line, fields, "changed")
    return LineResult(table.source, line.number, table.kind, outcome)


@transaction.atomic
def _row(kind: Kind, cells: Cells, *, actor: Actor, now: datetime) -> Outcome:
    return _rows[kind](cells, actor, now)


def _refused(
    table: Table, line: Line, fields: dict[str, int], code: str, field: str = ""
) -> LineResult:
    if field in fields:
        heading = table.sheet.headings[fields[field]]
    else:
        names = {column.field: column.heading for column in COLUMNS[table.kind]}
        heading = names.get(field, "")
    return LineResult(table.source, line.number, table.kind, "refused", heading, code)
