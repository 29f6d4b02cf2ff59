"""Who keeps contracts, licences and the catalogue, and that every change leaves its trace (M2)."""

from itertools import product

import pytest
from django.db.models import Model

from balcao.entitlements import actions
from balcao.entitlements.actions import Conflict, NotAllowed
from balcao.entitlements.models import (
    Contract,
    Licence,
    Product,
    Service,
)
from balcao.entitlements.tests.edits import (
    DAY,
    ENTITLING,
    KEEPERS,
    NEXT_YEAR,
    VERBS,
    Edit,
    Goods,
    change_contract,
    licence_terms,
    register_contract,
    renew_contract,
    resume_contract,
    terms_of,
)
from balcao.events.models import Event
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    a_contract,
    a_customer,
    a_licence,
    a_member_of_staff,
    acting,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def goods() -> Goods:
    customer = a_customer()
    assert customer.contract
    assert customer.licence
    return Goods(
        customer,
        customer.contract,
        customer.licence,
        customer.licence.product,
        Service.objects.get(slug="question"),
    )


def state() -> list[list[object]]:
    tables: tuple[type[Model], ...] = (Contract, Licence, Product, Service)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.CONTACT, Role.ORG_ADMIN)]
)
def test_m2_whoever_does_not_keep_the_book_changes_nothing_and_is_refused(
    goods: Goods, role: Role
) -> None:
    actor = acting(a_member_of_staff(role))
    for edit, keeper in KEEPERS.items():
        if keeper is role:
            continue
        before, events = state(), Event.objects.count()
        if edit is resume_contract:
            Contract.objects.filter(pk=goods.contract.pk).update(suspended_from=TODAY)
            before = state()
        with pytest.raises(NotAllowed):
            edit(actor, goods)
        assert state() == before
        assert Event.objects.count() == events


def test_m2_customers_and_their_administrators_are_refused_too(goods: Goods) -> None:
    boss = a_customer(is_admin=True)
    for actor, edit in product((goods.customer.actor, boss.actor), ENTITLING):
        with pytest.raises(NotAllowed):
            edit(actor, goods)


@pytest.mark.parametrize("edit", KEEPERS)
def test_m2_no_edit_is_without_its_trace(goods: Goods, edit: Edit) -> None:
    actor = acting(a_member_of_staff(KEEPERS[edit]))
    before, last = state(), Event.objects.latest("pk").pk
    row = edit(actor, goods)
    assert state() != before
    told = Event.objects.filter(pk__gt=last)
    assert isinstance(row, Model)
    mine = told.get(subject_kind=row._meta.label_lower, subject_id=row.pk)
    assert mine.verb == f"{row._meta.model_name}.{VERBS[edit]}"
    assert {event.actor_id for event in told} == {actor.id}


def test_m2_thirty_edits_of_one_licence_are_thirty_events(goods: Goods) -> None:
    sales = acting(a_member_of_staff(Role.SALES))
    for number in range(30):
        actions.change_licence(
            actor=sales,
            now=NOW,
            licence_id=goods.licence.pk,
            terms=licence_terms(goods.licence, extensions=100 + number),
        )
    told = Event.objects.filter(verb="licence.changed", subject_id=goods.licence.pk)
    assert [event.data["after"] for event in told.order_by("pk")] == [[100 + n] for n in range(30)]
    goods.licence.refresh_from_db()
    assert goods.licence.revision == 31


def test_the_same_terms_change_nothing_and_are_no_event(goods: Goods) -> None:
    sales = acting(a_member_of_staff(Role.SALES))
    last = Event.objects.latest("pk").pk
    actions.change_contract(
        actor=sales, now=NOW, contract_id=goods.contract.pk, terms=terms_of(goods.contract)
    )
    actions.change_licence(
        actor=sales, now=NOW, licence_id=goods.licence.pk, terms=licence_terms(goods.licence)
    )
    assert Event.objects.latest("pk").pk == last


def test_of_two_who_look_at_the_same_contract_the_second_is_told(goods: Goods) -> None:
    sales = acting(a_member_of_staff(Role.SALES))
    seen = goods.contract.revision
    change_contract(sales, goods)
    with pytest.raises(Conflict, match="changed"):
        actions.renew_contract(
            actor=sales, now=NOW, contract_id=goods.contract.pk, until=NEXT_YEAR, seen=seen
        )
    goods.contract.refresh_from_db()
    assert goods.contract.ends == TODAY + YEAR


