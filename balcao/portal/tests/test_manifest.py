"""The web app manifest: what an installed portal begins with."""

import json
import re
import struct
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from balcao.web.assets import STATIC
from tests.cast import a_policy_in_force
from tools.app_icons import DRAWN, drawn_from

pytestmark = pytest.mark.usefixtures("installation")


def test_the_portal_can_be_installed_under_the_company_s_name_with_our_own_icons() -> None:
    a_policy_in_force({"company.name": "Direção Norte"})
    page = Client().get(reverse("sign_in"))
    link = re.search(r'<link rel="manifest" href="([^"]+)"', page.content.decode())
    assert link
    answer = Client().get(link[1])
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    found = json.loads(answer.content)
    assert (found["short_name"], found["start_url"]) == ("Direção Norte", "/")
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        assert kept(icon["src"]).is_file()
    touch = re.search(r'<link rel="apple-touch-icon" href="([^"]+)"', page.content.decode())
    assert touch
    assert size_of(kept(touch[1])) == (180, 180)


def test_a_telephone_gets_pictures_of_both_sizes_for_its_own_shape_and_ours() -> None:
    found = json.loads(Client().get(reverse("manifest")).content)["icons"]
    pictures = [icon for icon in found if icon["type"] == "image/png"]
    assert {(icon["purpose"], icon["sizes"]) for icon in pictures} == {
        (purpose, f"{size}x{size}") for purpose in ("any", "maskable") for size in (192, 512)
    }
    for icon in pictures:
        width, height = size_of(kept(icon["src"]))
        assert icon["sizes"] == f"{width}x{height}"


def test_the_pictures_are_drawn_from_the_svgs_as_they_are_now() -> None:
    assert DRAWN.read_text().strip() == drawn_from(), "run python -m tools.app_icons"


def kept(address: str) -> Path:
    """The built file behind an address of ours."""
    stem, _, rest = address.rpartition("/")[2].partition("?")[0].partition(".")
    return next(STATIC.glob(f"{stem}.{rest.rpartition('.')[2]}"))


def size_of(png: Path) -> tuple[int, int]:
    """Width and height, as the picture's first block says."""
    content = png.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", content[16:24])
