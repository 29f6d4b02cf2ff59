"""Where writing, transactions, models and clocks may stand in the source."""

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture import scan
from tests.architecture.plan import (
    FILES,
    FOLDERS,
    FREE_ROOMS,
    FURTHER_FILES,
    MAX_FUNCTION,
    MAX_MODULE,
    MOMENT_FILES,
    MOMENT_ROOMS,
    PACKAGE,
    PAGES,
    ROOT,
    WRITERS,
    in_tests,
    is_writer,
    room_of,
    sources,
    tracked,
)

PRODUCT = tuple(path for path in sources() if not in_tests(path))


def problems(files: Iterable[Path], reader: Callable[[ast.AST], scan.Found]) -> list[str]:
    found = []
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(ROOT)}:{line}: {what}" for line, what in reader(tree)]
    return found


def test_rows_are_written_only_by_actions_and_events() -> None:
    files = [
        path
        for path in PRODUCT
        if not is_writer(path) and str(path.relative_to(ROOT)) not in WRITERS
    ]
    assert problems(files, scan.writes) == []


def test_an_exception_to_that_ends_with_its_need() -> None:
    assert [name for name in WRITERS if not problems([ROOT / name], scan.writes)] == []


def test_transactions_are_opened_only_by_actions_and_events() -> None:
    assert problems([path for path in PRODUCT if not is_writer(path)], scan.atomics) == []


def test_pages_never_import_models() -> None:
    assert problems([path for path in PRODUCT if room_of(path) in PAGES], scan.models) == []


def test_nothing_listens_to_django_signals() -> None:
    assert problems(PRODUCT, scan.signals) == []


def test_tables_do_not_hide_rules_in_save_or_delete() -> None:
    assert problems(PRODUCT, scan.overrides) == []


def test_below_the_edge_now_is_an_argument() -> None:
    files = [
        path
        for path in PRODUCT
        if room_of(path) in MOMENT_ROOMS
        or path.relative_to(PACKAGE).with_suffix("").parts[1:2] in {(n,) for n in MOMENT_FILES}
    ]
    assert problems(files, scan.clocks) == []


def test_public_names_of_policy_actions_and_queries_say_their_rule() -> None:
    files = [
        path
        for path in PRODUCT
        if room_of(path) == "policy"
        or path.relative_to(PACKAGE).with_suffix("").parts[1:2] in {("actions",), ("queries",)}
    ]
    assert problems(files, scan.undocumented) == []


def python_files() -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and "migrations" not in p.parts]


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in python_files()}
    assert {str(p): n for p, n in lengths.items() if n > MAX_MODULE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    assert problems(python_files(), lambda tree: scan.long_functions(tree, MAX_FUNCTION)) == []


def test_a_browser_waits_for_what_a_click_leads_to_before_it_goes_elsewhere() -> None:
    files = [path for path in python_files() if "browser" in path.parts]
    assert problems(files, scan.left_at_once) == []


def misplaced(entries: Iterable[Path]) -> list[str]:
    """Files and folders directly in a room that the plan does not name."""
    return [
        str(path.relative_to(PACKAGE))
        for path in entries
        if (room := room_of(path)) not in FREE_ROOMS
        and path.stem not in FILES | FOLDERS | FURTHER_FILES.get(room, set())
        and (path.suffix == ".py" or path.is_dir())
    ]


def test_a_room_holds_only_the_files_of_the_plan() -> None:
    rooms = [p for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").exists()]
    entries = [p for room in rooms for p in room.iterdir() if p.name != "__pycache__"]
    assert misplaced(entries) == []


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_whoever_reads_about_the_rooms_finds_each(page: str) -> None:
    rows = [
        line.split("|")
        for line in (ROOT / page).read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    named = {name for row in rows for cell in row for name in re.findall(r"`(\w+)`", cell)}
    built = {p.name for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert built <= named


def test_a_file_the_plan_does_not_name_is_noticed() -> None:
    assert misplaced([PACKAGE / "tickets" / "services.py"]) == ["tickets/services.py"]
    assert misplaced([PACKAGE / "channels" / "intake.py", PACKAGE / "web" / "any.py"]) == []


@pytest.mark.parametrize(
    ("reader", "bad"),
    [
        (scan.writes, "row.save()"),
        (scan.writes, "row.save(update_fields=['a'])"),
        (scan.writes, "Row.objects.filter(a=1).update(a=2)"),
        (scan.writes, "Row.objects.create(a=1)"),
        (scan.writes, "row.delete()"),
        (scan.writes, "Row.objects.bulk_create(rows)"),
        (scan.writes, "await Row.objects.aupdate_or_create(a=1)"),
        (scan.writes, "cursor.execute('UPDATE row SET a = 1')"),
        (scan.writes, "cursor.execute(f'delete from {table}')"),
        (scan.writes, "from balcao.events.changes import insert"),
        (scan.atomics, "@transaction.atomic\ndef f(): ..."),
        (scan.atomics, "from django.db.transaction import atomic"),
        (scan.models, "from balcao.tickets.models import Ticket"),
        (scan.models, "import balcao.tickets.models"),
        (scan.models, "from balcao.tickets import models"),
        (scan.models, "apps.get_model('tickets', 'Ticket')"),
        (scan.signals, "from django.db.models.signals import post_save"),
        (scan.signals, "from django.dispatch import receiver"),
        (scan.signals, "from django.db.models import signals"),
        (scan.overrides, "class Row:\n    def save(self): ..."),
        (scan.clocks, "from django.utils import timezone\ntimezone.now()"),
        (scan.clocks, "datetime.datetime.now(UTC)"),
        (scan.clocks, "date.today()"),
        (scan.clocks, "time.time()"),
        (scan.undocumented, "def public(): ..."),
        (scan.undocumented, "class Public:\n    'Doc.'\n    def method(self): ..."),
        (scan.left_at_once, "def f():\n    button().click()\n    page.goto('/')"),
        (scan.left_at_once, "for page in pages:\n    button.click()\n    page.reload()"),
        (lambda tree: scan.long_functions(tree, 2), "def f():\n    a()\n    b()"),
    ],
)
def test_each_reader_notices_what_it_looks_for(
    reader: Callable[[ast.AST], scan.Found], bad: str
) -> None:
    assert list(reader(ast.parse(bad)))


@pytest.mark.parametrize(
    ("reader", "good"),
    [
        (scan.writes, "seen.update(other)\nstorage.save(name, content)\nmark_safe(text)"),
        (scan.writes, "cursor.execute('SELECT 1')\nstorage.delete(name)"),
        (scan.atomics, "from django.db import transaction\ntransaction.on_commit(f)"),
        (scan.models, "from balcao.tickets.queries import get_for\nfrom django.db import models"),
        (scan.clocks, "def f(now): return now.time()"),
        (scan.undocumented, "def _private(): ...\ndef public():\n    'The rule.'"),
        (scan.left_at_once, "button.click()\nexpect(page)\npage.goto('/')\npage.reload()"),
        (scan.left_at_once, "with page.expect_navigation():\n    one.click()\npage.goto('/')"),
        (lambda tree: scan.long_functions(tree, 3), "def f():\n    a()\n    b()"),
    ],
)
def test_each_reader_lets_its_neighbours_pass(
    reader: Callable[[ast.AST], scan.Found], good: str
) -> None:
    assert list(reader(ast.parse(good))) == []
