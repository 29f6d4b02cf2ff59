"""The second factor: asked after the password, of all staff, and of nobody twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from balcao.events.models import Event
from balcao.people import actions
from balcao.people.actions import make_token
from balcao.people.models import User
from balcao.people.queries import recovery_codes
from balcao.policy.access import SYSTEM, Role
from balcao.policy.accounts import TokenKind
from balcao.portal import allowances
from balcao.portal.tests.helping import at, text_of, where
from tests.cast import (
    NOW,
    PASSWORD,
    a_customer,
    a_member_of_staff,
    a_second_factor,
    an_agent,
    app_code,
)

pytestmark = pytest.mark.usefixtures("installation")
MINUTE = 60
STAFF = (Role.AGENT, Role.SALES, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at(NOW, hours=1):
        yield


def _password(user: User, client: Client, password: str = PASSWORD) -> Any:
    return client.post(reverse("sign_in"), {"code": user.code, "password": password})


def _code(client: Client, code: str) -> Any:
    return client.post(reverse("second_factor"), {"factor": code})


def _now(secret: str, *, later: float = 0) -> str:
    return app_code(secret, NOW + timedelta(hours=1, seconds=later))


def test_a9_after_the_password_the_code_and_then_the_page_that_was_wanted() -> None:
    user, client = an_agent(), Client()
    secret = a_second_factor(user)
    wanted = where(client.get(reverse("desk_queue")))
    answer = client.post(wanted, {"code": user.code, "password": PASSWORD})
    assert where(answer) == reverse("second_factor")
    assert where(_code(client, _now(secret))) == reverse("desk_queue")
    assert client.get(reverse("desk_queue")).status_code == 200
    assert Event.objects.get(verb="person.signed_in").data == {"factor": "totp"}


@pytest.mark.parametrize("wrong", ["000000", "", "12345", "ÀÁÂÃÄÅ", "٣٤٥٦٧٨", "a" * 40])
def test_a9_a_wrong_code_signs_nobody_in(wrong: str) -> None:
    user, client = an_agent(), Client()
    a_second_factor(user)
    _password(user, client)
    assert _code(client, wrong).status_code == 422
    assert where(client.get(reverse("desk_queue"))).startswith(reverse("sign_in"))


def test_a9_half_signed_in_nothing_is_open() -> None:
    user, client = an_agent(), Client()
    a_second_factor(user)
    _password(user, client)
    for name in ("desk_queue", "portal_home", "account", "account_factor", "account_sessions"):
        assert where(client.get(reverse(name))).startswith(reverse("sign_in")), name
    assert client.post(reverse("account_factor_remove")).status_code == 401
    assert client.cookies.get(allowances.DEVICE_COOKIE) is None
    assert not Event.objects.filter(verb="person.signed_in").exists()


def test_a1_the_session_key_changes_with_the_password_and_again_with_the_code() -> None:
    user, client = an_agent(), Client()
    secret = a_second_factor(user)
    client.session.save()
    keys = [client.session.session_key]
    client.cookies[settings.SESSION_COOKIE_NAME] = keys[0] or ""
    _password(user, client)
    keys.append(client.session.session_key)
    _code(client, _now(secret))
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


def test_a9_the_same_code_works_once_even_in_another_browser() -> None:
    user, first, second = an_agent(), Client(), Client()
    secret = a_second_factor(user)
    for client in (first, second):
        _password(user, client)
    assert _code(first, _now(secret)).status_code == 302
    assert _code(second, _now(secret)).status_code == 422
    assert _code(second, _now(secret, later=30)).status_code == 302


@pytest.mark.parametrize(("off", "good"), [(-30, True), (30, True), (-60, False), (60, False)])
def test_the_phones_clock_may_be_off_by_one_step(off: int, good: bool) -> None:
    user, client = an_agent(), Client()
    secret = a_second_factor(user)
    _password(user, client)
    assert _code(client, _now(secret, later=off)).status_code == (302 if good else 422)


def test_without_the_phone_a_recovery_code_works_once() -> None:
    user, client, again = an_agent(), Client(), Client()
    a_second_factor(user)
    code = recovery_codes(user.pk)[3]
    for browser in (client, again):
        _password(user, browser)
    assert where(_code(client, f"{code[:4]} {code[4:]}")) == reverse("home")
    assert _code(again, code).status_code == 422
    assert len(recovery_codes(user.pk)) == 9
    assert Event.objects.get(verb="person.recovery_code_used").data == {"left": 9}


@pytest.mark.parametrize("what", ["deactivated", "new password", "too late"])
def test_a3_what_changed_meanwhile_ends_a_half_finished_sign_in(what: str) -> None:
    user, client = an_agent(), Client()
    secret = a_second_factor(user)
    _password(user, client)
    late = 0
    if what == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif what == "new password":
        link = make_token(now=NOW, kind=TokenKind.RESET, user_id=user.pk)
        actions.set_password_by_link(
            now=NOW, kind=TokenKind.RESET, secret=link, password="uma frase nova e longa"
        )
    else:
        late = 11 * MINUTE
    with at(NOW, hours=1, seconds=late):
        assert where(_code(client, _now(secret, later=late))).startswith(reverse("sign_in"))
        assert where(client.get(reverse("desk_queue"))).startswith(reverse("sign_in"))


@pytest.mark.parametrize("role", STAFF)
def test_a9_every_member_of_staff_adds_a_second_factor_before_anything_else(role: Role) -> None:
    user, client = a_member_of_staff(role), Client()
    _password(user, client)
    for name in ("desk_start", "desk_queue", "account", "account_sessions"):
        assert where(client.get(reverse(name))) == reverse("second_factor"), name
    assert where(client.get(reverse("second_factor"))) == reverse("account_factor")
    page = text_of(client.get(reverse("account_factor")))
    assert "cadastre o seu para continuar" in page
    assert "Sessões" not in page
    secret = client.session["new_factor"]
    sent = {"factor": _now(secret), "current": PASSWORD}
    assert where(client.post(reverse("account_factor"), sent)) == reverse("account_codes")
    assert client.get(reverse("account")).status_code == 200


def test_a9_an_installation_may_leave_it_to_its_staff(settings: LazySettings) -> None:
    settings.REQUIRE_MFA = False
    user, client = an_agent(), Client()
    _password(user, client)
    assert client.get(reverse("desk_queue")).status_code == 200
    a_second_factor(user)
    other = Client()
    assert where(_password(user, other)) == reverse("second_factor")


def test_a_customer_may_have_one_and_needs_none() -> None:
    customer, client = a_customer().user, Client()
    assert where(_password(customer, client)) == reverse("home")
    assert client.get(reverse("portal_home")).status_code == 200
    a_second_factor(customer)
    assert where(_password(customer, Client())) == reverse("second_factor")


def test_a9_a_session_from_before_is_asked_for_the_code_once_its_person_is_staff() -> None:
    user, client = a_customer().user, Client()
    secret = a_second_factor(user)
    client.force_login(user)
    actions.set_hats(actor=SYSTEM, now=NOW, user_id=user.pk, hats=frozenset({Role.AGENT}))
    assert where(client.get(reverse("desk_queue"))).startswith(reverse("sign_in"))
    client.force_login(User.objects.get(pk=user.pk))
    assert where(client.get(reverse("desk_queue"))) == reverse("second_factor")
    assert client.get(reverse("second_factor")).status_code == 200
    assert _code(client, _now(secret)).status_code == 302
    assert client.get(reverse("desk_queue")).status_code == 200


def test_a6_ten_wrong_codes_close_the_second_factor_for_a_quarter_of_an_hour() -> None:
    user, client = an_agent(), Client()
    secret = a_second_factor(user)
    _password(user, client)
    for _ in range(allowances.TRIES_PER_CODE):
        assert _code(client, "000000").status_code == 422
    closed = _code(client, _now(secret))
    assert closed.status_code == 429
    assert "Muitas tentativas" in text_of(closed)
    late = 15 * MINUTE + 1
    with at(NOW, hours=1, seconds=late):
        _password(user, client)
        assert _code(client, _now(secret, later=late)).status_code == 302


def test_a6_guessing_codes_elsewhere_does_not_lock_out_the_owners_browser() -> None:
    user, own, other = an_agent(), Client(), Client()
    secret = a_second_factor(user)
    _password(user, own)
    _code(own, _now(secret))
    own.post(reverse("sign_out"))
    _password(user, other)
    for _ in range(allowances.TRIES_PER_CODE + 1):
        _code(other, "000000")
    _password(user, own)
    assert _code(own, _now(secret, later=30)).status_code == 302


def test_nobody_is_asked_for_a_second_factor_out_of_nowhere() -> None:
    assert where(Client().get(reverse("second_factor"))) == reverse("sign_in")
    assert where(_code(Client(), "000000")) == reverse("sign_in")
    assert where(Client().get(reverse("account_factor"))).startswith(reverse("sign_in"))
