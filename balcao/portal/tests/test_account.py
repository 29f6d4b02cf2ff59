"""Minha conta: password, second factor, sessions and language, by their owner only."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from balcao.events.models import Event
from balcao.people import actions
from balcao.people.actions import sessions
from balcao.people.models import Token, User
from balcao.people.queries import has_second_factor, recovery_codes
from balcao.policy.access import SYSTEM, Role
from balcao.policy.accounts import TokenKind
from balcao.portal.tests.helping import at, at_most, text_of, where
from tests.cast import (
    NOW,
    PASSWORD,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_second_factor,
    a_ticket,
    acting,
    an_agent,
    app_code,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")
NEW = "uma frase nova e longa"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _browser(user: User, **extra: str) -> Client:
    """Somebody who signed in by the door."""
    client = Client(**extra)  # type: ignore[arg-type]
    client.post(reverse("sign_in"), {"code": user.code, "password": PASSWORD})
    return client


def _inside(client: Client) -> bool:
    return bool(client.get(reverse("account")).status_code == 200)


def _change(client: Client, current: str = PASSWORD, new: str = NEW) -> Any:
    sent = {"current": current, "password": new, "again": new}
    return client.post(reverse("account_password"), sent)


def test_my_account_says_who_i_am_and_how_i_am_protected() -> None:
    customer = a_customer()
    client = _browser(customer.user)
    with at_most(9):
        page = text_of(client.get(reverse("account")))
    assert customer.user.code in page
    assert "Segundo fator inativo" in page


def test_both_shells_lead_to_my_account() -> None:
    for user, page in ((a_customer().user, "portal_home"), (an_agent(), "desk_queue")):
        assert reverse("account") in signed_in(user).get(reverse(page)).content.decode()


def test_a1_m4_a_new_password_ends_the_other_sessions_and_renews_this_one() -> None:
    user = a_customer().user
    here, elsewhere = _browser(user), _browser(user)
    before = here.session.session_key or ""
    assert where(_change(here)) == reverse("account_password") + "?aviso=senha"
    assert _inside(here)
    assert not _inside(elsewhere)
    assert here.session.session_key != before
    planted = Client()
    planted.cookies["balcao_session"] = before
    assert not _inside(planted)
    assert "esta" in text_of(here.get(reverse("account_sessions")))
    assert User.objects.get(pk=user.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [
        ("not-the-password", NEW, "Esta não é a sua senha"),
        (PASSWORD, "curta", "muito curta"),
        ("", NEW, "Digite sua senha"),
    ],
)
def test_a_password_is_changed_by_who_knows_it_and_to_a_good_one(
    current: str, new: str, says: str
) -> None:
    user = a_customer().user
    client = _browser(user)
    answer = _change(client, current, new)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert _inside(client)


def test_a6_a_stolen_session_guesses_the_password_ten_times() -> None:
    user = a_customer().user
    client = _browser(user)
    for number in range(10):
        assert "Esta não é a sua senha" in text_of(_change(client, f"palpite-{number}"))
    assert "Muitas tentativas" in text_of(_change(client))
    with at(NOW, minutes=15, seconds=1):
        assert _change(client).status_code == 302


def test_my_language_is_that_of_my_pages_and_mails() -> None:
    customer = a_customer()
    client = _browser(customer.user)
    client.post(reverse("account_language"), {"language": "en"})
    assert "My account" in text_of(client.get(reverse("account")))
    assert User.objects.get(pk=customer.user.pk).language == "en"
    client.post(reverse("account_language"), {"language": "xx"})
    assert User.objects.get(pk=customer.user.pk).language == "en"


# ---------------------------------------------------------------- second factor


def _add(client: Client, *, password: str = PASSWORD, wrong: bool = False) -> Any:
    client.get(reverse("account_factor"))
    code = "000000" if wrong else app_code(client.session["new_factor"], NOW)
    return client.post(reverse("account_factor"), {"factor": code, "current": password})


def test_an_app_is_added_by_picture_or_key_and_its_recovery_codes_are_shown_until_kept() -> None:
    user = a_customer().user
    client = _browser(user)
    page = client.get(reverse("account_factor"))
    key = client.session["new_factor"]
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert key in text_of(page).replace(" ", "")
    assert where(_add(client)) == reverse("account_codes")
    page = client.get(reverse("account_codes"))
    shown = re.findall(r"<code>(\d{4}) (\d{4})</code>", page.content.decode())
    assert ["".join(pair) for pair in shown] == recovery_codes(user.pk)
    assert len(shown) == 10
    client.post(reverse("account_codes"))
    assert where(client.get(reverse("account_codes"))) == reverse("account_factor")
    assert key not in str(dict(client.session))
    assert "Restam 10 códigos" in text_of(client.get(reverse("account_factor")))


@pytest.mark.parametrize("wrong", ["code", "password"])
def test_an_app_is_added_by_who_holds_it_and_knows_the_password(wrong: str) -> None:
    user = a_customer().user
    client = _browser(user)
    client.get(reverse("account_factor"))
    key = client.session["new_factor"]
    password = "not-the-password" if wrong == "password" else PASSWORD
    assert _add(client, wrong=wrong == "code", password=password).status_code == 422
    assert not has_second_factor(user.pk)
    assert client.session["new_factor"] == key


def test_the_key_of_the_app_is_kept_encrypted() -> None:
    user = a_customer().user
    key = a_second_factor(user)
    kept = str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))
    assert key not in kept
    assert not any(code in kept for code in recovery_codes(user.pk))


def _protected(user: User) -> Client:
    client = _browser(user)
    assert _add(client).status_code == 302
    return client


@pytest.mark.parametrize("route", ["account_codes_new", "account_factor_remove"])
def test_a_second_factor_changes_only_with_the_password(route: str) -> None:
    user = a_customer().user
    client = _protected(user)
    codes = recovery_codes(user.pk)
    assert client.post(reverse(route), {"current": "not-the-password"}).status_code == 422
    assert client.post(reverse(route)).status_code == 422
    assert recovery_codes(user.pk) == codes
    assert client.post(reverse(route), {"current": PASSWORD}).status_code == 302
    assert not set(recovery_codes(user.pk)) & set(codes)
    assert has_second_factor(user.pk) is (route == "account_codes_new")


def test_a9_staff_who_remove_theirs_are_asked_for_another_at_once() -> None:
    user = an_agent()
    client = _protected(user)
    assert client.get(reverse("desk_queue")).status_code == 200
    client.post(reverse("account_factor_remove"), {"current": PASSWORD})
    assert where(client.get(reverse("desk_queue"))) == reverse("second_factor")


@pytest.mark.parametrize("route", ["account_codes_new", "account_factor_remove"])
def test_without_a_second_factor_there_is_nothing_to_change(route: str) -> None:
    client = _browser(a_customer().user)
    answer = client.post(reverse(route), {"current": PASSWORD})
    assert where(answer) == reverse("account_factor")


def test_m1_an_administrator_resets_the_second_factor_of_staff_and_nobody_their_own() -> None:
    agent, boss = an_agent(), a_member_of_staff(Role.ADMINISTRATOR)
    client = _protected(agent)
    for actor in (acting(agent), acting(an_agent()), acting(a_member_of_staff(Role.SALES))):
        with pytest.raises(actions.NotAllowed):
            actions.reset_factor(actor=actor, now=NOW, user_id=agent.pk)
    assert actions.reset_factor(actor=acting(boss), now=NOW, user_id=agent.pk)
    assert not has_second_factor(agent.pk)
    assert not _inside(client)
    assert not actions.reset_factor(actor=acting(boss), now=NOW, user_id=agent.pk)
    assert Event.objects.filter(verb="person.second_factor_reset").count() == 1


# ---------------------------------------------------------------- sessions


def test_my_sessions_are_listed_with_device_machine_and_moment_this_one_first() -> None:
    user = a_customer().user
    _browser(user, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.9")
    with at(NOW, hours=1):
        here = _browser(user)
        page = text_of(here.get(reverse("account_sessions")))
    assert "Firefox no Windows" in page
    assert "203.0.113.9" in page
    assert page.index("Navegador desconhecido") < page.index("Firefox no Windows")


def test_m4_one_session_ends_with_its_next_request() -> None:
    user = a_customer().user
    here, elsewhere, third = _browser(user), _browser(user), _browser(user)
    page = here.get(reverse("account_sessions")).content.decode()
    last = re.findall(r"/conta/sessoes/(\d+)/encerrar", page)
    assert len(last) == 2
    here.post(reverse("account_session_end", args=[last[0]]))
    assert [_inside(here), _inside(elsewhere), _inside(third)].count(False) == 1
    assert _inside(here)


def test_m4_all_other_sessions_end_and_this_one_stays() -> None:
    user = a_customer().user
    here, elsewhere, third = _browser(user), _browser(user), _browser(user)
    here.post(reverse("account_sessions_end"))
    assert [_inside(here), _inside(elsewhere), _inside(third)] == [True, False, False]


def test_b5_nobody_ends_somebody_elses_session() -> None:
    customer = a_customer()
    mine, theirs = _browser(customer.user), _browser(a_colleague(customer).user)
    page = theirs.get(reverse("account_sessions")).content.decode()
    assert "/encerrar-outras" not in page
    for row in UserSession.objects.exclude(user=customer.user):
        mine.post(reverse("account_session_end", args=[row.pk]))
    assert _inside(theirs)


def test_a_session_is_noted_as_used_every_five_minutes_and_from_where() -> None:
    user = a_customer().user
    client = _browser(user)
    page = ""
    for minutes, seen in ((4, "12:00"), (6, "12:06"), (9, "12:06")):
        with at(NOW, minutes=minutes):
            client.get(reverse("portal_home"), REMOTE_ADDR="203.0.113.9")
            page = text_of(client.get(reverse("account_sessions")))
            assert f"esta hoje às {seen} hoje às 12:00" in page, minutes
    assert "203.0.113.9" in page


def test_who_signed_out_or_whose_session_expired_leaves_the_list() -> None:
    user = a_customer().user
    _browser(user).post(reverse("sign_out"))
    _browser(user)
    with at(NOW + timedelta(days=14), seconds=1):
        page = _browser(user).get(reverse("account_sessions")).content.decode()
    assert "/encerrar" not in page


def test_what_ran_out_is_forgotten_and_what_is_in_use_stays() -> None:
    user = a_customer().user
    here = _browser(user)
    link = actions.make_token(now=NOW, kind=TokenKind.RESET, user_id=user.pk)
    sessions.sweep(NOW + timedelta(days=13))
    assert _inside(here)
    assert UserSession.objects.filter(user=user).count() == 1
    assert Token.objects.filter(user=user).count() == 1
    assert link
    sessions.sweep(NOW + timedelta(days=92))
    assert not UserSession.objects.filter(user=user).exists()
    assert not Token.objects.filter(user=user).exists()
    assert not _inside(here)


def test_m4_who_left_a_company_sees_it_no_more_with_the_next_request() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    client = _browser(customer.user)
    address = reverse("ticket", args=[ticket.number])
    assert client.get(address).status_code == 200
    actions.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("what", ["hats given", "hats taken", "deactivated", "admin", "ended all"])
def test_a1_m4_every_session_ends_when_what_somebody_may_do_changes(what: str) -> None:
    customer = a_customer()
    user = customer.user
    listed, unlisted = _browser(user), signed_in(user)
    at: Any = {"actor": SYSTEM, "now": NOW}
    if what == "hats taken":
        actions.set_hats(**at, user_id=user.pk, hats=frozenset({Role.AGENT}))
        user.refresh_from_db()
        unlisted = signed_in(user)
        actions.set_hats(**at, user_id=user.pk, hats=frozenset())
    elif what == "hats given":
        actions.set_hats(**at, user_id=user.pk, hats=frozenset({Role.AGENT}))
    elif what == "deactivated":
        actions.deactivate(**at, user=user)
    elif what == "admin":
        actions.set_admin(
            **at, user_id=user.pk, organisation_id=customer.organisation.pk, is_admin=True
        )
    else:
        actions.end_all(**at, user_id=user.pk)
    assert [_inside(listed), _inside(unlisted)] == [False, False]
