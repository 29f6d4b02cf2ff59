"""docs/settings.md and the registry of settings say the same; no other name is used anywhere."""

import re

from balcao.server.environment import SETTINGS
from tests.architecture.plan import ROOT, in_tests, tracked

NAME = re.compile(r"\bBALCAO_[A-Z][A-Z0-9_]*\b")
ROW = re.compile(r"^\| `(BALCAO_[A-Z0-9_]+)` \| (.*?) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    """Name -> default as the page shows it."""
    return dict(ROW.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))


def test_every_setting_is_documented_with_its_default_and_nothing_else_is() -> None:
    expected = {s.name: f"`{s.default}`" if s.default else "(empty)" for s in SETTINGS}
    assert documented() == expected


def test_no_name_is_used_that_is_not_a_setting() -> None:
    known = {setting.name for setting in SETTINGS}
    known |= {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
    used = {
        name
        for path in tracked()
        if path.suffix in {".py", ".md", ".html", ".txt", ".toml"} or path.name == "Makefile"
        if not in_tests(path)  # which invent names to show what an unknown one does
        for name in NAME.findall(path.read_text(encoding="utf-8"))
    }
    assert used - known == set()
