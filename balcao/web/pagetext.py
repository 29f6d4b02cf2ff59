"""The owner's text of the public page (S44, R33): filled in from the policy, and drawn.

The text knows headings (`#`, `##`, `###`), lists (`-`), numbered steps (`1.`), bold (`**`) and
paragraphs, and nothing else: whatever it holds is text, never markup.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import slugify
from markupsafe import Markup, escape

from balcao.policy.book import Policy
from balcao.web import format
from balcao.web.words import hours

_NAME = re.compile(r"\{([a-z_]+)\}")
_HEADING = re.compile(r"(#{1,3})\s+(.+)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_STEP = re.compile(r"[0-9]{1,2}\.\s+")
_ITEM = re.compile(r"-\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """The text as a page of its own. ``contents``: (anchor, words) of each heading under it."""

    title: str
    contents: tuple[tuple[str, str], ...]
    body: Markup


def values(policy: Policy) -> dict[str, str]:
    """What each placeholder stands for under ``policy``, in the active language."""
    return {
        "company": policy.company.name,
        "portal_url": policy.company.portal_url,
        "support_address": policy.company.support_address,
        "support_phone": policy.company.support_phone,
        "sales_phone": policy.company.sales_phone,
        "start_hours": _hours(policy.sla.start.total_seconds() / 3600),
        "resolution_hours": _hours(policy.sla.resolution.total_seconds() / 3600),
        "business_hours": hours.week(policy.calendar),
        "oneoff_months": str(policy.oneoff.months),
    }


def _hours(found: float) -> str:
    return format.decimal(found, 0 if found == int(found) else 1)


def render(text: str, policy: Policy) -> Markup:
    """``text`` as it stands inside another page: its first heading is an h2."""
    known = _known(policy)
    return Markup("\n").join(_block(block, known, level=1) for block in _blocks(text))


def page(text: str, policy: Policy) -> Page:
    """``text`` as a page of its own: a heading that it begins with is the page's title."""
    known, plain = _known(policy), {name: escape(one) for name, one in values(policy).items()}
    title, contents, drawn = "", [], []
    for place, block in enumerate(_blocks(text)):
        heading = _HEADING.fullmatch(block)
        if heading and len(heading[1]) == 1 and not place:
            title = _filled(heading[2], plain).unescape()
            continue
        anchor = ""
        if heading and len(heading[1]) <= 2:
            said = _filled(heading[2], plain).unescape()
            anchor = f"{slugify(said) or 'parte'}-{place}"
            contents.append((anchor, said))
        drawn.append(_block(block, known, level=0, anchor=anchor))
    return Page(title, tuple(contents), Markup("\n").join(drawn))


def _blocks(text: str) -> list[str]:
    """The text in its parts: an empty line parts them, and so does a heading."""
    parts: list[list[str]] = [[]]
    for line in text.strip().splitlines():
        said = line.strip()
        if not said or _HEADING.fullmatch(said):
            parts += [[said], []] if said else [[]]
        else:
            parts[-1].append(said)
    return ["\n".join(lines) for lines in parts if lines]


def _known(policy: Policy) -> dict[str, Markup]:
    """The placeholders on the page: addresses and telephones lead where they say."""
    found = values(policy)
    known = {name: escape(value) for name, value in found.items()}
    known["portal_url"] = _link(found["portal_url"], found["portal_url"])
    known["support_address"] = _link(f"mailto:{found['support_address']}", found["support_address"])
    for name in ("support_phone", "sales_phone"):
        if dial := format.dial(found[name]):
            known[name] = _link(dial, found[name])
    return known


def _link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)


def _block(block: str, known: Mapping[str, Markup], *, level: int, anchor: str = "") -> Markup:
    lines = block.splitlines()
    if heading := _HEADING.fullmatch(block):
        deep = max(2, len(heading[1]) + level)
        mark = Markup(' id="{}"').format(anchor) if anchor else Markup("")
        return Markup("<h{deep}{mark}>{}</h{deep}>").format(
            _filled(heading[2], known), deep=deep, mark=mark
        )
    for tag, sign in (("ul", _ITEM), ("ol", _STEP)):
        if all(sign.match(line) for line in lines):
            items = [
                Markup("<li>{}</li>").format(_filled(sign.sub("", line, count=1), known))
                for line in lines
            ]
            return Markup("<{tag}>{}</{tag}>").format(Markup("").join(items), tag=tag)
    return Markup("<p>{}</p>").format(_filled(" ".join(lines), known))


def _filled(text: str, known: Mapping[str, Markup]) -> Markup:
    """The text with its bold words and placeholders; an unknown one stays as it is written."""
    found, at = Markup(""), 0
    for bold in _BOLD.finditer(text):
        found += _named(text[at : bold.start()], known)
        found += Markup("<strong>{}</strong>").format(_named(bold[1], known))
        at = bold.end()
    return found + _named(text[at:], known)


def _named(text: str, known: Mapping[str, Markup]) -> Markup:
    found, at = Markup(""), 0
    for name in _NAME.finditer(text):
        found += escape(text[at : name.start()]) + known.get(name[1], escape(name[0]))
        at = name.end()
    return found + escape(text[at:])
