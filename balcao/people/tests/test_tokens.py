"""Links that prove who somebody is: once, in time, for one person and one purpose."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from balcao.people import actions
from balcao.people.actions import TokenRefused, make_token, use_token
from balcao.people.models import Token, User
from balcao.people.queries import find_token, recovery_codes
from balcao.policy.access import SYSTEM
from balcao.policy.accounts import LIFE, TokenKind
from tests.cast import NOW, a_customer, a_second_factor, app_code

pytestmark = pytest.mark.usefixtures("installation")

Abuse = Callable[[str, TokenKind, User], None]
SECOND = timedelta(seconds=1)


def use(secret: str, kind: TokenKind, *, later: timedelta = timedelta(0)) -> int:
    return use_token(now=NOW + later, kind=kind, secret=secret).user_id


@pytest.mark.parametrize("kind", TokenKind)
def test_a3_a_link_works_once_until_its_last_second(kind: TokenKind) -> None:
    user = a_customer().user
    secret = make_token(now=NOW, kind=kind, user_id=user.pk, payload={"address": 7})
    found = find_token(secret, kind=kind, now=NOW)
    assert found
    assert found.payload == {"address": 7}
    assert use(secret, kind, later=LIFE[kind] - SECOND) == user.pk
    assert find_token(secret, kind=kind, now=NOW) is None


def _reused(secret: str, kind: TokenKind, user: User) -> None:
    use(secret, kind)
    use(secret, kind)


def _expired(secret: str, kind: TokenKind, user: User) -> None:
    use(secret, kind, later=LIFE[kind])


def _empty(secret: str, kind: TokenKind, user: User) -> None:
    use("", kind)


def _null(secret: str, kind: TokenKind, user: User) -> None:
    use("\x00", kind)


def _truncated(secret: str, kind: TokenKind, user: User) -> None:
    use(secret[:-1], kind)


def _other_case(secret: str, kind: TokenKind, user: User) -> None:
    use(secret.swapcase(), kind)


def _other_user(secret: str, kind: TokenKind, user: User) -> None:
    use_token(now=NOW, kind=kind, secret=secret, user_id=a_customer().user.pk)


def _after_a_change(secret: str, kind: TokenKind, user: User) -> None:
    link = make_token(now=NOW, kind=TokenKind.RESET, user_id=user.pk)
    actions.set_password_by_link(
        now=NOW, kind=TokenKind.RESET, secret=link, password="uma frase nova e longa"
    )
    use(secret, kind)


def _other_kind(secret: str, kind: TokenKind, user: User) -> None:
    use(secret, next(other for other in TokenKind if other is not kind))


def _deactivated(secret: str, kind: TokenKind, user: User) -> None:
    actions.deactivate(actor=SYSTEM, now=NOW, user=user)
    use(secret, kind)


def _withdrawn(secret: str, kind: TokenKind, user: User) -> None:
    actions.withdraw_tokens(now=NOW, kind=kind, user_id=user.pk)
    use(secret, kind)


ABUSES: tuple[Abuse, ...] = (
    _reused,
    _expired,
    _empty,
    _null,
    _truncated,
    _other_case,
    _other_user,
    _after_a_change,
    _other_kind,
    _deactivated,
    _withdrawn,
)


@pytest.mark.parametrize("kind", TokenKind)
@pytest.mark.parametrize("abuse", ABUSES)
def test_a3_every_abuse_of_a_link_is_the_same_refusal(abuse: Abuse, kind: TokenKind) -> None:
    user = a_customer().user
    secret = make_token(now=NOW, kind=kind, user_id=user.pk)
    with pytest.raises(TokenRefused):
        abuse(secret, kind, user)


@pytest.mark.django_db(transaction=True)
def test_a3_of_eight_uses_at_the_same_time_one_wins() -> None:
    user = a_customer().user
    secret = make_token(now=NOW, kind=TokenKind.RESET, user_id=user.pk)
    won: list[int] = []
    start = threading.Barrier(8)

    def use_it() -> None:
        start.wait()
        try:
            won.append(use(secret, TokenKind.RESET))
        except TokenRefused:
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=use_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert won == [user.pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("factor", ["totp", "recovery"])
def test_a9_of_eight_uses_of_one_code_at_the_same_time_one_wins(factor: str) -> None:
    user = a_customer().user
    secret = a_second_factor(user, now=NOW)
    later = NOW + timedelta(minutes=1)
    code = app_code(secret, later) if factor == "totp" else recovery_codes(user.pk)[0]
    found: list[str | None] = []
    start = threading.Barrier(8)

    def try_it() -> None:
        start.wait()
        try:
            found.append(actions.check_factor(now=later, user_id=user.pk, code=code))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found, key=str) == [None] * 7 + [factor]


def test_a3_the_database_keeps_no_secret() -> None:
    secret = make_token(now=NOW, kind=TokenKind.RESET, user_id=a_customer().user.pk)
    [row] = Token.objects.filter(user__isnull=False).values()
    assert secret not in str(row)
    assert len(secret) >= 43
