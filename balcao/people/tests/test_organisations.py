"""Organisations and their branches."""

import secrets

import pytest
from stdnum.br import cnpj

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.models import Organisation
from balcao.people.queries import actor_for
from balcao.policy.access import SYSTEM, Role
from tests.cast import NOW, a_contact, a_customer, a_member_of_staff, acting, an_organisation

pytestmark = pytest.mark.usefixtures("installation")


def a_cnpj(root: str = "", branch: str = "0001") -> str:
    base = (root or secrets.token_hex(4).upper()) + branch
    return base + str(cnpj.calc_check_digits(base + "00"))


def register(tax_id: str | None = None, reference: str | None = None) -> Organisation:
    return people.register_organisation(
        actor=acting(a_member_of_staff(Role.SALES)),
        now=NOW,
        name="Clínica Vale-Verde",
        tax_id=tax_id,
        reference=reference,
        phone="(81) 2121-9700",
    )


def change(row: Organisation, **values: str | None) -> Organisation:
    kept = {name: getattr(row, name) for name in ("name", "tax_id", "reference", "phone")} | values
    return people.change_organisation(
        actor=acting(a_member_of_staff(Role.SALES)),
        now=NOW,
        organisation_id=row.pk,
        name=kept["name"],
        tax_id=kept["tax_id"],
        reference=kept["reference"],
        phone=kept["phone"],
    )


def test_an_organisation_is_kept_in_one_form_whatever_was_typed() -> None:
    number = a_cnpj()
    typed = f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}".lower()
    row = register(typed, f"ERP-{number}")
    assert (row.tax_id, row.phone, row.folded) == (number, "+558121219700", "clinica vale verde")


def test_two_organisations_share_neither_tax_number_nor_reference() -> None:
    number, reference = a_cnpj(), secrets.token_hex(4)
    register(number, reference)
    with pytest.raises(people.Conflict, match="tax_id_taken"):
        register(number)
    with pytest.raises(people.Conflict, match="reference_taken"):
        register(a_cnpj(), reference)
    with pytest.raises(ValueError, match="CNPJ"):
        register("11.222.333/0001-82")


def test_a_change_is_on_record_by_its_fields_and_no_change_is_none() -> None:
    row = register(a_cnpj())
    change(row)
    change(row, name="Clínica Vale Azul", tax_id=a_cnpj())
    events = Event.objects.filter(verb="organisation.changed", subject_id=row.pk)
    assert [event.data for event in events] == [{"fields": ["name", "tax_id"]}]
    row.refresh_from_db()
    assert row.folded == "clinica vale azul"


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.AUDITOR])
def test_m2_other_roles_register_and_change_no_customer(role: Role) -> None:
    actor, row = acting(a_member_of_staff(role)), an_organisation()
    with pytest.raises(people.NotAllowed):
        people.register_organisation(actor=actor, now=NOW, name="Outra")
    with pytest.raises(people.NotAllowed):
        people.deactivate_organisation(actor=actor, now=NOW, organisation_id=row.pk)


def test_a_branch_shares_the_root_or_is_said_to_be_right() -> None:
    root = secrets.token_hex(4).upper()
    row = register(a_cnpj(root))
    actor = acting(a_member_of_staff(Role.SALES))

    def branch(tax_id: str, *, other_root: bool = False, unit_id: int | None = None) -> int:
        return people.save_unit(
            actor=actor,
            now=NOW,
            organisation_id=row.pk,
            name="Filial",
            tax_id=tax_id,
            other_root=other_root,
            unit_id=unit_id,
        ).pk

    first = branch(a_cnpj(root, "0002"))
    with pytest.raises(people.Conflict, match="tax_id_taken"):
        branch(a_cnpj(root, "0002"))
    with pytest.raises(people.Conflict, match="other_root"):
        branch(a_cnpj())
    assert branch(a_cnpj(), other_root=True) != first
    assert branch(a_cnpj(root, "0003"), unit_id=first) == first
    with pytest.raises(people.Conflict, match="other_root"):
        change(row, tax_id=a_cnpj())


def test_m4_nobody_acts_for_an_organisation_that_is_no_customer_any_more() -> None:
    customer = a_customer()
    people.deactivate_organisation(actor=SYSTEM, now=NOW, organisation_id=customer.organisation.pk)
    assert customer.actor.organisations == frozenset()
    people.reactivate_organisation(actor=SYSTEM, now=NOW, organisation_id=customer.organisation.pk)
    assert customer.actor.organisations == {customer.organisation.pk}


def test_its_administrator_lets_colleagues_see_each_others_tickets_and_no_one_elses() -> None:
    ours, theirs = an_organisation(), an_organisation()
    admin, _ = a_contact(ours, is_admin=True)
    people.let_members_see_all(actor=acting(admin), now=NOW, organisation_id=ours.pk, allowed=True)
    assert actor_for(admin).sees_all_of == {ours.pk}
    with pytest.raises(people.NotAllowed):
        people.let_members_see_all(
            actor=acting(admin), now=NOW, organisation_id=theirs.pk, allowed=True
        )


def test_a_branch_that_closed_is_not_chosen_any_more() -> None:
    row = register()
    unit = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=row.pk, name="Olinda")
    people.save_unit(
        actor=SYSTEM, now=NOW, organisation_id=row.pk, name="Olinda", active=False, unit_id=unit.pk
    )
    assert not row.units.get().active
