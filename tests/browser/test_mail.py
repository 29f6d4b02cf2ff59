"""Mail that can be trusted: forged it is kept, personal it is refused, confirmed it is added."""

import re
from email.message import EmailMessage, Message
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Person, Served

pytestmark = pytest.mark.browser

CONTACT, AGENT, SUPERVISOR = "MARTA222", "AGENTE22", "SPRVSR22"
PERSONAL = "marta.azevedo@correio.example"


def _open_a_ticket(page: Page, subject: str) -> str:
    page.goto("/chamados/abrir")
    page.get_by_label("Gravador de Ligações").check()
    page.locator("select[name=service]").select_option("incident")
    page.get_by_label("Assunto").fill(subject)
    page.locator("textarea[name=body]").fill("O relatório do mês não abre.")
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_url(re.compile(r"/chamados/\d{10}/aberto"))
    return page.url.split("/")[-2]


def _grouped(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _mail(sender: str, number: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "suporte@direction.com.br"
    mail["Subject"] = f"Re: Chamado {_grouped(number)}"
    mail["Message-ID"] = f"<{uuid4().hex}@cliente.example>"
    mail.set_content(text)
    return mail


def _answer(to: Message, person: Person, text: str) -> EmailMessage:
    mail = _mail(f"{person.name} <{person.address}>", "0" * 10, text)
    mail.replace_header("Subject", f"Re: {to['Subject']}")
    mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
    return mail


def _wait_in_list(page: Page, address: str, text: str) -> None:
    """Work judges what came in a moment later: look again until it stands there."""
    for _ in range(60):
        page.goto(address)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{text} never stood on {address}")


def test_d2_s9_r9_forged_personal_confirmed_and_replied(desk: Served, open_page: Open) -> None:
    contact = desk.person(CONTACT)
    portal = open_page(desk, contact)
    number = _open_a_ticket(portal, "Relatório do mês não abre")
    boss = open_page(desk, desk.person(SUPERVISOR))

    # Forged: kept with its reason, and the owner of the address is asked.
    desk.deliver(_mail(contact.address, number, "Apaguem tudo, por favor."), authentic=False)
    _wait_in_list(boss, "/mesa/retidos", _grouped(number))
    row = boss.locator("tr", has_text=_grouped(number))
    expect(row).to_contain_text("Remetente não autenticado")
    row.get_by_role("link").first.click()
    expect(boss.get_by_text("Apaguem tudo, por favor.")).to_be_visible()
    expect(boss.get_by_text("Uma regra impede")).to_be_visible()
    expect(boss.get_by_role("link", name="Baixar o original")).to_be_visible()
    asked = desk.wait_for_mail(contact.address, subject="Foi você")
    body = asked.get_body(("plain",))  # type: ignore[attr-defined]
    link = re.search(r"https?://[^\s/]+(/\S+)", body.get_content().replace("=\n", ""))
    assert link
    assert "Apaguem" not in body.get_content()
    portal.goto(link[1])
    with portal.expect_navigation():
        portal.get_by_role("button", name="Não, não fui eu").click()
    boss.goto("/mesa/retidos")
    expect(boss.get_by_text("Apaguem")).to_have_count(0)
    expect(boss.locator("tr", has_text=_grouped(number))).to_have_count(0)

    # Personal: refused and told; a supervisor puts it on the ticket with a reason.
    desk.deliver(_mail(PERSONAL, number, "Escrevo do meu e-mail pessoal."), authentic=True)
    notice = desk.wait_for_mail(PERSONAL, subject="")
    assert "e-mail pessoal" in str(notice.get_body(("plain",)))  # type: ignore[attr-defined]
    _wait_in_list(boss, "/mesa/retidos?v=recusados", PERSONAL)
    boss.locator("tr", has_text=PERSONAL).first.get_by_role("link").first.click()
    boss.get_by_label("Motivo").fill("Marta ligou do telefone do cadastro e confirmou.")
    boss.get_by_role("button", name="Incluir no chamado").click()
    expect(boss.get_by_text("Está no chamado agora").first).to_be_visible()
    expect(boss.get_by_text("Marta ligou do telefone")).to_be_visible()
    portal.goto(f"/chamados/{number}")
    expect(portal.locator(".thread").get_by_text("Escrevo do meu e-mail")).to_be_visible()
    expect(portal.locator(".thread").get_by_text("Apaguem")).to_have_count(0)

    # Replied over real SMTP, as the main job is.
    staff = open_page(desk, desk.person(AGENT))
    staff.goto(f"/mesa/{number}")
    expect(staff.locator(".thread").get_by_text("Um e-mail retido foi incluído")).to_be_visible()
    staff.locator("textarea[name=body]").fill("Corrigimos o relatório. Abre agora?")
    staff.get_by_role("button", name="Enviar e aguardar cliente").click()
    reply = desk.wait_for_mail(
        contact.address, subject=f"Precisamos de você no chamado {_grouped(number)}"
    )
    desk.deliver(_answer(reply, contact, "Abre sim, obrigada pela ajuda."), authentic=True)
    _wait_in_list(portal, f"/chamados/{number}", "Abre sim, obrigada pela ajuda.")


def test_r9_was_it_you_yes_puts_the_mail_on_its_request(desk: Served, open_page: Open) -> None:
    contact = desk.person(CONTACT)
    portal = open_page(desk, contact)
    number = _open_a_ticket(portal, "Relatório anual não abre")
    before = len(desk.mails_to(contact.address))
    desk.deliver(_mail(contact.address, number, "Sou eu mesma, do celular."), authentic=False)
    found: list[Message] = []
    for _ in range(80):
        found = [m for m in desk.mails_to(contact.address)[before:] if "Foi você" in m["Subject"]]
        if found:
            break
        portal.wait_for_timeout(250)
    body = found[0].get_body(("plain",))  # type: ignore[attr-defined]
    link = re.search(r"https?://[^\s/]+(/\S+)", body.get_content())
    assert link
    portal.goto(link[1])
    portal.get_by_role("button", name="Sim, fui eu").click()
    expect(portal.get_by_role("heading", level=1)).to_contain_text("foi adicionada")
    portal.goto(f"/chamados/{number}")
    expect(portal.locator(".thread").get_by_text("Sou eu mesma, do celular.")).to_be_visible()
