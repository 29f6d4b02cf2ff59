"""The company's own colour: every brand token of both themes, made from the one colour it names.

A company names any colour; the pages stay readable. What the themes' own tokens keep of contrast
(tests/test_contrast.py), these keep too, so a colour that is too light becomes a darker one of the
same hue.
"""

from collections.abc import Mapping
from functools import lru_cache

from balcao.lib.colour import contrast, hue_of, readable, shade

OWN = "#0f5c5c"
"""Balcão's own colour, where the company names none: the primary of themes.css."""

LIGHT, DARK = "balcao", "balcao-dark"
# What the brand's colours stand on in both themes: base-100 and base-200 of themes.css.
SURFACES: Mapping[str, tuple[str, str]] = {
    LIGHT: ("#fffefb", "#f6f2ea"),
    DARK: ("#24221e", "#1a1916"),
}
OURS: Mapping[str, Mapping[str, str]] = {
    LIGHT: {
        "primary": OWN,
        "primary-content": "#ffffff",
        "primary-soft": "#e1eeea",
        "primary-strong": "#0a4545",
        "counter": OWN,
        "counter-deep": "#0a4545",
        "counter-content": "#f4faf7",
        "counter-muted": "#b9d6d0",
    },
    DARK: {
        "primary": "#66c0b4",
        "primary-content": "#06201f",
        "primary-soft": "#1b3532",
        "primary-strong": "#8ad6cb",
        "counter": "#123635",
        "counter-deep": "#0c2726",
        "counter-content": "#e9f3f0",
        "counter-muted": "#9cc3bc",
    },
}
"""Our own, drawn by hand: as themes.css has them, for letters, which read no style sheet."""
_TEXT = 4.5
"""What WCAG 2.2 AA asks of text."""


@lru_cache(maxsize=16)
def palette(colour: str) -> Mapping[str, Mapping[str, str]]:
    """Theme -> token -> colour, for one colour such as `#8a1c4a`; empty: ours."""
    if colour.lower() in ("", OWN):
        return OURS
    chroma, hue = hue_of(colour)
    return {LIGHT: _light(colour, chroma, hue), DARK: _dark(chroma, hue)}


def _light(colour: str, chroma: float, hue: float) -> dict[str, str]:
    soft = shade(0.938, min(chroma * 0.22, 0.03), hue)
    grounds = (*SURFACES[LIGHT], soft)
    primary = colour.lower()
    if any(contrast(primary, ground) < _TEXT for ground in grounds):
        primary = readable(0.62, 0.2, chroma, hue, on=grounds, least=_TEXT)
    strong = readable(0.38, 0.2, chroma * 0.8, hue, on=(*grounds, primary), least=1.3)
    return {
        "primary": primary,
        "primary-content": "#ffffff",
        "primary-soft": soft,
        "primary-strong": strong,
        "counter": primary,
        "counter-deep": strong,
        **_on_counter(primary, strong, 0.98, 0.853, chroma, hue),
    }


def _dark(chroma: float, hue: float) -> dict[str, str]:
    soft = shade(0.307, min(chroma * 0.5, 0.04), hue)
    counter, deep = shade(0.307, min(chroma * 0.6, 0.06), hue), shade(0.252, chroma * 0.5, hue)
    vivid = min(chroma * 1.3, 0.12)
    primary = readable(0.749, 1.0, vivid, hue, on=(*SURFACES[DARK], soft), least=_TEXT)
    return {
        "primary": primary,
        "primary-content": shade(0.2, min(chroma * 0.45, 0.04), hue),
        "primary-soft": soft,
        "primary-strong": shade(0.84, vivid * 0.86, hue),
        "counter": counter,
        "counter-deep": deep,
        **_on_counter(counter, deep, 0.956, 0.787, chroma, hue),
    }


def _on_counter(
    counter: str, deep: str, content: float, muted: float, chroma: float, hue: float
) -> dict[str, str]:
    grounds = (counter, deep)
    return {
        "counter-content": readable(
            content, 1.0, min(chroma * 0.1, 0.01), hue, on=grounds, least=_TEXT
        ),
        "counter-muted": readable(
            muted, 1.0, min(chroma * 0.48, 0.05), hue, on=grounds, least=_TEXT
        ),
    }


@lru_cache(maxsize=16)
def stylesheet(colour: str) -> str:
    """The rules that put ``colour`` in the place of our own, in both themes."""
    found = palette(colour)
    light, dark = (_declared(found[theme]) for theme in (LIGHT, DARK))
    return (
        f":root,[data-theme={LIGHT}]{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}\n"
        f"[data-theme={DARK}]{{{dark}}}\n"
    )


def _declared(tokens: Mapping[str, str]) -> str:
    return "".join(f"--color-{name}:{colour};" for name, colour in tokens.items())
