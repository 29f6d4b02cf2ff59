"""An agent's hours at the desk: by keyboard, beside the list, without script, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

AGENT = "AGENTE22"
COLLEAGUE = "AGENTE33"
TICKET = re.compile(r"/mesa/\d{10}(\?|#|$)")


def _rows(page: Page) -> list[str]:
    numbers = page.locator("[data-list] [data-row]").evaluate_all(
        "rows => rows.map(row => row.dataset.number)"
    )
    return [str(number) for number in numbers]


def test_the_list_stays_while_tickets_change_and_typed_text_waits(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=abertos")
    listed = _rows(page)
    assert len(listed) > 3
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile(f"/mesa/{listed[1]}"))
    expect(page.locator("[data-row][aria-current]")).to_have_attribute("data-number", listed[1])
    assert _rows(page) == listed
    page.keyboard.press("r")
    page.keyboard.type("Isto fica guardado.")
    page.locator("[data-row]").nth(2).click()
    page.wait_for_url(re.compile(f"/mesa/{listed[2]}"))
    expect(page.locator("#composer-text")).to_have_value("")
    page.locator("[data-row]").nth(1).click()
    page.wait_for_url(re.compile(f"/mesa/{listed[1]}"))
    expect(page.locator("#composer-text")).to_have_value("Isto fica guardado.")


def test_a_note_is_written_and_sent_by_keyboard_alone(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=abertos")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(TICKET)
    page.keyboard.press("n")
    page.keyboard.type("Nota feita só de teclas.")
    page.keyboard.press("Control+Enter")
    note = page.locator(".message-note", has_text="Nota feita só de teclas.")
    expect(note).to_be_visible()
    expect(page.locator("[data-row][aria-current]")).to_be_visible()


def test_a_session_that_ended_leads_to_the_sign_in_and_back(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=abertos")
    page.context.clear_cookies()
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/entrar\?next=%2Fmesa%2F\d{10}"))


@pytest.mark.parametrize("script", [True, False])
def test_the_next_in_line_is_answered_on_a_phone(
    desk: Served, open_page: Open, script: bool
) -> None:
    page = open_page(desk, desk.person(COLLEAGUE), size=PHONE, script=script)
    page.goto("/mesa/")
    page.get_by_role("button", name="Atender próximo").click()
    page.wait_for_url(TICKET)
    assert page.locator("html").evaluate("page => page.scrollWidth") <= PHONE[0]
    text = f"Respondido do telefone, {'com' if script else 'sem'} script."
    page.locator("#composer-text").fill(text)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator(".message-staff", has_text=text)).to_be_visible()
    page.get_by_role("link", name="Fila", exact=True).first.click()
    expect(page.get_by_role("heading", name="Fila")).to_be_visible()
