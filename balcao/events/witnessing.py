"""Comparing rows of the rooms above with what events said of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from balcao.events.models import Event
from balcao.events.registry import Witness

_AT_ONCE = 500
_BACK = 10_000
_BLOCK = 13


class Ids:
    """A set of ids that takes one bit each where they lie close together."""

    def __init__(self) -> None:
        self._blocks: defaultdict[int, bytearray] = defaultdict(lambda: bytearray(1 << _BLOCK - 3))
        self.lowest: int | None = None

    def add(self, pk: int) -> None:
        self._blocks[pk >> _BLOCK][pk >> 3 & 1023] |= 1 << (pk & 7)
        self.lowest = pk if self.lowest is None else min(pk, self.lowest)

    def __contains__(self, pk: int) -> bool:
        block = self._blocks.get(pk >> _BLOCK)
        return block is not None and bool(block[pk >> 3 & 1023] & 1 << (pk & 7))


class Comparison:
    """One witness heard from the first event to the last."""

    def __init__(self, witness: Witness, now: datetime) -> None:
        self.witness = witness
        self.agreed = 0
        self.erased_rows = 0
        self.forgotten = 0
        self._now = now
        self._told = Ids()
        self._waiting: dict[int, Mapping[str, str]] = {}
        self._doubtful: dict[int, str] = {}
        self._erased: dict[int, Mapping[str, str]] = {}
        self._last = 0

    def hear(self, rows: list[dict[str, Any]]) -> None:
        """Take in events, compare what they say as soon as there is enough of it."""
        for row in rows:
            self._last = max(self._last, row["id"])
            verb, data = row["verb"], row["data"]
            if verb == self.witness.erased and row["subject_kind"] == self.witness.kind:
                self._erased[row["subject_id"]] = data
            elif verb in self.witness.verbs and (
                claim := self.witness.claim(verb, row["subject_id"], data)
            ):
                pk, parts = claim
                self._told.add(pk)
                self._waiting[pk] = parts
        if len(self._waiting) >= _AT_ONCE:
            self._compare()

    def end(self) -> Iterator[tuple[str, int]]:
        """(what is wrong, id) of every row that is not as it was told, missing, or untold of."""
        self._compare()
        gone = [pk for pk in self._doubtful if pk in self._erased]
        found = self.witness.prints(gone, self._now)
        for pk, code in sorted(self._doubtful.items()):
            if pk in self._erased and self._agrees(self._erased[pk], found.get(pk, {})):
                self.erased_rows += 1
            else:
                yield code, pk
        for pk in self._untold():
            yield "subject_added", pk

    def _compare(self) -> None:
        found = self.witness.prints(self._waiting, self._now)
        for pk, parts in self._waiting.items():
            if pk not in found:
                self._doubtful[pk] = "subject_missing"
            elif self._agrees(parts, found[pk]):
                self.agreed += 1
            else:
                self._doubtful[pk] = "subject_changed"
        self._waiting = {}

    def _agrees(self, parts: Mapping[str, str], found: Mapping[str, str | None]) -> bool:
        """Whether the row is what was said; a part that retention took counts as agreeing."""
        for part, digest in parts.items():
            if part in found and found[part] is None:
                self.forgotten += 1
            elif found.get(part) != digest:
                return False
        return True

    def _untold(self) -> list[int]:
        """Rows that no event tells of, from the first one on that any event tells of.

        A row written since the events were read is not one of them.
        """
        first = self._told.lowest
        if first is None:
            return []
        untold = [pk for pk in self.witness.rows() if pk >= first and pk not in self._told]
        if untold:
            # Ids are not the order of commits: a little way back as well.
            newer = Event.objects.filter(pk__gt=self._last - _BACK, verb__in=self.witness.verbs)
            for verb, subject, data in newer.values_list("verb", "subject_id", "data"):
                if claim := self.witness.claim(verb, subject, data):
                    self._told.add(claim[0])
        return [pk for pk in untold if pk not in self._told]
