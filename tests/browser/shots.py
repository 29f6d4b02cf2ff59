"""`make shots`: the main pages as people see them, in shots/, and the README's picture.

Each page is photographed light and dark, on a phone (360 px) and on a screen (1440 px), from a desk
that runs for the purpose with demo data.
"""

import re
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import ARGUMENTS, PHONE, SCREEN, sign_in
from tests.browser.served import Person, Served, served

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "shots"
PICTURES = ROOT / "docs" / "pictures"
THEMES = ("light", "dark")

Visit = Callable[[Page], object]


def _portal(desk: Served) -> Iterator[tuple[str, Visit]]:
    yield "portal-home", lambda page: page.goto("/inicio")
    yield "portal-list", lambda page: page.goto("/chamados")
    yield "portal-new", lambda page: page.goto("/chamados/abrir")
    yield "portal-ticket", _first_of_the_list
    yield "portal-why", lambda page: page.goto(f"{page.url}/prazo")
    yield "portal-opened", _open


def _desk(desk: Served) -> Iterator[tuple[str, Visit]]:
    yield "desk-queue", lambda page: page.goto("/mesa/")
    yield "desk-ticket", _busiest_ticket
    yield "desk-why", lambda page: page.goto(f"{page.url.partition('?')[0]}/prazo")
    yield "desk-search", lambda page: page.goto("/mesa/busca?q=ramal")
    yield "desk-call", lambda page: page.goto("/mesa/ligacoes/nova")


def _sales(desk: Served) -> Iterator[tuple[str, Visit]]:
    yield "sales-first", lambda page: page.goto("/mesa/comercial")
    yield "sales-sale", _first_sale
    yield "sales-agenda", lambda page: page.goto("/mesa/agenda")


def _supervisor(desk: Served) -> Iterator[tuple[str, Visit]]:
    yield "desk-kept", _first_kept
    yield "desk-agenda", lambda page: page.goto("/mesa/agenda")


def _public(desk: Served) -> Iterator[tuple[str, Visit]]:
    yield "sign-in", lambda page: page.goto("/entrar")
    yield "policy-page", lambda page: page.goto("/como-funciona")


def _refused(desk: Served) -> Iterator[tuple[str, Visit]]:
    yield "portal-refused", _open
    yield "portal-statement", _first_oneoff


def _first_of_the_list(page: Page) -> None:
    page.goto("/chamados")
    page.locator("main a[href^='/chamados/']").filter(has_text="Aguardando você").first.click()
    page.wait_for_load_state()


def _first_oneoff(page: Page) -> None:
    page.goto("/avulsos")
    page.locator("main .case", has_text="Disponível até").first.click()
    page.wait_for_url("**/avulsos/*")


def _first_sale(page: Page) -> None:
    page.goto("/mesa/vendas")
    page.locator("main a[href*='/mesa/vendas/']").filter(has_text=re.compile("[0-9]")).first.click()
    page.wait_for_url(re.compile("/mesa/vendas/[0-9]+"))


def _first_kept(page: Page) -> None:
    page.goto("/mesa/retidos")
    page.locator("main a[href*='/mesa/retidos/']").first.click()
    page.wait_for_url(re.compile("/mesa/retidos/[0-9]+"))


def _busiest_ticket(page: Page) -> None:
    page.goto("/mesa/?v=meus")
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/mesa/*?*")


def _open(page: Page) -> None:
    page.goto("/chamados/abrir")
    products = page.locator("input[type=radio][name=about]")
    if products.count():
        products.first.check()
    page.locator("select[name=service]").select_option("incident")
    page.get_by_label("Assunto").fill("Ligações da recepção não são gravadas")
    page.locator("textarea[name=body]").fill(
        "Desde hoje cedo nada aparece no relatório do ramal 9."
    )
    page.get_by_role("button", name="Abrir Chamado").click()
    page.wait_for_load_state()


def main() -> None:
    path = chromium.find()
    if path is None:
        sys.exit(f"make shots: {chromium.MISSING}")
    SHOTS.mkdir(exist_ok=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with served() as desk, sync_playwright() as playwright:
        _unproved_mail(desk, desk.person("MARTA222").address)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for theme in THEMES:
            for size in (PHONE, SCREEN):
                _walk(browser, desk, theme, size)
        browser.close()
    print(f"Screenshots are in {SHOTS.name}/, the README's picture in docs/pictures/.")


def _unproved_mail(desk: Served, claimed: str) -> None:
    """Mail in the name of ``claimed`` that nobody vouches for: it is kept apart."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = claimed, "suporte@balcao.example", "Orçamento"
    mail["Message-ID"] = "<retido@fora.example>"
    mail.set_content("<p>Quanto custa <b>mais um</b> ramal?</p>", subtype="html")
    desk.deliver(mail, authentic=False)


def _walk(browser: Browser, desk: Served, theme: str, size: tuple[int, int]) -> None:
    _photograph(browser, desk, None, _public(desk), theme, size)
    _photograph(browser, desk, desk.person("MARTA222"), _portal(desk), theme, size)
    _photograph(browser, desk, desk.person("HEBERT22"), _refused(desk), theme, size)
    _photograph(browser, desk, desk.person("AGENTE22"), _desk(desk), theme, size)
    _photograph(browser, desk, desk.person("VENDAS22"), _sales(desk), theme, size)
    _photograph(browser, desk, desk.person("SPRVSR22"), _supervisor(desk), theme, size)


def _photograph(
    browser: Browser,
    desk: Served,
    person: Person | None,
    visits: Iterator[tuple[str, Visit]],
    theme: str,
    size: tuple[int, int],
) -> None:
    context = browser.new_context(
        base_url=desk.url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        locale="pt-BR",
    )
    page = context.new_page()
    if person:
        sign_in(page, person)
    for name, visit in visits:
        visit(page)
        page.wait_for_timeout(300)
        page.screenshot(path=SHOTS / f"{name}-{theme}-{size[0]}.png", full_page=size == PHONE)
        if (name, theme, size) == ("desk-ticket", "light", SCREEN):
            page.screenshot(path=PICTURES / "desk.png")
    context.close()


if __name__ == "__main__":
    main()
