"""Everybody at every address: people x routes x own and foreign x methods, held to one table.

The table is routes.txt. What it and policy.access say must come back is compared with what does
come back; a tell-tale word of somebody else's must be in no answer; who is turned away writes
nothing, and no customer changes a foreign row, whatever ids their form holds.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.urls import URLPattern, URLResolver, get_resolver

from balcao.policy.access import Duty, Permission, Role
from tests.architecture.plan import OPEN_ROUTES
from tests.cast import NOW
from tests.contract.matrix.probing import (
    ANY,
    OPEN,
    Answer,
    Probe,
    ask,
    expected,
    probes_of,
    taken,
)
from tests.contract.matrix.table import SHAPE, Row, rows
from tests.contract.matrix.world import HOUR, PERSONAS, SEES, Persona, World, build

ROWS = rows()
AT_LEAST = 5000


def served(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """(name, route, view) of every address."""
    for entry in patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from served(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield entry.name or route, route, entry.callback


def without_row(patterns: list[Any], table: tuple[Row, ...]) -> list[str]:
    """The rows to write for the routes that have none."""
    named = {row.name for row in table}
    return [
        "{}  {}  {}  {}  {}  -".format(
            name,
            ",".join(sorted(getattr(view, "methods", {"GET"}) - {"HEAD"})),
            getattr(view, "guard", "public"),
            getattr(view, "duty", None) or "-",
            ",".join(f"{p}=KIND" for p in _parameters(route)) or "-",
        )
        for name, route, view in served(patterns)
        if name not in named
    ]


def _parameters(route: str) -> list[str]:
    return [part.split(">")[0].split(":")[-1] for part in route.split("<")[1:]]


def test_every_route_has_a_row() -> None:
    missing = without_row(get_resolver().url_patterns, ROWS)
    shown = "\n".join(missing)
    assert not missing, f"add to tests/contract/routes.txt ({SHAPE}):\n{shown}"


def test_a_route_without_a_row_is_told_what_to_add() -> None:
    table = tuple(row for row in ROWS if row.name != "desk_reply")
    missing = without_row(get_resolver().url_patterns, table)
    assert "desk_reply  POST  desk  -  number=KIND  -" in missing


def test_every_row_says_of_its_route_what_its_guard_says() -> None:
    views = {name: (route, view) for name, route, view in served(get_resolver().url_patterns)}
    assert {row.name for row in ROWS} - views.keys() == set()
    wrong: list[tuple[object, ...]] = []
    for row in ROWS:
        route, view = views[row.name]
        if route in OPEN_ROUTES:
            continue
        methods = view.methods - {"HEAD"}
        asked = {view.duty.value} if view.duty else set()
        fits = row.methods <= methods if row.in_query else row.methods == methods
        if (
            not fits
            or view.guard != row.area
            or not asked <= row.duties("GET") | row.duties("POST")
        ):
            wrong.append((row.name, view.guard, methods, asked))
        if _parameters(route) != [name for name, _kind in row.objects if name[0] != "?"]:
            wrong.append((row.name, _parameters(route), row.objects))
    assert wrong == []


def test_every_row_speaks_of_duties_permissions_and_kinds_that_exist() -> None:
    for row in ROWS:
        for method in ("GET", "POST"):
            assert row.duties(method) <= {duty.value for duty in Duty}, row.name
            assert row.permission(method) in {"", *Permission}, row.name
        assert {*row.kinds, *(kind for _field, kind in row.swaps)} <= SEES.keys(), row.name


def test_the_matrix_asks_at_least_five_thousand_questions() -> None:
    assert {role.value for role in Role} - {"contact"} - set(PERSONAS) == set()
    asked = [probe for name in PERSONAS for probe in probes_of(ROWS, name, "closed")]
    assert len(asked) >= AT_LEAST


def faults(world: World, who: Persona, probe: Probe) -> list[str]:
    """What is wrong with the answer to one question; nothing, as a rule."""
    watched = probe.method == "POST" and who.actor.is_contact
    answer = ask(world, who, probe, watch_foreign=watched)
    found = [*_wrong(world, who, probe, answer), *_leaks(world, who, answer)]
    return [f"{who.name}: {probe}: {one}" for one in found]


def _wrong(world: World, who: Persona, probe: Probe, answer: Answer) -> Iterator[str]:
    """How the answer differs from what the table says."""
    wanted = expected(world, who, probe)
    with_ids = probe.method == "POST" and probe.row.swaps and wanted == OPEN
    if wanted not in (OPEN, ANY) and answer.written:
        yield f"turned away, yet {', '.join(sorted(answer.written))} was written"
    if with_ids and not taken(world, who, probe):
        if answer.status < 400 and answer.written:
            yield f"a foreign id was taken: {answer.status} {answer.location}"
    elif with_ids and answer.status >= 400:
        yield f"the form in the table is not accepted: {answer.status}"
    elif wanted == ANY:
        if answer.status >= 500:
            yield f"{answer.status}"
    elif answer.outcome != wanted:
        yield f"{answer.outcome} instead of {wanted}"
    if answer.foreign_changed:
        yield "foreign rows were changed"


def _leaks(world: World, who: Persona, answer: Answer) -> Iterator[str]:
    for word in world.forbidden(who):
        if word in answer.text or word in answer.location:
            yield f"the answer holds {word}"


@pytest.fixture
def silence(caplog: pytest.LogCaptureFixture) -> None:
    """Being turned away is what most of this is about; no log line for each."""
    caplog.set_level("ERROR", logger="django.request")


@pytest.mark.parametrize("name", PERSONAS)
@pytest.mark.usefixtures("db", "silence")
def test_m1_b1_b3_b5_b8_nobody_gets_further_than_the_table_says(name: str) -> None:
    with time_machine.travel(NOW + HOUR, tick=False):
        world = build()
        who = world.personas[name]
        assert set(world.personas) == set(PERSONAS)
        wrong = [
            fault
            for probe in probes_of(ROWS, name, who.home)
            for fault in faults(world, who, probe)
        ]
    assert not wrong, f"{len(wrong)} answers are not those of the table:\n" + "\n".join(wrong[:40])


@pytest.mark.usefixtures("db", "silence")
def test_the_matrix_notices_who_gets_further() -> None:
    row = next(row for row in ROWS if row.name == "desk_ticket")
    reply = next(row for row in ROWS if row.name == "ticket_reply")
    with time_machine.travel(NOW + HOUR, tick=False):
        world = build()
        agent, elsewhere = world.personas["agent"], world.personas["agent_elsewhere"]
        contact, outsider = world.personas["contact"], world.personas["outsider"]
        probe, writing = Probe(row, "closed", "GET"), Probe(reply, "closed", "POST")
        assert faults(world, agent, probe) == []
        assert faults(world, contact, writing) == []
        through = faults(world, replace(elsewhere, session=agent.session), probe)
        written = faults(world, replace(outsider, session=contact.session), writing)
    assert len([one for one in through if "let in instead of 404" in one]) == 1
    assert len([one for one in through if "the answer holds" in one]) == 2
    assert [one for one in written if "turned away, yet" in one]
