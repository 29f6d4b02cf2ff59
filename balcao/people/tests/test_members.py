"""Who acts for whom, and what an organisation's administrator does about it."""

import pytest

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.models import Membership, Phone, User
from balcao.people.queries import owners_of, owners_of_phone, person_facts
from balcao.policy.access import SYSTEM, Role
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_contact,
    a_customer,
    a_member_of_staff,
    acting,
    an_organisation,
)

pytestmark = pytest.mark.django_db


def the_admin() -> Customer:
    return a_customer(is_admin=True, with_contract=False, with_licence=False)


def add(admin: Customer, name: str, address: str) -> Membership:
    return people.add_colleague(
        actor=admin.actor,
        now=NOW,
        organisation_id=admin.organisation.pk,
        name=name,
        address=address,
    )


def test_s03_a_colleague_is_registered_and_cannot_sign_in_before_the_invitation() -> None:
    admin = the_admin()
    member = add(admin, "Bruno Reis", f"Bruno@{admin.organisation.pk}.example")
    user = member.user
    assert not user.has_usable_password()
    assert Event.objects.filter(verb="person.invited", subject_id=user.pk).exists()
    assert user.addresses.get().verified_at is None
    assert user.addresses.get().address == f"bruno@{admin.organisation.pk}.example"
    assert person_facts(user.pk, admin.organisation.pk).registered


def test_b1_an_address_on_file_joins_its_owner_and_shows_only_what_was_typed() -> None:
    admin = the_admin()
    known, address = a_contact(an_organisation(), name="Zélia Prado")
    member = add(admin, "Dona Zélia", address)
    assert member.user_id == known.pk
    assert (member.known_as, member.known_address) == ("Dona Zélia", address)
    known.refresh_from_db()
    assert known.name == "Zélia Prado"
    verbs = Event.objects.filter(subject_id=known.pk, data__organisation=admin.organisation.pk)
    assert [event.verb for event in verbs.order_by("pk")] == [
        "person.joined",
        "person.colleague_known",
    ]
    with pytest.raises(people.Conflict, match="member"):
        add(admin, "Zélia Prado", address)


def test_a_shared_mailbox_is_several_people() -> None:
    admin = the_admin()
    first = add(admin, "Ana Lima", f"ti@{admin.organisation.pk}.example")
    second = add(admin, "Bruno Reis", f"ti@{admin.organisation.pk}.example")
    assert first.user_id != second.user_id
    assert len(owners_of(f"TI@{admin.organisation.pk}.example")) == 2


def test_b1_an_administrator_reaches_no_other_organisation() -> None:
    admin, other = the_admin(), a_customer(with_contract=False, with_licence=False)
    with pytest.raises(people.NotAllowed):
        people.add_colleague(
            actor=admin.actor,
            now=NOW,
            organisation_id=other.organisation.pk,
            name="Eu",
            address=admin.address,
        )
    for act in (people.leave,):
        with pytest.raises(people.NotAllowed):
            act(actor=admin.actor, now=NOW, user=other.user, organisation=other.organisation)
    with pytest.raises(people.NotAllowed):
        people.rename_person(actor=admin.actor, now=NOW, user_id=other.user.pk, name="X")


def test_m4_who_left_acts_for_the_organisation_no_more_from_the_next_request_on() -> None:
    admin = the_admin()
    colleague = a_colleague(admin)
    people.leave(
        actor=admin.actor,
        now=NOW,
        user=colleague.user,
        organisation=admin.organisation,
        successor_id=admin.user.pk,
    )
    assert colleague.actor.organisations == frozenset()
    assert not person_facts(colleague.user.pk, admin.organisation.pk).registered
    assert [owner.organisations for owner in owners_of(colleague.address)] == [frozenset()]


def test_the_one_who_goes_on_must_be_a_colleague() -> None:
    admin, stranger = the_admin(), a_customer(with_contract=False, with_licence=False)
    colleague = a_colleague(admin)
    for successor in (stranger.user.pk, colleague.user.pk):
        with pytest.raises(people.Conflict, match="successor"):
            people.leave(
                actor=admin.actor,
                now=NOW,
                user=colleague.user,
                organisation=admin.organisation,
                successor_id=successor,
            )


