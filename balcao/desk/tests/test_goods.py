"""The desk's books of contracts, licences and the catalogue."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import at
from balcao.entitlements.actions import ContractTerms, change_contract
from balcao.entitlements.models import Contract, Licence, Product, Service
from balcao.entitlements.queries import mask
from balcao.events.models import Event
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_contract,
    a_customer,
    a_licence,
    a_member_of_staff,
    a_ticket,
    an_agent,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def sales() -> Client:
    return signed_in(a_member_of_staff(Role.SALES))


def text(client: Client, name: str, *args: object, **query: str | int) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def parts(customer: Customer) -> tuple[Contract, Licence]:
    assert customer.contract
    assert customer.licence
    return customer.contract, customer.licence


def test_s02_sales_registers_a_contract_for_named_units_and_it_has_a_history() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    organisation = customer.organisation.pk
    unit = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=organisation, name="Olinda")
    client = sales()
    sent = {
        "kind": "rental",
        "reference": "LOC-77",
        "starts": "2026-11-01",
        "ends": "31/10/2027",
        "units": [unit.pk],
    }
    answer = client.post(reverse("desk_contract_new", args=[organisation]), sent)
    row = Contract.objects.get(reference="LOC-77")
    assert answer["Location"] == reverse("desk_contract", args=[row.pk])
    assert (row.all_units, list(row.units.all())) == (False, [unit])
    page = text(client, "desk_contract", row.pk)
    for word in ("locação", "LOC-77", "Olinda", "Cadastrado: 01/11/2026 a 31/10/2027"):
        assert word in page


def test_what_does_not_fit_comes_back_in_words_with_what_was_typed() -> None:
    customer = a_customer()
    contract, _licence = parts(customer)
    client = sales()
    sent = {"kind": "saas", "reference": contract.reference, "starts": "2026-11-01"}
    answer = client.post(reverse("desk_contract_new", args=[customer.organisation.pk]), sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "O cliente já tem um contrato com este número." in page
    assert contract.reference in page
    answer = client.post(reverse("desk_contract_renew", args=[contract.pk]), {"until": "ontem"})
    assert answer.status_code == 422


def test_sales_renews_suspends_resumes_and_ends_a_contract() -> None:
    contract, licence = parts(a_customer())
    client = sales()
    until = TODAY + 2 * YEAR
    for name, sent in (
        ("desk_contract_renew", {"until": until.isoformat(), "with_licences": "1"}),
        ("desk_contract_suspend", {"first": TODAY.isoformat(), "reason": "review"}),
        ("desk_contract_resume", {}),
        ("desk_contract_end", {"on": TODAY.isoformat(), "reason": "requested"}),
    ):
        assert client.post(reverse(name, args=[contract.pk]), sent).status_code == 302
    contract.refresh_from_db()
    licence.refresh_from_db()
    assert (contract.ends, licence.valid_until) == (TODAY, until)
    page = text(client, "desk_contract", contract.pk)
    for word in ("Renovado: até", "Cadastro em revisão", "Vigente de novo", "A pedido do cliente"):
        assert word in page


def test_who_was_looking_at_an_older_state_is_told_so() -> None:
    contract, _licence = parts(a_customer())
    client = sales()
    sent = {"on": TODAY.isoformat(), "reason": "requested", "seen": contract.revision}
    Contract.objects.filter(pk=contract.pk).update(revision=9)
    answer = client.post(reverse("desk_contract_end", args=[contract.pk]), sent)
    assert answer.status_code == 409
    assert "Alguém alterou isto" in answer.content.decode()


def test_m2_the_key_is_masked_until_a_click_that_is_on_record() -> None:
    _contract, licence = parts(a_customer())
    agent = a_member_of_staff(Role.AGENT)
    client = signed_in(agent)
    page = text(client, "desk_licence", licence.pk)
    assert mask(licence.key) in page
    assert licence.key not in page
    shown = client.post(reverse("desk_licence_key", args=[licence.pk]))
    assert licence.key in shown.content.decode()
    assert shown["Cache-Control"] == "no-store, private"
    event = Event.objects.get(verb="licence.key_shown", subject_id=licence.pk)
    assert event.actor_id == agent.pk
    assert "A chave completa foi mostrada" in text(client, "desk_licence", licence.pk)


def test_sales_registers_and_changes_a_licence_without_seeing_its_key() -> None:
    customer = a_customer()
    contract, licence = parts(customer)
    client = sales()
    sent = {
        "product": licence.product_id,
        "key": "NOVA-CHAVE-9",
        "contract": contract.pk,
        "valid_from": TODAY.isoformat(),
        "extensions": "12",
        "replaces": licence.pk,
    }
    answer = client.post(reverse("desk_licence_new", args=[customer.organisation.pk]), sent)
    made = Licence.objects.get(key="NOVA-CHAVE-9")
    assert answer["Location"] == reverse("desk_licence", args=[made.pk])
    assert (made.extensions, made.replaces_id) == (12, licence.pk)
    form = text(client, "desk_licence_change", made.pk)
    assert made.key not in form
    changed = {**sent, "key": "", "version": "9.1", "equipment": "PABX", "seen": made.revision}
    assert client.post(reverse("desk_licence_change", args=[made.pk]), changed).status_code == 302
    made.refresh_from_db()
    assert (made.key, made.version, made.equipment) == ("NOVA-CHAVE-9", "9.1", "PABX")
    for name, more in (
        ("desk_licence_renew", {"until": ""}),
        ("desk_licence_end", {"on": TODAY.isoformat(), "reason": "mistake"}),
    ):
        codes = {client.post(reverse(name, args=[made.pk]), more).status_code}
        assert codes <= {302, 409}


def test_the_list_shows_the_soonest_end_first_filters_and_goes_on() -> None:
    soon = parts(a_customer(contract_ends=TODAY + 3 * DAY))[0]
    late = parts(a_customer(contract_ends=TODAY + 50 * DAY))[0]
    suspended = parts(a_customer(suspended=True))[0]
    ended = parts(a_customer(contract_ends=TODAY - DAY))[0]
    client = signed_in(a_member_of_staff(Role.AGENT))

    def shown(**query: str | int) -> list[str]:
        page = text(client, "desk_contracts", **query)
        rows = (soon, late, suspended, ended)
        places = {row.reference: page.find(row.reference) for row in rows}
        return [name for name, at in sorted(places.items(), key=lambda p: p[1]) if at >= 0]

    assert shown() == [soon.reference, late.reference, suspended.reference]
    assert shown(vence=7) == [soon.reference]
    assert shown(situacao="suspensos") == [suspended.reference]
    assert shown(situacao="encerrados") == [ended.reference]
    assert shown(tipo="rental") == []
    assert shown(vence="x", tipo="nada") == [soon.reference, late.reference, suspended.reference]


def test_the_list_takes_few_statements_and_pages_without_gaps_or_repeats() -> None:
    organisation = a_customer(with_contract=False, with_licence=False).organisation
    rows = [a_contract(organisation, ends=TODAY + (n % 7) * DAY) for n in range(60)]
    rows += [a_contract(organisation, ends=None) for _ in range(5)]
    client = signed_in(a_member_of_staff(Role.AUDITOR))
    client.get(reverse("desk_contracts"))
    with CaptureQueriesContext(connection) as statements:
        page = text(client, "desk_contracts")
    assert len(statements) <= 8
    seen = [row.reference for row in rows if row.reference in page]
    while 'rel="next"' in page:
        address = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        page = client.get(address.replace("&amp;", "&")).content.decode()
        seen += [row.reference for row in rows if row.reference in page]
    assert sorted(seen) == sorted(row.reference for row in rows)


def test_the_list_of_licences_names_products_and_masks_keys() -> None:
    _contract, licence = parts(a_customer(licence_until=TODAY + 2 * DAY))
    a_licence(a_customer(with_licence=False).organisation, valid_until=None)
    page = text(sales(), "desk_licences", vence=7)
    assert mask(licence.key) in page
    assert licence.key not in page
    assert "Vencida<" not in text(sales(), "desk_licences")


def test_the_company_page_shows_the_customers_own_card_and_the_reason_to_staff_only() -> None:
    customer = a_customer(suspended=True)
    page = text(sales(), "desk_goods", customer.organisation.pk)
    for word in ("Suspenso no momento", "Motivo administrativo", "Novo contrato", "Nova licença"):
        assert word in page
    agent = signed_in(a_member_of_staff(Role.AGENT))
    page = text(agent, "desk_goods", customer.organisation.pk)
    assert "Novo contrato" not in page
    assert agent.get(reverse("desk_goods", args=[999_999])).status_code == 404


def test_the_administrator_keeps_products_and_services() -> None:
    client = signed_in(a_member_of_staff(Role.ADMINISTRATOR))
    gravador = {"name": "Gravador", "place": "5"}
    codes = [client.post(reverse("desk_product_new"), gravador).status_code for _ in range(2)]
    assert codes == [302, 409]
    product = Product.objects.get(slug="gravador")
    sent = {"slug": "Visita", "name": "Visita", "name_en": "Visit", "place": "3", "product": ""}
    assert client.post(reverse("desk_service_new"), sent).status_code == 302
    service = Service.objects.get(slug="visita")
    changed = {"name": "Visita técnica", "name_en": "Visit", "place": "4", "product": product.pk}
    client.post(reverse("desk_service", args=[service.pk]), changed)
    client.post(reverse("desk_product", args=[product.pk]), {"name": "Gravador 2", "place": "5"})
    service.refresh_from_db()
    product.refresh_from_db()
    assert (service.name, service.active, service.product_id) == (
        "Visita técnica",
        False,
        product.pk,
    )
    assert (product.name, product.active) == ("Gravador 2", False)
    page = text(client, "desk_catalogue")
    for word in ("Visita técnica", "Gravador 2", "não"):
        assert word in page
    for name in ("a b", "1visita"):
        answer = client.post(reverse("desk_service_new"), {**sent, "slug": name})
        assert answer.status_code == 422
    assert client.post(reverse("desk_product_new"), {"name": "!!", "place": "1"}).status_code == 422


def test_a_ticket_under_a_contract_for_named_units_takes_no_more_statements() -> None:
    customer = a_customer()
    contract, _licence = parts(customer)
    organisation = customer.organisation.pk
    unit = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=organisation, name="Olinda")
    ticket = a_ticket(customer)
    client = signed_in(an_agent())
    text(client, "desk_ticket", ticket.number)
    counts = []
    for units in (None, frozenset({unit.pk})):
        terms = ContractTerms("saas", contract.reference, TODAY, None, units)
        change_contract(actor=SYSTEM, now=NOW, contract_id=contract.pk, terms=terms)
        with CaptureQueriesContext(connection) as statements:
            assert ("Somente para: Olinda" in text(client, "desk_ticket", ticket.number)) is bool(
                units
            )
        counts.append(len(statements))
    assert counts[1] == counts[0] <= 12
