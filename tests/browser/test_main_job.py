"""The main job on real input: a customer opens, an agent answers, a real mail continues."""

import re
from email.message import EmailMessage, Message

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Person, Served

pytestmark = pytest.mark.browser

CONTACT = "MARTA222"
AGENT = "AGENTE22"


def _open_a_ticket(page: Page, subject: str, *, attach: bool = False) -> str:
    """By the portal's path (S14): Chamados, Abrir Chamado. The number that the page shows."""
    page.goto("/inicio")
    page.get_by_role("link", name="Chamados").first.click()
    page.get_by_role("link", name="Abrir Chamado").first.click()
    page.get_by_label("Gravador de Ligações").check()
    page.locator("select[name=service]").select_option("incident")
    page.get_by_label("Assunto").fill(subject)
    page.locator("textarea[name=body]").fill("Desde hoje cedo as ligações da recepção não gravam.")
    if attach:
        page.locator("input[type=file]").set_input_files(
            {"name": "tela do erro.txt", "mimeType": "text/plain", "buffer": b"erro 0x41"}
        )
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}/aberto"))
    found = re.search(r"/chamados/(\d{10})/aberto", page.url)
    assert found
    return found.group(1)


def _answer_to(mail: Message, person: Person, text: str) -> EmailMessage:
    """What a mail program sends on "Responder"."""
    answer = EmailMessage()
    answer["From"] = f"{person.name} <{person.address}>"
    answer["To"] = str(mail["Reply-To"] or mail["From"])
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["In-Reply-To"] = answer["References"] = str(mail["Message-ID"])
    answer["Message-ID"] = f"<{abs(hash(text))}@cliente.example>"
    answer["Date"] = "Tue, 24 Nov 2026 09:00:00 -0300"
    answer.set_content(
        f"{text}\n\nEm ter., 24 de nov. de 2026 às 08:50, Direction escreveu:\n> Vamos verificar.\n"
    )
    answer.add_attachment(
        b"%PDF-1.4 fatura", maintype="application", subtype="pdf", filename="f.pdf"
    )
    return answer


def _grouped(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def test_the_main_job_from_opening_to_a_real_mail_that_continues_it(
    desk_on_either: Served, open_page: Open
) -> None:
    desk = desk_on_either
    contact, agent = desk.person(CONTACT), desk.person(AGENT)
    portal = open_page(desk, contact)
    number = _open_a_ticket(portal, "Gravações da recepção sumiram", attach=True)
    expect(portal.get_by_text(_grouped(number)).first).to_be_visible()
    expect(portal.get_by_text("da fila")).to_be_visible()
    desk.wait_for_mail(contact.address, subject=_grouped(number))

    staff = open_page(desk, agent)
    staff.goto("/mesa/")
    expect(staff.get_by_text("Gravações da recepção sumiram").first).to_be_visible()
    staff.goto(f"/mesa/{number}")
    staff.locator("textarea[name=body]").fill("Vamos verificar. Pode enviar a fatura do mês?")
    staff.get_by_role("button", name="Enviar e aguardar cliente").click()
    expect(staff.locator(".thread").get_by_text("Vamos verificar. Pode enviar")).to_be_visible()
    expect(staff.locator(".desk-ticket .badge-state")).to_have_text("Aguardando cliente")

    mail = desk.wait_for_mail(
        contact.address, subject=f"Precisamos de você no chamado {_grouped(number)}"
    )
    desk.deliver(_answer_to(mail, contact, "Segue a fatura de novembro."), authentic=True)
    thread = portal.locator(".thread")
    for _ in range(40):
        portal.goto(f"/chamados/{number}")
        if thread.get_by_text("Segue a fatura de novembro.").count():
            break
        portal.wait_for_timeout(250)
    expect(thread.get_by_text("Segue a fatura de novembro.")).to_be_visible()
    expect(thread.get_by_text("f.pdf")).to_be_visible()
    expect(portal.get_by_text("Em atendimento").first).to_be_visible()

    staff.goto(f"/mesa/{number}")
    staff.locator("textarea[name=body]").fill("Fatura lançada; as gravações voltaram.")
    staff.get_by_role("button", name="Enviar e resolver").click()
    expect(staff.locator(".desk-ticket .badge-state")).to_have_text("Resolvido")
    portal.goto(f"/chamados/{number}")
    portal.get_by_role("button", name="Ainda não resolveu").click()
    expect(portal.get_by_text("Em atendimento").first).to_be_visible()
    portal.get_by_role("button", name="Já resolvi").click()
    expect(portal.get_by_text("Resolvido").first).to_be_visible()


def test_d2_the_same_mail_from_a_stranger_or_without_proof_never_lands(
    desk: Served, open_page: Open
) -> None:
    contact, agent = desk.person(CONTACT), desk.person(AGENT)
    portal = open_page(desk, contact)
    number = _open_a_ticket(portal, "Console não conecta")
    staff = open_page(desk, agent)
    staff.goto(f"/mesa/{number}")
    staff.locator("textarea[name=body]").fill("Estamos olhando.")
    staff.get_by_role("button", name="Enviar", exact=True).click()
    reply = desk.wait_for_mail(contact.address, subject=_grouped(number))
    forged = _answer_to(reply, contact, "Sou eu mesma, confie.")
    del forged["In-Reply-To"], forged["References"]
    desk.deliver(forged, authentic=False)
    stranger = _answer_to(reply, contact, "Escrevo do meu e-mail pessoal.")
    stranger.replace_header("From", "Marta <marta.pessoal@webmail.example>")
    desk.deliver(stranger, authentic=True)
    notice = desk.wait_for_mail("marta.pessoal@webmail.example", subject="")
    assert "e-mail pessoal" in str(notice.get_body(("plain",)))  # type: ignore[attr-defined]
    honest = _answer_to(reply, contact, "Agora sim, pelo cadastrado.")
    desk.deliver(honest, authentic=True)
    thread = portal.locator(".thread")
    for _ in range(40):
        portal.goto(f"/chamados/{number}")
        if thread.get_by_text("Agora sim").count():
            break
        portal.wait_for_timeout(250)
    expect(thread.get_by_text("Agora sim, pelo cadastrado.")).to_be_visible()
    expect(thread.get_by_text("confie")).to_have_count(0)
    expect(thread.get_by_text("pessoal")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("HEBERT22", "Sua licença do Tarifador Corporativo venceu em"),
        ("VERA2222", "O contrato de suporte de Gráfica Ponto Certo terminou em"),
        ("ADEMAR22", "Não encontramos um contrato de suporte ativo"),
    ],
)
def test_s05_a_refused_opening_says_why_shows_the_way_out_and_loses_nothing(
    desk: Served, open_page: Open, code: str, words: str
) -> None:
    page = open_page(desk, desk.person(code), size=PHONE)
    page.goto("/chamados/abrir")
    products = page.locator("input[type=radio][name=about]")
    if products.count():
        products.first.check()
    page.locator("select[name=service]").select_option("other")
    page.get_by_label("Assunto").fill("Preciso de ajuda")
    page.locator("textarea[name=body]").fill("Texto que não pode se perder.")
    page.get_by_role("button", name="Abrir Chamado").click()
    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("(81) 2121-9797").first).to_be_visible()
    expect(page.locator("textarea[name=body]")).to_have_value("Texto que não pode se perder.")
    page.goto("/inicio")
    expect(page.get_by_text("Preciso de ajuda")).to_be_visible()


