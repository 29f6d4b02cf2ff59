"""The policy: what ships, how it is read, and what is wrong with one that cannot be enforced."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.book import (
    CONTRACT_KINDS,
    KINDS,
    PAGE_PLACEHOLDERS,
    SETTABLE_RULES,
    Clock,
    Mode,
    PolicyError,
    Span,
    Suspension,
    Target,
    Verdict,
    mode_of,
    parse,
    scope_of,
)
from balcao.policy.book.types import PAUSABLE_STATES
from balcao.policy.lifecycle import OPEN_STATES
from balcao.policy.tests.builders import POLICY, a_document, a_policy, brief, shipped_document

MINIMAL: dict[str, Any] = {
    "company": shipped_document()["company"],
    "calendar": {"timezone": "America/Recife", "week": {}},
}


def problems(changes: dict[str, object]) -> tuple[str, ...]:
    """What is wrong with the shipped document after ``changes``."""
    with pytest.raises(PolicyError) as caught:
        parse(a_document(changes), version=1)
    assert str(caught.value) == "; ".join(caught.value.problems)
    return caught.value.problems


def test_the_shipped_policy_holds_the_documents_promises() -> None:
    assert POLICY.version == 1
    assert POLICY.timezone == POLICY.calendar.timezone == "America/Recife"
    assert (POLICY.sla.start, POLICY.sla.resolution) == (
        timedelta(hours=24),
        timedelta(hours=40),
    )
    assert (POLICY.sla.clock, POLICY.sla.resolution_anchor) == (Clock.ELAPSED, "opened")
    assert POLICY.sla.pause_states == {"waiting_customer"}
    assert (POLICY.entitlement.require, POLICY.entitlement.on_lapse) == ("both", "finish")
    assert (POLICY.ticket.reopen_days, POLICY.ticket.silence_days) == (7, (2, 5, 7))
    assert POLICY.email.require_auth == "aligned_or_token"


def test_s15_one_number_serves_voice_and_whatsapp_and_sales_has_its_own() -> None:
    assert POLICY.company.support_phone == "(81) 2121-9700"
    assert POLICY.company.sales_phone == "(81) 2121-9797"
    assert POLICY.company.support_address == "suporte@direction.com.br"


def test_the_shipped_calendar_is_closed_on_the_days_of_brazil_and_pernambuco() -> None:
    weekday = (Span(8 * 60, 18 * 60),)
    assert POLICY.calendar.week == (weekday,) * 5 + ((), ())
    assert len(POLICY.calendar.days) == 33
    assert set(POLICY.calendar.days.values()) == {()}
    assert POLICY.calendar.names[date(2026, 3, 6)] == "Revolução Pernambucana"
    good_fridays = {date(2026, 4, 3), date(2027, 3, 26), date(2028, 4, 14)}
    named = {day for day, name in POLICY.calendar.names.items() if name == "Sexta-feira Santa"}
    assert named == good_fridays
    assert all(day.weekday() == 4 for day in good_fridays)


def test_the_shipped_policy_enforces_every_rule() -> None:
    assert POLICY.modes == dict.fromkeys(SETTABLE_RULES, Mode.ENFORCE)


@pytest.mark.parametrize(
    "service",
    ["licence_upgrade", "tariff_update", "driver_change", "register_update", "custom_report"],
)
def test_s34_the_five_services_are_refused_under_a_one_off_problem(service: str) -> None:
    assert scope_of(POLICY, "oneoff_problem", service) is Verdict.REFUSE
    assert all(scope_of(POLICY, kind, service) is Verdict.ALLOW for kind in CONTRACT_KINDS)


def test_r17_a_licence_upgrade_is_allowed_as_a_remote_installation() -> None:
    assert scope_of(POLICY, "oneoff_install", "licence_upgrade") is Verdict.ALLOW


def test_s35_a_service_that_no_line_answers_is_asked_of_sales() -> None:
    assert scope_of(POLICY, "oneoff_problem", "other") is Verdict.ASK
    assert scope_of(POLICY, "unheard_of", "incident") is Verdict.ASK
    assert scope_of(a_policy({"scope.default": "refuse"}), "saas", "x") is Verdict.ALLOW


def test_a_service_of_its_own_goes_before_any_and_any_before_the_default() -> None:
    policy = a_policy({"scope.saas": {"*": "allow", "training": "refuse"}})
    assert scope_of(policy, "saas", "training") is Verdict.REFUSE
    assert scope_of(policy, "saas", "incident") is Verdict.ALLOW


def test_r36_identity_is_enforced_whatever_the_document_says() -> None:
    policy = a_policy({"rules.S5": "observe"})
    assert mode_of(policy, "S5") is Mode.OBSERVE
    assert mode_of(policy, "S22") is Mode.ENFORCE
    for rule in ("S3", "S6", "S8", "S9"):
        assert mode_of(policy, rule) is Mode.ENFORCE
        assert problems({f"rules.{rule}": "observe"})


def test_a_document_read_back_from_json_is_the_same_policy() -> None:
    text = json.dumps(shipped_document(), default=lambda day: day.isoformat())
    assert parse(json.loads(text), version=1) == POLICY


def test_what_a_document_leaves_out_has_the_default_of_the_decisions() -> None:
    policy = parse(MINIMAL, version=3)
    assert policy.version == 3
    assert policy.calendar.week == ((),) * 7
    assert policy.calendar.days == {}
    assert policy.scope == {}
    for same in (
        "sla", "entitlement", "ticket", "email", "oneoff", "training", "appointment", "meeting",
        "payment", "modes", "scope_default", "retention",
    ):  # fmt: skip
        assert getattr(policy, same) == getattr(POLICY, same), same


def test_all_problems_are_told_at_once_with_their_paths() -> None:
    with pytest.raises(PolicyError) as caught:
        parse({"sla": {"start_hours": -1, "clok": "business"}}, version=1)
    assert caught.value.problems == (
        "company.name: is missing",
        "company.portal_url: is missing",
        "company.support_address: is missing",
        "company.support_phone: is missing",
        "company.sales_phone: is missing",
        "calendar.timezone: is missing",
        "calendar.week: is missing",
        "sla.start_hours: must be a positive number",
        "sla.clok: is unknown; did you mean clock?",
    )


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            "sla.clock",
            "busines",
            "sla.clock: must be one of elapsed, business; did you mean business?",
        ),
        ("sla.clock", 3, "sla.clock: must be one of elapsed, business"),
        ("sla.start_hours", True, "sla.start_hours: must be a positive number"),
        ("sla.start_hours", 0, "sla.start_hours: must be a positive number"),
        ("sla.start_hours", float("inf"), "sla.start_hours: must be a positive number"),
        ("sla.resolution_hours", "40", "sla.resolution_hours: must be a positive number"),
        ("sla.pause_states", "open", "sla.pause_states: must be a list"),
        (
            "sla.clock_by_kind",
            {"sas": "business"},
            "sla.clock_by_kind.sas: is unknown; did you mean saas?",
        ),
        ("sla.clock_by_kind", [], "sla.clock_by_kind: must be a table"),
        ("company.name", 5, "company.name: must be a text"),
        ("company.name", "  ", "company.name: must be a text"),
        (
            "company.portal_url",
            "portal.example",
            "company.portal_url: must be an address that begins with https:// or http://",
        ),
        (
            "company.support_address",
            "Suporte <a@b.example>",
            "company.support_address: must be one e-mail address",
        ),
        ("company.colour", "vinho", "company.colour: must be a colour such as #0f5c5c"),
        ("company.colour", 5, "company.colour: must be a colour such as #0f5c5c"),
        (
            "company.logo",
            "../logo.png",
            "company.logo: must be the fingerprint of a picture that was kept",
        ),
        (
            "calendar.timezone",
            "Recife",
            "calendar.timezone: must be a time zone such as America/Recife",
        ),
        (
            "calendar.timezone",
            "../etc/passwd",
            "calendar.timezone: must be a time zone such as America/Recife",
        ),
        ("calendar.week.seg", [], "calendar.week.seg: is unknown"),
        (
            "calendar.week.mon",
            ["18:00-08:00"],
            'calendar.week.mon: "18:00-08:00" must be like "08:00-18:00", the end after the start',
        ),
        (
            "calendar.week.mon",
            ["8-18"],
            'calendar.week.mon: "8-18" must be like "08:00-18:00", the end after the start',
        ),
        (
            "calendar.week.mon",
            ["08:00-12:00", "11:00-18:00"],
            'calendar.week.mon: "11:00-18:00" must begin after the one before it ends',
        ),
        (
            "calendar.days",
            [{"date": "2026-02-30", "name": "Nunca"}],
            "calendar.days[1].date: must be a date such as 2026-12-25",
        ),
        (
            "calendar.days",
            [{"date": date(2026, 6, 24), "name": "A"}, {"date": "2026-06-24", "name": "B"}],
            "calendar.days[2].date: 2026-06-24 is there twice",
        ),
        ("calendar.days", [{"date": "2026-06-24"}], "calendar.days[1].name: is missing"),
        ("calendar.days", ["2026-06-24"], "calendar.days[1]: must be a table"),
        ("ticket.reopen_days", 0, "ticket.reopen_days: must be a whole number above zero"),
        ("ticket.reopen_days", 7.5, "ticket.reopen_days: must be a whole number above zero"),
        (
            "ticket.silence_days",
            [5, 2],
            "ticket.silence_days: must be whole numbers above zero, each above the last",
        ),
        (
            "ticket.silence_days",
            [],
            "ticket.silence_days: must be whole numbers above zero, each above the last",
        ),
        (
            "ticket.silence_days",
            [2, "5"],
            "ticket.silence_days: must be whole numbers above zero, each above the last",
        ),
        ("rules.S8", "observe", "rules.S8: is unknown"),
        ("scope.saas", {"Minha Coisa": "allow"}, None),
        ("scope.sass", {"*": "allow"}, "scope.sass: is unknown; did you mean saas?"),
        ("scope.saas", {"*": "maybe"}, "scope.saas.*: must be one of allow, refuse, ask"),
        ("retention.drafts", -3, "retention.drafts: must be a whole number above zero"),
        ("emial", {}, "emial: is unknown; did you mean email?"),
    ],
)
def test_a_fault_is_named_with_its_path_and_the_near_word(
    path: str, value: object, problem: str | None
) -> None:
    expected = problem or (
        'scope.saas.Minha Coisa: must be the short name of a service, or "*" for any'
    )
    assert expected in problems({path: value})


def test_a_document_that_is_no_table_is_a_problem_and_no_accident() -> None:
    broken: Any = ["not", "a", "table"]
    with pytest.raises(PolicyError, match="the document: must be a table"):
        parse(broken, version=1)


def test_a_state_that_is_not_open_cannot_pause() -> None:
    (problem,) = problems({"sla.pause_states": ["waiting_customer", "closed"]})
    assert problem.startswith("sla.pause_states: closed is not one of open, in_service")
    assert set(PAUSABLE_STATES) == {state.value for state in OPEN_STATES}


def test_hours_of_a_date_replace_those_of_the_week() -> None:
    half = [{"date": "2026-02-18", "name": "Cinzas", "spans": ["13:00-18:00", "20:00-24:00"]}]
    policy = a_policy({"calendar.days": half})
    assert policy.calendar.days == {date(2026, 2, 18): (Span(780, 1080), Span(1200, 1440))}
    assert policy.calendar.names == {date(2026, 2, 18): "Cinzas"}


def test_hours_are_read_to_the_minute_and_may_touch() -> None:
    policy = a_policy({"calendar.week.mon": ["00:00-08:15", "08:15-12:45", "23:59-24:00"]})
    assert policy.calendar.week[0] == (Span(0, 495), Span(495, 765), Span(1439, 1440))


@pytest.mark.parametrize("text", ["08:00-08:00", "24:00-24:00", "08:60-09:00", "08:00-24:01", ""])
def test_hours_that_are_no_time_of_the_day_are_a_problem(text: str) -> None:
    assert problems({"calendar.week.mon": [text]})


def test_a_kind_may_have_a_clock_of_its_own() -> None:
    policy = a_policy({"sla.clock_by_kind": {"saas": "business"}})
    assert policy.sla.clock_by_kind == {"saas": Clock.BUSINESS}


def test_nobody_changes_a_policy_that_was_read() -> None:
    scope: Any = POLICY.scope["saas"]
    with pytest.raises(TypeError):
        scope["*"] = Verdict.REFUSE


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
places = st.sampled_from(
    [f"{table}.{key}" for table, fields in shipped_document().items() for key in fields]
    + [f"scope.{kind}" for kind in KINDS]
    + list(shipped_document())
)


@brief
@given(places, json_like)
def test_any_value_anywhere_gives_a_policy_or_named_problems(place: str, value: object) -> None:
    assert all(": " in problem for problem in _problems_or_none({place: value}))


def _problems_or_none(changes: dict[str, object]) -> tuple[str, ...]:
    try:
        parse(a_document(changes), version=1)
    except PolicyError as error:
        return error.problems or ("no problem named",)
    return ()


def test_r1_a_kind_may_have_hours_of_its_own_and_keeps_the_standards_other() -> None:
    policy = a_policy({"sla.targets.saas": {"start_hours": 8}})
    assert policy.sla.targets == {"saas": Target(timedelta(hours=8), timedelta(hours=40))}
    assert POLICY.sla.targets == {}
    assert problems({"sla.targets.sas": {}}) == ("sla.targets.sas: is unknown; did you mean saas?",)


def test_the_team_is_warned_while_some_time_is_left() -> None:
    assert POLICY.sla.warn_left == 0.25
    assert problems({"sla.warn_left_percent": 100}) == ("sla.warn_left_percent: must be below 100",)


def test_r4_deadlines_are_suspended_for_periods_with_a_reason() -> None:
    period = {"begins": "2026-11-20T08:00-03:00", "ends": "2026-11-20T14:00-03:00", "reason": "Luz"}
    assert a_policy({"suspended.periods": [period]}).suspensions == (
        Suspension(
            datetime(2026, 11, 20, 11, tzinfo=UTC), datetime(2026, 11, 20, 17, tzinfo=UTC), "Luz"
        ),
    )
    assert POLICY.suspensions == ()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ends": "2026-11-20T08:00-03:00"}, "ends: must be after the beginning"),
        ({"begins": "2026-11-20T08:00"}, "begins: must be a moment with its offset"),
        ({"begins": "soon"}, "begins: must be a moment with its offset"),
        ({"reason": " "}, "reason: must be a text"),
    ],
)
def test_r4_a_suspension_is_a_real_period(change: dict[str, str], problem: str) -> None:
    period = {"begins": "2026-11-20T08:00-03:00", "ends": "2026-11-20T14:00-03:00", "reason": "Luz"}
    [found] = problems({"suspended.periods": [{**period, **change}]})
    assert found.startswith(f"suspended.periods[1].{problem}")


def test_s44_the_shipped_page_names_everything_and_a_page_that_does_not_is_refused() -> None:
    for text in (POLICY.page.pt, POLICY.page.en):
        assert all(f"{{{name}}}" in text for name in PAGE_PLACEHOLDERS)
    cut = POLICY.page.pt.replace("{sales_phone}", "").replace("{company}", "{firm}")
    assert problems({"page.pt": cut}) == (
        "page.pt: must say {company}",
        "page.pt: must say {sales_phone}",
        "page.pt: {firm} is not known",
    )
    assert problems({"page.en": 5}) == ("page.en: must be a text",)
    assert a_policy({"page.pt": " "}).page.pt == ""


def test_r14_who_may_ask_for_an_exception_is_a_role_that_serves() -> None:
    assert POLICY.override.ask == {"supervisor"}
    assert a_policy({"override.ask": ["supervisor", "agent"]}).override.ask == {
        "supervisor",
        "agent",
    }
    assert problems({"override.ask": ["sales"]}) == (
        "override.ask: sales is not one of agent, supervisor",
    )


def test_days_of_warning_come_most_first_and_yes_or_no_is_yes_or_no() -> None:
    assert POLICY.entitlement.warn_days == (60, 30, 7)
    assert POLICY.access.reads_per_hour == 200
    assert not POLICY.change.second_approver
    assert a_policy({"change.second_approver": True}).change.second_approver
    assert problems({"change.second_approver": "yes"}) == (
        "change.second_approver: must be true or false",
    )
