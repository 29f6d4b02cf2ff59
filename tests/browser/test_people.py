"""An organisation's administrator adds a colleague, who gets in by the invitation."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open, sign_in
from tests.browser.served import Served

pytestmark = pytest.mark.browser

ADMINISTRATOR = "MARTA222"
NEW = "uma frase nova e longa"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_administrator_adds_a_colleague_who_sets_a_password_and_signs_in(
    desk: Served, open_page: Open, script: bool
) -> None:
    address = f"rui.{'com' if script else 'sem'}@hotelmarealta.example"
    page = open_page(desk, desk.person(ADMINISTRATOR), size=PHONE, script=script)
    page.goto("/pessoas")
    expect(page.get_by_text("Sandra Neves").first).to_be_visible()
    page.get_by_role("link", name="Incluir colega").click()
    page.get_by_label("Nome").fill("Rui Alves")
    page.get_by_label("E-mail").fill(address)
    page.locator("select[name=unit]").select_option(label="Bloco B")
    page.get_by_role("button", name="Incluir e convidar").click()
    expect(page.get_by_text("O convite está a caminho.")).to_be_visible()
    expect(page.get_by_text(address)).to_be_visible()

    mail = desk.wait_for_mail(address, subject="Seu acesso ao portal")
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
    code = re.search(r"seu código é (\w{8})", text)
    link = re.search(r"https?://\S+/convite/\S+", text)
    assert code
    assert link
    theirs = open_page(desk, script=script)
    theirs.goto(urlsplit(link[0]).path)
    theirs.get_by_label("Nova senha", exact=True).fill(NEW)
    theirs.get_by_label("Repita a nova senha").fill(NEW)
    theirs.get_by_role("button", name="Salvar a senha").click()
    theirs.wait_for_url("**/inicio")

    again = open_page(desk)
    sign_in(again, replace(desk.person(ADMINISTRATOR), code=code[1], password=NEW))
    expect(again).to_have_url(re.compile("/inicio$"))
    again.goto("/pessoas")
    expect(again.get_by_role("link", name="Incluir colega")).to_have_count(0)
    expect(again.get_by_text("Sandra Neves")).to_have_count(0)
    expect(again.get_by_role("heading", name="Você não tem acesso a esta página")).to_be_visible()
