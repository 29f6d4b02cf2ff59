"""A desk that runs and a browser to use it.

Without a Chromium the browser tests fail in CI and skip, with the reason, anywhere else. They run
against a real `balcao serve` on PostgreSQL; the ones that take `desk_on_either` on SQLite too.
"""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.served import Person, Served, served

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PHONE = (360, 740)
SCREEN = (1440, 900)

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's executable, for Playwright's `executable_path`."""
    path = chromium.find()
    if path is None and chromium.required():
        pytest.fail(chromium.MISSING)
    if path is None:
        pytest.skip(f"BROWSER TESTS SKIPPED: {chromium.MISSING}")
    return path


@pytest.fixture(scope="session")
def desk(chromium_path: str) -> Iterator[Served]:
    """The whole desk with demo data, on PostgreSQL."""
    with served(_new_database()) as running:
        yield running


@pytest.fixture(scope="session")
def desk_on_sqlite(chromium_path: str) -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture(params=["postgres", "sqlite"])
def desk_on_either(request: pytest.FixtureRequest) -> Served:
    """The desk on PostgreSQL, then on SQLite."""
    name = "desk" if request.param == "postgres" else "desk_on_sqlite"
    running: Served = request.getfixturevalue(name)
    return running


def _new_database() -> str:
    url = os.environ["BALCAO_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE served")
    return f"{url.rpartition('/')[0]}/served"


@pytest.fixture(scope="module")
def own_desk(chromium_path: str) -> Iterator[Served]:
    """A desk of one module's own: for what changes people's passwords, or leaves other marks."""
    with served() as running:
        yield running


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """`open_page(desk, person)` is a fresh browser window, signed in when a person is given.

    A script error, a refused script or a page that fails with 500 fails the test.
    """
    contexts = []
    faults: list[str] = []

    def make(
        desk: Served,
        person: Person | None = None,
        *,
        size: tuple[int, int] = SCREEN,
        script: bool = True,
        scheme: str = "light",
    ) -> Page:
        context = browser.new_context(
            base_url=desk.url,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            color_scheme="dark" if scheme == "dark" else "light",
            locale="pt-BR",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda line: faults.append(line.text) if "Content Security" in line.text else None,
        )
        page.on(
            "response",
            lambda answer: (
                faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
            ),
        )
        if person:
            sign_in(page, person)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def sign_in(page: Page, person: Person) -> None:
    """As a person does it: code, password, Entrar."""
    page.goto("/entrar")
    page.get_by_label("Código de usuário").fill(person.code)
    page.get_by_label("Senha").fill(person.password)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(lambda url: "/entrar" not in url)
