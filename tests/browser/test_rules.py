"""An administrator changes the calendar, sees what it moves, and the deadline moves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.served import Served
from tests.browser.test_main_job import _grouped, _open_a_ticket

pytestmark = pytest.mark.browser

ADMINISTRATOR = "GERENTE2"
CONTACT = "MARTA222"


def _save(page: Page, reason: str) -> None:
    page.get_by_label("Motivo").fill(reason)
    page.get_by_role("button", name="Salvar como nova versão").click()
    expect(page.get_by_text("está em vigor")).to_be_visible()


def _see(page: Page) -> None:
    page.get_by_role("button", name="Ver o que muda").click()
    page.wait_for_url(re.compile(r"/mesa/regras/mudancas/\d+"))


def _conclusion(page: Page, number: str) -> str:
    """When the ticket is to be concluded, as its page says."""
    page.goto(f"/mesa/{number}/prazo")
    return str(page.locator(".rail-section .deadline-time time").last.get_attribute("title"))


@pytest.mark.parametrize("script", [True, False])
def test_r23_a_holiday_is_added_its_preview_seen_and_a_deadline_moves(
    desk: Served, open_page: Open, script: bool
) -> None:
    page = open_page(desk, desk.person(ADMINISTRATOR), script=script)
    page.goto("/mesa/regras/prazos")
    if page.locator("[name='sla.clock']").input_value() != "business":
        page.locator("[name='sla.clock']").select_option("business")
        if script:
            expect(page.locator("#example")).to_contain_text("qua., ")
        _see(page)
        _save(page, "Prazos em horário comercial")
    portal = open_page(desk, desk.person(CONTACT), script=script)
    number = _open_a_ticket(portal, "Ramal da recepção mudo")
    before = _conclusion(page, number)

    page.goto("/mesa/regras/horarios")
    due = re.search(r"(\d{2})/(\d{2})/(\d{4})", before)
    assert due
    holiday = f"{due[3]}-{due[2]}-{due[1]}"
    new = page.locator(".rules-day").first
    new.get_by_label("Data do dia").fill(holiday)
    new.get_by_label("Nome do dia").fill("Aniversário da cidade")
    _see(page)
    expect(page.locator("#rules")).to_contain_text("Aniversário da cidade")
    row = page.locator("#deadlines tr", has_text=_grouped(number)).filter(has_text="Conclusão")
    expect(row).to_contain_text(before)
    promised = row.locator("td").last.inner_text()
    assert promised != before
    _save(page, "Feriado municipal")
    for _ in range(40):
        if _conclusion(page, number) == promised:
            break
        page.wait_for_timeout(250)
    assert _conclusion(page, number) == promised


def test_the_forms_fit_on_a_phone(desk: Served, open_page: Open) -> None:
    page = open_page(desk, desk.person(ADMINISTRATOR), size=PHONE)
    for slug in ("", "/horarios", "/prazos", "/suspensoes", "/cobertura", "/pagina", "/versoes"):
        page.goto(f"/mesa/regras{slug}")
        assert page.locator("html").evaluate("page => page.scrollWidth") <= PHONE[0]
