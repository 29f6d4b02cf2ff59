"""Checking the record: every seal, every row under it, and what events said of other rows.

Nothing is repaired and nothing believed: each digest is made anew from what the tables hold.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q

from balcao.events.models import Batch
from balcao.events.registry import witnesses
from balcao.events.sealing import (
    LOGS,
    START,
    columns,
    digest_of,
    head_of,
    mark_fits,
    print_of,
    read_marks,
)
from balcao.events.witnessing import Comparison

FORGOTTEN = "access.forgotten"
"""The event that says up to which batch the access log was let go."""

VERIFIED, BROKEN = "audit.verified", "audit.broken"
"""The events of a check that ran by itself, once a day."""

MOST_FAULTS = 20
_CHUNK = 2000

Row = dict[str, Any]
Progress = Callable[[int, int], None]

_WORDS = {
    "batch_missing": "batch {batch} of the {log} log is missing",
    "batch_changed": "the seal of batch {batch} of the {log} log was changed",
    "batch_unlinked": "batch {batch} of the {log} log does not follow the one before it",
    "row_changed": "row {row} of the {log} log was changed after batch {batch} was sealed",
    "row_missing": "row {row} of the {log} log, sealed in batch {batch}, is gone",
    "row_added": "row {row} of the {log} log was not there when batch {batch} was sealed",
    "rows_changed": "rows of batch {batch} of the {log} log are not those that were sealed",
    "row_astray": "row {row} of the {log} log names batch {batch}, which does not exist",
    "head_unknown": "the given head is not part of the record: its end was cut off or rewritten",
    "subject_changed": "{kind} {row} is not what its event said",
    "subject_missing": "{kind} {row} is gone, and no event says why",
    "subject_added": "{kind} {row} is there, and no event tells of it",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong place. ``row``: an id of the log, or of a row of ``kind`` that events speak of."""

    code: str
    log: str = ""
    batch: int | None = None
    kind: str = ""
    row: int | None = None

    @property
    def words(self) -> str:
        """What is wrong, in a sentence."""
        return _WORDS[self.code].format(
            log=self.log, batch=self.batch, kind=self.kind, row=self.row
        )


@dataclass(slots=True)
class LogReport:
    """One log as it was found."""

    batches: int = 0
    rows: int = 0
    unsealed: int = 0
    head: str = ""
    sealed_at: datetime | None = None


