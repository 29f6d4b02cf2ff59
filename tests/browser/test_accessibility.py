"""Every page of everybody: read by axe in both themes, on a phone's width, by keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import scenes
from tests.browser.conftest import sign_in
from tests.browser.served import Served
from tests.browser.walk import (
    NOT_PAGES,
    Fault,
    Walk,
    fit,
    inspect,
    look,
    routes,
    stroll,
    watched,
)

pytestmark = pytest.mark.browser

AGENT, SECOND_AGENT, SUPERVISOR = "AGENTE22", "AGENTE33", "SPRVSR22"
SALES, ADMINISTRATOR = "VENDAS22", "GERENTE2"
COMPANY_ADMINISTRATOR, CONTACT, REFUSED = "MARTA222", "RENAN222", "HEBERT22"

PREPARED = {
    AGENT: scenes.agent,
    SUPERVISOR: scenes.supervisor,
    SALES: scenes.sales,
    ADMINISTRATOR: scenes.administrator,
}
WALKERS = (*PREPARED, COMPANY_ADMINISTRATOR, CONTACT, REFUSED)

_STATE_AND_LINK = """rows => rows.map((row) => [
  row.querySelector(".badge-state")?.innerText ?? "",
  (row.matches("a") ? row : row.querySelector("a")).getAttribute("href")])"""


@pytest.fixture(scope="module")
def walk(browser: Browser, desk: Served) -> Iterator[Walk]:
    """Everybody's walk. What the team prepares first is on the pages of the others."""
    walk = Walk()
    pages = {code: watched(browser, desk.url, walk) for code in ("", *WALKERS, SECOND_AGENT)}
    scenes.unproved_mail(desk, desk.person(COMPANY_ADMINISTRATOR).address)
    starts: dict[str, list[str]] = {code: [] for code in pages}
    for code in WALKERS:
        sign_in(pages[code], desk.person(code))
        if code in PREPARED:
            starts[code] = PREPARED[code](pages[code])
    starts[COMPANY_ADMINISTRATOR] = scenes.customer(
        pages[COMPANY_ADMINISTRATOR], desk.person(COMPANY_ADMINISTRATOR).password
    )
    scenes.forgotten(pages[""], CONTACT)
    scenes.second_factor(
        pages[SECOND_AGENT],
        desk,
        SECOND_AGENT,
        lambda page: look(page, walk, who=SECOND_AGENT),
    )
    _states(pages, starts)
    for code in WALKERS:
        home = "/mesa/" if code in PREPARED else "/inicio"
        stroll(pages[code], walk, [home, *starts[code]], who=code)
    letters = scenes.letters(desk)
    assert letters.keys() == set(scenes.SECRETS)
    _by_code(pages, desk, walk)
    stroll(pages[""], walk, ["/entrar", "/como-funciona", *letters.values()], who="nobody")
    _refusals(pages, walk)
    _unfolded(pages[AGENT], walk)
    yield walk
    for page in pages.values():
        page.context.close()


def _states(pages: dict[str, Page], starts: dict[str, list[str]]) -> None:
    """One ticket in each state, for the desk and for its customer."""
    for code, lists, row in (
        (AGENT, ("/mesa/?v=abertos", "/mesa/?v=resolvidos"), "[data-row]"),
        (COMPANY_ADMINISTRATOR, ("/chamados", "/chamados?v=encerrados"), "main .case"),
    ):
        states: dict[str, str] = {}
        for address in lists:
            pages[code].goto(address)
            found = pages[code].locator(row).evaluate_all(_STATE_AND_LINK)
            for state, link in found:
                states.setdefault(state, link)
        assert len(states) > 3, states
        starts[code] += states.values()
        if code == COMPANY_ADMINISTRATOR:
            # What is shown right after an opening is linked from nowhere.
            starts[code] += [f"{link.partition('?')[0]}/aberto" for link in states.values()]


