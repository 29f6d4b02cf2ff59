"""A company names one colour: both themes are made from it and stay readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.colour import contrast
from balcao.web import brand
from balcao.web.tests.test_contrast import EDGES, TEXT, THEMES

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def weak(colour: str) -> dict[tuple[str, str, str], float]:
    """The pairs of both themes that would be hard to read under ``colour``."""
    found = {}
    for theme, own in THEMES.items():
        colours = {**own, **brand.palette(colour)[theme]}
        for pairs, least in ((TEXT, 4.5), (EDGES, 3)):
            for ink, surface in pairs:
                if (value := contrast(colours[ink], colours[surface])) < least:
                    found[theme, ink, surface] = round(value, 2)
    return found


@given(COLOURS)
def test_whatever_colour_is_named_everything_can_be_read(colour: str) -> None:
    assert weak(colour) == {}


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ffff00", "#ff0000", "#7f7f7f"])
def test_the_farthest_colours_can_be_read_too(colour: str) -> None:
    assert weak(colour) == {}


def test_a_colour_that_can_be_read_is_taken_as_it_is() -> None:
    assert brand.palette("#8A1C4A")["balcao"]["primary"] == "#8a1c4a"
    assert brand.palette("#ffd000")["balcao"]["primary"] != "#ffd000"


def test_the_surfaces_and_our_own_colours_are_those_of_the_themes() -> None:
    about = re.compile(r"primary|counter")
    for theme, colours in THEMES.items():
        assert brand.SURFACES[theme] == (colours["base-100"], colours["base-200"])
        ours = {name: colour for name, colour in colours.items() if about.match(name)}
        assert brand.palette("")[theme] == brand.palette(brand.OWN.upper())[theme] == ours


def test_every_brand_token_of_the_themes_is_made_anew() -> None:
    for theme, colours in brand.palette("#8a1c4a").items():
        assert set(colours) == set(brand.OURS[theme])


def test_the_style_sheet_speaks_of_both_themes_and_of_the_devices_choice() -> None:
    text = brand.stylesheet("#8a1c4a")
    for where in (":root,[data-theme=balcao]{", ":root:not([data-theme]){", "=balcao-dark]{"):
        assert where in text
    assert text.count("--color-primary:") == 3
