"""Both themes keep the contrast of WCAG 2.2 AA: 4.5 for text, 3 for edges of controls."""

import re

import pytest

from balcao.lib.colour import contrast
from balcao.web.assets import SOURCES

THEMES = {
    name: dict(re.findall(r"--color-([\w-]+):\s*(#[0-9a-f]{6})", body))
    for name, body in re.findall(
        r'@plugin "daisyui/theme" \{\s*name: "([\w-]+)";(.*?)\n\}',
        (SOURCES / "css" / "themes.css").read_text(encoding="utf-8"),
        re.DOTALL,
    )
}
TEXT = [
    *[("base-content", surface) for surface in ("base-100", "base-200", "base-300", "note")],
    *[("muted", surface) for surface in ("base-100", "base-200")],
    *[
        (colour, surface)
        for colour in ("primary", "success", "warning", "error", "info", "accent-ink")
        for surface in ("base-100", "base-200")
    ],
    *[(colour, f"{colour}-soft") for colour in ("primary", "success", "warning", "error", "info")],
    *[
        ("base-content", f"{colour}-soft")
        for colour in ("primary", "success", "warning", "error", "info", "accent")
    ],
    *[
        (f"{colour}-content", colour)
        for colour in (
            "primary",
            "secondary",
            "accent",
            "neutral",
            "success",
            "warning",
            "error",
            "info",
            "counter",
        )
    ],
    ("accent-ink", "accent-soft"),
    ("primary-content", "primary-strong"),
    ("counter-content", "counter-deep"),
    ("counter-muted", "counter"),
    ("counter-muted", "counter-deep"),
    ("counter", "counter-content"),
    *[("primary-strong", surface) for surface in ("base-100", "base-200")],
]
PAPER = {"#fff", "#000", "#0000", "#767676"}
"""What is no colour: paper and ink, the ground of a code to be photographed, masks."""
EDGES = [("edge", "base-100"), ("edge", "base-200"), ("primary", "base-200")]


def test_both_themes_define_the_same_colours() -> None:
    assert set(THEMES) == {"balcao", "balcao-dark"}
    assert set(THEMES["balcao"]) == set(THEMES["balcao-dark"])


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_text_can_be_read(theme: str) -> None:
    colours = THEMES[theme]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_the_edges_of_controls_can_be_seen(theme: str) -> None:
    colours = THEMES[theme]
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in EDGES}
    assert {pair: value for pair, value in weak.items() if value < 3} == {}


def pairs_in_rules() -> set[tuple[str, str]]:
    """(ink, surface) of every rule that sets both, by the tokens it names."""
    found = set()
    for path in sorted((SOURCES / "css").glob("*.css")):
        for body in re.findall(r"\{([^{}]*)\}", path.read_text(encoding="utf-8")):
            ink = re.search(r"(?:^|[;\s])color: var\(--color-([\w-]+)\)", body)
            surface = re.search(r"background(?:-color)?: var\(--color-([\w-]+)\)", body)
            if ink and surface:
                found.add((ink[1], surface[1]))
    return found


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_rule_that_sets_ink_and_surface_can_be_read(theme: str) -> None:
    colours, pairs = THEMES[theme], pairs_in_rules()
    assert len(pairs) > 10
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


def test_every_ink_is_among_the_pairs_that_are_checked() -> None:
    inks = {
        name
        for path in sorted((SOURCES / "css").glob("*.css"))
        for name in re.findall(
            r"(?:^|[;\s{])color: var\(--color-([\w-]+)\)", path.read_text(encoding="utf-8")
        )
    }
    assert inks <= {ink for ink, _surface in TEXT} | {ink for ink, _surface in EDGES}


def test_no_style_sheet_but_the_themes_names_a_colour() -> None:
    loose = {}
    for path in sorted((SOURCES / "css").glob("*.css")):
        named = set(re.findall(r"#[0-9a-f]{3,8}\b", path.read_text(encoding="utf-8")))
        if path.name != "themes.css" and named - PAPER:
            loose[path.name] = named - PAPER
    assert loose == {}
