"""An address seen on kept mail: left with sales, and one more beside the registered one (A8)."""

from datetime import timedelta
from typing import Any

import pytest

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.actions import Conflict, NotAllowed
from balcao.people.models import AddressChange
from balcao.people.queries import requests_waiting
from balcao.people.tests.test_addresses import (
    LONG_HOLD,
    approve,
    on_file,
    prove,
    recover,
    somebody,
    staff,
)
from balcao.policy.access import Role
from tests.cast import NOW, a_member_of_staff

pytestmark = pytest.mark.django_db


def test_a8_one_more_address_takes_the_same_proofs_and_the_registered_one_stays() -> None:
    customer = somebody()
    change = recover(customer, keep=True)
    assert change.replaces is None
    approve(change)
    people.apply_due(NOW + LONG_HOLD)
    assert on_file(customer) == [customer.address]
    prove(change, now=NOW + LONG_HOLD)
    people.apply_due(NOW + LONG_HOLD)
    assert on_file(customer) == [customer.address, change.address]
    assert not Event.objects.filter(verb="person.invited", subject_id=customer.user.pk).exists()


def test_a8_an_address_left_with_sales_changes_nothing_until_sales_asks() -> None:
    customer, supervisor = somebody(), staff(Role.SUPERVISOR)
    left = people.request_address(
        actor=supervisor, now=NOW, user_id=customer.user.pk, address="Outro@Cliente.example"
    )
    with pytest.raises(Conflict, match="requested"):
        people.request_address(
            actor=supervisor, now=NOW, user_id=customer.user.pk, address=left.address
        )
    with pytest.raises(Conflict, match="on_file"):
        people.request_address(
            actor=supervisor, now=NOW, user_id=customer.user.pk, address=customer.address
        )
    people.apply_due(NOW + timedelta(days=30))
    assert on_file(customer) == [customer.address]
    assert not AddressChange.objects.filter(user=customer.user).exists()
    assert [row.id for row in requests_waiting(staff(Role.SALES))] == [left.pk]
    assert requests_waiting(staff(Role.AGENT)) == ()
    recover(customer, address=left.address)
    assert requests_waiting(staff(Role.SALES)) == ()
    with pytest.raises(Conflict, match="state_changed"):
        people.drop_request(actor=staff(Role.SALES), now=NOW, request_id=left.pk)


def test_a8_nobody_else_leaves_an_address_and_only_sales_drops_it() -> None:
    customer, supervisor = somebody(), staff(Role.SUPERVISOR)
    at: Any = {"now": NOW, "address": "outro@cliente.example"}
    for role in (Role.AGENT, Role.SALES, Role.ADMINISTRATOR, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            people.request_address(actor=staff(role), user_id=customer.user.pk, **at)
    agent = a_member_of_staff(Role.AGENT)
    with pytest.raises(NotAllowed):
        people.request_address(actor=supervisor, user_id=agent.pk, **at)
    left = people.request_address(actor=supervisor, user_id=customer.user.pk, **at)
    with pytest.raises(NotAllowed):
        people.drop_request(actor=supervisor, now=NOW, request_id=left.pk)
    people.drop_request(actor=staff(Role.SALES), now=NOW, request_id=left.pk)
    assert requests_waiting(supervisor) == ()
