"""Pages that are made from the code, or describe it field by field, say what the code says."""

import ast
import importlib
import json
import re
import textwrap
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from balcao.rulebook.actions import SHIPPED
from tests.architecture import scan
from tests.architecture.plan import ROOT, tracked
from tools import roles, threats

ROW = re.compile(r"^\| `([a-z_]+\.[A-Za-z0-9_]+)` \| (.*?) \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:balcao|docs|tests|tools)/[A-Za-z0-9_./-]+)`")


def test_the_page_of_roles_is_current() -> None:
    current = roles.PAGE.read_text(encoding="utf-8") == roles.page()
    assert current, "run: .venv/bin/python -m tools.roles"


def test_the_table_of_threats_is_current() -> None:
    page = threats.PAGE.read_text(encoding="utf-8")
    current = page == threats.written(page)
    assert current, "run: .venv/bin/python -m tools.threats"


def test_every_row_that_a_test_names_exists() -> None:
    assert threats.shown().keys() - threats.ROWS.keys() == set()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("test_d4_two_from_fields", ("D4",)),
        ("test_b1_i4_a_foreign_file", ("B1", "I4")),
        ("test_d14_no_header_is_added", ("D14",)),
        ("test_s09_another_address", ()),
        ("test_r5_a_thank_you", ()),
        ("test_a_lease_that_ran_out", ()),
        ("test_b52_bombers", ("B52",)),
    ],
)
def test_a_tests_name_carries_its_rows(name: str, rows: tuple[str, ...]) -> None:
    assert threats.rows_of(name) == rows


def shipped() -> dict[str, str | None]:
    """Field of the policy -> its value as the page shows it; None for a table or anything long."""
    document = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return {
        f"{section}.{name}": _shown(value)
        for section, fields in document.items()
        for name, value in fields.items()
    }


def _shown(value: object) -> str | None:
    if isinstance(value, str):
        plain = "\n" not in value
    elif isinstance(value, list):
        plain = all(isinstance(item, str | int) for item in value)
    else:
        plain = isinstance(value, int)
    return f"`{json.dumps(value, ensure_ascii=False)}`" if plain else None


def test_every_field_of_the_policy_is_explained_with_its_value() -> None:
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    rows = ROW.findall(text.partition("## Settings of the decisions, by")[0])
    explained = dict(rows)
    assert len(explained) == len(rows)
    assert explained.keys() == shipped().keys()
    assert {f: v for f, v in explained.items() if shipped()[f] not in (None, v)} == {}


# The settings that the table of decisions names (R1-R36), as they are written there.
DECIDED = """
sla.clock sla.due_when_closed sla.resolution_anchor sla.start_event sla.pause_statuses
ticket.reopen_days ticket.silence_days entitlement.require entitlement.on_lapse email.allowed
email.unregistered email.block_freemail email.require_auth email.new chat.agent_opens
gate.override_roles gate.number_match oneoff.sla_from scope[kind][service] scope.default
expiry.contract_tickets expiry.in_progress expiry.months expiry.on_closed_day timezone
oneoff.date_basis queue.order entitlement.channels[kind] oneoff.portal_invite
oneoff.same_problem_days training.* appointment.sla meeting.providers chat.offline chat.anonymous
kb.feedback phone.mode[number] rule.mode[S..]
""".split()
ELSEWHERE = re.compile(r"^\| `([^`|]+)` \| (.*?) \|", re.MULTILINE)


def test_no_setting_of_the_decisions_is_lost_silently() -> None:
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    fields = shipped().keys()
    said = text.partition("## Settings of the decisions, by another name or not yet")[2]
    told = dict(ELSEWHERE.findall(said.partition("\n## ")[0]))
    assert [name for name in DECIDED if name not in fields and name not in told] == []
    assert [name for name in told if name in fields or name not in DECIDED] == []
    named = [found[1] for cell in told.values() if (found := re.match(r"`([a-z_.S0-9]+)`", cell))]
    assert [name for name in named if name not in fields] == []


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def test_every_link_between_pages_leads_somewhere() -> None:
    lost = [
        f"{path.name}: {target}"
        for path in pages()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert lost == []


def test_every_file_that_a_page_names_exists() -> None:
    lost = [
        f"{path.name}: {name}"
        for path in pages()
        if path.name != "recipes.md"  # its examples name files that the reader makes
        for name in PATH.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert lost == []


def examples() -> list[ast.Module]:
    """The Python examples of the recipes."""
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return [ast.parse(textwrap.dedent(block)) for block in blocks]


def test_the_recipes_use_only_what_exists() -> None:
    made = {"balcao.tickets.actions.subject", "balcao.channels.email.folder"}
    made |= {"balcao.policy.lifecycle.may_follow"}
    lost = [
        name
        for example in examples()
        for _, name in scan.imports(example)
        if name.startswith(("balcao.", "tests.")) and not name.startswith(tuple(made))
        if not _exists(name)
    ]
    assert len(examples()) > 8
    assert lost == []


def _exists(name: str) -> bool:
    """Whether `module.thing` can be imported: a name of a module, or a module."""
    module, _, thing = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), thing) or bool(find_spec(name))
    except ImportError:
        return False


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("balcao.channels.intake", True),
        ("balcao.tickets.actions.staff_reply", True),
        ("balcao.tickets.actions.staff_answer", False),
        ("balcao.nowhere.thing", False),
    ],
)
def test_a_name_that_does_not_exist_is_noticed(name: str, exists: bool) -> None:
    assert _exists(name) is exists
