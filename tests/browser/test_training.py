"""A training from its sale to its rating: sold, a time chosen, attended, resolved, rated."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import icalendar
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served

pytestmark = pytest.mark.browser

SALES, SUPERVISOR = "VENDAS22", "SPRVSR22"


def _sell(page: Page, address: str) -> str:
    """To a person who is new here, paid by card: the number."""
    page.goto("/mesa/vendas/nova?novo=pessoa")
    page.locator("input[name=name]").fill("Lia Barros")
    page.locator("input[name=address]").fill(address)
    page.locator("select[name=kind]").select_option(label="Treinamento remoto")
    page.locator("select[name=service]").select_option(label="Treinamento remoto")
    page.locator("input[name=price]").fill("320,00")
    page.locator("select[name=payment]").select_option("card")
    page.locator("input[name=paid]").check()
    page.get_by_role("button", name="Registrar venda").click()
    number = page.locator("main table a").first
    expect(number).to_be_visible()
    return re.sub(r"\D", "", number.inner_text())


def _offer(page: Page, number: str) -> None:
    page.goto(f"/mesa/{number}/horarios")
    for place in (-2, -1):
        page.locator("input[name=times]").nth(place).check()
    page.locator("select[name=mode]").select_option("remote")
    page.get_by_role("button", name="Oferecer estes horários").click()
    expect(page.get_by_text("Oferecidos, ainda sem escolha")).to_be_visible()


def _link(mail: Message, where: str) -> str:
    body: Any = mail.get_body(("plain",))  # type: ignore[attr-defined]
    found = re.search(rf"https?://\S+{where}\S+", body.get_content().replace("=\n", ""))
    assert found, body.get_content()
    return urlsplit(found[0]).path


def _text(part: Any) -> str:
    return str(part.get_content())


def _invitation(mail: Message) -> icalendar.Event:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(_text(parts[0]))
    assert calendar["method"] == "REQUEST"
    return calendar.events[0]


def _let_it_come(desk: Served, number: str) -> None:
    """The agreed time is now: the desk runs on the real clock, so the time comes to it."""
    begins = datetime.now(UTC).replace(tzinfo=None)
    ends = begins + timedelta(hours=1)
    with sqlite3.connect(desk.data / "balcao.sqlite3", timeout=20) as database:
        changed = database.execute(
            "UPDATE appointments_appointment SET begins = ?, ends = ? WHERE ticket_id ="
            " (SELECT id FROM tickets_ticket WHERE number = ?)",
            (f"{begins}", f"{ends}", number),
        )
        assert changed.rowcount == 1
    database.close()


def test_s38_s40_s42_a_training_is_sold_agreed_on_attended_and_rated(
    desk_on_sqlite: Served, open_page: Open
) -> None:
    desk, buyer = desk_on_sqlite, f"lia-{uuid4().hex[:8]}@cliente.example"
    seller = open_page(desk, desk.person(SALES))
    number = _sell(seller, buyer)
    order = seller.url
    _offer(seller, number)

    # She has no sign-in: the mail's link is enough to choose, and the .ics follows.
    phone = open_page(desk, size=PHONE, script=False)
    phone.goto(_link(desk.wait_for_mail(buyer, subject="Escolha um horário"), "/horario/"))
    phone.locator("label.choice-card").first.click()
    phone.get_by_role("button", name="Marcar este horário").click()
    expect(phone.get_by_text("Seu horário está marcado")).to_be_visible()
    event = _invitation(desk.wait_for_mail(buyer, subject="Treinamento marcado"))
    assert event.end - event.start == timedelta(hours=1)
    seller.goto(order)
    expect(seller.locator("main table .badge-state").first).to_contain_text("Agendado para")

    _let_it_come(desk, number)
    boss = open_page(desk, desk.person(SUPERVISOR))
    boss.goto(f"/mesa/{number}/horarios")
    boss.get_by_role("button", name="O cliente compareceu").click()
    expect(boss.get_by_role("button", name="O cliente compareceu")).to_have_count(0)
    seller.goto(order)
    expect(seller.locator("main table .badge-state").first).to_contain_text("Utilizado")
    boss.goto(f"/mesa/{number}")
    boss.locator("textarea[name=body]").fill("Foi um prazer. Ficou alguma dúvida?")
    boss.get_by_role("button", name="Enviar e resolver").click()
    expect(boss.locator(".desk-ticket .badge-state")).to_have_text("Resolvido")

    phone.goto(_link(desk.wait_for_mail(buyer, subject="deu certo?"), "/avaliar/"))
    phone.get_by_role("radio", name="5 ").check()
    phone.get_by_role("button", name="Avaliar").click()
    expect(phone.get_by_role("heading", name="Obrigado pela avaliação.")).to_be_visible()
