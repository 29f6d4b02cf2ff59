"""A walk over the pages as a crawler does it: one page of every address, found by links.

Every page is looked at by axe (https://github.com/dequelabs/axe-core), in both themes, and on a
phone's width. `Walk.seen` tells where it was, `Walk.faults` what was wrong there.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, SCREEN

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SERIOUS = ("serious", "critical")

NOT_PAGES = {
    "healthz": "answers programs in JSON",
    "manifest": "answers the browser in JSON",
    "brand_colours": "a style sheet",
    "brand_logo": "a picture",
    "home": "leads everybody to a first page of their own",
    "desk_start": "leads each of the team to the list or book they begin at",
    "file": "a download",
    "statement_file": "a download",
    "agenda_feed": "a calendar's file",
    "desk_kept_original": "a download",
    "written": "a stranger's own markup, in a frame",
    "desk_kept_written": "a stranger's own markup, in a frame",
    "account_data_download": "a download",
    "desk_colleagues": "answers the composer's script in JSON",
    "desk_order_file": "a download",
    "desk_order_boleto": "a download",
    "order_boleto": "a download",
    "desk_sales_export": "a download",
    "desk_palette": "lines for the palette's script",
    "desk_thread": "lines for a script; leads to the ticket without one",
    "desk_bulk_done": "leads to the list unless something was done before",
}
"""Route that answers GET with something else than a page -> what."""

# What axe finds, and what it cannot: one heading, a title, a language, links to go on with.
_AXE = """async (what) => {
  for (const one of document.getAnimations())
    if (one.effect.getComputedTiming().endTime < Infinity) one.finish();
  const found = await axe.run(document, {runOnly: what, resultTypes: ["violations"]});
  return found.violations.map((one) => [one.impact, one.id, one.nodes.slice(0, 5).map((node) =>
    `${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.any.map((any) => any.message)}`)]);
}"""
_PAGE = """() => {
  return {
    headings: document.querySelectorAll("h1").length,
    title: document.title,
    language: document.documentElement.lang,
    links: [...document.querySelectorAll("a[href]")].map((one) => one.getAttribute("href")),
    shapes: [...new Set([...document.querySelectorAll("body *")].map((one) =>
      [one.localName, one.className.baseVal ?? one.className, one.getAttribute("role"),
       one.getAttribute("type"), one.hasAttribute("aria-label"),
       one.parentElement.localName].join(" ")))],
  };
}"""
_WIDE = """(width) => {
  const page = document.documentElement;
  if (page.scrollWidth <= width) return [];
  const over = [...page.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > width + 1);
  return [`${page.scrollWidth} px`, ...over.slice(0, 5).map((one) => one.outerHTML.slice(0, 120))];
}"""
# Targets of a thumb: what is visible, no link within a line of text; a label counts for its field.
_TARGETS = "a[href], button, summary, select, input, textarea"
_SMALL = """([targets, least]) => [...document.querySelectorAll(targets)]
  .filter((one) => {
    if (!one.checkVisibility({visibilityProperty: true})) return false;
    if (one.closest(".sr-only, .skip")) return false;
    if (one.type === "hidden" || one.closest("[popover]:not(:popover-open)")) return false;
    if (getComputedStyle(one).display === "inline") return false;
    const label = one.labels?.[0] ?? one.closest("label");
    const box = (label ?? one).getBoundingClientRect(), own = one.getBoundingClientRect();
    const high = Math.max(box.height, own.height), wide = Math.max(box.width, own.width);
    return wide > 1 && (high < least - 0.5 || wide < least - 0.5);
  })
  .map((one) => {
    const box = one.getBoundingClientRect();
    return `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`;
  })"""
THUMB = 44


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind``: axe, head, wide, small, script or status."""

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class Walk:
    """Where people were, and what was wrong there."""

    seen: dict[str, set[str]] = field(default_factory=dict)
    """Route -> the shapes of elements that were looked at there."""
    faults: list[Fault] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Fault]:
        return [fault for fault in self.faults if fault.kind in kinds]


