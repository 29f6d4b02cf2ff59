"""Everyday situations at the desk, each from its beginning to its end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

AGENT, COLLEAGUE, SUPERVISOR, SECOND = "AGENTE22", "AGENTE33", "SPRVSR22", "SPRVSR33"
SALES, AUDITOR, CUSTOMER = "VENDAS22", "GERENTE2", "SANDRA22"
TICKET = re.compile(r"/mesa/\d{10}(\?|#|$)")


def _first(page: Page, view: str) -> str:
    """Open the first ticket of a list; its address."""
    page.goto(f"/mesa/?v={view}")
    number = page.locator("[data-row]").first.get_attribute("data-number")
    page.goto(f"/mesa/{number}")
    return f"/mesa/{number}"


@pytest.mark.parametrize(
    "words",
    ["sandra", "(81) 90000-0203", "DE.MO0.1BR/0001-91"],
    ids=["by name", "by telephone", "by CNPJ"],
)
def test_whoever_is_looked_for_is_found_and_leads_to_the_tickets(
    desk: Served, open_page: Open, words: str
) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/")
    page.get_by_role("searchbox", name="Buscar").first.fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/mesa/busca?*")
    found = page.locator(".found-item")
    expect(found.first).to_be_visible()
    if words == "sandra":
        found.filter(has_text="Sandra Neves").click()
        page.get_by_role("link", name="Ver os chamados de Hotel Maré Alta").click()
        expect(page.locator("[data-row]").first).to_contain_text("Hotel Maré Alta")


def test_old_words_of_a_conversation_lead_to_the_ticket(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    page.goto("/mesa/busca?q=conversor+tomada")
    page.get_by_role("link", name="Coletor do tarifador não recebe mais as ligações").click()
    page.wait_for_url(TICKET)
    expect(page.get_by_text("a manutenção mudou o servidor", exact=False).first).to_be_attached()


def test_r27_a_second_question_gets_a_number_of_its_own(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(SUPERVISOR))
    address = _first(page, "meus")
    page.goto(f"{address}/separar")
    page.locator("input[name=messages]").first.check()
    page.get_by_label("Assunto").fill("Outra pergunta, à parte")
    page.get_by_role("button", name="Ver antes").click()
    expect(page.get_by_role("heading", name="O que vai para o novo chamado")).to_be_visible()
    page.get_by_role("button", name="Separar", exact=True).click()
    page.wait_for_url(TICKET)
    page.goto("/mesa/busca?q=pergunta+parte")
    expect(page.get_by_role("link", name="Outra pergunta, à parte")).to_be_visible()


def test_an_outage_is_told_over_the_portal_and_taken_down(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(SUPERVISOR))
    portal = open_page(desk, desk.person(CUSTOMER))
    title = "Portal da operadora fora do ar"
    page.goto("/mesa/avisos/novo")
    page.get_by_label("Título").fill(title)
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_role("heading", name="No ar agora")).to_be_visible()
    portal.goto("/chamados")
    expect(portal.get_by_text(title)).to_be_visible()
    page.locator(".case", has_text=title).get_by_role("button", name="Encerrar agora").click()
    expect(page.get_by_role("heading", name="No ar agora")).to_have_count(0)
    portal.reload()
    expect(portal.get_by_text(title)).to_have_count(0)


def test_r24_an_agent_who_falls_ill_gets_no_ticket_until_they_are_back(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(COLLEAGUE))
    page.goto("/mesa/ausencias")
    page.get_by_role("button", name="Ausente a partir de agora").click()
    expect(page.get_by_text("Você está ausente")).to_be_visible()
    page.goto("/mesa/")
    take = page.get_by_role("button", name="Atender próximo")
    if take.count():
        take.click()
        expect(page.get_by_text("ausente").first).to_be_visible()
    page.goto("/mesa/ausencias")
    page.get_by_role("button", name="Voltei").click()
    expect(page.get_by_text("Você está ausente")).to_have_count(0)


def test_r24_the_next_in_line_is_passed_over_with_a_reason_that_a_supervisor_reads(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(COLLEAGUE))
    page.goto("/mesa/")
    page.get_by_role("button", name="Atender próximo").click()
    page.wait_for_url(TICKET)
    number = re.findall(r"/mesa/\d{10}", page.url)[0]
    reason = "Volto da visita só às 16h."
    page.goto(f"{number}/pular")
    page.get_by_label("Motivo").fill(reason)
    page.get_by_role("button", name="Pular", exact=True).click()
    page.wait_for_url(lambda url: "pular" not in url)
    assert number not in page.url
    watching = open_page(desk, desk.person(SECOND))
    watching.goto("/mesa/pulados")
    expect(watching.get_by_text(reason)).to_be_visible()


def test_two_tickets_are_taken_together_and_given_up_again(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(SECOND))
    page.goto("/mesa/?v=sem-responsavel")
    boxes = page.locator("[data-select]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("group", name="Com os chamados selecionados").get_by_role(
        "button", name="Assumir"
    ).click()
    page.get_by_role("button", name="Assumir: 2 chamados").click()
    expect(page.get_by_text("Feito em 2 chamados")).to_be_visible()
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("status").filter(has_text="Desfeito")).to_be_visible()
    page.goto("/mesa/?v=meus")
    expect(page.locator("[data-row]")).to_have_count(0)


def test_a_list_is_named_and_the_day_begins_with_it(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(SECOND))
    page.goto("/mesa/exibicao?v=aguardando-cliente&prazo=")
    page.get_by_label("Salvar esta lista como visão").fill("Esperando resposta")
    page.get_by_role("button", name="Salvar visão").click()
    expect(page.locator("nav.views").get_by_text("Esperando resposta")).to_be_visible()
    page.goto("/mesa/exibicao?v=aguardando-cliente")
    with page.expect_navigation():
        page.get_by_role("button", name="Começar a mesa por esta lista").click()
    page.goto("/mesa/inicio")
    expect(page.get_by_role("heading", name="Aguardando cliente")).to_be_visible()


def test_a_ticket_is_printed_with_its_whole_conversation(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AGENT))
    address = _first(page, "abertos")
    subject = page.locator("h1").inner_text()
    page.goto(f"{address}/imprimir")
    expect(page.get_by_text(subject).first).to_be_visible()
    expect(page.get_by_role("button", name="Enviar")).to_have_count(0)


def test_sales_look_up_contracts_and_find_no_ticket_to_answer(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(SALES))
    page.goto("/mesa/contratos")
    expect(page.get_by_text("LIC-2041").first).to_be_visible()
    expect(page.get_by_role("button", name="Atender próximo")).to_have_count(0)


def test_an_auditor_reads_a_ticket_and_can_write_nothing(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AUDITOR))
    _first(page, "abertos")
    expect(page.locator(".thread .message").first).to_be_visible()
    expect(page.locator("#composer-text")).to_have_count(0)
    page.goto("/mesa/auditoria")
    expect(page.locator("main table tbody tr").first).to_be_visible()


def test_an_administrator_unfolds_the_menu_and_sees_the_team(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(AUDITOR))
    page.goto("/mesa/clientes")
    menu = page.locator("nav.views")
    team = menu.get_by_role("link", name="Equipe", exact=True)
    expect(team).to_be_hidden()
    menu.get_by_text("Equipe e auditoria").click()
    team.click()
    expect(page.get_by_text("Bruno Tavares").first).to_be_visible()
    expect(menu.get_by_role("link", name="Equipe", exact=True)).to_be_visible()
