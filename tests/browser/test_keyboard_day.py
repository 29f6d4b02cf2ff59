"""An agent's day without a mouse: take, answer, wait and resolve ten tickets; palette and sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served, served

pytestmark = pytest.mark.browser

AGENT = "AGENTE22"
TICKET = re.compile(r"/mesa/(\d{10})(?=\?|#|$)")
TICKETS = 10


@pytest.fixture(scope="module")
def day(demo: Path) -> Iterator[Served]:
    """A desk of its own, whose tickets are all dealt with."""
    with served(made=demo) as running:
        yield running


def _command(page: Page, words: str) -> None:
    """Run what the palette marks first for these words."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    page.keyboard.type(words)
    marked = page.locator("#palette [role=option][aria-selected=true]")
    expect(marked).to_contain_text(re.compile(words, re.IGNORECASE))
    page.keyboard.press("Enter")


def _tab_to(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {name}")


def _next(page: Page, done: set[str]) -> str:
    """The next in line, or once nobody waits the first of my own that I serve."""
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url(re.compile(r"/mesa/\?v=fila"))
    if page.locator("[data-row]").count():
        _command(page, "atender")
        page.wait_for_url(re.compile(r"/mesa/\d{10}|aviso=|ausencias"))
    if not TICKET.search(page.url):
        page.keyboard.press("g")
        page.keyboard.press("m")
        page.wait_for_url(re.compile(r"/mesa/\?v=meus"))
        rows = page.locator("[data-row]").evaluate_all(
            "all => all.map(a => [a.dataset.number, a.innerText])"
        )
        place = next(
            place
            for place, (number, text) in enumerate(rows)
            if number not in done and "Em atendimento" in text
        )
        for _ in range(place + 1):
            page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(TICKET)
    found = TICKET.search(page.url)
    assert found
    return found[1]


def _state(page: Page, word: str) -> None:
    """The ticket is in this state, and the page has read its scripts: keys count from then on."""
    expect(page.locator(".ticket-head .badge-state").first).to_have_text(re.compile(word))
    page.wait_for_load_state()


def test_ten_tickets_are_taken_answered_waited_for_and_resolved(
    day: Served, open_page: Open
) -> None:
    page = open_page(day, day.person(AGENT))
    page.goto("/mesa/")
    done: set[str] = set()
    while len(done) < TICKETS:
        number = _next(page, done)
        assert number not in done
        text = f"Verificado, chamado {number}. Funciona agora?"
        page.keyboard.press("r")
        page.keyboard.type(text)
        _tab_to(page, "Enviar e aguardar cliente")
        page.keyboard.press("Enter")
        expect(page.locator(".message-staff", has_text=text)).to_be_visible()
        _state(page, "Aguardando cliente")
        page.keyboard.press("n")
        page.keyboard.type("Resolvido por telefone.")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".message-note", has_text="Resolvido por telefone.")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("Shift+C")
        _state(page, "Resolvido")
        done.add(number)
    page.goto("/mesa/?v=resolvidos")
    listed = page.locator("[data-row]").evaluate_all("all => all.map(a => a.dataset.number)")
    assert done <= set(listed)


def test_the_palette_runs_what_is_allowed_and_says_why_the_rest_is_not(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=resolvidos")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(TICKET)
    page.keyboard.press("Control+k")
    refused = page.locator("#palette [role=option][aria-disabled=true]")
    expect(refused.first).to_be_visible()
    page.keyboard.type("resp")
    expect(page.locator("#palette [aria-selected=true]")).to_be_visible()
    field = page.get_by_role("combobox", name="Ir, fazer ou achar")
    marked = field.get_attribute("aria-activedescendant")
    assert marked
    before = page.url
    disabled = page.locator("#palette [role=option][aria-disabled=true]:visible").first
    disabled.click(force=True)
    assert page.url == before
    expect(page.locator("#palette [role=status]")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    _command(page, "meus chamados")
    page.wait_for_url(re.compile(r"/mesa/\?v=meus"))


def test_the_palette_finds_a_ticket_by_its_number_on_a_phone(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT), size=PHONE)
    page.goto("/mesa/?v=abertos")
    number = page.locator("[data-row]").nth(1).get_attribute("data-number")
    assert number
    page.get_by_role("link", name="Buscar").click()
    page.keyboard.type(f"{number[:3]} {number[3:6]} {number[6:]}")
    option = page.locator(f"#palette a[role=option][href$='/mesa/{number}']")
    expect(option).to_be_visible()
    assert page.locator("html").evaluate("page => page.scrollWidth") <= PHONE[0]
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/mesa/{number}"))


def test_rows_are_ticked_by_key(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=abertos")
    boxes = page.locator(".row-pick input")
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    assert boxes.evaluate_all("all => all.map(one => one.checked)")[:4] == [
        True,
        False,
        True,
        False,
    ]
    page.keyboard.press("x")
    expect(boxes.nth(2)).not_to_be_checked()


def test_the_sheet_lists_the_keys_of_the_page_and_letters_can_be_switched_off(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=abertos")
    sheet = page.locator("#keys")
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Meus chamados")
    expect(sheet).not_to_contain_text("Nota interna")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(TICKET)
    page.keyboard.press("?")
    expect(sheet).to_contain_text("Nota interna")
    page.keyboard.press("Escape")
    page.locator(".desk-views-foot summary").click()
    page.locator(".desk-views-foot").get_by_role("button", name="Atalhos de uma letra").click()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(sheet).not_to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_a_slash_leads_to_the_box_and_typing_runs_no_key(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/?v=abertos")
    page.keyboard.press("/")
    page.keyboard.type("gravações j k ?")
    expect(page.locator("#keys")).not_to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/mesa/busca\?q=grava"))
    expect(page.get_by_role("searchbox", name="Buscar", exact=True)).to_have_value(
        "gravações j k ?"
    )
