"""Mail fetched from a real Dovecot: taken away only once it is stored, whatever happens between."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from balcao.channels import intake
from balcao.channels.email.accounts import Account
from balcao.channels.email.imap import Fetcher, Mailbox
from balcao.channels.models import AccountState, Inbound
from balcao.channels.tests.mails import a_mail
from balcao.events.models import Event
from balcao.lib.mail.trust import Truster
from tests import dovecot
from tests.dovecot import PASSWORD, USER, Dovecot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("transactional_db", "installation"),
]
TOKENS = {"fresh": "access-1", "stale": "access-0"}


class Provider(BaseHTTPRequestHandler):
    """Gives access tokens for refresh tokens, and tells the mail server whom they are for."""

    asked: list[str] = []

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.asked.append(form["grant_type"][0])
        token = TOKENS.get(form["refresh_token"][0])
        if token is None:
            self._say(400, {"error": "invalid_grant", "error_description": "AADSTS70008: expired"})
        else:
            self._say(200, {"access_token": token, "expires_in": 3600})

    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query)["token"][0]
        self._say(200, {"email": USER} if token == TOKENS["fresh"] else {"error": "invalid_token"})

    def _say(self, status: int, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing: the test says what it saw."""


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def _server(provider: str) -> Iterator[Dovecot]:
    try:
        with dovecot.running(tokens=f"{provider}/tokens?token=") as server:
            yield server
    except dovecot.Unavailable as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(problem))


@pytest.fixture
def server(_server: Dovecot) -> Dovecot:
    _server.empty()
    return _server


def an_account(server: Dovecot, **more: object) -> Account:
    told: dict[str, Any] = {
        "host": "localhost",
        "port": server.tls,
        "user": USER,
        "password": PASSWORD,
        "ca_file": str(server.certificate),
    }
    return Account("support", "imap", Truster(), told | more)


@pytest.fixture
def fetch() -> Iterator[Callable[[Account], Fetcher]]:
    running: list[Fetcher] = []

    def begin(account: Account) -> Fetcher:
        running.append(Fetcher(account))
        running[-1].start()
        return running[-1]

    yield begin
    for one in running:
        one.stop()


def until(holds: Callable[[], bool], seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def a_message(n: int) -> bytes:
    return a_mail("ana@cliente.example", subject=f"Mensagem {n}", mail_id=f"<m{n}@cliente.example>")


def test_what_was_there_and_what_comes_later_is_stored_and_taken_away(
    server: Dovecot, fetch: Callable[[Account], Fetcher]
) -> None:
    server.put(a_message(1), "one")
    fetch(an_account(server))
    assert until(lambda: Inbound.objects.count() == 1)
    server.put(a_message(2), "two")
    assert until(lambda: Inbound.objects.count() == 2), "IDLE told nothing"
    assert until(lambda: server.left() == 0)
    assert set(Inbound.objects.values_list("account", flat=True)) == {"support"}
    assert AccountState.objects.get(name="support").problem == ""


@pytest.mark.parametrize(("tls", "way"), [("starttls", "plain"), ("none", "plain")])
def test_a_server_is_spoken_to_as_the_file_says(
    server: Dovecot, fetch: Callable[[Account], Fetcher], tls: str, way: str
) -> None:
    server.put(a_message(1), "one")
    fetch(an_account(server, tls=tls, port=getattr(server, way)))
    assert until(lambda: Inbound.objects.count() == 1)


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    server: Dovecot, fetch: Callable[[Account], Fetcher]
) -> None:
    server.put(a_message(1), "one")
    fetch(an_account(server, ca_file=""))
    assert until(lambda: AccountState.objects.exclude(problem="").exists())
    assert "certificate" in AccountState.objects.get(name="support").problem.lower()
    assert (Inbound.objects.count(), server.left()) == (0, 1)


def test_a_mailbox_may_keep_what_was_taken_as_seen(
    server: Dovecot, fetch: Callable[[Account], Fetcher]
) -> None:
    server.put(a_message(1), "one")
    fetch(an_account(server, then="seen"))
    assert until(lambda: Inbound.objects.count() == 1)
    server.put(a_message(2), "two")
    assert until(lambda: Inbound.objects.count() == 2)
    assert server.left() == 2