def test_a_change_tells_codes_and_days_and_of_texts_only_that_they_changed(goods: Goods) -> None:
    unit = people.save_unit(
        actor=SYSTEM, now=NOW, organisation_id=goods.customer.organisation.pk, name="Olinda"
    )
    terms = terms_of(
        goods.contract, kind="rental", reference="X-9", ends=None, units=frozenset({unit.pk})
    )
    actions.change_contract(actor=SYSTEM, now=NOW, contract_id=goods.contract.pk, terms=terms)
    told = Event.objects.get(verb="contract.changed", subject_id=goods.contract.pk)
    assert told.data == {
        "fields": ["kind", "reference", "ends", "units"],
        "before": ["saas", None, (TODAY + YEAR).isoformat(), None],
        "after": ["rental", None, None, [unit.pk]],
    }


def test_what_is_taken_or_foreign_or_upside_down_is_a_conflict(goods: Goods) -> None:
    other = a_customer()
    assert other.contract
    assert other.licence
    organisation = goods.customer.organisation
    second = a_contract(organisation)
    theirs = people.save_unit(
        actor=SYSTEM, now=NOW, organisation_id=other.organisation.pk, name="Deles"
    )
    contract = goods.contract
    cases: list[tuple[str, dict[str, object]]] = [
        ("reference_taken", {"reference": second.reference}),
        ("ends_before_start", {"ends": contract.starts - DAY}),
        ("no_unit", {"units": frozenset()}),
        ("foreign_unit", {"units": frozenset({theirs.pk})}),
    ]
    for code, changes in cases:
        with pytest.raises(Conflict, match=code):
            actions.change_contract(
                actor=SYSTEM,
                now=NOW,
                contract_id=contract.pk,
                terms=terms_of(contract, **changes),
            )
    licences: list[tuple[str, dict[str, object]]] = [
        ("key_taken", {"key": other.licence.key}),
        ("foreign_contract", {"contract_id": other.contract.pk}),
        ("foreign_unit", {"unit_id": theirs.pk}),
    ]
    for code, changes in licences:
        with pytest.raises(Conflict, match=code):
            actions.change_licence(
                actor=SYSTEM,
                now=NOW,
                licence_id=goods.licence.pk,
                terms=licence_terms(goods.licence, **changes),
            )
    goods.contract.refresh_from_db()
    assert goods.contract.reference == contract.reference


def test_a_renewal_takes_the_lines_that_end_with_the_contract_along(goods: Goods) -> None:
    longer = a_licence(
        goods.customer.organisation, contract=goods.contract, valid_until=TODAY + 3 * YEAR
    )
    actions.renew_contract(actor=SYSTEM, now=NOW, contract_id=goods.contract.pk, until=NEXT_YEAR)
    goods.licence.refresh_from_db()
    longer.refresh_from_db()
    assert (goods.licence.valid_until, longer.valid_until) == (NEXT_YEAR, TODAY + 3 * YEAR)
    assert Event.objects.filter(verb="licence.renewed", subject_id=goods.licence.pk).count() == 1


def test_what_was_replaced_is_neither_renewed_nor_replaced_again(goods: Goods) -> None:
    register_contract(SYSTEM, goods)
    with pytest.raises(Conflict, match="replaced"):
        renew_contract(SYSTEM, goods)
    with pytest.raises(Conflict, match="replaced"):
        actions.register_contract(
            actor=SYSTEM,
            now=NOW,
            organisation=goods.customer.organisation,
            kind="saas",
            reference="LOC-3",
            starts=TODAY,
            ends=None,
            replaces_id=goods.contract.pk,
        )


def test_m2_the_whole_key_is_shown_to_staff_only_and_on_record(goods: Goods) -> None:
    agent = acting(a_member_of_staff(Role.AGENT))
    key = actions.show_key(actor=agent, now=NOW, licence_id=goods.licence.pk)
    assert key == goods.licence.key
    event = Event.objects.get(verb="licence.key_shown", subject_id=goods.licence.pk)
    assert (event.actor_id, event.data) == (agent.id, {})
    with pytest.raises(NotAllowed):
        actions.show_key(actor=goods.customer.actor, now=NOW, licence_id=goods.licence.pk)
