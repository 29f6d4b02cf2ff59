"""The address on file: who may change it, and how (A8)."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.actions import Conflict, NotAllowed, TokenRefused
from balcao.people.models import Address, AddressChange, User
from balcao.people.queries import (
    actor_for,
    change_proved_by,
    change_to_stop,
    changes_to_stop,
    owners_of,
    primary_addresses,
    recoveries,
    stop_link,
)
from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.accounts import TokenKind
from balcao.policy.addresses import ANSWER_WITHIN, HOLD, PROVE_WITHIN, ChangeKind, ChangeState
from tests.cast import (
    NOW,
    PASSWORD,
    Customer,
    a_colleague,
    a_customer,
    a_member_of_staff,
    acting,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
OWN_HOLD, LONG_HOLD = HOLD[ChangeKind.OWN], HOLD[ChangeKind.RECOVERY]
PHONE = "+558121219700"


def a_new_address() -> str:
    return f"novo-{secrets.token_hex(4)}@cliente.example"


def somebody() -> Customer:
    customer = a_customer(with_contract=False, with_licence=False)
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name=customer.organisation.name,
        tax_id=None,
        reference=None,
        phone=PHONE,
    )
    return customer


def staff(role: Role) -> Actor:
    return acting(a_member_of_staff(role))


def ask(customer: Customer, *, replace: bool = True, password: str = PASSWORD) -> AddressChange:
    old = Address.objects.get(user=customer.user, retired_at=None, primary=True)
    return people.ask_address_change(
        actor=customer.actor,
        now=NOW,
        address=a_new_address(),
        password=password,
        replaces_id=old.pk if replace else None,
    )


def recover(customer: Customer, actor: Actor | None = None, **more: Any) -> AddressChange:
    asked: dict[str, Any] = {
        "address": a_new_address(),
        "called": PHONE,
        "evidence": "Ligamos para a recepção; confirmou CNPJ e cargo.",
    }
    return people.ask_address_recovery(
        actor=actor or staff(Role.SALES), now=NOW, user_id=customer.user.pk, **{**asked, **more}
    )


def approve(change: AddressChange, actor: Actor | None = None) -> None:
    people.decide_recovery(
        actor=actor or staff(Role.SUPERVISOR), now=NOW, change_id=change.pk, approve=True
    )


def link(change: AddressChange, *, now: datetime = NOW) -> str:
    own = change.kind == ChangeKind.OWN.value
    return people.make_token(
        now=now,
        kind=TokenKind.ADDRESS if own else TokenKind.RECOVERY,
        user_id=change.user_id,
        payload={"change": change.pk},
    )


def prove(change: AddressChange, *, now: datetime = NOW) -> None:
    people.prove_address(now=now, secret=link(change, now=now))


def on_file(customer: Customer) -> list[str]:
    rows = Address.objects.filter(user=customer.user, retired_at=None).order_by("-primary", "pk")
    return list(rows.values_list("address", flat=True))


def state(change: AddressChange) -> str:
    change.refresh_from_db()
    return change.state


def test_a8_the_owner_changes_it_by_password_proof_and_a_hold_that_the_old_one_learns_of() -> None:
    customer = somebody()
    change = ask(customer)
    assert on_file(customer) == [customer.address]
    prove(change, now=NOW + timedelta(hours=1))
    held = NOW + timedelta(hours=1)
    assert Event.objects.filter(verb="person.address_change_held", subject_id=change.user_id)
    people.apply_due(held + OWN_HOLD - SECOND)
    assert on_file(customer) == [customer.address]
    people.apply_due(held + OWN_HOLD)
    assert on_file(customer) == [change.address]
    assert state(change) == ChangeState.APPLIED
    assert primary_addresses([customer.user.pk]) == {customer.user.pk: change.address}
    assert owners_of(customer.address) == []


def test_a8_an_address_more_leaves_the_first_where_mail_goes() -> None:
    customer = somebody()
    change = ask(customer, replace=False)
    prove(change)
    people.apply_due(NOW + OWN_HOLD)
    assert on_file(customer) == [customer.address, change.address]
    assert primary_addresses([customer.user.pk]) == {customer.user.pk: customer.address}


def _register_again(customer: Customer, address: str) -> None:
    people.add_address(
        actor=staff(Role.ADMINISTRATOR), now=NOW, user=customer.user, address=address
    )


def _retire(customer: Customer, _address: str) -> None:
    people.retire_address(
        actor=staff(Role.SALES), now=NOW, user=customer.user, address=customer.address
    )


def _as_colleague(customer: Customer, address: str) -> None:
    admin = a_colleague(customer, is_admin=True)
    people.add_colleague(
        actor=admin.actor,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name=customer.user.name,
        address=address,
    )


def _without_password(customer: Customer, _address: str) -> None:
    prove(ask(customer, password="errada-2026"))


def _without_proof(customer: Customer, _address: str) -> None:
    ask(customer)


def _with_anothers_proof(customer: Customer, _address: str) -> None:
    ask(customer)
    prove(ask(somebody()))


def _for_another(customer: Customer, address: str) -> None:
    people.ask_address_change(
        actor=staff(Role.ADMINISTRATOR),
        now=NOW,
        address=address,
        password=PASSWORD,
        replaces_id=Address.objects.get(user=customer.user).pk,
    )


def _asked_alone(customer: Customer, _address: str) -> None:
    recover(customer)


def _approved_by_who_asked(customer: Customer, _address: str) -> None:
    both = acting(a_member_of_staff(Role.SALES, Role.SUPERVISOR))
    approve(recover(customer, both), both)


def _approved_without_proof(customer: Customer, _address: str) -> None:
    approve(recover(customer))


PATHS: list[Callable[[Customer, str], None]] = [
    _register_again,
    _retire,
    _as_colleague,
    _without_password,
    _without_proof,
    _with_anothers_proof,
    _for_another,
    _asked_alone,
    _approved_by_who_asked,
    _approved_without_proof,
]


def test_a8_of_ten_paths_none_changes_the_address_alone() -> None:
    assert len(PATHS) == 10
    changed = []
    for path in PATHS:
        customer = somebody()
        with suppress(NotAllowed, Conflict, TokenRefused, Address.DoesNotExist):
            path(customer, a_new_address())
        people.apply_due(NOW + timedelta(days=30))
        if on_file(customer) != [customer.address]:
            changed.append(path.__name__)
    assert changed == []


def test_a8_a_recovery_takes_two_people_a_proof_and_a_day_and_then_holds() -> None:
    customer = somebody()
    change = recover(customer)
    approve(change)
    prove(change, now=NOW + timedelta(hours=2))
    people.apply_due(NOW + LONG_HOLD - SECOND)
    assert on_file(customer) == [customer.address]
    people.apply_due(NOW + LONG_HOLD)
    assert on_file(customer) == [change.address]
    assert Event.objects.filter(verb="person.invited", subject_id=customer.user.pk).exists()


def test_a8_a_late_proof_of_a_recovery_counts_until_its_week_is_over() -> None:
    for late, applied in ((PROVE_WITHIN - SECOND, True), (PROVE_WITHIN, False)):
        customer = somebody()
        change = recover(customer)
        approve(change)
        secret = link(change)
        people.apply_due(NOW + late)
        if applied:
            people.prove_address(now=NOW + late, secret=secret)
            people.apply_due(NOW + late)
        else:
            with pytest.raises(TokenRefused):
                people.prove_address(now=NOW + late, secret=secret)
        assert (on_file(customer) == [change.address]) is applied


def test_a8_a_deputy_approves_and_is_the_second_person() -> None:
    supervisor, agent = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AGENT)
    change = recover(somebody())
    with pytest.raises(NotAllowed):
        approve(change, acting(agent))
    people.name_deputy(
        actor=acting(supervisor),
        now=NOW,
        deputy_id=agent.pk,
        role=Role.SUPERVISOR,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
    )
    approve(change, acting(agent))
    assert state(change) == ChangeState.HOLDING


@pytest.mark.parametrize("who", ["person", "admin", "seller", "supervisor", "link"])
def test_a8_anybody_whom_a_recovery_concerns_stops_it(who: str) -> None:
    customer = somebody()
    admin = a_colleague(customer, is_admin=True)
    seller = staff(Role.SALES)
    change = recover(customer, seller)
    approve(change)
    prove(change)
    actors = {
        "person": customer.actor,
        "admin": admin.actor,
        "seller": seller,
        "supervisor": staff(Role.SUPERVISOR),
    }
    if who == "link":
        people.stop_by_link(now=NOW, secret=stop_link(change.pk))
    else:
        people.stop_change(actor=actors[who], now=NOW, change_id=change.pk)
    people.apply_due(NOW + LONG_HOLD)
    assert on_file(customer) == [customer.address]
    assert state(change) == ChangeState.STOPPED


def test_b1_strangers_stop_nothing_and_see_nothing_to_stop() -> None:
    customer = somebody()
    stranger = a_customer(is_admin=True, with_contract=False, with_licence=False)
    change = recover(customer)
    with pytest.raises(NotAllowed):
        people.stop_change(actor=stranger.actor, now=NOW, change_id=change.pk)
    assert changes_to_stop(stranger.actor, [customer.user.pk]) == []
    admin = a_colleague(customer, is_admin=True)
    assert [one.id for one in changes_to_stop(admin.actor, [customer.user.pk])] == [change.pk]


def test_a8_a_link_that_stops_is_worth_nothing_when_forged_or_too_late() -> None:
    change = ask(somebody())
    secret = stop_link(change.pk)
    assert change_to_stop(secret[:-1]) is None
    assert change_to_stop(f"{change.pk}") is None
    people.stop_by_link(now=NOW, secret=secret)
    with pytest.raises(TokenRefused):
        people.stop_by_link(now=NOW, secret=secret)


def test_a3_a_proof_works_once_and_shows_what_it_is_for() -> None:
    change = ask(somebody())
    secret = link(change)
    shown = change_proved_by(secret, now=NOW)
    assert shown
    assert shown.new == change.address
    people.prove_address(now=NOW, secret=secret)
    assert change_proved_by(secret, now=NOW) is None
    with pytest.raises(TokenRefused):
        people.prove_address(now=NOW, secret=secret)
    second = link(change)
    with pytest.raises(TokenRefused):
        people.prove_address(now=NOW, secret=second)


def test_what_nobody_answers_expires() -> None:
    own, recovery = ask(somebody()), recover(somebody())
    for change, kind in ((own, ChangeKind.OWN), (recovery, ChangeKind.RECOVERY)):
        people.apply_due(NOW + ANSWER_WITHIN[kind] - SECOND)
        assert state(change) == ChangeState.ASKED
        people.apply_due(NOW + ANSWER_WITHIN[kind])
        assert state(change) == ChangeState.EXPIRED


def test_one_change_at_a_time_and_none_to_what_is_on_file() -> None:
    customer = somebody()
    with pytest.raises(Conflict, match="on_file"):
        people.ask_address_change(
            actor=customer.actor, now=NOW, address=customer.address.upper(), password=PASSWORD
        )
    ask(customer)
    with pytest.raises(Conflict, match="pending"):
        recover(customer)


def test_a8_only_a_telephone_of_the_organisation_is_called_back() -> None:
    customer = somebody()
    people.add_phone(actor=SYSTEM, now=NOW, user_id=customer.user.pk, number="81 98888-1234")
    with pytest.raises(Conflict, match="called"):
        recover(customer, called="81 98888-1234")
    assert recover(customer, called="(81) 2121-9700").called == PHONE


def test_m1_nobody_recovers_the_address_of_a_member_of_staff() -> None:
    administrator = a_member_of_staff(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        people.ask_address_recovery(
            actor=staff(Role.SALES),
            now=NOW,
            user_id=administrator.pk,
            address=a_new_address(),
            called=PHONE,
            evidence="",
        )


def test_the_list_of_recoveries_says_what_each_may_do() -> None:
    seller = acting(a_member_of_staff(Role.SALES, Role.SUPERVISOR))
    change = recover(somebody(), seller)
    other = staff(Role.SUPERVISOR)
    found = {
        name: next(row for row in recoveries(actor, pending=True) if row.id == change.pk)
        for name, actor in (("seller", seller), ("other", other))
    }
    assert [found["seller"].may_decide, found["other"].may_decide] == [False, True]
    people.decide_recovery(actor=other, now=NOW, change_id=change.pk, approve=False)
    assert change.pk in [row.id for row in recoveries(other, pending=False)]


def test_s08_an_invitation_that_was_used_proves_the_first_address() -> None:
    seller = staff(Role.SALES)
    user = people.register_person(actor=seller, now=NOW, name="Davi Melo", address=a_new_address())
    assert user.addresses.get().verified_at is None
    secret = people.make_token(now=NOW, kind=TokenKind.INVITATION, user_id=user.pk)
    people.set_password_by_link(
        now=NOW, kind=TokenKind.INVITATION, secret=secret, password="uma frase bem longa"
    )
    assert user.addresses.get().verified_at == NOW
    assert actor_for(User.objects.get(pk=user.pk)).roles == frozenset()
