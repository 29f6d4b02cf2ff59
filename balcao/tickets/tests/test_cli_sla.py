"""`balcao sla explain`."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from balcao.policy.access import SYSTEM
from balcao.rulebook import actions
from tests.cast import NOW, a_customer, a_ticket, an_agent, an_answer, an_installation

# Fridays at 17:00 in Recife: R1's example, and one before a holiday of the shipped calendar.
FRIDAY = "2026-11-06T17:00"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sla", "explain", *arguments, stdout=out)
    return out.getvalue()


def explain(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return found


def lines(monkeypatch: pytest.MonkeyPatch, *questions: str | bytes) -> list[dict[str, Any]]:
    raw = b"\n".join(q if isinstance(q, bytes) else q.encode() for q in questions) + b"\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return [json.loads(line) for line in run("--jsonl").splitlines()]


def local(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%a %H:%M")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("clock", "start", "resolution"),
    [("elapsed", "Sat 17:00", "Sun 09:00"), ("business", "Wed 11:00", "Thu 17:00")],
)
def test_s12_s13_the_example_of_the_set_up_holds(clock: str, start: str, resolution: str) -> None:
    found = explain("--opened", FRIDAY, "--clock", clock)
    assert local(found["start_due"]) == start
    assert local(found["resolution_due"]) == resolution
    assert found["clock"] == clock


@pytest.mark.django_db
def test_the_spans_tile_the_time_and_count_the_budget() -> None:
    found = explain(
        "--opened", "2026-11-19T16:00", "--clock", "business",
        "--pause", "2026-11-23T09:00/2026-11-23T15:00", "2026-11-24T19:00/2026-11-24T20:00",
    )  # fmt: skip
    spans = found["spans"]
    assert spans[0]["start"] == found["opened"]
    assert spans[-1]["end"] == found["resolution_due"]
    assert [span["end"] for span in spans[:-1]] == [span["start"] for span in spans[1:]]
    assert {span["kind"] for span in spans} == {"counted", "closed", "holiday", "paused"}
    assert "Consciência Negra" in {span["note"] for span in spans}
    counted = sum(
        (
            datetime.fromisoformat(span["end"]) - datetime.fromisoformat(span["start"])
            for span in spans
            if span["kind"] == "counted"
        ),
        timedelta(),
    )
    assert counted == timedelta(hours=40)


@pytest.mark.django_db
def test_a_pause_moves_the_conclusion_and_never_the_start() -> None:
    plain = explain("--opened", FRIDAY)
    paused = explain("--opened", FRIDAY, "--pause", "2026-11-07T09:00/2026-11-07T12:00")
    assert paused["start_due"] == plain["start_due"]
    moved = datetime.fromisoformat(paused["resolution_due"]) - datetime.fromisoformat(
        plain["resolution_due"]
    )
    assert moved == timedelta(hours=3)


@pytest.mark.django_db
def test_a_moment_without_an_offset_is_in_the_policys_time_zone() -> None:
    assert explain("--opened", FRIDAY) == explain("--opened", "2026-11-06T20:00Z")


@pytest.mark.django_db
def test_the_policy_in_force_answers_and_before_it_the_shipped_one() -> None:
    assert explain("--opened", FRIDAY)["policy_version"] == 0
    an_installation()
    assert explain("--opened", FRIDAY)["policy_version"] == 1
    document = actions.shipped_document()
    rules = document["sla"]
    assert isinstance(rules, dict)
    actions.save(
        {**document, "sla": {**rules, "start_hours": 3, "clock": "business"}},
        reason="Mais rápido",
        actor=SYSTEM,
        now=NOW,
    )
    found = explain("--opened", "2026-11-09T09:00")
    assert found["policy_version"] == 2
    assert found["clock"] == "business"
    assert local(found["start_due"]) == "Mon 12:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--opened", "yesterday"),
        ("--opened", "1900-01-01"),
        ("--opened", "9999-12-31T23:59"),
        ("--opened", FRIDAY, "--pause", "2026-11-07T09:00"),
        ("--opened", FRIDAY, "--pause", "2026-11-07T09:00/x"),
        ("--opened", FRIDAY, "--pause", "2026-11-07T09:00/2026-11-07T09:00"),
        ("--opened", FRIDAY, "--jsonl"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_wrong_usage_in_one_sentence(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == 2
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.django_db
def test_many_questions_get_one_answer_each_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = '"pause": [["2026-11-09T09:00", "2026-11-09T15:00"]]'
    found = lines(
        monkeypatch,
        f'{{"opened": "{FRIDAY}"}}',
        "not json",
        b"\xff\xfe",
        "[" * 100_000,
        "",
        "[1]",
        "{}",
        f'{{"opened": "{FRIDAY}", "pauses": []}}',
        f'{{"opened": "{FRIDAY}", "clock": "lunar"}}',
        f'{{"opened": "{FRIDAY}", "pause": "x"}}',
        f'{{"opened": "{FRIDAY}", "pause": [["{FRIDAY}"]]}}',
        f'{{"opened": "{FRIDAY}", "pause": [[1, 2]]}}',
        '{"opened": "\\ud800"}',
        f'{{"opened": "{FRIDAY}", "clock": "business", {pauses}}}',
    )
    assert [("error" in answer) for answer in found] == [False, *[True] * 11, False]
    assert found[0] == explain("--opened", FRIDAY)
    assert found[-1] == explain(
        "--opened", FRIDAY, "--clock", "business", "--pause", "2026-11-09T09:00/2026-11-09T15:00"
    )


@pytest.mark.django_db
def test_people_get_words() -> None:
    text = run("--opened", "2026-11-19T17:30", "--clock", "business")
    assert "Start until" in text
    assert "Consciência Negra" in text


def test_no_database_is_needed_before_set_up(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("BALCAO_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "balcao.server", "sla", "explain", "--opened", FRIDAY, "--json"],
        env={**environment, "BALCAO_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["policy_version"] == 0


@pytest.mark.usefixtures("installation")
def test_a_ticket_is_explained_as_its_page_does() -> None:
    customer = a_customer()
    ticket = a_ticket(customer, now=timezone.now() - timedelta(hours=6))
    an_answer(ticket, an_agent(), now=ticket.submitted_at + timedelta(hours=2))
    found = json.loads(run("--ticket", ticket.number, "--json"))
    assert (found["ticket"], found["promised_version"], found["policy_version"]) == (
        ticket.number,
        1,
        1,
    )
    start, resolution = found["start"], found["resolution"]
    assert (start["promised_hours"], start["used_hours"]) == (24, 2)
    assert [span["kind"] for span in resolution["spans"]] == ["counted"]
    due = datetime.fromisoformat(resolution["due"])
    assert due == ticket.submitted_at + timedelta(hours=40)
    text = run("--ticket", ticket.number)
    assert f"Ticket           {ticket.number}" in text
    assert "Start            24 elapsed hours, 2 used" in text


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--ticket", "1234567890"),
        ("--ticket", "x", "--json"),
        ("--ticket", "1234567890", "--opened", FRIDAY),
        ("--ticket", "1234567890", "--clock", "business"),
    ],
)
def test_a_ticket_that_is_not_there_or_a_mixed_question_is_a_usage_error(
    arguments: tuple[str, ...],
) -> None:
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_a_kind_has_its_own_promise_and_a_one_off_rolls() -> None:
    assert (
        local(explain("--opened", FRIDAY, "--kind", "oneoff_problem")["start_due"]) == "Mon 08:00"
    )
    assert local(explain("--opened", FRIDAY, "--kind", "saas")["start_due"]) == "Sat 17:00"
