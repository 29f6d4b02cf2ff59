"""A ticket's page in a browser: what stands there while a pane comes, and when it does not."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

SUPERVISOR = "supervisor"


def _opened(page: Page) -> str:
    """An open ticket beside its list; its number."""
    page.goto("/mesa/?v=abertos")
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/mesa/\d{10}"))
    expect(page.locator("#rail .rail-tabs")).to_be_visible()
    found = re.search(r"/mesa/(\d{10})", page.url)
    assert found
    return found.group(1)


def test_what_does_not_come_is_said_and_what_was_typed_stays(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.one(SUPERVISOR))
    _opened(page)
    page.locator("#composer-text").fill("Isto não se perde.")
    page.route(re.compile(r"/mesa/\d{10}\?"), lambda route: route.abort())
    page.locator("[data-row]:not([aria-current])").first.click()
    expect(page.get_by_role("alert").filter(has_text="Não carregou")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("Isto não se perde.")


def test_a_pane_that_takes_its_time_says_so_until_it_comes(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.one(SUPERVISOR))
    _opened(page)
    held: list[Route] = []
    page.route(re.compile(r"/mesa/\d{10}\?"), lambda route: held.append(route))
    page.locator("[data-row]:not([aria-current])").first.click()
    expect(page.locator(".pane-ghost .ghosts")).to_be_visible()
    held[0].continue_()
    expect(page.locator(".pane-ghost")).to_have_count(0)
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")


def test_an_address_within_a_fold_opens_it(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.one(SUPERVISOR))
    page.goto("/mesa/?v=abertos")
    addresses = page.locator("[data-row]").evaluate_all("rows => rows.map(row => row.href)")
    for address in addresses:
        page.goto(address)
        if page.locator(".fold .line").count():
            break
    anchor = page.locator(".fold .line").first.get_attribute("id")
    page.goto("about:blank")
    page.goto(f"{address}#{anchor}")
    expect(page.locator(f"#{anchor}")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_the_tabs_are_reached_on_a_phone(desk: Served, open_page: Open, script: bool) -> None:
    page = open_page(desk, desk.one(SUPERVISOR), size=PHONE, script=script)
    page.goto("/mesa/?v=abertos")
    page.locator("[data-row]").first.click()
    page.locator(".head-fold").click()
    page.locator("a.rail-jump").click()
    page.locator(".rail-tabs a", has_text="Prazos").click()
    expect(page.get_by_role("heading", name="Por que este prazo?")).to_be_visible()
    expect(page.locator(".rail-tabs [aria-current]")).to_have_text("Prazos")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
