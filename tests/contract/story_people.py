"""What happens to the register of people, told once for the story of a desk's life."""

from datetime import timedelta
from typing import Any

from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.policy.accounts import TokenKind
from balcao.tickets import actions as tickets
from tests import cast
from tests.cast import NOW, acting


def tell_of_people(word: str) -> None:
    """Every verb of organisations, their people and the staff; each text holds ``word``."""
    customer = cast.a_customer(name=word, is_admin=True)
    _organisation(customer.organisation.pk, word)
    _person(customer, word)
    _staff(word)
    _addresses(word)


def _organisation(pk: int, word: str) -> None:
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=pk,
        name=word,
        tax_id=None,
        reference=f"{word}-{pk}",
        phone="81 2121-9700",
    )
    unit = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=pk, name=word)
    people.save_unit(actor=SYSTEM, now=NOW, organisation_id=pk, name=word, unit_id=unit.pk)
    people.deactivate_organisation(actor=SYSTEM, now=NOW, organisation_id=pk)
    people.reactivate_organisation(actor=SYSTEM, now=NOW, organisation_id=pk)


def _person(admin: cast.Customer, word: str) -> None:
    """A colleague is added, moves to a branch, administers, goes and comes back."""
    organisation = admin.organisation
    member = people.add_colleague(
        actor=admin.actor,
        now=NOW,
        organisation_id=organisation.pk,
        name=f"{word} {word}",
        address=f"{word}-{organisation.pk}@{word}.example",
    )
    user, unit = member.user, organisation.units.get()
    at: Any = {"actor": SYSTEM, "now": NOW, "user_id": user.pk}
    people.set_unit(organisation_id=organisation.pk, unit_id=unit.pk, **at)
    people.set_admin(organisation_id=organisation.pk, is_admin=True, **at)
    people.rename_person(name=word, **at)
    phone = people.add_phone(number="81 98765-4321", **at)
    people.retire_phone(phone_id=phone.pk, **at)
    _known_elsewhere(admin, word)
    ticket = cast.a_ticket(admin, subject=word, body=word)
    tickets.hand_over(
        now=NOW, organisation_id=organisation.pk, from_id=ticket.opener_id, to_id=user.pk
    )
    people.deactivate(actor=SYSTEM, now=NOW, user=user, successors={organisation.pk: admin.user.pk})
    people.reactivate(actor=SYSTEM, now=NOW, user=user)


def _known_elsewhere(admin: cast.Customer, word: str) -> None:
    """Somebody of another customer is named as a colleague."""
    other = cast.a_customer(name=word, with_contract=False, with_licence=False)
    people.add_colleague(
        actor=admin.actor,
        now=NOW,
        organisation_id=admin.organisation.pk,
        name=word,
        address=other.address,
    )


def _addresses(word: str) -> None:
    """One change is stopped, one recovery refused, one approved, proved and applied."""
    seller, other = cast.a_member_of_staff(Role.SALES), cast.a_member_of_staff(Role.SUPERVISOR)
    for place, end in enumerate(("stop", "refuse", "apply")):
        customer = cast.a_customer(name=word, with_contract=False, with_licence=False)
        left = people.request_address(
            actor=acting(other),
            now=NOW,
            user_id=customer.user.pk,
            address=f"{word}-{end}@{word}.example",
        )
        people.drop_request(actor=acting(seller), now=NOW, request_id=left.pk)
        change = _asked(customer, seller, end, address=f"{word}-{place}@{word}.example")
        if end == "stop":
            people.stop_change(actor=customer.actor, now=NOW, change_id=change)
            continue
        people.decide_recovery(
            actor=acting(other), now=NOW, change_id=change, approve=end == "apply"
        )
        if end == "apply":
            secret = people.make_token(
                now=NOW,
                kind=TokenKind.RECOVERY,
                user_id=customer.user.pk,
                payload={"change": change},
            )
            people.prove_address(now=NOW, secret=secret)
            people.apply_due(NOW + timedelta(days=2))


def _asked(customer: cast.Customer, seller: User, end: str, *, address: str) -> int:
    if end == "stop":
        return people.ask_address_change(
            actor=customer.actor, now=NOW, address=address, password=cast.PASSWORD
        ).pk
    phone = f"81 2121-{customer.organisation.pk % 10000:04d}"
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name=customer.organisation.name,
        tax_id=None,
        reference=None,
        phone=phone,
    )
    return people.ask_address_recovery(
        actor=acting(seller),
        now=NOW,
        user_id=customer.user.pk,
        address=address,
        called=phone,
        evidence="Falou o CNPJ.",
    ).pk


def _staff(word: str) -> None:
    supervisor = cast.a_member_of_staff(Role.SUPERVISOR, name=word)
    agent = cast.a_member_of_staff(Role.AGENT, name=word)
    row = people.name_deputy(
        actor=acting(supervisor),
        now=NOW,
        deputy_id=agent.pk,
        role=Role.SUPERVISOR,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
    )
    people.end_deputy(actor=acting(supervisor), now=NOW, deputy_row=row.pk)
    people.set_hats(actor=SYSTEM, now=NOW, user_id=agent.pk, hats=frozenset({Role.SALES}))
