"""CPU and memory of processes, as Linux counts them."""

import os
from contextlib import suppress
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(root: int) -> list[int]:
    """``root`` and all its descendants that are alive."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, left = [], [root]
    while left:
        pid = left.pop()
        found.append(pid)
        left += parents.get(pid, [])
    return found


def named(root: int, part: str) -> int:
    """The part of `balcao serve` of that name; the web's workers descend from it."""
    for pid in family(root):
        with suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() == f"balcao {part}":
                return pid
    raise LookupError(part)


def cpu_seconds(root: int) -> float:
    """User and system time of the family, its ended children included."""
    total = 0
    for pid in family(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(value) for value in fields[11:15])
    return total / _TICK


def memory_mib(root: int) -> float:
    """Proportional set size of the family, in MiB (shared pages are divided among their users)."""
    total = 0
    for pid in family(root):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024
