"""A fingerprint changes with every value, and with nothing else."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from balcao.lib.fingerprint import fingerprint

AT = datetime(2026, 11, 20, 12, 0, 0, 7, tzinfo=UTC)


def test_the_same_values_make_the_same_fingerprint_in_whatever_form_they_come() -> None:
    first = fingerprint({"at": AT, "rules": ("S5", "S6"), "more": {2: 1, 10: None}, "empty": ""})
    recife = AT.astimezone(timezone(timedelta(hours=-3)))
    again = {"rules": ["S5", "S6"], "more": {"10": None, "2": 1}, "at": recife}
    assert fingerprint(again) == first
    assert len(first) == 64


@pytest.mark.parametrize(
    "other",
    [
        {"at": AT + timedelta(microseconds=1), "body": "x", "id": 1},
        {"at": AT, "body": "X", "id": 1},
        {"at": AT, "body": "x ", "id": 1},
        {"at": AT, "body": "x", "id": 2},
        {"at": AT, "body": "x", "id": "1"},
        {"at": AT, "body": "x"},
        {"at": AT, "body": "x", "id": 1, "more": 0},
        {"at": AT, "text": "x", "id": 1},
        {"at": AT, "body": "x", "id": 1, "file": UUID(int=1)},
    ],
    ids=str,
)
def test_any_other_value_makes_another_fingerprint(other: dict[str, object]) -> None:
    assert fingerprint(other) != fingerprint({"at": AT, "body": "x", "id": 1})


def test_a_column_that_is_empty_counts_as_not_there() -> None:
    full: dict[str, object] = {"id": 1, "a": None, "b": False, "c": "", "d": [], "e": {}, "f": ()}
    assert fingerprint(full) == fingerprint({"id": 1})
