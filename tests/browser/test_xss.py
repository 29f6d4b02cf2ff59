"""G1, G6: a script typed into any text there is runs on no page, for nobody, nor in a mail."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Page, Route
from playwright.sync_api import Error as BrowserError

from balcao.channels.models import Delivery
from balcao.policy.access import Actor
from balcao.tickets.models import Ticket
from tests.browser.payloads import RECKONED, TEXTS, payloads
from tests.browser.poison import fields, poisoned
from tests.cast import NOW
from tests.contract.matrix.making import HOMES
from tests.contract.matrix.probing import ANY, OPEN, Probe, expected, request_of
from tests.contract.matrix.table import Row, rows
from tests.contract.matrix.world import HOUR, TICKET_WORDS, Persona, World
from tests.contract.story import WORD

READERS = ("supervisor", "administrator", "sales", "contact", "org_admin", "anonymous")
QUERY = (
    "q", "v", "ver", "em", "de", "para", "meus", "desk", "next", "dias", "desfazer", "empresa",
    "chamado", "atual", "against", "busca", "nome", "depois", "antes", "cliente", "ordem",
)  # fmt: skip
"""What our addresses are asked with."""

WATCH = """
addEventListener("securitypolicyviolation",
  (event) => pwned(`blocked ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
window.print = () => {};
"""
MARKED = """(reckoned) => {
  const found = [...document.querySelectorAll("[pwn]")].map((one) => one.outerHTML);
  for (const one of document.querySelectorAll("*"))
    for (const {name, value} of one.attributes)
      if (name.startsWith("on") || (/^(data-)?(href|src|action|formaction)$/.test(name)
          && /^\\s*(javascript|vbscript|data:text)/i.test(value)))
        found.push(`${one.localName} ${name}=${value}`);
  if (document.documentElement.outerHTML.includes(reckoned))
    found.push("a template worked something out");
  return found.map((one) => one.slice(0, 120));
}"""
FORMS = """() => [...document.querySelectorAll("form[method=post]")].filter((form) =>
  [...form.elements].some((one) => one.matches("textarea, input:not([type]), input[type=text]")))"""
SEND = f"""([place, texts]) => {{
  const form = ({FORMS})()[place];
  let turn = place;
  for (const one of form.elements)
    if (one.matches("textarea, input:not([type]), input[type=text]"))
      one.value = texts[turn++ % texts.length];
  HTMLFormElement.prototype.submit.call(form);
}}"""


@dataclass
class Window:
    """A browser window in which whatever a payload could do is written down."""

    page: Page
    home: str
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = self.page.context
        context.expose_function("pwned", lambda what="": self.seen.append(f"ran: {what}"))
        context.add_init_script(WATCH)
        context.on("request", lambda request: self._asked(request.url))
        self.page.on("dialog", self._dialog)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.home, "data:image/", "file:")):
            self.seen.append(f"asked for {url}")

    def _dialog(self, box: Any) -> None:
        if box.type != "beforeunload":
            self.seen.append(f"a dialog: {box.message}")
        box.accept()

    def opened(self, address: str) -> list[str]:
        """What an address did to the window."""
        try:
            answer = self.page.goto(address)
        except BrowserError as error:
            return [] if "Download is starting" in str(error) else self._taken(address, str(error))
        return self._taken(address, f"{answer.status}" if answer and answer.status >= 500 else "")

    def sent(self, address: str, texts: list[str]) -> Iterator[str]:
        """What came of each form of a page, sent with payloads in all its fields."""
        self.opened(address)
        for place in range(self.forms()):
            if place:
                self.opened(address)
            with self.page.expect_navigation():
                self.page.evaluate(SEND, [place, texts])
            yield from self._taken(f"{address}, form {place}", "")

    def forms(self) -> int:
        """How many forms of the open page take words."""
        return int(self.page.evaluate(f"({FORMS})().length"))

    def _taken(self, address: str, fault: str) -> list[str]:
        """What was written down; a page that goes on to another by itself is looked at there."""
        for _ in range(3):
            try:
                found = self.page.evaluate(MARKED, RECKONED)
                break
            except BrowserError:
                self.page.wait_for_load_state()
        else:
            found = ["it never comes to rest"]
        found += [*self.seen, *([fault] if fault else [])]
        self.seen.clear()
        return [f"{address}: {one}" for one in found]


def addresses(world: World, who: Persona, *, homes: tuple[str, ...]) -> Iterator[tuple[Row, str]]:
    """Every page there is for somebody: about their own, and about what else they may see."""
    for row in rows():
        if "GET" not in row.methods:
            continue
        for home in homes if row.objects else homes[:1]:
            probe = Probe(row, home, "GET")
            if expected(world, who, probe) in (OPEN, ANY):
                yield row, request_of(world, probe)[0]


def asked_with(address: str, texts: list[str], turn: int) -> str:
    """The same page asked with payloads."""
    typed = {name: texts[(turn + place) % len(texts)] for place, name in enumerate(QUERY)}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(typed)}"


def found_by(actor: Actor) -> Iterator[str]:
    """What a search finds, and the tickets that hold most, wherever there is more to open."""
    if actor.is_staff:
        yield from (f"/mesa/{page}?q={WORD}" for page in ("busca", "paleta", "clientes"))
        yield "/mesa/?v=todos"
        for ticket in Ticket.objects.order_by("-message_count")[:2]:
            yield from (f"/mesa/{ticket.number}{end}" for end in ("", "/imprimir?notas=1"))
    elif actor.is_contact:
        yield from (f"/chamados?q={word}" for word in TICKET_WORDS.values())


def a_window(browser: Browser, home: str, session: str = "") -> Window:
    context: BrowserContext = browser.new_context(base_url=home, locale="pt-BR")
    if session:
        context.add_cookies([{"name": "balcao_session", "value": session, "url": home}])
    return Window(context.new_page(), home)


def _crawl(
    browser: Browser, home: str, world: World, texts: list[str], *, thorough: bool
) -> tuple[list[str], int]:
    """Open everything as everybody, then send every form; what went wrong, how much was opened.

    Unless it is to be thorough, what one of the team or of the customers has opened is not opened
    by the next, and most pages about an object are opened for one and nothing is typed there.
    """
    wrong: list[str] = []
    opened: set[tuple[bool, str]] = set()
    count = 0
    for name in READERS:
        who = world.personas[name]
        window = a_window(browser, home, who.session)
        forms: list[str] = []
        for row, address in addresses(world, who, homes=HOMES if thorough else HOMES[:1]):
            key = (who.actor.is_staff, address)
            if key in opened and not thorough:
                continue
            opened.add(key)
            count += 1
            writes = thorough or not row.objects or row.name in ("desk_ticket", "ticket")
            if writes:
                wrong += window.opened(asked_with(address, texts, count))
            wrong += window.opened(address)
            if writes and window.forms():
                forms.append(address)
        for address in found_by(who.actor):
            wrong += window.opened(address)
        for address in forms:
            wrong += window.sent(address, texts)
        window.page.context.close()
    return wrong, count


def mails_opened(browser: Browser, folder: Path) -> list[str]:
    """The mails as somebody's mail program may show them: with no policy of ours around them."""
    window = a_window(browser, folder.as_uri())
    wrong = []
    for delivery in Delivery.objects.exclude(html=""):
        file = folder / f"{delivery.pk}.html"
        file.write_text(delivery.html, encoding="utf-8")
        wrong += window.opened(file.as_uri())
    window.page.context.close()
    return wrong


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Playwright keeps a loop in this thread, which Django would take for being asynchronous."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield


def _nothing_runs(
    request: pytest.FixtureRequest, folder: Path, number: int, *, thorough: bool
) -> None:
    texts = payloads(number)
    with time_machine.travel(NOW + HOUR):
        world = poisoned(texts)
        home = request.getfixturevalue("live_server").url
        browser = request.getfixturevalue("browser")
        wrong, opened = _crawl(browser, home, world, texts, thorough=thorough)
        wrong += mails_opened(browser, folder)
    assert not wrong, f"{len(wrong)} of {opened}:\n" + "\n".join(wrong[:40])
    assert opened > 120


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_g1_g6_of_fifty_scripts_in_every_text_none_runs_on_any_page(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert len(set(payloads(len(TEXTS)))) >= 50
    assert len(list(fields())) > 40
    _nothing_runs(request, tmp_path, len(TEXTS), thorough=False)


@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_g1_g6_of_five_hundred_scripts_in_every_text_none_runs_on_any_page(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    _nothing_runs(request, tmp_path, 500, thorough=True)


@pytest.mark.browser
def test_scripts_are_noticed_on_a_page_that_takes_what_was_typed_for_markup(
    browser: Browser,
) -> None:
    home = "http://127.0.0.1:9"
    window = a_window(browser, home)
    shown = {"": ""}

    def answer(route: Route) -> None:
        if route.request.url == f"{home}/x":
            route.fulfill(body=shown[""], content_type="text/html")
        else:
            route.abort()

    window.page.context.route("**/*", answer)
    noticed = []
    for text in payloads(len(TEXTS)):
        plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#60;", "<")
        shown[""] = f"""<!doctype html><p>{text}</p></script></style></noscript>
            <input value="{text}"><input value='{text}'><a href="{text}">x</a>
            <textarea>{text}</textarea><i data-x={text}></i><p>{plain}</p>
            <svg><title>{text}</title></svg>{RECKONED if "7919" in text else ""}"""
        if window.opened(f"{home}/x"):
            noticed.append(text)
    window.page.context.close()
    # The others become markup only where something has been taken out of them or put around them.
    assert len(noticed) >= 50
