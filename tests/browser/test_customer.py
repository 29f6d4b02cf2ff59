"""A customer without script: in, opens with a file, replies, includes, resolves, rates, cancels."""

import re
import zipfile
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

CONTACT = "MARTA222"
OPENER, OTHER, STRANGER = "ESTER222", "WAGNER22", "DARA2222"


def _open(page: Page, subject: str, *, product: str = "Gravador de Ligações") -> str:
    page.goto("/chamados/abrir")
    page.get_by_label(product).check()
    page.locator("select[name=service]").select_option("question")
    page.get_by_label("Assunto").fill(subject)
    page.get_by_label("O que aconteceu?").fill("O relatório de ontem veio em branco.")
    page.locator("input[type=file]").set_input_files(
        {"name": "tela.txt", "mimeType": "text/plain", "buffer": b"erro 0x41"}
    )
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}/aberto"))
    found = re.search(r"/chamados/(\d{10})/aberto", page.url)
    assert found, page.url
    return found[1]


def test_s14_a_customer_without_script_goes_the_whole_way_on_a_phone(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(CONTACT), size=PHONE, script=False)
    number = _open(page, "Relatório em branco")
    expect(page.get_by_text("da fila")).to_be_visible()
    page.get_by_role("link", name="Ver o chamado").click()
    expect(page.get_by_text("tela.txt")).to_be_visible()
    page.get_by_label("Sua mensagem").fill("Segue também o de hoje.")
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator(".thread").get_by_text("Segue também o de hoje.")).to_be_visible()

    page.get_by_role("link", name="1 pessoa acompanha").click()
    page.locator("select[name=person]").select_option(label="Sandra Neves")
    page.get_by_role("button", name="Incluir colega").click()
    expect(page.get_by_text("Seu colega agora acompanha este chamado.")).to_be_visible()

    page.goto(f"/chamados/{number}")
    page.get_by_role("button", name="Já resolvi").click()
    page.get_by_label("Muito bom").check()
    page.get_by_label("Comentário").fill("Rápido e claro.")
    page.get_by_role("button", name="Avaliar").click()
    expect(page.get_by_text("Obrigado pela avaliação.")).to_be_visible()

    other = _open(page, "Aberto por engano")
    page.goto(f"/chamados/{other}")
    page.get_by_role("button", name="Cancelar chamado").first.click()
    page.locator(".dialog").get_by_role("button", name="Cancelar chamado").click()
    expect(page.get_by_text("O chamado foi cancelado.")).to_be_visible()


def test_what_is_typed_is_kept_as_a_draft_thrown_away_and_taken_back(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(CONTACT))
    page.goto("/chamados/abrir")
    page.get_by_label("Assunto").fill("Ramal 204 sem tom")
    expect(page.get_by_text("Rascunho guardado às")).to_be_visible()
    page.goto("/chamados/rascunhos")
    draft = page.locator(".case", has_text="Ramal 204 sem tom")
    expect(draft).to_have_count(1)
    draft.get_by_role("button", name="Descartar este rascunho").click()
    expect(draft).to_have_count(0)
    page.get_by_role("button", name="Desfazer").click()
    draft.get_by_role("link", name="Conferir e abrir").click()
    expect(page.get_by_label("Assunto")).to_have_value("Ramal 204 sem tom")


def test_files_are_taken_off_one_by_one_and_sent_with_their_progress(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(CONTACT))
    page.goto("/chamados/abrir")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": b"erro"} for name in ("a.txt", "b.txt")
    ]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Remover: a.txt").click()
    expect(page.locator(".drop-list")).not_to_contain_text("a.txt")
    page.get_by_role("button", name="Abrir Chamado").click()
    expect(page.get_by_text("Confira o formulário")).to_be_visible()
    expect(page.get_by_text("b.txt")).to_be_visible()
    page.get_by_label("Gravador de Ligações").check()
    page.locator("select[name=service]").select_option("question")
    page.get_by_label("Assunto").fill("Com um arquivo só")
    page.get_by_label("O que aconteceu?").fill("Segue.")
    page.locator("input[type=file]").set_input_files(files[:1])
    expect(page.locator(".drop-list")).to_contain_text("a.txt")
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}/aberto"))
    page.get_by_role("link", name="Ver o chamado").click()
    expect(page.get_by_text("a.txt")).to_be_visible()
    expect(page.get_by_text("b.txt")).to_be_visible()


