"""Colours: how light they are, how well they can be told apart, and others of the same hue.

Lightness and chroma are those of OKLCH (Björn Ottosson's OKLab in polar form), in which equal steps
look equal. Contrast is that of WCAG 2.2.
"""

import math
import re
from collections.abc import Iterable

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 200


def is_colour(text: str) -> bool:
    """Whether ``text`` is a colour written as `#0f5c5c`."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours: 1 (the same) to 21 (black on white)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def hue_of(colour: str) -> tuple[float, float]:
    """Chroma (0: grey) and hue (radians) of a colour."""
    _lightness, a, b = _oklab(colour)
    return math.hypot(a, b), math.atan2(b, a)


def shade(lightness: float, chroma: float, hue: float) -> str:
    """The colour of that lightness (0 to 1) and hue, as vivid as a screen can show it up to
    ``chroma``.
    """
    least, most = 0.0, chroma
    for _ in range(24):
        middle = (least + most) / 2
        if all(-1e-6 <= part <= 1 + 1e-6 for part in _linear(lightness, middle, hue)):
            least = middle
        else:
            most = middle
    return "#" + "".join(f"{_byte(part):02x}" for part in _linear(lightness, least, hue))


def readable(
    start: float, towards: float, chroma: float, hue: float, *, on: Iterable[str], least: float
) -> str:
    """The first shade from lightness ``start`` on towards ``towards`` whose contrast with every
    colour of ``on`` is at least ``least``; the last one if none has it.
    """
    grounds = tuple(on)
    for step in range(_STEPS):
        found = shade(start + (towards - start) * step / _STEPS, chroma, hue)
        if all(contrast(found, ground) >= least for ground in grounds):
            return found
    return shade(towards, chroma, hue)


def _parts(colour: str) -> list[float]:
    bytes_ = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in bytes_]


def _byte(linear: float) -> int:
    part = min(max(linear, 0.0), 1.0)
    curved = part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
    return round(curved * 255)


def _luminance(colour: str) -> float:
    red, green, blue = _parts(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = _parts(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
