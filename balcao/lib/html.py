"""HTML that strangers wrote, made harmless before it is kept.

What is let through is listed here; everything else goes: scripts, forms, frames, drawings, styles
that place, hide or load anything. Nothing that is let through can hide text, so what a reader sees
is what is there (threats G1, G5, G7, G8). Pictures become marks of ours, which load nothing until
``shown`` says what they stand for.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import nh3

MAX_HTML = 1_000_000
"""Characters; more than that is not shown as it was written."""
MAX_DEPTH = 200
MAX_SIGNS = 100_000
"""Most signs that begin a tag or an entity."""
_MAX_WEIGHT = 1_000_000

_TURNS = 4
_SCHEMES = set("http https mailto tel cid data remote part none".split())
_TAGS = set(
    "a abbr address article aside b bdi blockquote br caption center cite code col colgroup dd del"
    " dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li"
    " main mark ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th"
    " thead tr tt u ul var".split()
)
# Their words are no text of the mail.
_SILENT = set("script style title template".split())
_STYLED = frozenset(
    "a b blockquote div em font h1 h2 h3 h4 h5 h6 i li ol p pre span strong table td th tr u"
    " ul".split()
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "font": {"color"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    **{tag: {"align"} for tag in ("p", "div", "h1", "h2", "h3", "tr")},
}
_ATTRIBUTES |= {tag: _ATTRIBUTES.get(tag, set()) | {"style"} for tag in _STYLED}

_NUMBERS = {
    **dict.fromkeys(("colspan", "rowspan"), (1, 100)),
    **dict.fromkeys(("border", "cellpadding", "cellspacing"), (0, 30)),
    **dict.fromkeys(("width", "height"), (1, 4000)),
    "start": (0, 100_000),
}
_ALIGNED = frozenset({"left", "right", "center", "justify", "top", "middle", "bottom", "baseline"})
_LINK = re.compile(r"(?:https?://[^\s/\\]|mailto:[^\s]|tel:[\d+])", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_REMOTE = re.compile(r"https?://[^\s/\\\"'<>]", re.IGNORECASE)
_CID = re.compile(r"cid:[^\s\"'<>]{1,240}", re.IGNORECASE)
_MARKS = re.compile(r"(?:remote:https?://|part:[0-9a-f]|none:)", re.IGNORECASE)

_STYLES = {
    "font-weight": re.compile(r"bold|bolder|normal|[4-9]00"),
    "font-style": re.compile(r"italic|normal"),
    "text-decoration": re.compile(r"underline|line-through|none"),
    "text-align": re.compile(r"left|right|center|justify"),
    "vertical-align": re.compile(r"top|middle|bottom|baseline"),
    "white-space": re.compile(r"normal|pre-wrap|pre-line"),
    "list-style-type": re.compile(
        r"disc|circle|square|decimal|lower-alpha|upper-alpha|lower-roman"
    ),
    "border-collapse": re.compile(r"collapse|separate"),
    "border-style": re.compile(r"solid|dashed|dotted|none"),
    "border-width": re.compile(r"[0-5](?:\.\d)?(?:px|pt)"),
}
_SIZE = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)(px|pt)")
_HEX = re.compile(r"#(?:([0-9a-f]{3})|([0-9a-f]{6}))")
_RGB = re.compile(r"rgb\((\d{1,3}), ?(\d{1,3}), ?(\d{1,3})\)")
_NAMED = {
    "black": "#000000", "red": "#ff0000", "blue": "#0000ff", "green": "#008000",
    "navy": "#000080", "maroon": "#800000", "purple": "#800080", "teal": "#008080",
    "gray": "#808080", "grey": "#808080", "darkred": "#8b0000", "darkblue": "#00008b",
    "darkgreen": "#006400", "yellow": "#ffff00", "white": "#ffffff", "lightyellow": "#ffffe0",
    "cyan": "#00ffff", "aqua": "#00ffff", "lime": "#00ff00", "windowtext": "#000000",
}  # fmt: skip
# A text is read on white and on what the writer laid under it: dark enough, and light enough.
_DARKEST_GROUND = 0.6
_LIGHTEST_TEXT = 0.25


class TooComplex(Exception):
    """More markup than any honest message has: sanitising it would take long."""


def sanitise(html: str) -> str:
    """The same mail without anything that acts, hides or loads. Doing it twice changes nothing.

    Raises TooComplex for what is too large or nested too deeply. A picture's address is kept as a
    mark: ``remote:`` one that would be fetched, ``cid:`` and ``part:`` one that came along,
    ``none:`` one that is not there.
    """
    _require_simple(html)
    clean = _cleaned(html)
    for _turn in range(_TURNS):
        # Parsers mend broken markup, and what was mended may be read differently the next time.
        again = _cleaned(clean)
        if again == clean:
            return clean
        clean = again
    raise TooComplex


def _cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _require_simple(html: str) -> None:
    """Count tags and how deeply they nest, in one pass: the parser's own time is not linear."""
    if len(html) > MAX_HTML or html.count("<") + html.count("&") > MAX_SIGNS:
        raise TooComplex
    depth = deepest = weight = 0
    for tag in _TAG.finditer(html):
        weight += depth
        if tag[2].lower() in _ENDS_ITSELF:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH or weight > _MAX_WEIGHT:
        raise TooComplex


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
_ENDS_ITSELF = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li td th tr tbody thead"
    " tfoot dt dd option colgroup o:p".split()
)


