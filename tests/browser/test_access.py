"""Getting in: a customer who forgot everything, and a member of staff with a second factor."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open, sign_in
from tests.browser.served import Person, Served
from tests.cast import app_code

pytestmark = pytest.mark.browser

# On a desk of their own: these two leave it with another password and a second factor.
CONTACT = "SANDRA22"
STAFF = "VENDAS22"
NEW = "uma frase nova e longa"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_customer_who_forgot_code_and_password_gets_both_back(
    desk: Served, open_page: Open, script: bool
) -> None:
    person = desk.person(CONTACT)
    before = len(desk.mails_to(person.address))
    page = open_page(desk, size=PHONE, script=script)
    page.goto("/entrar")
    page.get_by_role("link", name="Esqueci meu código ou minha senha").click()
    page.get_by_label("Seu e-mail cadastrado ou seu código de usuário").fill(person.address.upper())
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_text("Se os dados estiverem no cadastro")).to_be_visible()
    text = _mail_after(desk, person, before)
    assert person.code in text
    link = re.search(r"https?://\S+/nova-senha/\S+", text)
    assert link
    assert link[0].startswith(desk.url)
    page.goto(urlsplit(link[0]).path)
    expect(page.get_by_text(f"seu código de usuário é {person.code}")).to_be_visible()
    page.get_by_label("Nova senha", exact=True).fill(NEW)
    page.get_by_label("Repita a nova senha").fill(NEW)
    page.get_by_role("button", name="Salvar a senha").click()
    page.wait_for_url("**/inicio")
    desk.wait_for_mail(person.address, subject="Sua senha mudou")
    page.goto(urlsplit(link[0]).path)
    expect(page.get_by_role("heading", name="Este link não vale mais")).to_be_visible()
    again = open_page(desk)
    sign_in(again, replace(person, password=NEW))
    expect(again).to_have_url(re.compile("/inicio$"))


def test_a7_whoever_asks_for_an_unknown_address_reads_what_a_known_one_reads(
    desk: Served, open_page: Open
) -> None:
    person = desk.person("WAGNER22")
    page, said = open_page(desk), []
    for typed in (person.address, "ninguem@fora.example", person.code, "ZZZZ2222"):
        page.goto("/entrar/recuperar")
        page.get_by_label("Seu e-mail cadastrado ou seu código de usuário").fill(typed)
        page.get_by_role("button", name="Enviar").click()
        said.append(page.locator("main").inner_text())
    assert "Se os dados estiverem no cadastro" in said[0]
    assert set(said) == {said[0]}
    desk.wait_for_mail(person.address, subject="Recupere seu acesso")
    assert desk.mails_to("ninguem@fora.example") == []


def _mail_after(desk: Served, person: Person, before: int) -> str:
    """The text of the mail that came after the first ``before`` ones."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        for mail in desk.mails_to(person.address)[before:]:
            if "Recupere seu acesso" in str(mail["Subject"]):
                return str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
        time.sleep(0.1)
    raise AssertionError("no mail about the way back in")


def test_a9_staff_add_an_app_sign_in_with_it_and_end_the_other_session(
    desk: Served, open_page: Open
) -> None:
    agent = desk.person(STAFF)
    first = open_page(desk, agent)
    first.goto("/conta/segundo-fator")
    secret = first.locator(".factor-text").inner_text().replace(" ", "")
    expect(first.get_by_alt_text("Código QR")).to_be_visible()
    _answer(first, app_code(secret, datetime.now(UTC)), agent.password)
    codes = first.locator(".codes code")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    first.get_by_role("button", name="Já guardei").click()

    second = _with_password(open_page(desk), agent)
    expect(second).to_have_url(re.compile("/entrar/segundo-fator$"))
    second.goto("/mesa/")
    expect(second).to_have_url(re.compile("/entrar"))
    second.goto("/entrar/segundo-fator")
    later = datetime.now(UTC) + timedelta(seconds=30)
    second.get_by_label("Código do aplicativo").fill(app_code(secret, later))
    second.get_by_role("button", name="Continuar").click()
    expect(second).to_have_url(re.compile("/mesa/"))

    third = _with_password(open_page(desk), agent)
    third.get_by_label("Código do aplicativo").fill(recovery)
    third.get_by_role("button", name="Continuar").click()
    expect(third).to_have_url(re.compile("/mesa/"))
    third.goto("/conta/sessoes")
    expect(third.get_by_text("Chrome no Linux")).to_have_count(3)
    third.get_by_role("button", name="Encerrar todas as outras").click()
    expect(third.get_by_text("Chrome no Linux")).to_have_count(1)
    second.goto("/mesa/")
    expect(second).to_have_url(re.compile("/entrar"))
    desk.wait_for_mail(agent.address, subject="Um código de recuperação foi usado")


def _with_password(page: Page, person: Person) -> Page:
    """Half signed in: the second factor is asked for next."""
    page.goto("/entrar")
    page.get_by_label("Código de usuário").fill(person.code)
    page.get_by_label("Senha").fill(person.password)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url("**/entrar/segundo-fator")
    return page


def _answer(page: Page, code: str, password: str) -> None:
    page.get_by_label("Código do aplicativo").fill(code)
    page.get_by_label("Sua senha").fill(password)
    page.get_by_role("button", name="Cadastrar o aplicativo").click()