def routes(patterns: list[Any] | None = None) -> Iterator[str]:
    """Every address that answers GET."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns)
        elif isinstance(entry, URLPattern) and "GET" in getattr(entry.callback, "methods", "GET"):
            yield str(entry.name)


def route_of(address: str) -> str:
    """The name of the route that serves ``address``; empty where none does."""
    try:
        return str(resolve(urlsplit(address).path).url_name)
    except Resolver404:
        return ""


def watched(browser: Browser, url: str, walk: Walk) -> Page:
    """A window whose script errors count as faults; nothing moves in it."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": SCREEN[0], "height": SCREEN[1]},
        locale="pt-BR",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: walk.faults.append(Fault("script", page.url, str(error))))
    page.on(
        "console",
        lambda line: (
            walk.faults.append(Fault("script", page.url, line.text))
            if line.type in ("error", "warning") and "status of 4" not in line.text
            else None
        ),
    )
    return page


def stroll(page: Page, walk: Walk, starts: Iterable[str], *, who: str) -> None:
    """From ``starts`` along every link, one page of each route; each start is looked at."""
    known = set(routes()) - NOT_PAGES.keys()
    ahead = deque((address, True) for address in starts)
    mine: set[str] = set()
    while ahead:
        address, asked = ahead.popleft()
        route = route_of(address)
        if route not in known or (route in mine and not asked):
            continue
        mine.add(route)
        answer = page.goto(address)
        shown = route_of(page.url)
        if answer is None or answer.status >= 400:
            status = answer.status if answer else 0
            walk.faults.append(Fault("status", f"{who} {address}", str(status)))
        elif shown == route or asked:
            mine.add(shown)
            links = look(page, walk, who=who)
            ahead.extend((link, False) for link in links)


def look(page: Page, walk: Walk, *, who: str) -> list[str]:
    """Note what is wrong with the open page; its links to pages of ours.

    Where somebody was before, a page of nothing but known shapes of elements has no new faults.
    """
    where = f"{who} {page.url.partition('//')[2].partition('/')[2]}"
    told = page.evaluate(_PAGE)
    if told["headings"] != 1 or not told["title"].strip(" ·") or told["language"] != "pt-BR":
        walk.faults.append(Fault("head", where, f"{told['headings']} h1, {told['title']!r}"))
    known = walk.seen.setdefault(route_of(page.url), set())
    if not known.issuperset(told["shapes"]):
        known.update(told["shapes"])
        inspect(page, walk, where)
        fit(page, walk, where, thumbs=not page.locator("[data-density=compact]").count())
    own = page.url.partition("//")[2].partition("/")[0]
    links = (urlsplit(urljoin(page.url, link)) for link in told["links"])
    return [f"{link.path}?{link.query}" for link in links if link.netloc == own]


def inspect(page: Page, walk: Walk, where: str) -> None:
    """Ask axe about the page as it stands, and about its colours in the dark."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for theme, what in (("light", TAGS), ("dark", ["color-contrast"])):
        dark = theme == "dark"
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        for impact, rule, nodes in page.evaluate(_AXE, what):
            if impact in SERIOUS:
                walk.faults.extend(Fault("axe", where, f"{theme} {rule}: {node}") for node in nodes)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def fit(page: Page, walk: Walk, where: str, *, thumbs: bool) -> None:
    """Put the page on a phone; the portal's targets are as big as a thumb there."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    over = page.evaluate(_WIDE, PHONE[0])
    if over:
        walk.faults.append(Fault("wide", where, " | ".join(over)))
    if thumbs:
        walk.faults.extend(
            Fault("small", where, one) for one in page.evaluate(_SMALL, [_TARGETS, THUMB])
        )
    page.set_viewport_size({"width": SCREEN[0], "height": SCREEN[1]})
