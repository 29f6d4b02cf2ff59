"""The app's icons as pictures, drawn from our own SVGs by the Chromium that the tests use.

`python -m tools.app_icons` writes them beside their sources; they are committed, because a machine
that only builds has no browser. A test tells when a source is newer than its picture.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium

IMAGES = Path(__file__).resolve().parent.parent / "balcao" / "web" / "assets" / "images"
DRAWN = IMAGES.parent / "images.drawn"


@dataclass(frozen=True, slots=True)
class Picture:
    """``name`` is a square PNG of ``size`` pixels. ``source``: the SVG it is drawn from."""

    name: str
    source: str
    size: int


PICTURES = (
    Picture("app-192.png", "favicon.svg", 192),
    Picture("app-512.png", "favicon.svg", 512),
    Picture("app-maskable-192.png", "icon.svg", 192),
    Picture("app-maskable-512.png", "icon.svg", 512),
    # A telephone that rounds the corners itself and paints what is transparent black.
    Picture("apple-touch-icon.png", "icon.svg", 180),
)


def drawn_from() -> str:
    """What the pictures are made of: a digest of their sources and sizes."""
    made = [f"{one} {(IMAGES / one.source).read_text()}" for one in PICTURES]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()


def _draw(browser: Browser, picture: Picture) -> None:
    page = browser.new_page(viewport={"width": picture.size, "height": picture.size})
    svg = (IMAGES / picture.source).read_text()
    page.set_content(
        f"<style>html,body{{margin:0}}svg{{display:block;width:{picture.size}px}}</style>{svg}"
    )
    page.screenshot(path=IMAGES / picture.name, omit_background=True)
    page.close()


def main() -> None:
    path = chromium.find()
    if path is None:
        sys.exit(f"tools.app_icons: {chromium.MISSING}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for picture in PICTURES:
            _draw(browser, picture)
        browser.close()
    DRAWN.write_text(drawn_from() + "\n")


if __name__ == "__main__":
    main()
