"""What the demo leaves out, so that a walk finds every page with something on it."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import Page

from tests.browser.conftest import sign_in
from tests.browser.served import Served
from tests.cast import app_code

SECRETS = (
    *("convite", "nova-senha", "abertura", "avaliar", "cadastro/confirmar", "foi-voce"),
    "horario",
)
"""Pages that only the secret of a mail opens."""

_TICKET = re.compile(r"/mesa/(\d{10})")


def post(page: Page, address: str, /, **fields: str) -> str:
    """Send a form as the page's person does; where it leads. The page itself stays."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        address,
        form={"csrfmiddlewaretoken": token, **fields},
        headers={"Referer": page.url},
    )
    assert answer.ok, f"{answer.status} {address}: {answer.text()[-3000:]}"
    return urlsplit(answer.url).path


def unproved_mail(desk: Served, claimed: str) -> None:
    """Mail that nobody vouches for, kept apart: of a stranger, and in the name of ``claimed``."""
    for sender in ("alguem@fora.example", claimed):
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, "suporte@balcao.example"
        mail["Subject"], mail["Message-ID"] = "Orçamento", f"<{uuid4().hex}@fora.example>"
        mail.set_content("Quanto custa?")
        desk.deliver(mail, authentic=False)


def agent(page: Page) -> list[str]:
    """The next in line, a call of Marta's, a request typed for her, a ticket that is resolved."""
    page.goto("/mesa/?v=meus")
    mine = page.locator("[data-row]", has_text="Em atendimento").first.get_attribute("data-number")
    post(page, f"/mesa/{mine}/resolver")
    found = post(page, "/mesa/proximo")
    given = _TICKET.match(found)
    assert given, found
    page.goto("/mesa/?v=abertos")
    other = page.locator("[data-row]").first.get_attribute("data-number")
    page.goto("/mesa/ligacoes/nova")
    page.get_by_label("Quem está ligando").fill("Marta Azevedo")
    page.get_by_role("button", name="Conferir número").click()
    page.get_by_role("link", name="Abertura assistida").click()
    call = page.url
    for name in ("about", "service"):
        page.locator(f"select[name={name}]").select_option(index=1)
    page.get_by_label("Assunto").fill("Sem acesso ao portal")
    page.get_by_label("O que acontece").fill("A senha não entra desde ontem.")
    page.get_by_role("button", name="Enviar ao cliente").click()
    page.wait_for_url(re.compile(r"/ligacoes/assistida/\d+"))
    return [
        page.url,
        call,
        found,
        f"{found}/pular",
        f"{found}/terceiros",
        f"/mesa/varios?fazer=devolver&n={given[1]}&n={other}",
    ]


def supervisor(page: Page) -> list[str]:
    """A notice, a reply of the team, an exception that waits for a second person."""
    post(page, "/mesa/avisos/novo", key=uuid4().hex, level="outage", title="Ramais fora do ar")
    post(page, "/mesa/respostas/nova", title="Bom dia", shortcut="bom-dia", body="Bom dia, {nome}!")
    page.goto("/mesa/recusas?dias=90")
    page.get_by_role("link", name="Liberar como exceção").first.click()
    ends = datetime.now(UTC) + timedelta(days=1)
    page.locator("input[name=ends]").fill(f"{ends:%Y-%m-%dT%H:%M}")
    page.locator("textarea[name=reason]").fill("Renovação combinada para sexta-feira.")
    page.get_by_role("button", name="Pedir a exceção").click()
    page.wait_for_url(re.compile(r"/mesa/excecoes/\d+"))
    return [page.url]


def sales(page: Page) -> list[str]:
    """A unit and a person more, who is invited; times that a customer may choose from."""
    page.goto("/mesa/?v=abertos")
    number = page.locator("[data-row]").first.get_attribute("data-number")
    page.goto(f"/mesa/{number}/horarios")
    page.locator("input[name=times]").last.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Oferecer estes horários").click()
    page.goto("/mesa/clientes")
    page.locator("main a[href^='/mesa/clientes/']").filter(has_text="Hotel").first.click()
    company = urlsplit(page.url).path
    post(page, f"{company}/unidades/nova", name="Filial", active="1")
    person = post(page, f"{company}/pessoas/nova", name="Rui Alves", address="rui@filial.example")
    return [company, person]


def administrator(page: Page) -> list[str]:
    """A change of the rules that nobody confirmed yet."""
    page.goto("/mesa/regras/prazos")
    page.locator("[name='sla.resolution_hours']").fill("38")
    page.get_by_role("button", name="Ver o que muda").click()
    page.wait_for_url(re.compile(r"/mesa/regras/mudancas/\d+"))
    return [page.url]


def customer(page: Page, password: str) -> list[str]:
    """A draft of one's own, and another e-mail on its way."""
    key = uuid4().hex
    page.goto("/conta/emails")
    post(page, "/chamados/rascunhos/guardar", key=key, subject="Ramal 204 sem tom")
    page.get_by_label("Novo e-mail").fill("marta@nova.example")
    page.locator("input[name=current]").fill(password)
    page.get_by_role("button", name="Pedir a mudança").click()
    return [f"/chamados/rascunhos/juntar?rascunho={key}"]


def forgotten(page: Page, code: str) -> None:
    page.goto("/entrar/recuperar")
    page.locator("input[name=who]").fill(code)
    page.get_by_role("button", name="Enviar").click()


def second_factor(page: Page, desk: Served, code: str, see: Callable[[Page], object]) -> None:
    """Add an app and sign in again with it half done; ``see`` is called where a secret is shown."""
    person = desk.person(code)
    sign_in(page, person)
    page.goto("/conta/segundo-fator")
    secret = page.locator(".factor-text").inner_text().replace(" ", "")
    page.get_by_label("Código do aplicativo").fill(app_code(secret, datetime.now(UTC)))
    page.get_by_label("Sua senha").fill(person.password)
    page.get_by_role("button", name="Cadastrar o aplicativo").click()
    page.locator(".codes").wait_for()
    see(page)
    page.context.clear_cookies()
    page.goto("/entrar")
    page.get_by_label("Código de usuário").fill(code)
    page.get_by_label("Senha").fill(person.password)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url("**/entrar/segundo-fator")
    see(page)


def by_code(
    page: Page, desk: Served, number: str, address: str, see: Callable[[Page], object]
) -> None:
    """The statement of a one-off without sign-in; ``see`` is called on each page of the way."""
    page.goto("/avulso/esqueci")
    see(page)
    page.goto("/avulso")
    see(page)
    page.get_by_label("Número do chamado avulso").fill(number)
    page.get_by_role("button", name="Enviar o código").click()
    page.wait_for_url("**/avulso/codigo")
    see(page)
    mail = desk.wait_for_mail(address, subject="Seu código para ver o chamado avulso")
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    code = re.search(r"\b\d{6}\b", text)
    assert code, text
    page.get_by_label("Código").fill(code[0])
    page.get_by_role("button", name="Continuar").click()
    page.wait_for_url("**/avulso/extrato")
    see(page)
    page.goto("/avulso/horario")
    see(page)


def letters(desk: Served, *, seconds: float = 30) -> dict[str, str]:
    """Page that a secret opens -> its address, out of the newest mail that has one."""
    found: dict[str, str] = {}
    ends = time.monotonic() + seconds
    while len(found) < len(SECRETS) and time.monotonic() < ends:
        for mail in desk.mails_to("@"):
            text = str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
            for name in SECRETS:
                if link := re.search(rf"https?://[^/\s]+(/{name}/[^\s>]+)", text):
                    found[name] = link[1]
        time.sleep(0.2)
    return found
