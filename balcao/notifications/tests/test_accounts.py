"""What people are told about their own access."""

import re
from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.people import actions
from balcao.people.actions import make_token
from balcao.people.models import User
from balcao.people.queries import recovery_codes
from balcao.policy.access import SYSTEM
from balcao.policy.accounts import TokenKind
from tests.cast import NOW, a_customer, a_second_factor, mail_text

pytestmark = pytest.mark.usefixtures("installation")
NEW = "uma frase nova e longa"


def test_an_invitation_brings_code_and_link_to_the_address_on_file() -> None:
    user = actions.register_person(
        actor=SYSTEM, now=NOW, name="Rosa Prado", address="novo@cliente.example"
    )
    assert actions.invite(actor=SYSTEM, now=NOW, user_id=user.pk)
    run_pending(NOW)
    [mail] = Delivery.objects.filter(user=user)
    assert mail.recipient == "novo@cliente.example"
    assert mail.subject == f"Seu acesso ao portal: seu código é {user.code}"
    assert "Crie sua senha (vale 72 h)" in mail_text(mail)
    found = re.search(r"/convite/([\w-]+)", mail_text(mail))
    assert found
    assert found[1] not in mail.text + mail.html, "the database forgets the link"
    by = actions.set_password_by_link(
        now=NOW, kind=TokenKind.INVITATION, secret=found[1], password=NEW
    )
    assert by == user
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_a_changed_password_is_told_to_the_address_on_file() -> None:
    customer = a_customer()
    secret = make_token(now=NOW, kind=TokenKind.RESET, user_id=customer.user.pk)
    actions.set_password_by_link(now=NOW, kind=TokenKind.RESET, secret=secret, password=NEW)
    run_pending(NOW)
    [mail] = Delivery.objects.filter(kind="password")
    assert mail.recipient == customer.address
    assert mail.subject == "Sua senha mudou"
    assert NEW not in mail.text


def test_every_change_of_somebodys_access_is_told_to_them_with_whom_to_call() -> None:
    user = a_customer().user
    a_second_factor(user)
    actions.check_factor(now=NOW, user_id=user.pk, code=recovery_codes(user.pk)[0])
    actions.remove_factor(now=NOW, user_id=user.pk)
    a_second_factor(user, now=NOW + timedelta(minutes=1))
    actions.reset_factor(actor=SYSTEM, now=NOW, user_id=user.pk)
    run_pending(NOW + timedelta(minutes=1))
    mails = list(Delivery.objects.filter(user=user, kind="factor").order_by("pk"))
    assert [mail.subject for mail in mails] == [
        "Seu segundo fator está ativo",
        "Um código de recuperação foi usado",
        "Seu segundo fator foi desativado",
        "Um administrador redefiniu seu segundo fator",
        "Seu segundo fator está ativo",
    ]
    assert "Restam 9" in mails[1].text
    assert all("Se não foi você, ligue para nós agora" in mail.text for mail in mails)


@pytest.mark.parametrize("gone", ["deactivated", "no address"])
def test_nobody_is_told_who_cannot_be(gone: str) -> None:
    customer = a_customer()
    actions.recover(now=NOW, typed=customer.user.code)
    if gone == "deactivated":
        actions.deactivate(actor=SYSTEM, now=NOW, user=customer.user)
    else:
        actions.retire_address(actor=SYSTEM, now=NOW, user=customer.user, address=customer.address)
    run_pending(NOW)
    assert not Delivery.objects.filter(kind="recovery").exists()
