"""The plan of the house as data, and the short lists of exceptions, each with its reason.

The order of the rooms is read from pyproject.toml, where import-linter reads it too.
"""

import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "balcao"

PAGES = ("api", "desk", "portal")
"""Rooms of what people and programs reach: one file a screen, named after it."""

FREE_ROOMS = (*PAGES, "server", "web", "events", "policy", "lib")
"""Rooms whose file names follow their contents, not the list below."""

FILES = frozenset(
    {"models", "queries", "actions", "forms", "reactions", "tasks", "apps", "__init__"}
)
"""File (or package) names of a room; past 400 lines a file becomes a package of the same name."""

FOLDERS = frozenset({"migrations", "tests", "templates", "management", "locale", "static"})

FURTHER_FILES = {
    "channels": {
        *("intake", "judging", "kept", "delivery", "reading"),
        *("email", "chat", "whatsapp", "phone"),
    },
    "files": {"scanner"},
    "rulebook": {"loader"},
    "people": {"backends"},
    "search": {"normaliser"},
    "live": {"hub"},
}
"""What some rooms hold besides: doors and adapters, the policy's loader, sign-in, the hub."""

WRITERS: dict[str, str] = {}
"""File outside actions, events, migrations and tests that writes rows -> why."""

CASCADES = {
    "people.StaffRole.user": "a hat is nothing without its wearer",
    "tickets.StateSpan.ticket": "drawn from the ticket's own history, never looked at without it",
    "tickets.Deadline.ticket": "computed for the ticket, never looked at without it",
    "tickets.Objection.decision": "counts the decision, and never outlives its record",
    "tickets.Draft.owner": "a draft is its owner's alone",
}
"""`room.Model.field` -> why deleting the target may delete the row."""

OPEN_ROUTES: dict[str, str] = {}
"""Route (as the resolver spells it) -> why it carries no guard of ours: libraries' own pages."""

MOMENT_ROOMS = ("policy", "lib")
MOMENT_FILES = ("queries", "actions", "forms")
"""Below the edge `now` is an argument."""

BUILT = {
    *(".git", ".venv", "var", "node_modules", "dist", "build", "static", "shots", "htmlcov"),
    *("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"),
    ".import_linter_cache",
}
"""Folders that a run makes; .gitignore names them too."""

MAX_MODULE = 400
MAX_FUNCTION = 60


@cache
def floors() -> dict[str, int]:
    """Room -> its floor, 0 at the bottom; neighbours share one."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == "rooms")
    return {
        room.strip(" ()"): floor
        for floor, layer in enumerate(reversed(contract["layers"]))
        for room in layer.split("|")
    }


def may_use(room: str, other: str) -> bool:
    """Whether a room may refer to another: itself, or any on a lower floor."""
    return room == other or floors()[other] < floors()[room]


@cache
def sources() -> tuple[Path, ...]:
    """The product's Python files, without migrations."""
    return tuple(p for p in sorted(PACKAGE.rglob("*.py")) if "migrations" not in p.parts)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file git holds or would hold; without git, all but what is built."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return tuple(_unpacked(ROOT))
    return tuple(p for name in listed.stdout.split("\0") if name and (p := ROOT / name).is_file())


def _unpacked(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in BUILT and not path.name.endswith(".egg-info"):
            yield from _unpacked(path)
        elif path.is_file() and path.suffix not in {".pyc", ".mo"}:
            yield path


def room_of(path: Path) -> str:
    """The room of a product file, by its folder below balcao/ (empty for balcao/ itself)."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def in_tests(path: Path) -> bool:
    return "tests" in path.parts


def is_writer(path: Path) -> bool:
    """Whether the plan lets this file write rows: actions (a file or a package) and events."""
    inside = path.relative_to(PACKAGE).parts[1:]
    return room_of(path) == "events" or inside[:1] in {("actions",), ("actions.py",)}
