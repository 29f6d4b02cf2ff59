"""The typed forms: what they leave alone, what they change, what they say is wrong."""

import ast
import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.policy import book
from balcao.policy.book import KINDS, PAGE_PLACEHOLDERS, SETTABLE_RULES, parse
from balcao.policy.book.changes import Topic, diff
from balcao.rulebook.actions import shipped_document
from balcao.rulebook.forms import CalendarForm, SuspensionForm, TopicForm, form_for, problems
from balcao.rulebook.forms.catalogue import settings_of
from balcao.rulebook.forms.settings import SpansField, default_of

TODAY = date(2026, 11, 13)
SERVICES = (("incident", "Erro"), ("other", "Outro assunto"))
TOPICS = [topic for topic in Topic if topic is not Topic.WHOLE]
Document = dict[str, Any]


def document(changes: Mapping[str, object] | None = None, *, without: tuple[str, ...] = ()) -> Any:
    """The shipped document with fields replaced, and some taken away."""
    found: Document = deepcopy(shipped_document())
    for path, value in (changes or {}).items():
        *tables, key = path.split(".")
        table = found
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = value
    for path in without:
        *tables, key = path.split(".")
        table = found
        for name in tables:
            table = table.get(name, {})
        table.pop(key, None)
    return found


def posted(form: TopicForm, changes: Mapping[str, object] | None = None) -> QueryDict:
    """What a browser sends of the form as it stands, with some fields changed."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is True:
            data[name] = "1"
        elif value is not False and value is not None:
            data[name] = str(value)
    if isinstance(form, CalendarForm | SuspensionForm):
        data[f"{form.prefix_of_rows}.count"] = str(form.count)
    for name, value in (changes or {}).items():
        if isinstance(value, list):
            data.setlist(name, value)
        elif value is None:
            data.pop(name, None)
        else:
            data[name] = str(value)
    return data


def sent(topic: Topic, base: Document, changes: Mapping[str, object] | None = None) -> TopicForm:
    """The form of ``topic`` after a person changed these fields and sent it."""
    shown = form_for(topic, base, today=TODAY, services=SERVICES)
    return form_for(topic, base, today=TODAY, services=SERVICES, data=posted(shown, changes))


def drafted(topic: Topic, base: Document, changes: Mapping[str, object]) -> Document:
    form = sent(topic, base, changes)
    assert form.judge(), form.errors
    found: Document = form.drafted()
    parse(found, version=2)
    return found


OFTEN = st.sampled_from(
    [
        ("sla.targets", {"saas": {"start_hours": 4}}),
        ("sla.targets", {"rental": {}}),
        ("sla.clock_by_kind", {"saas": "business"}),
        ("sla.start_hours", 8.5),
        ("sla.start_hours", 24.0),
        ("sla.pause_states", ["waiting_third", "open"]),
        ("calendar.week.mon", ["08:00-12:00", "13:00-24:00"]),
        ("calendar.days", []),
        ("calendar.days", [{"date": "2027-02-10", "name": "Cinzas", "spans": ["13:00-18:00"]}]),
        ("calendar.days", [{"date": "2027-12-25", "name": "B"},
                           {"date": "2027-01-01", "name": "A"}]),
        ("suspended.periods", [
            {"begins": "2026-11-20T11:00:30+00:00", "ends": "2026-11-20T14:00-03:00",
             "reason": "x"},
        ]),
        ("scope.saas", {"other": "ask", "gone_from_the_catalogue": "refuse"}),
        ("company.name", "  Direction  "),
        ("page.pt", ""),
        ("ticket.silence_days", [7]),
        ("change.second_approver", True),
        ("override.ask", []),
        ("oneoff.doors", ["api", "phone"]),
        ("meeting.providers", ["Sala 3"]),
        ("training.warnings", 0),
        ("payment.remind_days", []),
        ("payment", {"pix_key": "11.222.333/0001-81", "pix_name": "Direção", "pix_city": "Recife"}),
    ]
)  # fmt: skip
PIX = {"payment.pix_name": "Direction", "payment.pix_city": "Recife"}
GONE = st.sampled_from(
    ["sla.clock", "sla.targets", "suspended", "page", "oneoff.months", "rules", "scope", "access",
     "calendar.days", "entitlement.warn_days", "email", "retention.drafts", "change",
     "training", "appointment", "meeting", "payment", "oneoff"]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(TOPICS), st.lists(OFTEN, max_size=4), st.lists(GONE, max_size=3))
def test_a_form_sent_back_without_edits_changes_nothing(
    topic: Topic, changes: list[tuple[str, object]], gone: list[str]
) -> None:
    base = document(dict(changes), without=tuple(gone))
    parse(base, version=1)
    form = sent(topic, base)
    assert form.judge(), form.errors
    assert form.drafted() == base
    assert json.dumps(form.drafted(), sort_keys=True) == json.dumps(base, sort_keys=True)


NUMBERS = st.integers(min_value=1, max_value=9999)
SPANS = st.sampled_from(["", "08:00-12:00", "8h às 12h e 13:30-18", "00:00-24:00", "fechado"])
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "sla.start_hours": NUMBERS,
        "sla.clock": st.sampled_from(["elapsed", "business"]),
        "sla.targets.saas.start_hours": st.one_of(st.just(""), NUMBERS),
        "sla.clock_by_kind.rental": st.sampled_from(["", "elapsed", "business"]),
        "calendar.week.sat": SPANS,
        "days.0.spans": SPANS,
        "days.1.remove": st.just("1"),
        "offer.2027-02-10": st.just("1"),
        "ticket.reopen_days": NUMBERS,
        "scope.saas.other": st.sampled_from(["", "allow", "refuse", "ask"]),
        "scope.oneoff_problem.*": st.sampled_from(["", "ask"]),
        "rules.S5": st.sampled_from(["observe", "warn", "enforce"]),
        "retention.drafts": NUMBERS,
        "override.ask": st.sampled_from([[], ["agent"], ["agent", "supervisor"]]),
        "change.second_approver": st.sampled_from([None, "1"]),
        "oneoff.doors": st.sampled_from([["chat"], ["email", "phone"]]),
        "oneoff.sla_from": st.sampled_from(["submission", "purchase"]),
        "training.reschedule_hours": st.integers(min_value=0, max_value=99),
        "meeting.providers": st.sampled_from(["Sala 3", "Skype, Zoom"]),
    },
)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(TOPICS), EDITS)
def test_every_saved_form_is_a_book_that_can_be_enforced_and_goes_round(
    topic: Topic, edits: dict[str, object]
) -> None:
    base = document({"sla.targets": {"saas": {"start_hours": 4}}})
    form = sent(topic, base, edits)
    assert form.judge(), form.errors
    found: Document = form.drafted()
    parse(found, version=2)
    assert found == json.loads(json.dumps(found))
    again = sent(topic, found)
    assert again.judge()
    assert again.drafted() == found
    tables = {change.path[0] for change in diff(base, found)}
    assert tables <= set(book.changes.TABLES[topic])


def test_what_a_missing_value_means_is_what_the_form_shows() -> None:
    bare = {
        "company": shipped_document()["company"],
        "calendar": {"timezone": "America/Recife", "week": {}},
    }
    full: Document = deepcopy(bare)
    for topic in TOPICS:
        for setting in settings_of(topic, bare):
            value = default_of(setting, shipped_document())
            if value is not None and topic not in (Topic.CALENDAR, Topic.COMPANY, Topic.PAGE):
                full = book.changes.patch(full, (book.changes.Change(setting.path, None, value),))
    assert parse(full, version=1) == parse(bare, version=1)


def test_every_value_of_the_shipped_book_has_a_field() -> None:
    base = shipped_document()
    fields = {
        field
        for topic in TOPICS
        for field in form_for(topic, base, today=TODAY, services=SERVICES).fields
    }
    leaves = {".".join(change.path) for change in diff(_hollow(base), base)}
    assert leaves - fields == {"calendar.days", "suspended.periods"}
    assert {f"rules.{rule}" for rule in SETTABLE_RULES} < fields
    assert {f"scope.{kind}.incident" for kind in KINDS} < fields


def _hollow(table: Any) -> Any:
    """The tables without their values."""
    return {key: _hollow(value) for key, value in table.items() if isinstance(value, dict)}


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("08:00-18:00", ["08:00-18:00"]),
        ("8-12, 13:30-18", ["08:00-12:00", "13:30-18:00"]),
        ("8h às 12h e 13h30 às 18h", ["08:00-12:00", "13:30-18:00"]),
        ("08:00–12:00; 13:00–24:00", ["08:00-12:00", "13:00-24:00"]),
        ("9 to 17", ["09:00-17:00"]),
        ("", []),
        ("Fechado", []),
    ],
)
def test_r23_hours_are_read_as_people_write_them(typed: str, spans: list[str]) -> None:
    assert SpansField(required=False).clean(typed) == spans


@pytest.mark.parametrize("typed", ["oito", "08:00", "08:00-12:00 x", "manhã 8-12"])
def test_r23_hours_that_nobody_can_read_are_told(typed: str) -> None:
    form = sent(Topic.CALENDAR, document(), {"calendar.week.mon": typed})
    assert not form.judge()
    assert "calendar.week.mon" in form.errors


@pytest.mark.parametrize(
    ("topic", "edits", "field", "words"),
    [
        (Topic.CALENDAR, {"calendar.week.mon": "8-12, 11-18"}, "calendar.week.mon", "before"),
        (Topic.CALENDAR, {"calendar.week.mon": "18-8"}, "calendar.week.mon", "end after the start"),
        (Topic.CALENDAR, {"calendar.timezone": "Recife"}, "calendar.timezone", "time zone"),
        (Topic.CALENDAR, {"days.33.date": "2027-12-25", "days.33.name": "x"},
         "days.33.date", "twice"),
        (Topic.CALENDAR, {"days.33.date": "2027-12-26"}, "days.33.name", "needed"),
        (Topic.CALENDAR, {"days.0.date": ""}, "days.0.date", "needed"),
        (Topic.CALENDAR, {"days.0.spans": "x"}, "days.0.spans", "Write hours"),
        (Topic.DEADLINES, {"sla.start_hours": "0"}, "sla.start_hours", "positive"),
        (Topic.DEADLINES, {"sla.start_hours": "x"}, "sla.start_hours", "number"),
        (Topic.DEADLINES, {"sla.warn_left_percent": 100}, "sla.warn_left_percent", "below 100"),
        (Topic.DEADLINES, {"sla.clock": "x"}, "sla.clock", "valid choice"),
        (Topic.TICKETS, {"ticket.silence_days": "5, 2"}, "ticket.silence_days", "above the last"),
        (Topic.TICKETS, {"ticket.silence_days": "dois"}, "ticket.silence_days", "separated"),
        (Topic.COMPANY, {"company.portal_url": "portal"}, "company.portal_url", "https"),
        (Topic.COMPANY, {"company.support_address": "x"}, "company.support_address", "e-mail"),
        (Topic.PAGE, {"page.pt": "Oi {company} {fax}"}, "page.pt", "{sales_phone}"),
        (Topic.ONEOFF, {"oneoff.doors": []}, "oneoff.doors", "at least one"),
        (Topic.APPOINTMENTS, {"training.warnings": "-1"}, "training.warnings", "0"),
        (Topic.APPOINTMENTS, {"meeting.providers": " , "}, "meeting.providers", "names"),
        (Topic.PAYMENT, {**PIX, "payment.pix_key": "x"}, "payment.pix_key", "PIX key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field(
    topic: Topic, edits: dict[str, object], field: str, words: str
) -> None:
    with override("en"):
        form = sent(topic, document(), edits)
        assert not form.judge()
        assert list(form.errors) == [field]
        assert words in str(form.errors[field])


def test_s44_r33_a_page_without_a_placeholder_names_every_one_that_is_missing() -> None:
    form = sent(Topic.PAGE, document(), {"page.en": "Welcome"})
    assert not form.judge()
    said = str(form.errors["page.en"])
    assert all(f"{{{name}}}" in said for name in PAGE_PLACEHOLDERS)


def test_r23_ticked_days_are_copied_with_their_hours_and_in_order() -> None:
    found = drafted(Topic.CALENDAR, document(), {"offer.2027-02-09": "1", "offer.2027-02-10": "1"})
    days = {day["date"]: day for day in found["calendar"]["days"]}
    assert days["2027-02-09"] == {"date": "2027-02-09", "name": "Carnaval", "spans": []}
    assert days["2027-02-10"]["spans"] == ["13:00-18:00"]
    assert list(days) == sorted(days)
    assert len(days) == 35


def test_r23_a_day_is_added_changed_and_removed() -> None:
    edits = {
        "days.0.name": "Ano-Novo",
        "days.2.remove": "1",
        "days.2.name": "",
        "days.33.date": "2026-12-24",
        "days.33.name": "Véspera",
        "days.33.spans": "8-12",
    }
    days = drafted(Topic.CALENDAR, document(), edits)["calendar"]["days"]
    found = {day["date"]: (day["name"], day["spans"]) for day in days}
    assert found["2026-01-01"] == ("Ano-Novo", [])
    assert "2026-04-03" not in found
    assert found["2026-12-24"] == ("Véspera", ["08:00-12:00"])


def test_a_page_that_arrived_in_part_removes_nothing() -> None:
    form = sent(Topic.CALENDAR, document(), {"days.count": "3"})
    assert not form.judge()
    form = sent(Topic.CALENDAR, document(), {"days.count": "x"})
    assert not form.judge()


def test_what_was_typed_is_shown_again_and_judged_by_nobody() -> None:
    shown = CalendarForm(document(), today=TODAY)
    data = posted(shown, {"days.33.name": "Véspera", "calendar.week.mon": "oito"})
    added = [{"date": "2029-01-01", "name": "Ano-Novo", "spans": []}]
    form = CalendarForm(document(), today=TODAY, typed=data, added=added)
    assert form["calendar.week.mon"].value() == "oito"
    rows = {row.number: row for row in form.rows}
    assert rows[33].fields["name"].value() == "Véspera"
    assert rows[34].fields["date"].value() == "2029-01-01"
    assert not form.errors
    assert 2029 in form.years


def test_the_year_offered_next_is_the_first_without_holidays() -> None:
    assert CalendarForm(document(), today=TODAY).next_year == 2029
    assert CalendarForm(document({"calendar.days": []}), today=TODAY).next_year == 2026


def test_r4_a_period_is_written_in_the_policys_own_time() -> None:
    edits = {
        "periods.0.begins": "2026-11-20T08:00",
        "periods.0.ends": "2026-11-20T14:30",
        "periods.0.reason": "Falta de energia",
    }
    found = drafted(Topic.SUSPENSIONS, document(), edits)
    assert found["suspended"]["periods"] == [
        {
            "begins": "2026-11-20T08:00-03:00",
            "ends": "2026-11-20T14:30-03:00",
            "reason": "Falta de energia",
        }
    ]
    edits = {"periods.1.begins": "2026-11-21T08:00", "periods.1.ends": "2026-11-21T07:00"}
    form = sent(Topic.SUSPENSIONS, found, {**edits, "periods.1.reason": "x"})
    assert not form.judge()
    assert list(form.errors) == ["periods.1.ends"]


def test_every_fault_that_the_policy_names_has_its_words() -> None:
    texts = set(problems.TEXTS)
    for path in sorted(Path(book.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and value.startswith(("must ", "is ", '"%(value)s" must')):
                assert value in texts | {"must be "}, value
    with override("pt-br"):
        said = {problems.words(book.Problem("a", text, _filled())) for text in texts}
    assert not any("must" in text or "unknown" in text for text in said)


def _filled() -> dict[str, str]:
    return dict.fromkeys(("value", "known", "near", "name", "most"), "x")
