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
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.rulebook import actions
from balcao.rulebook.actions import shipped_document
from balcao.tickets.actions import Refused
from tests.cast import NOW, a_customer, a_document, a_ticket, nights, the_queue

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


# ------------------------------------------------------------------------------------------ decide


@pytest.mark.usefixtures("installation")
def test_p1_decide_says_verdict_rules_words_deadlines_and_queue() -> None:
    customer = a_customer()
    found = ask("decide", customer.user.code, "--at", NOW.isoformat())
    assert (found["verdict"], found["act"], found["door"]) == ("allow", "open", "portal")
    assert found["organisation"] == customer.organisation.name
    assert set(found["words"]) == set(found["rules"])
    assert found["at"] == "2026-11-13T12:00:00-03:00"
    assert found["start_due"] == "2026-11-14T12:00:00-03:00"
    assert found["resolution_due"] == "2026-11-15T04:00:00-03:00"
    assert found["queue"] == the_queue().name
    assert found["notice"]["how"] == "mail"
    text = run("decide", customer.user.code, "--at", NOW.isoformat())
    assert "Start until      Sat 2026-11-14 12:00" in text


@pytest.mark.usefixtures("installation")
def test_p1_a_refusal_ends_with_1_and_its_words() -> None:
    customer = a_customer(licence_until=date(2026, 11, 1))
    code, said, out = failing("decide", customer.user.code, "--at", NOW.isoformat(), "--json")
    found = json.loads(out)
    assert code == 1
    assert (found["verdict"], found["reason"], found["since"]) == (
        "refuse",
        "licence_expired",
        "2026-11-01",
    )
    assert "01/11/2026" in said
    assert found["queue"] is found["start_due"] is None


@pytest.mark.usefixtures("installation")
def test_p1_decide_tries_a_draft(tmp_path: Path) -> None:
    customer = a_customer(licence_until=date(2026, 11, 1))
    draft = a_file(tmp_path, a_document({"rules.S5": "warn", "sla.start_hours": 2}))
    found = ask("decide", customer.user.code, "--at", NOW.isoformat(), "--draft", draft)
    assert (found["verdict"], found["policy_version"]) == ("allow", 0)
    assert found["warnings"] == [{"rule": "S5", "reason": "licence_expired", "since": "2026-11-01"}]
    assert found["start_due"] == "2026-11-13T14:00:00-03:00"


@pytest.mark.usefixtures("installation")
def test_p1_decide_goes_through_any_door_with_a_number_and_to_nobody_on_file() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    later = (NOW + timedelta(hours=2)).isoformat()
    options = ("--ticket", ticket.number, "--at", later)
    by_mail = ask("decide", customer.user.code, "--door", "email", *options)
    assert (by_mail["verdict"], by_mail["act"], by_mail["ticket"]) == (
        "allow",
        "continue",
        ticket.number,
    )
    serving = ask("decide", "--act", "serve", *options)
    assert serving["rules"] == ["S22"]
    _, _, stranger = failing("decide", "--door", "email", *options, "--json")
    assert json.loads(stranger)["reason"] == "other_address"
    assert json.loads(stranger)["notice"]["how"] == "mail"
    _, _, unproved = failing(
        "decide", customer.user.code, "--door", "email", *options, "--unproved", "--json"
    )
    assert json.loads(unproved)["notice"]["how"] == "nothing"
    _, _, silent = failing("decide", customer.user.code, "--door", "phone", "--json")
    assert "S17" in json.loads(silent)["rules"] or json.loads(silent)["reason"] == "not_in_portal"


@pytest.mark.usefixtures("installation")
def test_somebody_of_two_companies_says_for_which() -> None:
    first, second = a_customer(), a_customer(licence_until=date(2026, 11, 1))
    people.join(actor=SYSTEM, now=NOW, user=first.user, organisation=second.organisation)
    code, said, _ = failing("decide", first.user.code)
    assert (code, said.partition(":")[0]) == (2, "company")
    at = ("--at", NOW.isoformat())
    mine = ask("decide", first.user.code, "--company", first.organisation.name.lower(), *at)
    assert mine["verdict"] == "allow"
    assert second.licence
    _, _, theirs = failing(
        "decide", first.user.code, "--licence", second.licence.key, *at, "--json"
    )
    assert json.loads(theirs)["organisation"] == second.organisation.name


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("NINGUEM2",), "who"),
        (("--at", "amanhã"), "at"),
        (("--at", "2999-01-01T00:00"), "at"),
        (("--service", "cafezinho"), "service"),
        (("--licence", "DIR-1"), "licence"),
    ],
    ids=str,
)
def test_a_question_that_cannot_be_read_names_its_fault(
    arguments: tuple[str, ...], field: str
) -> None:
    code, said, _ = failing("decide", *arguments)
    assert (code, said.partition(":")[0]) == (2, field)


@pytest.mark.usefixtures("installation")
def test_p2_a_hundred_moments_after_midnight_utc_have_their_local_day() -> None:
    customer = a_customer()
    for moment in nights():
        found = ask("decide", customer.user.code, "--at", moment.isoformat())
        text = run("decide", customer.user.code, "--at", moment.isoformat())
        local = moment - timedelta(hours=3)  # Recife keeps no summer time
        due = local + timedelta(hours=24)
        assert found["at"] == f"{local:%Y-%m-%dT%H:%M:%S}-03:00"
        assert found["start_due"] == f"{due:%Y-%m-%dT%H:%M:%S}-03:00"
        assert f", {local:%a %Y-%m-%d %H:%M}\n" in text
        assert f"Start until      {due:%a %Y-%m-%d %H:%M}" in text
