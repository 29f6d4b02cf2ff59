"""What must never be committed: paths of one machine, addresses of package registries, keys."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.plan import ROOT, tracked

# Written in pieces, so that this file does not find itself.
MACHINE = re.compile(
    r"(^|[^\w.])/(w[o]rk|f[a]rm)/|/h[o]me/[a-z]|/[U]sers/[A-Za-z]|/r[o]ot/[.a-z]|[C]:\\\\[U]sers"
)
REGISTRY = re.compile(
    r"files\.python[h]osted\.org|registry\.n[p]mjs\.org|pypi\.org/s[i]mple|--(extra-)?index-u[r]l"
    r"|\"reso[l]ved\":\s*\"http|--find-l[i]nks"
)
KEY = re.compile(r"BEGIN [A-Z ]*PRIVATE K[E]Y|\bgh[ps]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b")
LOCKS = ("uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock")


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def lines_with(pattern: re.Pattern[str], texts: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY, KEY], ids=["machine", "registry", "key"])
def test_no_file_carries_it(pattern: re.Pattern[str]) -> None:
    texts = [(str(path.relative_to(ROOT)), text_of(path)) for path in tracked()]
    assert lines_with(pattern, texts) == []


def test_no_lock_that_names_registries_is_kept() -> None:
    assert [path for path in tracked() if path.name in LOCKS] == []


def test_every_locked_part_has_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        parts = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
        assert [part.split()[0] for part in parts if "--hash=sha256:" not in part] == [], lock.name


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        (MACHINE, "see /w" + "ork/main/x"),
        (MACHINE, "path = '/h" + "ome/ana/x'"),
        (REGISTRY, "https://files.python" + "hosted.org/x"),
        (REGISTRY, '  "reso' + 'lved": "https://x"'),
        (KEY, "-----BEGIN RSA PRIVATE K" + "EY-----"),
    ],
)
def test_it_would_be_noticed(pattern: re.Pattern[str], bad: str) -> None:
    assert lines_with(pattern, [("file", bad)]) == ["file:1"]
