"""A desk that runs and a browser to use it.

Without a Chromium the browser tests fail in CI and skip, with the reason, anywhere else. They run
against a real `balcao serve` on PostgreSQL; the ones that take `desk_on_either` on SQLite too.
Every module has desks of its own, all of them copies of one demo: what a test finds depends on
the tests above it in its file and on no others, whichever worker runs which file.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.served import PEOPLE, Person, Served, make, served

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PHONE = (360, 740)
SCREEN = (1440, 900)

LONG = ("test_accessibility.py", "test_xss.py", "test_keyboard_day.py", "test_compose.py")
"""They begin first, so that no worker is left with one of them at the end."""

PATIENCE = 20_000
"""Milliseconds that a page may take on a busy machine."""

expect.set_options(timeout=PATIENCE)

Open = Callable[..., Page]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))


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
def demo(chromium_path: str) -> Path:
    """A folder with the demo on SQLite."""
    with _once("demo") as folder:
        if not (folder / PEOPLE).exists():
            make(folder)
    return folder


@pytest.fixture(scope="module")
def desk(chromium_path: str) -> Iterator[Served]:
    """The whole desk with demo data, on PostgreSQL."""
    url = os.environ["BALCAO_DATABASE_URL"].rpartition("/")[0]
    with _once("demo-postgres") as folder:
        if not (folder / PEOPLE).exists():
            _new_database("demo")
            make(folder, f"{url}/demo")
        name = f"served_{uuid4().hex}"
        _new_database(name, template="demo")
    with served(f"{url}/{name}", made=folder) as running:
        yield running
    # With whatever connections are left: the server has so many for all desks of a run.
    with psycopg.connect(os.environ["BALCAO_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def desk_on_sqlite(demo: Path) -> Iterator[Served]:
    with served(made=demo) as running:
        yield running


@pytest.fixture(params=["postgres", "sqlite"])
def desk_on_either(request: pytest.FixtureRequest) -> Served:
    """The desk on PostgreSQL, then on SQLite."""
    name = "desk" if request.param == "postgres" else "desk_on_sqlite"
    running: Served = request.getfixturevalue(name)
    return running


@contextmanager
def _once(name: str) -> Iterator[Path]:
    """A folder that the workers of a run share; one of them at a time."""
    shared = Path(os.environ["BALCAO_DATA"]).parent
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared / name


def _new_database(name: str, *, template: str = "template0") -> None:
    with psycopg.connect(os.environ["BALCAO_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


@pytest.fixture(scope="session")
def browser(chromium_path: str, django_db_setup: None) -> Iterator[Browser]:
    """Begun after the test database, and so ended before it: Playwright keeps a loop in this
    thread, in which Django would refuse to remove it.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def sessions() -> dict[tuple[str, str], Any]:
    """Desk and user code -> the cookies of who signed in there before."""
    return {}


@pytest.fixture
def open_page(browser: Browser, sessions: dict[tuple[str, str], Any]) -> Iterator[Open]:
    """`open_page(desk, person)` is a fresh browser window, signed in when a person is given.

    The first time a person signs in by the form; their later windows go on with that session.
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
        page.set_default_timeout(PATIENCE)
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
        if person and (known := sessions.get((desk.url, person.code))):
            context.add_cookies(known)
        elif person:
            sign_in(page, person)
            sessions[desk.url, person.code] = context.cookies()
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
