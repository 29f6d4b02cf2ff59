"""Sign-in by user code and password (S4), and that it cannot be guessed or misused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from balcao.people.models import User
from balcao.portal import allowances
from balcao.portal.tests.helping import at, text_of, where
from tests.cast import NOW, PASSWORD, a_customer, a_member_of_staff, an_agent

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _sign_in(code: str, password: str = PASSWORD, client: Client | None = None, **more: str) -> Any:
    client = client or Client()
    return client.post(reverse("sign_in"), {"code": code, "password": password} | more)


def test_s04_a_customer_signs_in_with_code_and_password() -> None:
    code = a_customer().user.code
    answer = _sign_in(f" {code[:4].lower()} {code[4:].lower()} ")
    assert answer.status_code == 302
    assert where(answer) == reverse("home")


@pytest.mark.parametrize("wrong", ["code", "password", "address", "name"])
def test_s04_nothing_but_the_right_code_and_password_signs_in(wrong: str) -> None:
    customer = a_customer()
    code = {"code": "ZZZZ2222", "address": customer.address, "name": customer.user.name}.get(
        wrong, customer.user.code
    )
    answer = _sign_in(code, "another-password" if wrong == "password" else PASSWORD)
    assert answer.status_code == 422
    assert "Código ou senha não conferem" in text_of(answer)
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_s03_somebody_deactivated_cannot_sign_in() -> None:
    customer = a_customer()
    User.objects.filter(pk=customer.user.pk).update(is_active=False)
    assert _sign_in(customer.user.code).status_code == 422


def test_a1_the_session_of_before_is_worth_nothing_after_sign_in_and_sign_out() -> None:
    customer, client = a_customer(), Client()
    client.session.save()
    planted = client.session.session_key or ""
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    _sign_in(customer.user.code, client=client)
    inside = client.session.session_key or ""
    assert inside != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert client.get(reverse("portal_home")).status_code == 200
    client.post(reverse("sign_out"))
    client.cookies[settings.SESSION_COOKIE_NAME] = inside
    assert client.get(reverse("portal_home")).status_code == 302


def test_a_contact_stays_signed_in_for_14_days_and_staff_for_12_hours() -> None:
    for user, lasts in (
        (a_customer().user, timedelta(days=14)),
        (an_agent(), timedelta(hours=12)),
    ):
        client = Client()
        _sign_in(user.code, client=client)
        ends = Session.objects.get(session_key=client.session.session_key).expire_date
        assert ends == NOW + lasts
        with at(NOW, seconds=lasts.total_seconds() + 1):
            assert where(client.get(reverse("home"))) == reverse("sign_in")


def test_a6_ten_misses_close_the_code_for_a_quarter_of_an_hour_even_to_the_right_password() -> None:
    code = a_customer().user.code
    for _ in range(allowances.TRIES_PER_CODE):
        assert _sign_in(code, "guess-number-one").status_code == 422
    closed = _sign_in(code)
    assert closed.status_code == 429
    assert "Muitas tentativas" in text_of(closed)
    with at(NOW, minutes=15, seconds=1):
        assert _sign_in(code).status_code == 302


def test_a6_guessing_elsewhere_does_not_lock_out_the_browser_that_signed_in_before() -> None:
    code, own = a_customer().user.code, Client()
    _sign_in(code, client=own)
    own.post(reverse("sign_out"))
    for _ in range(allowances.TRIES_PER_CODE + 1):
        _sign_in(code, "guess-number-one")
    assert _sign_in(code).status_code == 429
    assert _sign_in(code, client=own).status_code == 302


def test_a6_the_cookie_of_one_code_helps_with_no_other() -> None:
    first, second, browser = a_customer().user.code, a_customer().user.code, Client()
    _sign_in(first, client=browser)
    browser.post(reverse("sign_out"))
    for _ in range(allowances.TRIES_PER_CODE):
        _sign_in(second, "guess-number-one")
    assert _sign_in(second, client=browser).status_code == 429


def test_a6_one_address_gets_a_hundred_tries_over_all_codes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowances, "TRIES_PER_ADDRESS", 3)
    code = a_customer().user.code
    for number in range(3):
        assert _sign_in(f"ABCD234{number}").status_code == 422
    assert _sign_in(code).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert _sign_in(code, client=elsewhere).status_code == 302


def test_a4_a_forwarded_address_in_a_header_buys_no_new_allowance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowances, "TRIES_PER_ADDRESS", 2)
    answers = [
        _sign_in(f"ABCD234{number}", client=Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}"))
        for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 429]


def test_a7_an_unknown_code_gets_the_same_answer_after_the_same_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = a_customer().user.code
    work: list[str] = []
    hasher = hashers.get_hasher("default")
    real = type(hasher).encode

    def counted(self: Any, password: str, salt: str) -> str:
        work.append(password)
        return str(real(self, password, salt))

    monkeypatch.setattr(type(hasher), "encode", counted)
    pages = []
    for code in (known, "ZZZZ2222"):
        work.clear()
        answer = _sign_in(code, "not-the-password")
        pages.append((answer.status_code, text_of(answer)))
        assert len(work) == 1
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "/sair",
        "",
    ],
)
def test_sign_in_leads_to_no_other_site_and_to_no_form_address(onward: str) -> None:
    assert where(_sign_in(a_customer().user.code, next=onward)) == reverse("home")


def test_sign_in_leads_on_to_the_page_somebody_wanted() -> None:
    client = Client()
    wanted = client.get(reverse("ticket_new") + "?rascunho=abc")
    assert where(wanted).startswith(reverse("sign_in"))
    answer = _sign_in(a_customer().user.code, client=client, next="/chamados/abrir?rascunho=abc")
    assert where(answer) == "/chamados/abrir?rascunho=abc"


def test_home_leads_strangers_contacts_and_staff_to_their_places() -> None:
    places = {}
    for name, user in (("contact", a_customer().user), ("agent", an_agent()), ("nobody", None)):
        client = Client()
        if user:
            client.force_login(user)
        places[name] = where(client.get(reverse("home")))
    assert places == {
        "contact": reverse("portal_home"),
        "agent": reverse("desk_start"),
        "nobody": reverse("sign_in"),
    }


def test_somebody_without_any_role_is_told_so_and_goes_in_no_circle() -> None:
    client = Client()
    client.force_login(a_member_of_staff())
    assert client.get(reverse("home")).status_code == 403


def test_the_sign_in_page_says_what_the_code_is_and_whom_to_call() -> None:
    text = text_of(Client().get(reverse("sign_in")))
    assert "Código de usuário" in text
    assert "O código está no e-mail de boas-vindas; não é o seu e-mail." in text
    assert "Esqueci meu código ou minha senha" in text


def test_language_and_colours_are_kept_in_this_browser() -> None:
    client = Client()
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/entrar"})
    assert where(answer) == "/entrar"
    assert "User code" in text_of(client.get("/entrar"))
    client.post(reverse("set_theme"), {"theme": "dark", "next": "/entrar"})
    assert b'data-theme="balcao-dark"' in client.get("/entrar").content
    client.post(reverse("set_theme"), {"theme": "system", "next": "/entrar"})
    assert b"data-theme" not in client.get("/entrar").content


@pytest.mark.parametrize("given", ["xx", "", "../../etc"])
def test_an_unknown_language_or_theme_changes_nothing(given: str) -> None:
    client = Client()
    for route, field in (("set_language", "language"), ("set_theme", "theme")):
        answer = client.post(reverse(route), {field: given, "next": "https://evil.example/"})
        assert where(answer) == reverse("home")
        assert not answer.cookies


def test_a_refused_form_shown_again_leads_back_to_its_page() -> None:
    client = Client()
    answer = client.post(
        reverse("set_theme"), {"theme": "dark", "next": "/chamados/4827193059/responder"}
    )
    assert where(answer) == "/chamados/4827193059"