def _filtered(tag: str, name: str, value: str) -> str | None:
    """What is kept of an attribute; None: nothing."""
    if name == "style":
        # Programs write the same few styles again and again.
        return (_style_again(value) if len(value) < _SHORT else _style(value)) or None
    if name == "color":
        return _colour(value, darker=True)
    if name == "href":
        return value.strip() if _LINK.match(value.strip()) else None
    if name == "src":
        return _mark(value.strip())
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        number = value.strip().removesuffix("px")
        fits = number.isascii() and number.isdecimal() and low <= int(number[:9]) <= high
        return number if fits else None
    if name in {"align", "valign"}:
        return value.lower() if value.lower() in _ALIGNED else None
    return value


def _mark(address: str) -> str:
    """A picture's address as a mark that no browser fetches."""
    if _MARKS.match(address) or _CID.fullmatch(address) or _PICTURE.fullmatch(address):
        return address
    if address.startswith("//"):
        address = f"https:{address}"
    return f"remote:{address}" if _REMOTE.match(address) else "none:"


def _style(value: str) -> str:
    kept = []
    for declaration in value[:4000].split(";"):
        name, _colon, given = declaration.partition(":")
        name, given = name.strip().lower(), given.strip().lower().replace('"', "").replace("'", "")
        found = _declared(name, given)
        if found:
            kept.append(f"{name}:{found}")
    return ";".join(dict.fromkeys(kept))


_SHORT = 300
_style_again = lru_cache(maxsize=1024)(_style)


def _declared(name: str, given: str) -> str | None:
    """What of a declaration is let through: it can place, hide and load nothing."""
    if name == "color":
        return _colour(given, darker=True)
    if name == "background-color":
        return _colour(given, darker=False)
    if name == "font-size":
        size = _SIZE.fullmatch(given)
        pixels = float(size[1]) * (4 / 3 if size[2] == "pt" else 1) if size else 0
        return given if 9 <= pixels <= 48 else None
    known = _STYLES.get(name)
    return given if known and known.fullmatch(given) else None


def _colour(given: str, *, darker: bool) -> str | None:
    """A colour that shows: of text, dark enough for white paper; of its ground, light enough."""
    light = _luminance(_NAMED.get(given.strip().lower(), given.strip().lower()))
    if light is None or (light > _LIGHTEST_TEXT if darker else light < _DARKEST_GROUND):
        return None
    return given.strip().lower()


def _luminance(colour: str) -> float | None:
    """How light a colour is (WCAG), from 0 to 1."""
    if found := _HEX.fullmatch(colour):
        digits = found[2] or "".join(digit * 2 for digit in found[1])
        channels = [int(digits[at : at + 2], 16) for at in (0, 2, 4)]
    elif found := _RGB.fullmatch(colour):
        channels = [int(part) for part in found.groups()]
    else:
        return None
    if max(channels) > 255:
        return None
    parts = [
        value / 12.92 if (value := one / 255) <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for one in channels
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


_SOURCE = re.compile(r' src="(cid|part|remote|none):([^"]*)"', re.IGNORECASE)


def resolved(clean: str, parts: Mapping[str, str]) -> str:
    """Sanitised HTML whose pictures that came along are named. ``parts``: Content-ID -> name."""

    def one(found: re.Match[str]) -> str:
        if found[1].lower() != "cid":
            return found[0]
        name = parts.get(unquote(found[2].replace("&amp;", "&")), "")
        return f' src="part:{name}"' if name else ' src="none:"'

    return _SOURCE.sub(one, clean)


def pictures(clean: str) -> tuple[str, ...]:
    """The names of the pictures that came along, as ``resolved`` wrote them."""
    found = (match[2] for match in _SOURCE.finditer(clean) if match[1].lower() == "part")
    return tuple(dict.fromkeys(found))


def has_remote(clean: str) -> bool:
    """Whether sanitised HTML has pictures that would be fetched from outside."""
    return ' src="remote:' in clean


def shown(clean: str, pictures: Mapping[str, str], *, remote: bool) -> str:
    """Sanitised HTML for a browser. ``pictures``: name -> the ``data:`` address it is shown from.

    ``remote``: pictures are fetched from outside, by https only. What is not there or not fetched
    becomes a picture without an address, which shows its words. Only addresses change: the text
    and its quotes stay as the sanitiser wrote them.
    """

    def one(found: re.Match[str]) -> str:
        kind, name = found[1].lower(), found[2]
        if kind == "part" and name in pictures:
            return f' src="{pictures[name]}"'
        if kind == "remote" and remote and name.startswith("https://"):
            return f' src="{name}"'
        return ""

    return _SOURCE.sub(one, clean)
