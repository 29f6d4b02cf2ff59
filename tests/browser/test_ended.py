"""A session ends while somebody types, a network goes: the words are there again afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Person, Served

pytestmark = pytest.mark.browser

CUSTOMER, AGENT = "SANDRA22", "AGENTE22"
TEXT = "Escrevi isto durante\no almoço inteiro."


def _end_session(page: Page) -> None:
    page.context.clear_cookies(name="balcao_session")


def _sign_in_again(page: Page, person: Person) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Sua sessão terminou")
    expect(page.get_by_label("O que você escreveu").last).to_have_value(TEXT)
    page.get_by_role("link", name="Entrar de novo").click()
    page.get_by_label("Código de usuário").fill(person.code)
    page.get_by_label("Senha").fill(person.password)
    page.get_by_role("button", name="Entrar").click()


def test_a_reply_of_the_customer_is_there_again_and_goes(desk: Served, open_page: Open) -> None:
    person = desk.person(CUSTOMER)
    page = open_page(desk, person)
    page.goto("/chamados")
    page.locator("main a.case").first.click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}"))
    where = page.url
    page.locator("textarea[name=body]").fill(TEXT)
    _end_session(page)
    page.get_by_role("button", name="Enviar", exact=True).click()
    _sign_in_again(page, person)
    page.wait_for_url(where)
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator(".thread").get_by_text("Escrevi isto durante")).to_be_visible()
    expect(page.locator("textarea[name=body]")).to_have_value("")
    page.reload()
    expect(page.locator("textarea[name=body]")).to_have_value("")


def test_an_opening_is_there_again_with_what_was_chosen(desk: Served, open_page: Open) -> None:
    person = desk.person(CUSTOMER)
    page = open_page(desk, person)
    page.goto("/chamados/abrir")
    page.get_by_label("Tarifador Hoteleiro").check()
    page.locator("select[name=service]").select_option("incident")
    page.get_by_label("Assunto").fill("Diárias em dobro")
    _end_session(page)
    page.locator("textarea[name=body]").fill(TEXT)
    expect(page.get_by_text("Sua sessão terminou: o texto continua nesta página")).to_be_visible()
    page.get_by_role("button", name="Abrir Chamado").click()
    _sign_in_again(page, person)
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
    expect(page.get_by_label("Assunto")).to_have_value("Diárias em dobro")
    expect(page.get_by_label("Tarifador Hoteleiro")).to_be_checked()
    expect(page.locator("select[name=service]")).to_have_value("incident")
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}/aberto"))


def test_a_reply_of_the_team_is_there_again(desk: Served, open_page: Open) -> None:
    person = desk.person(AGENT)
    page = open_page(desk, person)
    page.goto("/mesa/?v=meus")
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/mesa/\d{10}"))
    _end_session(page)
    page.locator("#composer-text").fill(TEXT)
    expect(page.get_by_text("Sua sessão terminou: o texto continua nesta página")).to_be_visible()
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sua sessão terminou")
    page.get_by_role("link", name="Entrar de novo").click()
    page.get_by_label("Código de usuário").fill(person.code)
    page.get_by_label("Senha").fill(person.password)
    page.get_by_role("button", name="Entrar").click()
    expect(page.locator("#composer-text")).to_have_value(TEXT)
    expect(page.locator("[data-draft-said]")).to_contain_text("Rascunho salvo")


def test_the_next_person_at_this_browser_reads_nothing_of_it(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person("RENAN222"))
    page.goto("/chamados/abrir")
    page.locator("textarea[name=body]").fill(TEXT)
    kept = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length"
    assert page.evaluate(kept) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    expect(page.locator("[data-keep-note]")).not_to_be_empty()
    page.goto("/inicio")
    page.locator("summary", has_text="Renan").click()
    page.get_by_role("button", name="Sair").click()
    expect(page.get_by_text("Você saiu")).to_be_visible()
    assert page.evaluate(kept) == 0


@pytest.mark.parametrize("size", [(1440, 900), (360, 740)])
def test_a_ticket_that_does_not_come_is_said_beside_the_list(
    desk: Served, open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(desk, desk.person("AGENTE33"), size=size)
    page.goto("/mesa/?v=fila")
    page.route(re.compile(r"/mesa/\d{10}\?"), lambda route: route.abort())
    page.locator("[data-row]").first.click()
    expect(page.get_by_role("alert").filter(has_text="Não carregou")).to_be_visible()
    page.unroute_all()
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/mesa/\d{10}"))


def test_words_that_met_no_network_are_there_on_the_way_back(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(CUSTOMER))
    page.goto("/chamados")
    page.locator("main a.case").first.click()
    page.locator("textarea[name=body]").fill(TEXT)
    page.context.set_offline(True)
    page.get_by_role("button", name="Enviar", exact=True).click()
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.go_back()
    expect(page.locator("textarea[name=body]")).to_have_value(TEXT)
