"""Colours compared, and made from one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.colour import contrast, hue_of, is_colour, readable, shade

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_the_measure_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("text", ["", "0f5c5c", "#0f5c5", "#0f5c5g", "#0f5c5c;", "#0f5c5c\n"])
def test_a_colour_is_six_digits_and_nothing_else(text: str) -> None:
    assert not is_colour(text)
    assert is_colour("#0F5c5C")


@given(COLOURS)
def test_a_shade_has_the_hue_it_was_asked_for(colour: str) -> None:
    chroma, hue = hue_of(colour)
    made = shade(0.5, min(chroma, 0.05), hue)
    assert is_colour(made)
    if chroma > 0.02:
        there = hue_of(made)[1]
        assert abs((there - hue + 3.1416) % 6.2832 - 3.1416) < 0.2


def test_a_shade_that_no_screen_shows_is_the_most_vivid_one_it_can() -> None:
    assert hue_of(shade(0.6, 0.5, 0.5))[0] < 0.3


@given(COLOURS, COLOURS)
def test_the_first_shade_that_can_be_read_is_taken(colour: str, ground: str) -> None:
    chroma, hue = hue_of(colour)
    ends = [readable(0.5, end, chroma, hue, on=(ground,), least=4.5) for end in (0.0, 1.0)]
    assert max(contrast(end, ground) for end in ends) >= 4.5