@dataclass(slots=True)
class Report:
    """What a check found; ``faults`` in the order found, the first 20 of ``wrong`` in all.

    ``compared``: kind -> rows that agree with their events. ``erased`` were changed on purpose,
    with an event of their own; of ``forgotten`` parts went as the policy's retention says.
    """

    logs: dict[str, LogReport] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)
    erased: int = 0
    forgotten: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether everything is as it was written."""
        return not self.wrong

    def add(self, fault: Fault) -> None:
        """Count a wrong place, and keep the first ones."""
        self.wrong += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def verify(*, now: datetime, head: str = "", progress: Progress | None = None) -> Report:
    """Check the whole record. ``head``: one noted earlier, which must still be part of it."""
    checking = _Checking(now, head, progress or (lambda _done, _total: None))
    for log in LOGS:
        checking.chain(log)
    checking.comparisons_end()
    if head and not checking.head_found:
        checking.report.add(Fault("head_unknown"))
    return checking.report


class _Checking:
    """One run over the record; what it found so far."""

    def __init__(self, now: datetime, head: str, progress: Progress) -> None:
        self.report = Report()
        self.head = head
        self.head_found = False
        self.newest = {log: _newest(log) for log in LOGS}
        self.let_go = 0
        self.comparisons = [Comparison(one, now) for one in witnesses()]
        self._progress = progress
        self._done = 0
        self._total = sum(self.newest.values())

    def chain(self, log: str) -> None:
        """Every batch up to the newest of the beginning, with its rows, then what has no batch."""
        found = self.report.logs.setdefault(log, LogReport())
        rows = _rows_by_batch(log, self.newest[log])
        group = next(rows, None)
        expected, previous = 1, START
        for batch in _batches(log, self.newest[log]):
            self._seal(log, batch, expected, previous)
            while group and group[0] < batch.number:
                self._astray(log, group)
                group = next(rows, None)
            mine = group[1] if group and group[0] == batch.number else []
            group = next(rows, None) if group and group[0] == batch.number else group
            self._rows(log, batch, mine)
            found.batches, found.rows = found.batches + 1, found.rows + len(mine)
            found.head, found.sealed_at = batch.head, batch.sealed_at
            expected, previous = batch.number + 1, batch.head
        while group:
            self._astray(log, group)
            group = next(rows, None)
        self._rest(log)

    def _seal(self, log: str, batch: Batch, expected: int, previous: str) -> None:
        for number in range(expected, min(batch.number, expected + MOST_FAULTS)):
            self.report.add(Fault("batch_missing", log, number))
        if batch.number == expected and batch.previous != previous:
            self.report.add(Fault("batch_unlinked", log, batch.number))
        made = head_of(batch)
        if made != batch.head:
            self.report.add(Fault("batch_changed", log, batch.number))
        self.head_found = self.head_found or made == self.head
        self._done += 1
        self._progress(self._done, self._total)

    def _rows(self, log: str, batch: Batch, rows: list[Row]) -> None:
        self._hear(log, rows)
        if not rows and log == "access" and batch.number <= self.let_go:
            return
        prints = {row["id"]: print_of(row) for row in rows}
        if len(rows) == batch.count and digest_of(prints.items()) == batch.digest:
            return
        marks = read_marks(bytes(batch.marks))
        named = [
            *(Fault("row_missing", log, batch.number, row=pk) for pk in marks.keys() - prints),
            *(Fault("row_added", log, batch.number, row=pk) for pk in prints.keys() - marks),
            *(
                Fault("row_changed", log, batch.number, row=pk)
                for pk, mark in marks.items()
                if pk in prints and not mark_fits(mark, prints[pk])
            ),
        ]
        for fault in sorted(named, key=lambda one: one.row or 0) or [
            Fault("rows_changed", log, batch.number)
        ]:
            self.report.add(fault)

    def _astray(self, log: str, group: tuple[int, list[Row]]) -> None:
        self._hear(log, group[1])
        for row in group[1]:
            self.report.add(Fault("row_astray", log, group[0], row=row["id"]))

    def _rest(self, log: str) -> None:
        """Rows that wait for their seal, or got it since the beginning."""
        later = Q(batch=None) | Q(batch__gt=self.newest[log])
        found = LOGS[log]._default_manager.filter(later).order_by("pk")
        for row in found.values(*columns(log), "batch").iterator(_CHUNK):
            number = row.pop("batch")
            if number is not None and not Batch.objects.filter(log=log, number=number).exists():
                self._astray(log, (number, [row]))
                continue
            self.report.logs[log].unsealed += number is None
            self._hear(log, [row])

    def _hear(self, log: str, rows: list[Row]) -> None:
        if log != "events":
            return
        for row in rows:
            if row["verb"] == FORGOTTEN:
                self.let_go = max(self.let_go, int(row["data"].get("until", 0)))
        for comparison in self.comparisons:
            comparison.hear(rows)

    def comparisons_end(self) -> None:
        """Compare what is left, and report."""
        for one in self.comparisons:
            for code, pk in one.end():
                self.report.add(Fault(code, kind=one.witness.kind, row=pk))
            self.report.compared[one.witness.kind] = one.agreed
            self.report.erased += one.erased_rows
            self.report.forgotten += one.forgotten


def _newest(log: str) -> int:
    last = Batch.objects.filter(log=log).order_by("-number").values_list("number", flat=True)
    return last.first() or 0


def _batches(log: str, newest: int) -> Iterator[Batch]:
    rows = Batch.objects.filter(log=log, number__lte=newest).order_by("number")
    return rows.iterator(chunk_size=200)


def _rows_by_batch(log: str, newest: int) -> Iterator[tuple[int, list[Row]]]:
    rows = (
        LOGS[log]
        ._default_manager.filter(batch__lte=newest)
        .order_by("batch", "pk")
        .values("batch", *columns(log))
        .iterator(chunk_size=_CHUNK)
    )
    for number, group in groupby(rows, key=lambda row: row.pop("batch")):
        yield number, list(group)