def test_a_customer_takes_their_data_along(desk: Served, open_page: Open) -> None:
    person = desk.person(CONTACT)
    page = open_page(desk, person, script=False)
    page.goto("/conta/dados")
    page.get_by_label("Sua senha").fill(person.password)
    page.get_by_role("button", name="Preparar o arquivo").click()
    for _ in range(40):
        if page.get_by_role("link", name="Baixar").count():
            break
        page.wait_for_timeout(250)
        page.goto("/conta/dados")
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "chamados.csv" in archive.namelist()


def test_r08_a_colleague_who_is_included_sees_the_request_and_no_other_company_does(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(OPENER))
    colleague, stranger = (
        open_page(desk, desk.person(OTHER)),
        open_page(desk, desk.person(STRANGER)),
    )
    number = _open(page, "Gravação da recepção cortada")
    assert _status(colleague, number) == 404
    assert _status(stranger, number) == 404

    page.goto(f"/chamados/{number}/pessoas")
    page.locator("select[name=person]").select_option(label="Wagner Teles")
    page.get_by_role("button", name="Incluir colega").click()
    expect(page.get_by_text("Seu colega agora acompanha este chamado.")).to_be_visible()
    colleague.goto("/chamados")
    colleague.get_by_role("link", name="Gravação da recepção cortada").first.click()
    colleague.get_by_label("Sua mensagem").fill("Aqui também corta, no ramal 12.")
    colleague.get_by_role("button", name="Enviar").click()
    expect(
        colleague.locator(".thread").get_by_text("Aqui também corta, no ramal 12.")
    ).to_be_visible()
    page.goto(f"/chamados/{number}")
    expect(page.locator(".thread").get_by_text("Aqui também corta, no ramal 12.")).to_be_visible()
    assert _status(stranger, number) == 404


def _status(page: Page, number: str) -> int:
    answer = page.goto(f"/chamados/{number}")
    return answer.status if answer else 0


def test_a_request_is_rated_by_the_link_of_the_mail_without_signing_in(
    desk: Served, open_page: Open
) -> None:
    contact = desk.person(STRANGER)
    number = _open(open_page(desk, contact), "Conta em duplicidade", product="Gestor de Contas")
    agent = open_page(desk, desk.person("AGENTE22"))
    agent.goto(f"/mesa/{number}")
    agent.locator("#composer-text").fill("Corrigido: a cobrança repetida saiu da conta.")
    agent.get_by_role("button", name="Enviar e resolver").click()
    shown = f"{number[:3]} {number[3:6]} {number[6:]}"
    mail = desk.wait_for_mail(contact.address, subject=f"Chamado {shown} resolvido: deu certo?")
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    link = re.search(r"https?://\S+/avaliar/\S+", text)
    assert link
    page = open_page(desk, size=PHONE, script=False)
    page.goto(urlsplit(link[0]).path)
    expect(page.get_by_text("Conta em duplicidade")).to_be_visible()
    page.get_by_role("radio", name="4 Bom").check()
    page.get_by_role("button", name="Avaliar").click()
    expect(page.get_by_role("heading", name="Obrigado pela avaliação.")).to_be_visible()
    agent.reload()
    expect(agent.locator(".ticket-head")).to_contain_text("4 de 5")
    page.goto(f"/chamados/{number}")
    expect(page).to_have_url(re.compile("/entrar"))


def test_o2_what_back_brings_again_and_is_sent_again_is_there_once(
    desk: Served, open_page: Open
) -> None:
    page = open_page(desk, desk.person(CONTACT))
    number = _open(page, "Aberto uma vez só")
    page.go_back()
    expect(page.get_by_label("Assunto")).to_have_value("Aberto uma vez só")
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(f"**/chamados/{number}/aberto")

    page.goto(f"/chamados/{number}")
    said = page.locator(".thread").get_by_text("Também pela manhã.")
    for _ in range(2):
        page.get_by_label("Sua mensagem").fill("Também pela manhã.")
        with page.expect_navigation():
            page.get_by_role("button", name="Enviar").click()
        expect(said).to_have_count(1)
        page.go_back()
        expect(page.get_by_label("Sua mensagem")).to_have_value("Também pela manhã.")

    page.get_by_label("Sua mensagem").fill("E à tarde.")
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator(".thread").get_by_text("E à tarde.")).to_have_count(1)
    page.goto("/chamados")
    expect(page.get_by_text("Aberto uma vez só")).to_have_count(1)
