"""A one-off from its sale by PIX to its use: number, receipt, problem by e-mail, service."""

import re
from email.message import EmailMessage
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from balcao.lib import pix
from tests.browser.conftest import Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser
AGENT, SALES = "AGENTE22", "VENDAS22"


def _sell(page: Page, address: str) -> tuple[str, str]:
    """Sell by PIX to a company that nobody knows; the order's address and the code to pay by."""
    page.goto("/mesa/vendas/nova")
    page.get_by_role("link", name="Novo cliente: empresa").click()
    page.get_by_label("Empresa").fill("Pousada das Dunas")
    page.get_by_label("Nome", exact=True).fill("Lia Torres")
    page.get_by_role("textbox", name="E-mail").fill(address)
    page.locator("#id_service").select_option("custom_report")
    expect(page.get_by_text("Não coberto: Relatório personalizado")).to_be_visible()
    page.locator("#id_service").select_option("incident")
    expect(page.get_by_text("Consultar comercial:")).to_be_visible()
    page.get_by_label("O comercial confirma que está coberto").check()
    page.get_by_label("Preço de cada um").fill("250,00")
    page.locator("#id_payment").select_option("pix")
    page.get_by_role("button", name="Registrar venda").click()
    page.wait_for_url(re.compile(r"/mesa/vendas/\d+"))
    expect(page.get_by_role("img", name=re.compile("PIX de"))).to_be_visible()
    return page.url, page.get_by_label("PIX copia e cola").input_value()


def _wait_in_list(page: Page, address: str, text: str) -> None:
    """Work judges what came in a moment later: look again until it stands there."""
    for _ in range(80):
        page.goto(address)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{text} never stood on {address}")


def test_s24_s25_s29_sold_by_pix_described_by_mail_served_and_used(
    desk: Served, open_page: Open
) -> None:
    seller, agent = open_page(desk, desk.person(SALES)), open_page(desk, desk.person(AGENT))
    address = f"lia-{uuid4().hex[:8]}@dunas.example"
    order, code = _sell(seller, address)
    fields = pix.read(code)
    assert (fields["54"], fields["59"]) == ("250.00", "Direction")
    seller.get_by_role("button", name="Confirmar pagamento").click()
    number = seller.locator("main a[href^='/mesa/'] .tabular").first.inner_text()
    assert re.fullmatch(r"\d{3}\s\d{3}\s\d{4}", number)
    expect(seller.get_by_text("Disponível até")).to_be_visible()

    receipt = desk.wait_for_mail(address, subject="Seu chamado avulso")
    body = receipt.get_body(("plain",))  # type: ignore[attr-defined]
    text = " ".join(body.get_content().replace("=\n", "").split())
    assert "".join(number.split()) in re.sub(r"\s", "", text)
    assert "não é documento fiscal" in text
    assert "/entrar" not in text

    mail = EmailMessage()
    mail["From"], mail["To"] = f"Lia Torres <{address}>", "suporte@direction.com.br"
    mail["Subject"] = f"Re: {receipt['Subject']}"
    mail["In-Reply-To"] = mail["References"] = str(receipt["Message-ID"])
    mail["Message-ID"] = f"<{uuid4().hex}@dunas.example>"
    mail.set_content("O tarifador parou de gravar as ligações desde ontem à noite.")
    desk.deliver(mail, authentic=True)
    digits = re.sub(r"\D", "", number)
    _wait_in_list(agent, f"/mesa/{digits}", "parou de gravar as ligações")

    agent.locator("#composer-text").fill("Vamos ver agora, Lia.")
    agent.get_by_role("button", name="Enviar", exact=True).first.click()
    desk.wait_for_mail(address, subject="Usamos o chamado avulso")
    seller.goto("/mesa/vendas?lista=utilizados")
    expect(seller.get_by_text(number).first).to_be_visible()
    seller.goto(order)
    expect(seller.get_by_text("Utilizado")).to_be_visible()


def test_what_follows_later_on_the_first_page_of_sales_leaves_its_title(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(SALES))
    page.goto("/mesa/comercial")
    expect(page.get_by_role("heading", name="Contratos que vencem")).to_be_visible()
    expect(page).to_have_title(re.compile("^Visão do comercial"))


def test_s36_r18_what_is_not_covered_gives_the_credit_back(desk: Served, open_page: Open) -> None:
    seller, holder = open_page(desk, desk.person(SALES)), desk.person("ADEMAR22")
    seller.goto("/mesa/duvidas")
    seller.get_by_role("link", name="Integração com a catraca do refeitório").first.click()
    number = seller.locator("main dd a .tabular").first.inner_text()
    seller.get_by_label("Motivo").fill("A catraca é de outro fabricante: enviamos uma proposta.")
    seller.get_by_role("button", name="Não coberto").click()
    expect(seller.get_by_text("Respondida.")).to_be_visible()
    seller.goto("/mesa/vendas?lista=devolvidos")
    expect(seller.get_by_text(number).first).to_be_visible()
    told = desk.wait_for_mail(holder.address, subject="não foi usado")
    body = told.get_body(("plain",))  # type: ignore[attr-defined]
    assert "outro fabricante" in " ".join(body.get_content().replace("=\n", "").split())
    portal = open_page(desk, holder)
    portal.goto("/avulsos")
    expect(portal.get_by_text(number).first).to_be_visible()
