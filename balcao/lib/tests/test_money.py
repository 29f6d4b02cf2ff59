"""Amounts of money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.money import MOST_CENTS, parse_cents, plain_amount


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("250", 25000),
        ("250,5", 25050),
        ("R$ 1.250,50", 125050),
        ("1250.50", 125050),
        ("1.250", 125000),
        ("1,250.00", 125000),
        (" 0 ", 0),
        ("1.000.000,00", MOST_CENTS),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, cents: int) -> None:
    assert parse_cents(typed) == cents


@pytest.mark.parametrize(
    "typed", ["", "-1", "1,2,3", "1.25,00", "dez", "1.000.000,01", "=1", "1e3"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="money"):
        parse_cents(typed)


@given(st.integers(0, MOST_CENTS))
def test_what_was_written_is_read_back(cents: int) -> None:
    assert parse_cents(plain_amount(cents)) == cents
    assert parse_cents(plain_amount(cents).replace(".", ",")) == cents
