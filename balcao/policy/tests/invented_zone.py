"""A time zone that nobody has: its clock jumps at noon, by odd amounts, and over a midnight."""

import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

NAME = "Invented/Balcao"

_STANDARD = -3 * 3600
# When the clock changes (UTC), and by how many seconds it then differs from UTC.
CHANGES = (
    (datetime(2026, 3, 10, 15, 0, tzinfo=UTC), _STANDARD + 2 * 3600),  # noon becomes 14:00
    (datetime(2026, 3, 12, 13, 0, tzinfo=UTC), _STANDARD),  # noon becomes 10:00 again
    (datetime(2026, 3, 13, 2, 40, tzinfo=UTC), _STANDARD + 45 * 60),  # 23:40 becomes 00:25
    (datetime(2026, 3, 16, 2, 30, tzinfo=UTC), _STANDARD),  # 00:15 becomes 23:30 the day before
)


@contextmanager
def invented_zone(folder: Path) -> Iterator[str]:
    """Make the zone known to ``zoneinfo`` while the block runs; gives its name."""
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_tzif())
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(folder), *before])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        yield NAME
    finally:
        zoneinfo.reset_tzpath(list(before))
        zoneinfo.ZoneInfo.clear_cache()


def _tzif() -> bytes:
    """The zone as a file of RFC 8536, version 2, with an empty block of version 1."""
    offsets = sorted({_STANDARD, *(offset for _, offset in CHANGES)})
    # The first type holds before the first change.
    offsets.remove(_STANDARD)
    offsets.insert(0, _STANDARD)
    names = b"INV\0"
    times = b"".join(struct.pack(">q", int(moment.timestamp())) for moment, _ in CHANGES)
    types = bytes(offsets.index(offset) for _, offset in CHANGES)
    infos = b"".join(struct.pack(">lBB", offset, offset != _STANDARD, 0) for offset in offsets)
    return (
        _header(0, 1, 1)
        + struct.pack(">lBB", 0, 0, 0)
        + b"\0"
        + _header(len(CHANGES), len(offsets), len(names))
        + times
        + types
        + infos
        + names
        + b"\nINV3\n"
    )


def _header(changes: int, kinds: int, letters: int) -> bytes:
    return b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, changes, kinds, letters)
