"""Invitations, and a password from a link."""

import pytest
from django.core.exceptions import ValidationError

from balcao.events.models import Event
from balcao.people import actions
from balcao.people.actions import TokenRefused, make_token
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.policy.accounts import TokenKind
from tests.cast import NOW, a_customer

pytestmark = pytest.mark.usefixtures("installation")
NEW = "uma frase nova e longa"


def a_newcomer(address: str | None = "novo@cliente.example") -> User:
    return actions.register_person(actor=SYSTEM, now=NOW, name="Rosa Prado", address=address)


@pytest.mark.parametrize("why", ["no address", "deactivated", "unknown"])
def test_nobody_is_invited_who_cannot_be_written_to(why: str) -> None:
    user = a_newcomer(None if why == "no address" else "novo@cliente.example")
    if why == "deactivated":
        actions.deactivate(actor=SYSTEM, now=NOW, user=user)
    pk = 0 if why == "unknown" else user.pk
    assert not actions.invite(actor=SYSTEM, now=NOW, user_id=pk)
    assert not Event.objects.filter(verb="person.invited").exists()


def test_an_invitation_says_no_password_in_the_record() -> None:
    user = a_newcomer()
    actions.invite(actor=SYSTEM, now=NOW, user_id=user.pk)
    assert Event.objects.get(verb="person.invited").data == {}


@pytest.mark.parametrize("weak", ["curta", "1234567890123", "password1234"[:8] + "!", ""])
def test_a_weak_password_is_refused_and_the_link_stays_good(weak: str) -> None:
    user = a_customer().user
    secret = make_token(now=NOW, kind=TokenKind.RESET, user_id=user.pk)
    with pytest.raises(ValidationError):
        actions.set_password_by_link(now=NOW, kind=TokenKind.RESET, secret=secret, password=weak)
    actions.set_password_by_link(now=NOW, kind=TokenKind.RESET, secret=secret, password=NEW)
    with pytest.raises(TokenRefused):
        actions.set_password_by_link(now=NOW, kind=TokenKind.RESET, secret=secret, password=NEW)
