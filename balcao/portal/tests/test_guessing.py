"""Guessing codes and passwords, telling who has an account, and planted cookies, in numbers."""

import random
import re
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.lib.clients import parse_networks
from balcao.people import actions
from balcao.people.actions import make_token
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.accounts import TokenKind
from balcao.portal import allowances
from balcao.portal.tests.helping import at
from tests.cast import NOW, PASSWORD, a_customer

pytestmark = pytest.mark.usefixtures("installation")
NEW = "uma frase nova e longa"


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _sign_in(
    code: str, password: str = PASSWORD, client: Client | None = None, **extra: Any
) -> Any:
    sent = {"code": code, "password": password}
    return (client or Client()).post(reverse("sign_in"), sent, **extra)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is hashed, to compare it or for nothing."""
    hashed: list[str] = []
    hasher = type(hashers.get_hasher("default"))
    real = hasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(hasher, "encode", counted)
    return hashed


# ---------------------------------------------------------------- A1


def test_a1_none_of_fifty_planted_cookies_outlives_what_ends_it() -> None:
    planted = [cookie for _ in range(10) for cookie in _planted(a_customer().user)]
    assert len(set(planted)) == 50
    assert [cookie for cookie in planted if _opens(cookie)] == []


def _planted(user: User) -> Iterator[str]:
    """The session keys of one person's browser just before each thing that must renew them."""
    browser = Client()
    browser.session.save()
    browser.cookies["balcao_session"] = key = browser.session.session_key or ""
    yield key
    _sign_in(user.code, client=browser)
    yield browser.session.session_key or ""
    sent = {"current": PASSWORD, "password": NEW, "again": NEW}
    browser.post(reverse("account_password"), sent)
    assert browser.get(reverse("account")).status_code == 200
    yield browser.session.session_key or ""
    actions.set_hats(actor=SYSTEM, now=NOW, user_id=user.pk, hats=frozenset({Role.SALES}))
    _sign_in(user.code, NEW, browser)
    yield browser.session.session_key or ""
    link = make_token(now=NOW, kind=TokenKind.RESET, user_id=user.pk)
    browser.post(reverse("reset", args=[link]), {"password": PASSWORD, "again": PASSWORD})
    yield browser.session.session_key or ""
    browser.post(reverse("sign_out"))


def _opens(cookie: str) -> bool:
    browser = Client()
    browser.cookies["balcao_session"] = cookie
    answers = [browser.get(reverse(name)) for name in ("portal_home", "account")]
    return any(not answer.headers.get("Location", "").startswith("/entrar?") for answer in answers)


# ---------------------------------------------------------------- A4

FORGED = (
    ("X-Forwarded-For", "198.51.100.{n}"),
    ("X-Real-IP", "198.51.100.{n}"),
    ("CF-Connecting-IP", "198.51.100.{n}"),
    ("True-Client-IP", "198.51.100.{n}"),
    ("X-Client-IP", "198.51.100.{n}"),
    ("X-Cluster-Client-IP", "198.51.100.{n}"),
    ("Forwarded", "for=198.51.100.{n};host=evil.example"),
    ("X-Forwarded-Host", "evil{n}.example"),
    ("X-Forwarded-User", "admin{n}"),
    ("Remote-User", "admin{n}"),
    ("X-Forwarded-Proto", "https"),
    ("X-Original-URL", "/mesa/{n}"),
)


def test_a4_none_of_twelve_forged_headers_buys_a_new_allowance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowances, "TRIES_PER_ADDRESS", len(FORGED))
    for n, (name, value) in enumerate(FORGED):
        answer = _sign_in(f"ABCD23{n:02}", headers={name: value.format(n=n)})
        assert answer.status_code == 422, name
    for n, (name, value) in enumerate(FORGED):
        answer = _sign_in("ABCD2399", headers={name: value.format(n=n)})
        assert answer.status_code == 429, name


@pytest.mark.parametrize(("name", "value"), FORGED)
def test_a4_no_forged_header_changes_who_somebody_is_or_where(name: str, value: str) -> None:
    user, browser = a_customer().user, Client()
    forged = {name: value.format(n=7)}
    answer = _sign_in(user.code, client=browser, headers=forged)
    assert answer.headers["Location"] == reverse("home")
    assert UserSession.objects.get(user=user).ip == "127.0.0.1"
    page = browser.get(reverse("account"), headers=forged).content.decode()
    assert user.code in page
    assert "evil" not in page