def test_q3_what_cannot_be_stored_stays_in_the_mailbox_and_comes_again(
    server: Dovecot, fetch: Callable[[Account], Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(a_message(1), "one")
    store, tries = intake.store, []

    def fails_once(*args: Any, **kwargs: Any) -> int:
        tries.append(args)
        if len(tries) == 1:
            raise OSError(28, "No space left on device")
        return store(*args, **kwargs)

    monkeypatch.setattr(intake, "store", fails_once)
    fetch(an_account(server))
    assert until(lambda: Inbound.objects.count() == 1)
    assert until(lambda: server.left() == 0)
    told = Event.objects.filter(verb__startswith="mail.account_").order_by("pk")
    assert list(told.values_list("verb", flat=True)) == [
        "mail.account_failed",
        "mail.account_mended",
    ]


def test_q4_one_that_was_stored_but_not_taken_away_is_not_doubled(
    server: Dovecot, fetch: Callable[[Account], Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(a_message(1), "one")
    store, tries = intake.store, []

    def dies_after(*args: Any, **kwargs: Any) -> int:
        kept = store(*args, **kwargs)
        tries.append(kept)
        if len(tries) == 1:
            raise DatabaseError("the connection broke after the row was committed")
        return kept

    monkeypatch.setattr(intake, "store", dies_after)
    fetch(an_account(server))
    assert until(lambda: len(tries) == 2)
    assert until(lambda: server.left() == 0)
    assert len(set(tries)) == Inbound.objects.count() == 1


def test_one_that_is_too_large_stays_marked_and_stops_nothing(
    server: Dovecot, fetch: Callable[[Account], Fetcher], settings: LazySettings
) -> None:
    settings.MAX_UPLOAD = 5_000
    server.put(a_message(1) + b"x" * 6_000, "large")
    server.put(a_message(2), "small")
    fetch(an_account(server))
    assert until(lambda: Inbound.objects.count() == 1 and server.left() == 1)
    server.put(a_message(3), "later")
    assert until(lambda: Inbound.objects.count() == 2 and server.left() == 1)


def test_a_connection_that_breaks_is_made_again(
    server: Dovecot, fetch: Callable[[Account], Fetcher]
) -> None:
    fetch(an_account(server))
    assert until(lambda: AccountState.objects.exclude(connected_at=None).exists())
    server.drop_sessions()
    server.put(a_message(1), "one")
    assert until(lambda: Inbound.objects.count() == 1)


@pytest.mark.parametrize("refresh", ["fresh", "stale", "unknown"])
def test_a_mailbox_without_a_password_is_opened_by_an_access_token(
    server: Dovecot, provider: str, fetch: Callable[[Account], Fetcher], refresh: str
) -> None:
    server.put(a_message(1), "one")
    oauth = {
        "oauth": "microsoft",
        "client_id": "desk",
        "refresh_token": refresh,
        "token_url": f"{provider}/token",
        "password": "",
    }
    fetch(an_account(server, **oauth))
    if refresh == "fresh":
        assert until(lambda: Inbound.objects.count() == 1)
        return
    assert until(lambda: AccountState.objects.exclude(problem="").exists())
    assert server.left() == 1
    problem = AccountState.objects.get(name="support").problem
    assert refresh not in problem
    assert ("AADSTS70008" in problem) == (refresh == "unknown")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"host": ""}, "host and user"),
        ({"password": ""}, "password_file or oauth"),
        ({"tls": "maybe"}, "tls must be"),
        ({"tls": "none", "host": "imap.example.com"}, "only for a server on this machine"),
        ({"then": "move"}, "then must be"),
        ({"then": "burn"}, "then must be"),
        ({"oauth": "yahoo"}, "oauth must be"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_fetched(more: dict[str, str], said: str) -> None:
    good = {"host": "localhost", "user": USER, "password": PASSWORD}
    assert Mailbox.of(Account("support", "imap", Truster(), dict(good))).port == 993
    with pytest.raises(ImproperlyConfigured, match=said):
        Mailbox.of(Account("support", "imap", Truster(), {**good, **more}))
