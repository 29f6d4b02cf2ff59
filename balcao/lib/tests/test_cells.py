"""What a cell of a table says."""

from datetime import date

import pytest

from balcao.lib.cells import parse_day, parse_flag, parse_list, parse_whole


@pytest.mark.parametrize(
    "text", ["31/12/2027", "2027-12-31", "31-12-2027", "31.12.2027", "2027-12-31 00:00:00"]
)
def test_a_day_is_read_as_brazilians_and_machines_write_it(text: str) -> None:
    assert parse_day(text) == date(2027, 12, 31)
    assert parse_day("1/2/2027") == date(2027, 2, 1)


@pytest.mark.parametrize("text", ["12/31/2027", "31/12/27", "amanhã", "2027-02-30", "46387"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("1200", 1200), ("1.200", 1200), ("", None)]
)
def test_a_whole_number_may_have_its_dots(text: str, number: int | None) -> None:
    assert parse_whole(text) == number


@pytest.mark.parametrize("text", ["1,5", "-1", "1.20", "doze", "1e3"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_whole(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Sim", True),
        ("x", True),
        ("1", True),
        ("NÃO", False),
        ("n", False),
        ("0", False),
        ("", None),
    ],
)
def test_yes_and_no_are_read_in_both_languages(text: str, flag: bool | None) -> None:
    assert parse_flag(text) is flag


def test_what_is_neither_is_refused_and_an_empty_cell_is_none() -> None:
    with pytest.raises(ValueError):
        parse_flag("talvez")
    assert parse_day("") is None


def test_names_stand_apart_by_bars_or_semicolons() -> None:
    assert parse_list("Matriz | Olinda;Caruaru;") == ("Matriz", "Olinda", "Caruaru")