def test_b1_c1_a_foreign_ticket_is_the_same_404_as_one_that_does_not_exist(
    desk: Served, open_page: Open
) -> None:
    number = _open_a_ticket(open_page(desk, desk.person(CONTACT)), "Só da Marta")
    stranger = open_page(desk, desk.person("ESTER222"))
    pages = []
    for wanted in (number, "0000000000"):
        answer = stranger.goto(f"/chamados/{wanted}")
        assert answer is not None
        assert answer.status == 404
        pages.append(stranger.locator("main").inner_text())
    assert pages[0] == pages[1]


def test_the_core_path_works_without_any_script(desk_on_either: Served, open_page: Open) -> None:
    desk = desk_on_either
    portal = open_page(desk, desk.person(CONTACT), script=False, size=PHONE)
    number = _open_a_ticket(portal, "Sem script nenhum")
    staff = open_page(desk, desk.person(AGENT), script=False)
    staff.goto(f"/mesa/{number}")
    staff.locator("textarea[name=body]").fill("Respondido sem script.")
    staff.get_by_role("button", name="Enviar", exact=True).click()
    expect(staff.locator(".thread").get_by_text("Respondido sem script.")).to_be_visible()
    portal.goto(f"/chamados/{number}")
    expect(portal.locator(".thread").get_by_text("Respondido sem script.")).to_be_visible()
    portal.locator("textarea[name=body]").fill("Obrigada, vou testar.")
    portal.get_by_role("button", name="Enviar").click()
    expect(portal.locator(".thread").get_by_text("Obrigada, vou testar.")).to_be_visible()


def test_s30_atender_proximo_gives_the_first_of_the_line(
    desk_on_either: Served, open_page: Open
) -> None:
    desk = desk_on_either
    page = open_page(desk, desk.one("supervisor"))
    page.goto("/mesa/")
    first = page.locator("[data-list] a[href*='/mesa/']").first.get_attribute("href")
    assert first
    page.get_by_role("button", name="Atender próximo").click()
    page.wait_for_url(re.compile(r"/mesa/\d{10}"))
    assert re.findall(r"\d{10}", page.url)[0] == re.findall(r"\d{10}", first)[0]
