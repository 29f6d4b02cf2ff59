"""What people are told while an address on file changes, and of being named a colleague."""

from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    acting,
    mail_text,
)

pytestmark = pytest.mark.usefixtures("installation")
PHONE = "+558121219700"
NEW = "maria.nova@cliente.example"


def a_recovery(customer: Customer, *, keep: bool = False) -> int:
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name=customer.organisation.name,
        tax_id=None,
        reference=None,
        phone=PHONE,
    )
    return people.ask_address_recovery(
        actor=acting(a_member_of_staff(Role.SALES)),
        now=NOW,
        user_id=customer.user.pk,
        address=NEW,
        called=PHONE,
        evidence="Falei com a recepção, que confirmou o CNPJ.",
        keep=keep,
    ).pk


def told() -> dict[str, Delivery]:
    """Recipient -> the mail to it."""
    run_pending(NOW)
    return {mail.recipient: mail for mail in Delivery.objects.all()}


def test_a8_an_approved_recovery_is_told_to_the_old_address_and_the_administrators() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    admin = a_colleague(customer, is_admin=True)
    change = a_recovery(customer)
    assert told() == {}
    people.decide_recovery(
        actor=acting(a_member_of_staff(Role.SUPERVISOR)), now=NOW, change_id=change, approve=True
    )
    mails = told()
    assert set(mails) == {customer.address, admin.address, NEW}
    old, theirs, proof = (mail_text(mails[one]) for one in (customer.address, admin.address, NEW))
    assert mails[customer.address].subject.startswith(
        "O e-mail do seu cadastro mudou; não foi você?"
    )
    assert "/cadastro/parar/" in old
    assert "/pessoas" in theirs
    assert "/cadastro/confirmar/" in proof
    for text in (old, theirs):
        assert NEW not in text, "a wrong address may be a stranger's"
        assert "m…@cliente.example" in text


def test_a8_a_recovery_that_held_and_was_proved_sends_the_way_in_to_the_new_address() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    change = a_recovery(customer)
    people.decide_recovery(
        actor=acting(a_member_of_staff(Role.SUPERVISOR)), now=NOW, change_id=change, approve=True
    )
    secret = mail_text(told()[NEW]).split("/cadastro/confirmar/")[1].split()[0]
    people.prove_address(now=NOW, secret=secret)
    later = NOW + timedelta(hours=24)
    people.apply_due(later)
    run_pending(later)
    invited = Delivery.objects.get(kind="invitation")
    assert invited.recipient == NEW


def test_somebody_on_file_learns_that_they_are_named_as_a_colleague() -> None:
    admin = a_customer(is_admin=True, with_contract=False, with_licence=False)
    known = a_customer(name="Zélia Prado", with_contract=False, with_licence=False)
    people.add_colleague(
        actor=admin.actor,
        now=NOW,
        organisation_id=admin.organisation.pk,
        name="Dona Zélia",
        address=known.address,
    )
    mail = told()[known.address]
    assert mail.subject == f"Agora você também representa {admin.organisation.name}"
    assert known.user.code not in mail_text(mail)


def test_a8_one_more_address_is_told_to_the_registered_one_as_that_and_nothing_else() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    change = a_recovery(customer, keep=True)
    people.decide_recovery(
        actor=acting(a_member_of_staff(Role.SUPERVISOR)), now=NOW, change_id=change, approve=True
    )
    notice = told()[customer.address]
    assert notice.subject.startswith("Mais um e-mail entra no seu cadastro; não foi você?")
    text = " ".join(mail_text(notice).split())
    assert "O e-mail já cadastrado continua valendo." in text
    assert "/cadastro/parar/" in text
    assert NEW not in text