def test_a4_behind_a_trusted_proxy_visitors_have_an_allowance_each(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TRUSTED_PROXIES = parse_networks("127.0.0.1")
    monkeypatch.setattr(allowances, "TRIES_PER_ADDRESS", 2)

    def visitor(address: str) -> int:
        return int(_sign_in("ABCD2345", headers={"X-Forwarded-For": address}).status_code)

    assert [visitor("203.0.113.1") for _ in range(3)] == [422, 422, 429]
    assert visitor("203.0.113.2") == 422
    assert visitor("203.0.113.2, 203.0.113.1") == 429
    assert [visitor(f"2001:db8::{n}") for n in range(3)] == [422, 422, 429]


# ---------------------------------------------------------------- A6


def _guess(code: str, *, guesses: int, machines: int, at_once: int, threads: int) -> list[int]:
    """Guesses at one account, ``at_once`` of them in parallel; what each was answered."""
    answers: list[int] = []

    def one(number: int) -> None:
        machine = f"198.51.{number % machines // 250}.{number % machines % 250 + 1}"
        answer = _sign_in(code, f"palpite-{number:05}", REMOTE_ADDR=machine)
        answers.append(answer.status_code)

    start = threading.Barrier(threads)

    def share(first: int) -> None:
        start.wait()
        try:
            for number in range(first, at_once, threads):
                one(number)
        finally:
            connection.close()

    workers = [threading.Thread(target=share, args=(first,)) for first in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(600)
    for number in range(at_once, guesses):
        one(number)
    return answers


def _attacked(checks: list[str], **size: int) -> None:
    customer, own = a_customer(), Client()
    code = customer.user.code
    _sign_in(code, client=own)
    own.post(reverse("sign_out"))
    checks.clear()
    answers = _guess(code, **size)
    assert len(answers) == size["guesses"]
    assert set(answers) == {422, 429}
    guessed = [password for password in checks if password.startswith("palpite-")]
    assert 1 <= len(guessed) <= allowances.TRIES_PER_CODE
    assert answers.count(422) == len(guessed)
    with at(NOW, minutes=5):
        assert _sign_in(code, client=own).status_code == 302
        link = make_token(now=NOW, kind=TokenKind.RESET, user_id=customer.user.pk)
        elsewhere = Client(REMOTE_ADDR="203.0.113.9")
        elsewhere.post(reverse("reset", args=[link]), {"password": NEW, "again": NEW})
        assert elsewhere.get(reverse("portal_home")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a6_an_account_is_guessed_at_ten_times_and_its_owner_gets_in(checks: list[str]) -> None:
    _attacked(checks, guesses=200, machines=20, at_once=80, threads=8)


@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_a6_ten_thousand_guesses_from_a_hundred_machines(checks: list[str]) -> None:
    _attacked(checks, guesses=10_000, machines=100, at_once=1_000, threads=20)


def test_a6_no_quarter_of_an_hour_holds_more_than_ten_tries_wherever_it_begins(
    checks: list[str],
) -> None:
    code = a_customer().user.code
    checked: list[int] = []
    for second in (0, *range(890, 920), *range(1780, 1800), *range(1800, 1830)):
        checks.clear()
        with at(NOW, seconds=second):
            _sign_in(code, "palpite")
        checked += [second] * len(checks)
    assert len(checked) > 10
    assert all(len([c for c in checked if s <= c < s + 900]) <= 10 for s in range(1830))


def test_a6_the_owners_success_buys_a_guesser_no_new_tries(checks: list[str]) -> None:
    code = a_customer().user.code
    for n in range(9):
        _sign_in(code, f"palpite-{n}")
    assert _sign_in(code).status_code == 302
    checks.clear()
    for n in range(9, 20):
        _sign_in(code, f"palpite-{n}")
    assert len(checks) == 1


# ---------------------------------------------------------------- A7


def _plain(answer: Any) -> tuple[int, str]:
    page = answer.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    return answer.status_code, re.sub(r'(name="code" value=")\w+', r"\1", page)


def _pairs(number: int) -> list[tuple[str, bool]]:
    """Codes of accounts, and codes that nobody has; some of the real ones cannot sign in."""
    users = [a_customer(with_contract=False, with_licence=False).user for _ in range(number)]
    User.objects.filter(pk__in=[user.pk for user in users[::10]]).update(is_active=False)
    User.objects.filter(pk__in=[user.pk for user in users[1::10]]).update(password="!")
    real = [(user.code, True) for user in users]
    fake = [(f"ZZ{n:06}", False) for n in range(number)]
    return [pair for both in zip(real, fake, strict=True) for pair in both]


def test_a7_two_hundred_accounts_and_as_many_that_do_not_exist_are_the_same_work(
    checks: list[str],
) -> None:
    seen = set()
    _sign_in("AAAA2222", "nao-e-esta", REMOTE_ADDR="203.0.113.200")
    for number, (code, _real) in enumerate(_pairs(200)):
        machine = f"203.0.113.{number // 50 + 1}"
        if number % 50 == 0:  # a machine's first try opens its allowance
            _sign_in("AAAA2222", "nao-e-esta", REMOTE_ADDR=machine)
        checks.clear()
        with CaptureQueriesContext(connection) as asked:
            answer = _sign_in(code, "nao-e-esta", REMOTE_ADDR=machine)
        work = tuple(re.sub(r"'[^']*'|\d+", "?", row["sql"]) for row in asked)
        seen.add((_plain(answer), work, len(checks)))
    assert len(seen) == 1, "\n".join(str(one)[-2000:] for one in seen)


@pytest.mark.stress
def test_a7_no_clock_tells_an_account_from_none(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    pairs = _pairs(200) * 3
    random.Random(7).shuffle(pairs)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, (code, real) in enumerate(pairs):
        machine = f"203.0.{number // 200}.{number // 50 % 4 + 1}"
        began = time.perf_counter_ns()
        _sign_in(code, "nao-e-esta", REMOTE_ADDR=machine)
        took[real].append((time.perf_counter_ns() - began) / 1e6)
    apart = abs(_auc(took[True], took[False]) - 0.5) + 0.5
    gap = abs(statistics.median(took[True]) - statistics.median(took[False]))
    assert apart <= 0.55, f"AUC {apart:.3f}"
    assert gap < 5, f"{gap:.1f} ms apart"


def _auc(ones: Sequence[float], others: Sequence[float]) -> float:
    """How often one of ``ones`` took longer than one of ``others``: 0.5 tells nothing."""
    wins = sum((a > b) + (a == b) / 2 for a in ones for b in others)
    return wins / (len(ones) * len(others))
