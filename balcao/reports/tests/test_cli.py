"""`balcao policy`: what it prints, and with which exit code."""

import io
import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from balcao.lib import toml
from balcao.policy.access import SYSTEM
from balcao.rulebook import actions
from balcao.rulebook.actions import shipped_document
from balcao.tickets.actions import Refused
from tests.cast import NOW, a_customer, a_document, a_ticket

RECIFE = ZoneInfo("America/Recife")


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("policy", *arguments, stdout=out)
    return out.getvalue()


def ask(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return found


def failing(*arguments: str) -> tuple[int, str, str]:
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("policy", *arguments, stdout=out)
    return failed.value.returncode, str(failed.value), out.getvalue()


def a_file(folder: Path, document: dict[str, Any]) -> str:
    path = folder / "draft.toml"
    path.write_text(toml.dumps(document), encoding="utf-8")
    return str(path)


# ------------------------------------------------------------------------------------- show, check


@pytest.mark.usefixtures("installation")
def test_what_show_prints_is_the_document_that_check_accepts(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(run("show"), encoding="utf-8")
    assert tomllib.loads(path.read_text(encoding="utf-8")) == shipped_document()
    assert ask("check", str(path)) == {"valid": True, "problems": []}


@pytest.mark.usefixtures("installation")
def test_show_tells_each_version_apart() -> None:
    actions.save(a_document({"sla.clock": "business"}), reason="Horas", actor=SYSTEM, now=NOW)
    first, newest = ask("show", "--version", "1"), ask("show")
    assert (first["version"], newest["version"]) == (1, 2)
    assert (first["document"]["sla"]["clock"], newest["document"]["sla"]["clock"]) == (
        "elapsed",
        "business",
    )
    assert newest["reason"] == "Horas"
    assert newest["saved_at"] == NOW.astimezone(RECIFE).isoformat()
    code, said, _ = failing("show", "--version", "9")
    assert (code, said) == (2, "There is no version 9 of the policy.")


def test_check_names_every_problem_with_its_path(tmp_path: Path) -> None:
    draft = a_document({"sla.clok": "elapsed", "oneoff.months": 0})
    code, said, out = failing("check", a_file(tmp_path, draft), "--json")
    assert code == 1
    assert "2 problems" in said
    assert json.loads(out) == {
        "valid": False,
        "problems": [
            {"path": "sla.clok", "problem": "is unknown; did you mean clock?"},
            {"path": "oneoff.months", "problem": "must be a whole number above zero"},
        ],
    }


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"sla = ", "is not TOML: "),
        (b'{"sla": ', "is not JSON: "),
        (b"{" + b'"a":{' * 50_000, "is not JSON: "),
        (b"", "company.name: is missing"),
    ],
    ids=["bytes", "toml", "json", "deep", "empty"],
)
def test_a_document_that_is_none_is_a_problem_too(raw: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "draft"
    path.write_bytes(raw)
    code, _, out = failing("check", str(path))
    assert code == 1
    assert problem in out


def test_check_reads_json_and_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.dumps(shipped_document()).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert ask("check", "-")["valid"]


# ------------------------------------------------------------------------------------------ replay


@pytest.mark.usefixtures("installation")
def test_p1_replay_counts_and_lists_what_a_draft_would_change(tmp_path: Path) -> None:
    lapsed = a_customer(licence_until=date(2026, 11, 1))
    with pytest.raises(Refused):
        a_ticket(lapsed)
    a_ticket(a_customer())
    draft = a_file(tmp_path, a_document({"rules.S5": "observe"}))
    with time_machine.travel(NOW + timedelta(days=1)):
        found = ask("replay", "--days", "30", "--draft", draft)
        text = run("replay", "--days", "30", "--draft", draft)
        same = ask("replay", "--days", "30")
    assert (found["judged"], found["changed"], found["diverged"]) == (2, 1, 0)
    assert found["policy_version"] == 0
    assert found["groups"] == [
        {
            "rule": "S5",
            "door": "portal",
            "before": "refuse",
            "after": "allow",
            "count": 1,
            "organisations": 1,
        }
    ]
    (change,) = found["changes"]
    assert change["organisation"] == lapsed.organisation.pk
    assert change["before"]["reason"] == "licence_expired"
    assert "refuse (licence_expired) -> allow" in text
    assert (same["policy_version"], same["changed"]) == (1, 0)


@pytest.mark.usefixtures("installation")
def test_a_draft_that_cannot_be_enforced_is_not_tried(tmp_path: Path) -> None:
    draft = a_file(tmp_path, a_document({"sla.clock": "lunar"}))
    code, said, _ = failing("replay", "--days", "30", "--draft", draft)
    assert code == 2
    assert "sla.clock" in said


# ------------------------------------------------------------------------------------------ expiry


@pytest.mark.django_db
def test_p1_r21_expiry_says_the_last_instant_that_can_be_used() -> None:
    found = ask("expiry", "--bought", "2028-02-29")
    assert found["counted"] == found["last_day"] == "2029-03-01"
    assert found["last_instant"] == "2029-03-01T23:59:59-03:00"
    assert found["expired_from"] == "2029-03-02T00:00:00-03:00"
    assert "Thu 2029-03-01 23:59:59 (America/Recife)" in run("expiry", "--bought", "2028-02-29")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "last"),
    [
        ("America/Noronha", "2027-11-26T23:59:59-02:00"),
        ("America/Manaus", "2027-11-26T23:59:59-04:00"),
        ("America/Rio_Branco", "2027-11-26T23:59:59-05:00"),
    ],
)
def test_p2_expiry_is_local_to_the_zone_asked_for(zone: str, last: str) -> None:
    found = ask("expiry", "--bought", "2026-11-26", "--timezone", zone)
    assert found["last_instant"] == last


@pytest.mark.usefixtures("installation")
def test_r21_expiry_says_from_where_a_closed_day_was_moved() -> None:
    moving = a_document({"oneoff.on_closed_day": "next_business_day"})
    actions.save(moving, reason="Art. 132, § 1º", actor=SYSTEM, now=NOW)
    # 12 months later is a Saturday.
    text = run("expiry", "--bought", "2026-11-27")
    assert "Good until    Mon 2027-11-29 23:59:59" in text
    assert "Moved from    Sat 2027-11-27" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("--bought", "29/02/2028"),
        ("--bought", "2026-02-29"),
        ("--bought", "9999-12-31"),
        ("--bought", "2026-11-26", "--timezone", "America/Olinda"),
        ("--bought", "2026-11-26", "--timezone", "../../etc/passwd"),
    ],
    ids=str,
)
def test_what_cannot_be_read_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert failing("expiry", *arguments)[0] == 2


@pytest.mark.django_db
def test_expiry_needs_no_set_up() -> None:
    assert ask("expiry", "--bought", "2026-11-26")["policy_version"] == 0


@pytest.mark.usefixtures("installation")
def test_p2_show_says_the_local_day_of_a_night() -> None:
    late = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
    actions.save(a_document({}), reason="De noite", actor=SYSTEM, now=late)
    assert ask("show")["saved_at"] == "2026-11-26T23:30:00-03:00"
    assert "saved 2026-11-26 23:30" in run("show")
