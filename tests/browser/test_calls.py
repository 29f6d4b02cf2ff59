"""On the telephone: a number sent while on the line, and a request opened by the mail's link."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

AGENT, OTHER, CUSTOMER = "AGENTE22", "SPRVSR22", "MARTA222"
NUMBER = re.compile(r"\b(\d{3} \d{3} \d{4})\b")


def _find(page: Page, desk: Served) -> None:
    """Open the card by the keyboard and find who is calling."""
    page.goto("/mesa/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/ligacoes")
    page.get_by_role("link", name="Nova ligação").first.click()
    expect(page.get_by_label("Número do chamado")).to_be_focused()
    page.get_by_label("Quem está ligando").fill(desk.person(CUSTOMER).name)
    page.get_by_role("button", name="Conferir número").click()
    expect(page.get_by_text("Para seguir, preciso do número do seu chamado.")).to_be_visible()


def test_r14_a_caller_without_number_reads_it_from_their_mail_while_on_the_line(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(AGENT))
    _find(page, desk)
    page.get_by_role("button", name="Enviar o número ao cadastro").click()
    expect(page.get_by_text("Enviado ao e-mail do cadastro: m…@")).to_be_visible()

    address = desk.person(CUSTOMER).address
    mail = desk.wait_for_mail(address, subject="número")
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    found = NUMBER.search(text)
    assert found

    number = page.get_by_label("Número do chamado")
    number.press_sequentially("1234567890")
    expect(page.get_by_text("O último dígito não confere")).to_be_visible()
    page.get_by_role("button", name="Conferir número").click()
    expect(page.get_by_text("Não encontramos um chamado aberto com esse número.")).to_be_visible()
    number = page.get_by_label("Número do chamado")
    number.fill("")
    number.press_sequentially(found[1].replace(" ", ""))
    expect(number).to_have_value(found[1])
    page.get_by_role("button", name="Conferir número").click()
    expect(page.locator(".coverage")).to_be_visible()
    page.goto("/mesa/")
    page.get_by_role("link", name="Em ligação desde").click()
    page.get_by_label("Resumo para o cliente").fill("Conferimos juntos, voltou a gravar.")
    page.get_by_role("button", name="Encerrar ligação").click()
    expect(page.get_by_role("status").filter(has_text="Ligação encerrada.")).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("Atendida")


def test_r13_a_request_typed_by_an_agent_is_opened_by_the_link_of_the_mail(
    desk: Served, open_page: Open
) -> None:
    subject = "Sem acesso ao portal"
    page = open_page(desk, desk.person(OTHER))
    _find(page, desk)
    page.get_by_role("link", name="Abertura assistida").click()
    for name in ("about", "service"):
        page.locator(f"select[name={name}]").select_option(index=1)
    page.get_by_label("Assunto").fill(subject)
    page.get_by_label("O que acontece").fill("A senha não entra desde ontem.")
    page.get_by_role("button", name="O que as regras diriam?").click()
    expect(page.get_by_text("Se fosse confirmado agora, seria aberto.")).to_be_visible()
    page.get_by_role("button", name="Enviar ao cliente").click()
    expect(page.get_by_text("Aguardando o cliente")).to_be_visible()

    address = desk.person(CUSTOMER).address
    mail = desk.wait_for_mail(address, subject=f"Confirme seu chamado: {subject}")
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    link = re.search(r"https?://\S+/abertura/\S+", text)
    assert link
    theirs = open_page(desk, size=PHONE, script=False)
    theirs.goto(urlsplit(link[0]).path)
    expect(theirs.get_by_text("A senha não entra desde ontem.")).to_be_visible()
    theirs.get_by_role("button", name="Abrir Chamado").click()
    shown = theirs.locator(".number-digits").inner_text().replace("\u00a0", " ")
    assert NUMBER.search(shown)
    desk.wait_for_mail(address, subject=f"Chamado {shown}")

    page.get_by_role("link", name="Ver se já confirmou").click()
    expect(page.locator(".number-digits")).to_have_text(shown)
    page.get_by_role("link", name="Ligação", exact=True).first.click()
    page.get_by_role("button", name="Encerrar sem resumo").click()
    expect(page.locator("tbody tr").first).to_contain_text("Abertura assistida")
