"""Writing at the desk with a script: drafts kept by themselves, and a send that is taken back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served, served

AGENT = "AGENTE22"
COLLEAGUE = "AGENTE33"
pytestmark = pytest.mark.browser

TICKET = re.compile(r"/mesa/\d{10}(\?|#|$)")


@pytest.fixture(scope="module")
def slow_desk(demo: Path) -> Iterator[Served]:
    """A desk where a reply may be taken back for ten seconds."""
    with served(made=demo, undo_seconds=10) as running:
        yield running


def _first(page: Page) -> None:
    page.goto("/mesa/?v=abertos")
    page.locator("[data-row]").first.click()
    page.wait_for_url(TICKET)


def _discard(page: Page) -> None:
    """Throw the text away, and wait for the page that says so: a window closes only at rest."""
    page.get_by_role("button", name="Descartar rascunho").click()
    expect(page.get_by_text("Rascunho descartado")).to_be_visible()


def test_a_draft_saves_itself_with_its_file_and_is_there_again(
    slow_desk: Served, open_page: Open
) -> None:
    page = open_page(slow_desk, slow_desk.person(AGENT))
    _first(page)
    page.locator("#composer-text").fill("Guardado sem apertar nada.")
    expect(page.locator("[data-draft-said]")).to_contain_text("Rascunho salvo às")
    page.locator("#composer-files").set_input_files(
        {"name": "passo.txt", "mimeType": "text/plain", "buffer": b"um"}
    )
    expect(page.locator("[data-kept]")).to_contain_text("passo.txt")
    page.reload()
    expect(page.locator("#composer-text")).to_have_value("Guardado sem apertar nada.")
    expect(page.locator("[data-kept]")).to_contain_text("passo.txt")
    page.get_by_role("button", name="Descartar rascunho").click()
    expect(page.locator("#composer-text")).to_have_value("")
    page.get_by_role("button", name="Desfazer").click()
    expect(page.locator("#composer-text")).to_have_value("Guardado sem apertar nada.")
    _discard(page)


def test_two_windows_show_both_texts(slow_desk: Served, open_page: Open) -> None:
    one = open_page(slow_desk, slow_desk.person(AGENT))
    _first(one)
    two = one.context.new_page()
    two.goto(one.url)
    one.locator("#composer-text").fill("Da primeira.")
    expect(one.locator("[data-draft-said]")).to_contain_text("Rascunho salvo às")
    two.locator("#composer-text").fill("Da segunda.")
    expect(two.locator("[data-draft-conflict]")).to_contain_text("Da primeira.")
    expect(two.locator("#composer-text")).to_have_value("Da segunda.")
    _discard(two)


@pytest.mark.parametrize("script", [True, False])
def test_a_reply_is_taken_back_and_then_left_to_go(
    slow_desk: Served, open_page: Open, script: bool
) -> None:
    page = open_page(slow_desk, slow_desk.person(COLLEAGUE), script=script)
    page.goto("/mesa/?v=fila")
    page.get_by_role("button", name="Atender próximo").click()
    page.wait_for_url(TICKET)
    text = f"Enviado {'com' if script else 'sem'} script."
    page.locator("#composer-text").fill(text)
    if script:
        page.keyboard.press("Control+Enter")
    else:
        page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("#enviando")).to_contain_text("Enviando em")
    page.get_by_role("button", name="Desfazer").click()
    expect(page.locator("#composer-text")).to_have_value(text)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("#enviando")).to_be_visible()
    if not script:
        page.get_by_role("button", name="Enviar agora").click()
    expect(page.locator("#enviando")).to_have_count(0, timeout=40_000)
    expect(page.locator(".message-staff", has_text=text)).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("")


def test_a_saved_reply_and_a_colleague_are_put_in_by_keyboard(
    slow_desk: Served, open_page: Open
) -> None:
    page = open_page(slow_desk, slow_desk.person(AGENT))
    page.goto("/mesa/respostas/nova")
    page.get_by_label("Título", exact=True).fill("Bom dia")
    page.get_by_label("Atalho", exact=True).fill("bom-dia")
    page.get_by_label("Texto", exact=True).fill("Bom dia, {nome}!")
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("::bom-dia")).to_be_visible()
    _first(page)
    text = page.locator("#composer-text")
    text.press_sequentially("::bom")
    expect(page.get_by_role("option", name="bom-dia Bom dia")).to_be_visible()
    text.press("Enter")
    expect(text).to_have_value(re.compile(r"^Bom dia, [^{}\[]+! $"))
    text.press_sequentially("com a @")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    name = option.locator("strong").inner_text()
    text.press("ArrowDown")
    text.press("ArrowUp")
    text.press("Tab")
    expect(text).to_have_value(re.compile(rf"com a @{re.escape(name)} $"))
    text.press_sequentially("/nada-disso")
    expect(page.get_by_role("option")).to_have_count(0)
    _discard(page)
