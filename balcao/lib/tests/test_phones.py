"""Telephones: the ninth digit, landlines, and what is no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.phones import end_of_phone, looks_like_phone, parse_phone, show_phone

AREAS = ("11", "21", "31", "41", "51", "61", "71", "81", "85", "91")
PAIRS = [
    (f"({area}) {start}765-4{area}1", f"+55{area}9{start}7654{area}1")
    for area in AREAS
    for start in "6789"
]


def test_k5_forty_pairs_with_and_without_the_ninth_digit_are_one_number_each() -> None:
    assert len(PAIRS) == 40
    assert {parse_phone(old) for old, _ in PAIRS} == {new for _, new in PAIRS}
    assert [parse_phone(new) for _, new in PAIRS] == [new for _, new in PAIRS]
    assert [parse_phone(f"+55{old}") for old, _ in PAIRS] == [new for _, new in PAIRS]


@given(st.sampled_from(AREAS), st.integers(2000_0000, 5999_9999))
def test_k5_a_landline_keeps_its_eight_digits(area: str, line: int) -> None:
    stored = looks_like_phone(f"{area}{line}")
    assert stored in ("", f"+55{area}{line}")


def test_k5_a_landline_is_a_number() -> None:
    assert parse_phone("(81) 2121-9700") == parse_phone("081 21219700") == "+558121219700"


@pytest.mark.parametrize(
    "typed",
    [
        *("+55 81 98765-4321", "81 98765-4321", "(81) 8765-4321", "5581987654321", "558187654321"),
        *("081 98765 4321", "0055 81 987654321", "0 31 81 98765-4321", "+55 (81) 98765.4321"),
    ],
)
def test_one_number_has_many_spellings(typed: str) -> None:
    assert parse_phone(typed) == "+5581987654321"


@pytest.mark.parametrize(
    "typed",
    ["", "98765-4321", "81 98765", "ana@cliente.example", "81 98765-4321 ramal 3", "+999 1", "123"],
)
def test_what_is_no_complete_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="telephone"):
        parse_phone(typed)
    assert looks_like_phone(typed) == ""


def test_numbers_are_shown_as_people_read_them() -> None:
    assert show_phone("+5581987654321") == "(81) 98765-4321"
    assert show_phone("+558121219700") == "(81) 2121-9700"
    assert show_phone("+16502530000") == "+1 650-253-0000"
    assert show_phone("ramal 12") == "ramal 12"


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    stored = looks_like_phone(text)
    assert stored == "" or parse_phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("98765-4321", "987654321"),
        ("9 8765 4321", "987654321"),
        ("8765-4321", "87654321"),
        ("2121.9700", "21219700"),
        ("(81) 98765-4321", ""),
        ("4321", ""),
        ("900000201", "900000201"),
        ("01234567", ""),
        ("812345678", ""),
        ("98765-4321x", ""),
        ("", ""),
    ],
)
def test_k5_a_number_without_its_area_code_is_the_end_of_one(typed: str, end: str) -> None:
    assert end_of_phone(typed) == end
