"""Buyers who write without their number, or with one that has expired."""

import re
from email.message import EmailMessage, Message
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

SALES, AGENT = "VENDAS22", "AGENTE22"
ORDER = re.compile(r"/mesa/vendas/\d+")
EDGES = re.compile(r"\D")


def _fill(page: Page, *, name: str, address: str, service: str) -> None:
    """A problem of a person who is not on the register, to be paid by PIX."""
    page.goto("/mesa/vendas/nova?novo=pessoa")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=address]").fill(address)
    page.locator("select[name=kind]").select_option(label="Problema")
    page.locator("select[name=service]").select_option(label=service)
    page.locator("input[name=price]").fill("180,00")
    page.locator("select[name=payment]").select_option("pix")
    page.get_by_role("button", name="Registrar venda").click()


def _sell(page: Page, *, name: str, address: str, service: str) -> str:
    """What nobody listed is asked of sales, who says that it is covered; then the PIX comes. The
    number.
    """
    _fill(page, name=name, address=address, service=service)
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="Registrar venda").click()
    return _paid(page)


def _paid(page: Page) -> str:
    """Confirm the payment of the order that is open; the number it gives."""
    page.wait_for_url(ORDER)
    expect(page.get_by_alt_text(re.compile("^PIX de"))).to_be_visible()
    expect(page.locator("textarea[name=pix]")).to_have_value(re.compile("^000201"))
    expect(page.get_by_text("O pedido não tem número antes de ser pago")).to_be_visible()
    page.get_by_role("button", name="Confirmar pagamento").click()
    number = page.locator("main table a").first
    expect(number).to_be_visible()
    return EDGES.sub("", number.inner_text())


def _grouped(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _text(mail: Message) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


def _mail(sender: str, subject: str, text: str, *, to: Message | None = None) -> EmailMessage:
    """A mail of ``sender``; ``to``: the mail of ours that it answers."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, "suporte@direction.com.br"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{uuid4().hex}@cliente.example>"
    if to is not None:
        mail.replace_header("To", str(to["Reply-To"] or to["From"]))
        mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
    mail.set_content(text)
    return mail


def _until(page: Page, address: str, text: str) -> None:
    for _ in range(60):
        page.goto(address)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{text} never stood on {address}")


def test_s23_s29_r12_a_buyer_is_asked_for_the_number_and_served_by_it(
    desk: Served, open_page: Open
) -> None:
    buyer = f"lia-{uuid4().hex[:8]}@cliente.example"
    seller = open_page(desk, desk.person(SALES))
    number = _sell(seller, name="Lia Barros", address=buyer, service="Erro ou falha no sistema")
    receipt = desk.wait_for_mail(buyer, subject=_grouped(number))
    assert "/entrar" not in _text(receipt)

    # A new mail, without the number: she is asked for it, and never told to sign in.
    desk.deliver(_mail(buyer, "Socorro", "O gravador parou."), authentic=True)
    asked = desk.wait_for_mail(buyer, subject="Falta o número")
    assert "entre" not in _text(asked).lower().split()
    assert "/entrar" not in _text(asked)
    answer = _mail(
        buyer, f"Re: {asked['Subject']}", f"É o {_grouped(number)}. O gravador parou.", to=asked
    )
    desk.deliver(answer, authentic=True)

    staff = open_page(desk, desk.person(AGENT))
    _until(staff, f"/mesa/{number}", "O gravador parou.")
    expect(staff.locator(".desk-ticket .badge-state")).to_have_text("Aberto")
    expect(staff.locator(".coverage")).to_contain_text("Chamado avulso")


def test_s28_r21_an_expired_number_is_refused_with_the_way_out(
    desk: Served, open_page: Open
) -> None:
    """The demo sold one more than a year ago; by e-mail and on the page it is good for nothing."""
    seller = open_page(desk, desk.person(SALES))
    seller.goto("/mesa/vendas?lista=vencidos")
    row = seller.locator("main tbody tr").first
    number = EDGES.sub("", row.locator("a").first.inner_text())
    shown = row.inner_text()
    address = next(one.address for one in desk.people.values() if one.name in shown)

    desk.deliver(_mail(address, f"Chamado {number}", "Preciso de ajuda."), authentic=True)
    told = desk.wait_for_mail(address, subject="venceu")
    assert "valia até" in _text(told)
    assert "2121-9797" in _text(told)
    assert "/entrar" not in _text(told)
