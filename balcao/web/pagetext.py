"""The owner's text of the public page (S44, R33): filled in from the policy, and drawn.

The text knows headings (`#`, `##`), lists (`-`) and paragraphs, and nothing else: whatever it holds
is text, never markup.
"""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from balcao.policy.book import Policy
from balcao.web import format
from balcao.web.words import hours

_NAME = re.compile(r"\{([a-z_]+)\}")
_HEADING = re.compile(r"(#{1,3})\s+(.+)")


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
    """``text`` as it stands on the page."""
    known = {name: escape(value) for name, value in values(policy).items()}
    known["portal_url"] = _link(policy.company.portal_url, policy.company.portal_url)
    address = policy.company.support_address
    known["support_address"] = _link(f"mailto:{address}", address)
    return Markup("\n").join(_block(block, known) for block in re.split(r"\n\s*\n", text.strip()))


def _link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)


def _block(block: str, known: Mapping[str, Markup]) -> Markup:
    lines = block.strip().splitlines()
    heading = _HEADING.fullmatch(block.strip()) if len(lines) == 1 else None
    if heading:
        level = len(heading[1]) + 1
        return Markup("<h{level}>{}</h{level}>").format(_filled(heading[2], known), level=level)
    if lines and all(line.startswith("- ") for line in lines):
        items = [Markup("<li>{}</li>").format(_filled(line[2:], known)) for line in lines]
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    return Markup("<p>{}</p>").format(_filled(" ".join(lines), known))


def _filled(text: str, known: Mapping[str, Markup]) -> Markup:
    """The text with its placeholders; an unknown one stays as it is written."""
    found, at = Markup(""), 0
    for name in _NAME.finditer(text):
        found += escape(text[at : name.start()]) + known.get(name[1], escape(name[0]))
        at = name.end()
    return found + escape(text[at:])
