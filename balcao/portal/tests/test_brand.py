"""The company's own look: everybody gets its colour and logo, before signing in too."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from balcao.lib.tests.test_png import a_png
from balcao.rulebook.actions import keep_picture
from tests.cast import NOW, a_policy_in_force, acting, an_administrator

pytestmark = pytest.mark.usefixtures("installation")


def a_look() -> str:
    """A policy with a colour and a logo in force; the logo's fingerprint."""
    content = a_png(120, 40)
    digest = keep_picture(actor=acting(an_administrator()), now=NOW, content=content)
    a_policy_in_force({"company.colour": "#8A1C4A", "company.logo": digest})
    return digest


def linked(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found
    return found[1]


@pytest.mark.parametrize("address", ["/entrar", "/como-funciona", "/nada-aqui"])
def test_every_page_takes_the_colour_and_shows_the_logo(address: str) -> None:
    digest = a_look()
    page = Client().get(address).content.decode()
    css = Client().get(linked(page, r'rel="stylesheet" href="(/marca/[^"]+)"'))
    assert css.headers["Content-Type"] == "text/css"
    assert "--color-primary:#8a1c4a;" in css.content.decode()
    picture = Client().get(linked(page, r'class="brand-logo" src="([^"]+)"'))
    assert picture.headers["Content-Type"] == "image/png"
    assert (picture.content, f"/marca/{digest}.png" in page) == (a_png(120, 40), True)
    for answer in (css, picture):
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_without_a_look_of_its_own_it_is_the_products() -> None:
    page = Client().get("/entrar").content.decode()
    assert "/marca/" not in page
    assert "logo" in page


@pytest.mark.parametrize("colour", ["8a1c4", "8a1c4a0", "zzzzzz", "red"])
def test_what_is_no_colour_has_no_style_sheet(colour: str) -> None:
    assert Client().get(reverse("brand_colours", args=[colour])).status_code == 404


def test_a_picture_that_nobody_kept_is_not_there() -> None:
    assert Client().get(reverse("brand_logo", args=["0" * 64])).status_code == 404


def test_an_installed_portal_has_the_company_s_colour() -> None:
    a_look()
    assert Client().get(reverse("manifest")).json()["theme_color"] == "#8a1c4a"