def test_the_last_administrator_of_an_organisation_goes_only_by_the_staffs_sure_hand() -> None:
    admin = the_admin()
    colleague = a_colleague(admin)

    def unmake(actor: User, user: User, *, sure: bool = False) -> None:
        people.set_admin(
            actor=acting(actor),
            now=NOW,
            user_id=user.pk,
            organisation_id=admin.organisation.pk,
            is_admin=False,
            sure=sure,
        )

    with pytest.raises(people.Conflict, match="last_admin"):
        unmake(admin.user, admin.user, sure=True)
    with pytest.raises(people.Conflict, match="last_admin"):
        people.leave(actor=admin.actor, now=NOW, user=admin.user, organisation=admin.organisation)
    people.set_admin(
        actor=admin.actor,
        now=NOW,
        user_id=colleague.user.pk,
        organisation_id=admin.organisation.pk,
        is_admin=True,
    )
    unmake(colleague.user, admin.user)
    assert admin.actor.admin_of == frozenset()
    sales = a_member_of_staff(Role.SALES)
    with pytest.raises(people.Conflict, match="last_admin"):
        unmake(sales, colleague.user)
    unmake(sales, colleague.user, sure=True)
    assert colleague.actor.admin_of == frozenset()


def test_a_person_works_at_a_branch_of_the_organisation_and_of_no_other() -> None:
    admin, other = the_admin(), an_organisation()
    ours = people.save_unit(
        actor=SYSTEM, now=NOW, organisation_id=admin.organisation.pk, name="Recife"
    )
    theirs = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=other.pk, name="Natal")
    member = Membership.objects.get(user=admin.user)
    for unit, found in ((ours, ours), (None, None)):
        people.set_unit(
            actor=admin.actor,
            now=NOW,
            user_id=admin.user.pk,
            organisation_id=admin.organisation.pk,
            unit_id=unit.pk if unit else None,
        )
        member.refresh_from_db()
        assert member.unit == found
    with pytest.raises(type(theirs).DoesNotExist):
        people.set_unit(
            actor=admin.actor,
            now=NOW,
            user_id=admin.user.pk,
            organisation_id=admin.organisation.pk,
            unit_id=theirs.pk,
        )


def test_k5_both_spellings_of_a_mobile_find_one_person_once() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    for typed in ("81 8765-4321", "+55 81 98765-4321"):
        people.add_phone(actor=SYSTEM, now=NOW, user_id=customer.user.pk, number=typed)
    assert Phone.objects.filter(user=customer.user).count() == 1
    assert customer.user.pk in [one.user_id for one in owners_of_phone("+5581987654321")]


def test_k5_a_recycled_number_is_retired_and_registered_anew() -> None:
    old = a_customer(with_contract=False, with_licence=False)
    new = a_customer(with_contract=False, with_licence=False)
    phone = people.add_phone(actor=SYSTEM, now=NOW, user_id=old.user.pk, number="(87) 99999-1234")
    people.retire_phone(actor=old.actor, now=NOW, user_id=old.user.pk, phone_id=phone.pk)
    people.add_phone(actor=SYSTEM, now=NOW, user_id=new.user.pk, number=phone.number)
    assert [one.user_id for one in owners_of_phone(phone.number)] == [new.user.pk]


def test_m1_sales_changes_nothing_of_a_member_of_staff() -> None:
    sales, agent = a_member_of_staff(Role.SALES), a_member_of_staff(Role.AGENT)
    with pytest.raises(people.NotAllowed):
        people.rename_person(actor=acting(sales), now=NOW, user_id=agent.pk, name="X")
    with pytest.raises(people.NotAllowed):
        people.deactivate(actor=acting(sales), now=NOW, user=agent)
    with pytest.raises(people.NotAllowed):
        people.add_phone(actor=acting(sales), now=NOW, user_id=agent.pk, number="81 2121-9700")
    with pytest.raises(people.NotAllowed):
        people.register_person(actor=acting(sales), now=NOW, name="Eu", roles=[Role.ADMINISTRATOR])


def test_m4_a_person_comes_back_with_what_they_had() -> None:
    customer, sales = the_admin(), a_member_of_staff(Role.SALES)
    people.deactivate(actor=acting(sales), now=NOW, user=customer.user)
    assert customer.actor.roles == frozenset()
    assert owners_of(customer.address) == []
    people.reactivate(actor=acting(sales), now=NOW, user=customer.user)
    assert customer.actor.admin_of == {customer.organisation.pk}
