"""Without a mouse and without eyes: focus is seen, dialogs give it back, what happened is said."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served
from tests.browser.walk import Walk, inspect

pytestmark = pytest.mark.browser

AGENT, CUSTOMER = "AGENTE22", "MARTA222"

# Of every kind of element that takes the focus one: does the focus change how it, or what stands
# for it, looks?
_UNSEEN = """() => {
  const around = (one) => [
    one, one.closest("label"), one.closest(".composer"), one.parentElement].filter(Boolean);
  const look = (one) => around(one).map((shown) => {
    const style = getComputedStyle(shown);
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor].join();
  }).join();
  const kinds = new Map();
  for (const one of document.querySelectorAll("a[href], button, summary, input, select, textarea"))
    if (one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.type !== "hidden") {
      const kind = `${one.localName} ${one.type ?? ""} ${one.className}`;
      if (!kinds.has(kind)) kinds.set(kind, one);
    }
  const unseen = [];
  for (const [kind, one] of kinds) {
    document.activeElement.blur();
    const before = look(one);
    one.focus({focusVisible: true, preventScroll: true});
    if (document.activeElement === one && look(one) === before) unseen.push(kind);
  }
  return [kinds.size, unseen];
}"""


def _first_row(page: Page) -> None:
    page.goto("/mesa/?v=meus")
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/mesa/\d{10}"))


def _own_request(page: Page) -> None:
    page.goto("/chamados")
    page.locator("main a[href^='/chamados/']").filter(has_text="Aberto").first.click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}"))


def _fine(page: Page) -> None:
    """Axe has nothing to say about the page as it stands."""
    walk = Walk()
    inspect(page, walk, page.url)
    assert walk.faults == []


@pytest.mark.parametrize(
    ("code", "address", "content"),
    [
        (CUSTOMER, "/inicio", "#main"),
        (AGENT, "/mesa/", "#desk-list-pane"),
        (AGENT, "/mesa/clientes", "#main"),
    ],
)
def test_the_first_tab_skips_to_the_content(
    desk: Served, open_page: Open, code: str, address: str, content: str
) -> None:
    page = open_page(desk, desk.person(code))
    page.goto(address)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Ir para o conteúdo")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(content)).to_be_focused()


def test_the_focus_is_seen_on_every_kind_of_control(desk: Served, open_page: Open) -> None:
    customer = open_page(desk, desk.person(CUSTOMER))
    team = open_page(desk, desk.person(AGENT))
    for page, address in (
        *((customer, address) for address in ("/chamados/abrir", "/conta/emails", "/chamados")),
        *((team, address) for address in ("/mesa/?v=abertos", "/mesa/clientes", "/mesa/exibicao")),
    ):
        page.emulate_media(reduced_motion="reduce")
        page.goto(address)
        kinds, unseen = page.evaluate(_UNSEEN)
        assert kinds > 5
        assert unseen == [], address
    _first_row(team)
    assert team.evaluate(_UNSEEN)[1] == []
    _own_request(customer)
    assert customer.evaluate(_UNSEEN)[1] == []


def test_the_palette_keeps_the_focus_and_gives_it_back(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    _first_row(page)
    expect(page.locator("#composer-text")).to_be_visible()
    page.wait_for_load_state()
    page.locator("#composer-text").focus()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    _fine(page)
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body"
            " || Boolean(document.activeElement.closest('#palette'))"
        )
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator("#composer-text")).to_be_focused()


def test_the_sheet_of_keys_and_the_menu_give_the_focus_back(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    _first_row(page)
    page.wait_for_load_state()
    page.locator("[data-row]").first.focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    _fine(page)
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    more = page.locator("summary[data-key=s]")
    more.focus()
    page.keyboard.press("Enter")
    panel = page.locator("details:has(> summary[data-key=s]) > .pop-panel")
    expect(panel).to_be_visible()
    _fine(page)
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(more).to_be_focused()


def test_the_question_before_a_cancelling_gives_the_focus_back(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(CUSTOMER))
    _own_request(page)
    button = page.get_by_role("button", name="Cancelar chamado").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Cancelar")).to_be_visible()
    _fine(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Cancelar")).not_to_be_visible()
    expect(button).to_be_focused()


def test_what_happened_is_said_to_who_does_not_see_it(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(CUSTOMER))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _own_request(page)
    page.locator("[data-copy]").first.click()
    expect(page.locator("#announcements")).to_have_text("Número copiado")
    page.goto("/chamados/abrir")
    page.get_by_label("Assunto").fill("Dito em voz alta")
    expect(page.get_by_role("status").filter(has_text="Rascunho guardado às")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_form_that_came_back_is_read_from_what_is_wrong_with_it(
    desk: Served, open_page: Open, script: bool
) -> None:
    page = open_page(desk, desk.person(CUSTOMER), script=script)
    page.goto("/chamados/abrir")
    if script:
        page.locator("input[type=file]").set_input_files(
            {"name": "tela.txt", "mimeType": "text/plain", "buffer": b"erro 104"}
        )
    page.get_by_role("button", name="Abrir Chamado").click()
    found = page.get_by_role("alert").filter(has_text="Confira o formulário")
    expect(found).to_be_focused()
    page.keyboard.press("Tab")
    expect(found.get_by_role("link").first).to_be_focused()
    for link in found.get_by_role("link").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator("form :focus")).to_have_count(1)
