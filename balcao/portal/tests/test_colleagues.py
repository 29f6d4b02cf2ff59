"""Pessoas da empresa: what an organisation's administrator does, and to whose people."""

import pytest
from django.test import Client
from django.urls import reverse

from balcao.events import queue
from balcao.people import actions as people
from balcao.people.models import AddressChange, Membership, User
from balcao.policy.access import SYSTEM, Role
from balcao.portal.tests.helping import at, at_most, text_of, where
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_contact,
    a_customer,
    a_member_of_staff,
    a_ticket,
    a_unit,
    acting,
    an_organisation,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


def the_admin() -> Customer:
    return a_customer(is_admin=True)


def browser(user: User) -> Client:
    client = signed_in(user)
    client.cookies["balcao_language"] = "en"
    return client


def add(admin: Customer, **fields: object) -> "tuple[int, str]":
    """What adding a colleague answers: status, and where it leads or what it says."""
    form = {"name": "Rui Alves", "address": f"rui@{admin.organisation.pk}.example"} | fields
    with at():
        answer = browser(admin.user).post(
            reverse("colleague_new", args=[admin.organisation.pk]), form
        )
    return answer.status_code, (where(answer) if answer.status_code == 302 else text_of(answer))


def test_an_administrator_adds_a_colleague_who_is_invited() -> None:
    admin = the_admin()
    unit = people.save_unit(
        actor=SYSTEM, now=NOW, organisation_id=admin.organisation.pk, name="Olinda"
    )
    status, led = add(admin, phone="81 8765-4321", unit=unit.pk)
    assert (status, "aviso=colega" in led) == (302, True)
    member = Membership.objects.get(organisation=admin.organisation, user__name="Rui Alves")
    assert (member.unit, member.is_admin) == (unit, False)
    client = browser(admin.user)
    with at_most(12):
        page = text_of(client.get(reverse("colleagues")))
    for part in ("Rui Alves", "invited", "Olinda", "(81) 98765-4321"):
        assert part in page


def test_b1_whoever_is_on_file_joins_without_being_shown() -> None:
    admin = the_admin()
    known, address = a_contact(an_organisation(), name="Zélia Prado Matos")
    people.add_phone(actor=SYSTEM, now=NOW, user_id=known.pk, number="81 99876-1234")
    unknown = add(admin)
    answer = add(admin, name="Dona Z", address=address)
    assert answer == unknown
    page = text_of(browser(admin.user).get(reverse("colleagues")))
    assert "Dona Z" in page
    for part in ("Zélia", "Matos", "99876-1234"):
        assert part not in page
    assert acting(known).organisations >= {admin.organisation.pk}


def test_what_cannot_be_comes_back_with_what_was_typed() -> None:
    admin = the_admin()
    status, said = add(admin, address="isto não é", phone="12")
    assert status == 422
    assert "no complete telephone" in said
    colleague = a_colleague(admin)
    status, said = add(admin, name="Bruno Reis", address=colleague.address)
    assert status == 422
    assert "a colleague already" in said


def test_the_last_administrator_stays_until_there_is_another() -> None:
    admin = the_admin()
    colleague = a_colleague(admin)
    client = browser(admin.user)
    mine = reverse("colleague_admin", args=[admin.organisation.pk, admin.user.pk])
    assert "aviso=ultimo" in where(client.post(mine, {"to": "off"}))
    leave = reverse("colleague_leave", args=[admin.organisation.pk, admin.user.pk])
    answer = client.post(leave, {"successor": colleague.user.pk, "sure": "1"})
    assert answer.status_code == 422
    theirs = reverse("colleague_admin", args=[admin.organisation.pk, colleague.user.pk])
    client.post(theirs, {"to": "on"})
    assert where(client.post(mine, {"to": "off"})) == reverse("home")
    assert client.get(reverse("colleagues")).status_code != 200
    assert colleague.actor.admin_of == {admin.organisation.pk}


def test_m4_who_left_the_company_is_out_at_once_and_their_tickets_go_on() -> None:
    admin = the_admin()
    colleague = a_colleague(admin)
    ticket = a_ticket(colleague)
    theirs = browser(colleague.user)
    with at():
        assert theirs.get(reverse("ticket", args=[ticket.number])).status_code == 200
        answer = browser(admin.user).post(
            reverse("colleague_leave", args=[admin.organisation.pk, colleague.user.pk]),
            {"successor": admin.user.pk},
        )
        assert "aviso=saiu" in where(answer)
        assert theirs.get(reverse("ticket", args=[ticket.number])).status_code == 403
    queue.run_pending(NOW)
    assert list(ticket.participants.all()) == [admin.user]


def test_colleagues_see_each_others_requests_when_their_administrator_says_so() -> None:
    admin = the_admin()
    colleague = a_colleague(admin)
    client = browser(admin.user)
    switch = reverse("colleagues_visibility", args=[admin.organisation.pk])
    client.post(switch, {"to": "on"})
    assert colleague.actor.sees_all_of == {admin.organisation.pk}
    client.post(switch, {"to": "off"})
    assert colleague.actor.sees_all_of == frozenset()


def test_the_page_says_what_a_unit_sees_when_colleagues_see_each_others_requests() -> None:
    admin = the_admin()
    client = browser(admin.user)
    switch = reverse("colleagues_visibility", args=[admin.organisation.pk])
    told = "Whoever works at a unit sees its requests and those of the whole company."

    def says_it() -> bool:
        return told in text_of(client.get(reverse("colleagues")))

    client.post(switch, {"to": "on"})
    assert not says_it(), "a company without units reads nothing about them"
    a_colleague(admin, unit=a_unit(admin))
    assert says_it()
    client.post(switch, {"to": "off"})
    assert not says_it()


def test_b1_an_administrator_of_another_company_finds_nothing_here() -> None:
    admin, stranger = the_admin(), the_admin()
    colleague = a_colleague(admin)
    client = browser(stranger.user)
    ours, person = admin.organisation.pk, colleague.user.pk
    for address in (
        reverse("colleague_new", args=[ours]),
        reverse("colleague_leave", args=[ours, person]),
        reverse("colleague_leave", args=[stranger.organisation.pk, person]),
    ):
        assert client.get(address).status_code == 404
    for address in (
        reverse("colleague_admin", args=[ours, person]),
        reverse("colleague_invite", args=[ours, person]),
        reverse("colleagues_visibility", args=[ours]),
    ):
        assert client.post(address, {"to": "on"}).status_code == 404
    page = text_of(client.get(reverse("colleagues"), {"empresa": ours}))
    assert admin.organisation.name not in page
    assert browser(colleague.user).get(reverse("colleagues")).status_code == 403


def test_a8_an_administrator_stops_a_recovery_with_one_click() -> None:
    admin = the_admin()
    colleague = a_colleague(admin)
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=admin.organisation.pk,
        name=admin.organisation.name,
        tax_id=None,
        reference=None,
        phone="81 2121-9700",
    )
    change = people.ask_address_recovery(
        actor=acting(a_member_of_staff(Role.SALES)),
        now=NOW,
        user_id=colleague.user.pk,
        address="novo@outro.example",
        called="81 2121-9700",
        evidence="Falei com a recepção.",
    )
    client = browser(admin.user)
    assert "about to change" in text_of(client.get(reverse("colleagues")))
    stop = reverse("colleague_change_stop", args=[admin.organisation.pk, change.pk])
    assert "aviso=interrompido" in where(client.post(stop))
    assert AddressChange.objects.get(pk=change.pk).state == "stopped"
    assert client.post(stop).status_code == 404