def _by_code(pages: dict[str, Page], desk: Served, walk: Walk) -> None:
    """A one-off as its holder sees it signed in, and by its number and a code."""
    holder = pages[REFUSED]
    holder.goto("/avulsos")
    link = holder.locator("main .case", has_text="Disponível até").first.get_attribute("href")
    assert link
    holder.goto(link)
    look(holder, walk, who=REFUSED)
    number, address = link.rpartition("/")[2], desk.person(REFUSED).address
    # Its history at the desk is fetched into the ticket's page, and a page without script.
    pages[SALES].goto(f"/mesa/{number}/avulso")
    look(pages[SALES], walk, who=SALES)
    scenes.by_code(pages[""], desk, number, address, lambda page: look(page, walk, who="nobody"))


def _refusals(pages: dict[str, Page], walk: Walk) -> None:
    """What the rules, a form, a guard and the resolver say no with."""
    page = pages[REFUSED]
    page.goto("/inicio")
    page.get_by_role("link", name="Relatório mensal não abre").first.click()
    page.get_by_role("button", name="Abrir Chamado").click()
    expect(page.locator(".refusal")).to_be_visible()
    look(page, walk, who=REFUSED)
    page.goto("/mesa/")
    look(page, walk, who=REFUSED)
    page = pages[CONTACT]
    page.goto("/chamados/abrir")
    page.get_by_role("button", name="Abrir Chamado").click()
    expect(page.get_by_text("Confira o formulário")).to_be_visible()
    look(page, walk, who=CONTACT)
    for code in ("", CONTACT, AGENT):
        pages[code].goto("/nao-existe")
        look(pages[code], walk, who=code or "nobody")
    for address in ("/avaliar/nobody", "/cadastro/parar/nobody"):
        pages[""].goto(address)
        look(pages[""], walk, who="nobody")


def _unfolded(page: Page, walk: Walk) -> None:
    """What no address shows: the list's filters and columns, and why a reply was not sent.

    The menu, the palette and the sheet of keys are looked at where they are opened by keyboard.
    """
    for name in ("Filtrar", "Exibição"):
        page.goto("/mesa/?v=abertos")
        page.locator(".list-tool summary", has_text=name).click()
        page.locator(".list-tool[open] .list-form").first.wait_for()
        _both(page, walk, f"{AGENT} {name}")
    page.goto("/mesa/?v=meus")
    number = page.locator("[data-row]", has_text="Em atendimento").first
    page.goto(f"/mesa/{number.get_attribute('data-number')}")
    page.locator("#composer-text").fill(" ")
    page.get_by_role("button", name="Enviar", exact=True).click()
    page.locator("#composer-errors").wait_for()
    _both(page, walk, f"{AGENT} a reply without words")


def _both(page: Page, walk: Walk, where: str) -> None:
    inspect(page, walk, where)
    fit(page, walk, where, thumbs=False)


def _told(faults: list[Fault]) -> str:
    """Each kind of fault once, with the pages it is on."""
    places: dict[str, list[str]] = {}
    for fault in faults:
        places.setdefault(f"{fault.kind}: {fault.what}", []).append(fault.where)
    worst = sorted(places.items(), key=lambda one: -len(one[1]))
    return "\n".join(f"{what}\n    on {len(where)}: {where[:4]}" for what, where in worst)


def test_every_address_was_visited(walk: Walk) -> None:
    unseen = sorted(set(routes()) - walk.seen.keys() - NOT_PAGES.keys())
    assert not unseen, ", ".join(unseen)
    assert NOT_PAGES.keys() <= set(routes())


def test_no_page_has_a_serious_fault_in_light_or_dark(walk: Walk) -> None:
    assert not walk.of("axe"), _told(walk.of("axe"))


def test_every_page_opens_with_one_heading_a_title_and_its_language(walk: Walk) -> None:
    assert not walk.of("head", "status"), _told(walk.of("head", "status"))


def test_no_page_complains_in_the_console(walk: Walk) -> None:
    assert not walk.of("script"), _told(walk.of("script"))


def test_no_page_is_wider_than_a_phone(walk: Walk) -> None:
    assert not walk.of("wide"), _told(walk.of("wide"))


def test_what_a_customer_touches_is_as_big_as_a_thumb(walk: Walk) -> None:
    assert not walk.of("small"), _told(walk.of("small"))
