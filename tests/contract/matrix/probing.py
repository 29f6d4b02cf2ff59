"""One question to one address, undone afterwards: what came back, and what was written."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from balcao.policy.access import Duty, can_enter, may
from tests.contract.matrix.table import Row
from tests.contract.matrix.world import Persona, World

METHODS: tuple[str, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EVERY_METHOD = ("anonymous", "supervisor", "administrator")

OPEN = "let in"
ANY = "let in or not"
SIGN_IN = "sent to sign in"
DENIED = "403"
ABSENT = "404"
NO_METHOD = "405"

# What may be written for somebody who is turned away: nothing of the desk.
_HOUSEKEEPING = {"django_session", "events_allowance"}
_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
_KIND = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Probe:
    """Who asks what: a row, whose object, a method. ``swap``: the id of the form made foreign."""

    row: Row
    home: str
    method: str
    swap: tuple[str, str] | None = None

    def __str__(self) -> str:
        swapped = f", {self.swap[0]} with a foreign {self.swap[1]}" if self.swap else ""
        named = f" of {self.home}" if self.row.objects else ""
        return f"{self.method} {self.row.name} {self.row.objects}{named}{swapped}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``written``: tables of the desk that were written to."""

    status: int
    location: str
    text: str
    written: frozenset[str]
    foreign_changed: bool

    @property
    def outcome(self) -> str:
        """The answer in the words of the table."""
        sent_away = self.status == 302 and self.location.split("?")[0] == reverse("sign_in")
        if sent_away or self.status == 401:
            return SIGN_IN
        if self.status < 400 or self.status in (409, 422):
            return OPEN
        return {403: DENIED, 404: ABSENT, 405: NO_METHOD}.get(self.status, f"{self.status}")


def probes_of(rows: tuple[Row, ...], name: str, home: str) -> Iterator[Probe]:
    """Every question about the table for one kind of person, at home there.

    A method that a route does not have is refused before anything is known of who asks, so those in
    ``EVERY_METHOD`` ask with all of them, the others read and write.
    """
    for row in rows:
        homes = (home, "foreign") if row.objects else (home,)
        for whose in homes:
            methods = METHODS if name in EVERY_METHOD else ("GET", "POST")
            if row.in_query or (whose != home and name not in EVERY_METHOD):
                methods = tuple(sorted(row.methods))
            yield from (Probe(row, whose, method) for method in methods)
        yield from (Probe(row, home, "POST", swap) for swap in row.swaps)


def expected(world: World, who: Persona, probe: Probe) -> str:
    """What the table and the policy say must come back."""
    row, method = probe.row, "GET" if probe.method == "HEAD" else probe.method
    if method not in row.methods:
        return NO_METHOD
    if row.area == "public":
        return ANY
    if who.actor.kind == "anonymous":
        return SIGN_IN
    if row.area != "signed_in" and not can_enter(who.actor, row.area):  # type: ignore[arg-type]
        return DENIED
    duties = row.duties(method)
    if duties and not any(may(who.actor, Duty(duty)) for duty in duties):
        return DENIED
    if not all(world.sees(who, kind, probe.home) for kind in row.kinds):
        return ABSENT
    permission = row.permission(method)
    if permission and not world.may(who, permission, probe.home if row.kinds else ""):
        return DENIED
    return ANY if row.may == "*" else OPEN


def taken(world: World, who: Persona, probe: Probe) -> bool:
    """Whether every id in the form is one that this person may use."""
    return probe.swap is None and all(
        world.sees(who, kind, probe.home) for _field, kind in probe.row.swaps
    )


def ask(world: World, who: Persona, probe: Probe, *, watch_foreign: bool) -> Answer:
    """Put the question, and undo whatever it did."""
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie({"balcao_session": who.session} if who.session else {})
    watching = _Watch()
    with undone(), connection.execute_wrapper(watching):
        response: Any = client.generic(probe.method, *request_of(world, probe))
        text = _text(response)
        changed = watch_foreign and bool(watching.tables) and world.foreign_rows() != world.before
    location = response.headers.get("Location", "")
    return Answer(response.status_code, location, text, frozenset(watching.tables), changed)


@contextmanager
def undone() -> Iterator[None]:
    """Roll back what the block writes; gated actions may open their transaction inside."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined] # as the test's own transaction is
    with block:
        yield
        transaction.set_rollback(True)


class _Watch:
    """Notes the tables of the desk that are written to."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        found = _WRITES.match(sql)
        if found and found[1] not in _HOUSEKEEPING:
            self.tables.add(found[1])
        return execute(sql, params, many, context)


def request_of(world: World, probe: Probe) -> tuple[str, bytes, str]:
    """Address, body and type of the body."""
    kwargs: dict[str, str] = {}
    query: dict[str, str] = {}
    for name, kind in probe.row.objects:
        value = kind.strip("'") if kind.startswith("'") else world.ids[kind][probe.home]
        (query if name.startswith("?") else kwargs)[name.lstrip("?")] = value
    address = reverse(probe.row.name, kwargs=kwargs)
    if query:
        address += "?" + "&".join(f"{name}={value}" for name, value in query.items())
    if probe.method != "POST":
        return address, b"", ""
    fields = "&".join(f"{name}={value}" for name, value in _form(world, probe))
    return address, fields.encode(), "application/x-www-form-urlencoded"


def _form(world: World, probe: Probe) -> Iterator[tuple[str, str]]:
    for name, value in probe.row.form:
        if value == "#":
            yield name, uuid.uuid4().hex
            continue

        def filled(found: re.Match[str], name: str = name) -> str:
            kind = found[1]
            return world.ids[kind]["foreign" if (name, kind) == probe.swap else probe.home]

        yield name, _KIND.sub(filled, value).replace(" ", "+")


def _text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode(errors="replace"))
