"""Events are a contract: their verbs are a reviewed list, their data hold ids, codes and numbers.

What a person wrote or is called must be erasable, and the record must stand without it.
"""

import ast
import json

import pytest

from balcao.events.actions import emit
from balcao.events.models import Event
from balcao.notifications.reactions import REACTIONS
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.web import words
from balcao.web.words import people as people_words
from tests.architecture.plan import in_tests, sources
from tests.cast import NOW
from tests.contract.story import WORD, tell
from tests.contract.vocabulary import Emission, emissions, emissions_in, fits, listed

UNTOLD = {"demo.began", "demo.made"}
"""Verbs that the story does not tell: the demo's own marks."""


@pytest.fixture(scope="module")
def named() -> list[Emission]:
    """Every call of emit() in the product."""
    return emissions(path for path in sources() if not in_tests(path))


def test_the_verbs_in_the_source_are_the_reviewed_ones(named: list[Emission]) -> None:
    assert {verb for one in named for verb in one.verbs} == set(listed())


def test_the_keys_in_the_source_are_the_reviewed_ones(named: list[Emission]) -> None:
    entries = listed()
    unknown = [
        (one.where, verb, key)
        for one in named
        for verb in one.verbs & entries.keys()
        for key in one.keys - entries[verb].data.keys()
    ]
    assert unknown == []


def test_nobody_waits_for_a_verb_that_is_never_emitted() -> None:
    assert REACTIONS.keys() - listed().keys() == set()


def test_every_event_of_a_ticket_has_its_words_in_the_timeline() -> None:
    about_tickets = [verb for verb, entry in listed().items() if entry.subject == "tickets.ticket"]
    assert [verb for verb in about_tickets if words.happened(verb) == verb] == []


def test_every_event_of_a_person_or_an_organisation_has_its_words() -> None:
    subjects = ("people.user", "people.organisation")
    about_people = {verb for verb, entry in listed().items() if entry.subject in subjects}
    assert about_people - people_words.EVENTS.keys() - people_words.OTHERS.keys() == set()


@pytest.mark.usefixtures("installation")
def test_a_desks_whole_life_is_told_in_ids_codes_and_numbers() -> None:
    tell()
    events = list(Event.objects.order_by("pk"))
    entries = listed()
    assert {event.verb for event in events} == entries.keys() - UNTOLD
    assert [
        (event.verb, event.subject_kind, event.data)
        for event in events
        if event.subject_kind != entries[event.verb].subject
        or not _agrees(event.data, dict(entries[event.verb].data))
    ] == []


@pytest.mark.usefixtures("installation")
def test_no_event_holds_a_word_that_a_person_wrote_or_is_called() -> None:
    tell()
    told = [[e.actor_label, e.verb, e.data] for e in Event.objects.order_by("pk")]
    assert len(told) > 40
    assert WORD not in json.dumps(told).lower()


def _agrees(data: dict[str, object], kinds: dict[str, str]) -> bool:
    required = {key for key, kind in kinds.items() if not kind.endswith("?")}
    return required <= data.keys() <= kinds.keys() and all(
        fits(value, kinds[key]) for key, value in data.items()
    )


@pytest.mark.parametrize(
    ("data", "agrees"),
    [
        ({"ticket": 4, "reason": "new_mail"}, True),
        ({"reason": "new_mail"}, True),
        ({"ticket": None, "reason": "new_mail"}, True),
        ({"ticket": 4}, False),
        ({"ticket": "4", "reason": "new_mail"}, False),
        ({"ticket": True, "reason": "new_mail"}, False),
        ({"ticket": 4, "reason": "Ana"}, False),
        ({"ticket": 4, "reason": "new_mail", "more": 1}, False),
    ],
)
def test_the_schema_notices_what_does_not_belong(data: dict[str, object], agrees: bool) -> None:
    assert _agrees(data, {"ticket": "id?", "reason": "code"}) is agrees


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("id", 7, -1),
        ("ids", [1, 2], [1, "2"]),
        ("flag", False, 0),
        ("codes", ["S8", "r_5"], ["S8", "Ana Lima"]),
        ("moment", "2026-11-13T15:00:00+00:00", "2026-11-13T15:00:00"),
        ("day", "2026-11-13", "13/11/2026"),
        ("values", [1, None, True, [2, 3], "saas", "2026-11-13"], ["Ana Lima"]),
        ("digest", "0123456789abcdef", "ana"),
    ],
)
def test_each_kind_of_data_has_its_shape(kind: str, good: object, bad: object) -> None:
    assert (fits(good, kind), fits(bad, kind)) == (True, False)


@pytest.mark.parametrize(
    ("source", "verbs", "keys"),
    [
        ("def f():\n    emit('a.b', x, data={'k': 1})", {"a.b"}, {"k"}),
        ("def f():\n    events.emit('a.b' if y else 'a.c', x)", {"a.b", "a.c"}, set()),
        ("T = {V.A: 'a.b'}\ndef f():\n    emit(T[v], x, data={'k': 1, **more})", {"a.b"}, {"k"}),
        ("A, B = 'a.b', 'a.c'\ndef f():\n    emit(B, x)", {"a.c"}, set()),
        ("def f():\n    d = {'k': 1}\n    emit('a.b', x, data=d)", {"a.b"}, {"k"}),
    ],
)
def test_the_reader_finds_verbs_and_keys(source: str, verbs: set[str], keys: set[str]) -> None:
    [found] = emissions_in(ast.parse(source), "file")
    assert set(found.verbs) == verbs
    assert set(found.keys) == keys


@pytest.mark.parametrize("call", ["emit(verb, x)", "emit(f'ticket.{v}', x)", "emit(T[v], x)"])
def test_a_verb_that_is_not_written_down_is_noticed(call: str) -> None:
    with pytest.raises(ValueError, match="file:2"):
        emissions_in(ast.parse(f"def f(verb):\n    {call}"), "file")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value", ["Ana Lima", "ana@cliente.example", "não", {"a": 1}, ["ok", "Ana Lima"], NOW]
)
def test_an_event_refuses_what_people_write(value: object) -> None:
    user = people.register_person(actor=SYSTEM, now=NOW, name="Ana Lima")
    with pytest.raises(ValueError, match="'about' must be an id, a code or a number"):
        emit("person.joined", user, actor=SYSTEM, now=NOW, data={"about": value})
