"""The page "Contrato e licenças"."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.entitlements.actions import ContractTerms, change_contract
from balcao.entitlements.models import Licence, Product
from balcao.entitlements.queries import mask
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.portal.tests.helping import at, at_most
from tests.cast import NOW, TODAY, YEAR, Customer, a_contract, a_customer, a_licence, signed_in

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def page_of(customer: Customer) -> str:
    return signed_in(customer.user).get(reverse("entitled")).content.decode()


def test_b3_a_customer_sees_their_own_contracts_and_licences_and_no_others() -> None:
    mine, theirs = a_customer(), a_customer()
    page = page_of(mine)
    for customer, shown in ((mine, True), (theirs, False)):
        assert customer.contract
        assert customer.licence
        assert (customer.contract.reference in page) is shown
        assert (mask(customer.licence.key) in page) is shown
        assert customer.licence.key not in page


def test_s05_the_page_says_what_is_valid_and_why_the_rest_is_not() -> None:
    customer = a_customer(licence_until=None)
    a_licence(customer.organisation, valid_until=TODAY - 400 * DAY)
    a_contract(customer.organisation, kind="rental", ends=TODAY - 400 * DAY)
    page = page_of(customer)
    for word in ("Coberto", "Vigente", "Válida", "Vencida", "Encerrado", "Todas as unidades"):
        assert word in page


def test_r6_an_expired_licence_stands_open_with_its_way_out_and_a_replaced_one_is_folded() -> None:
    customer = a_customer()
    page = page_of(customer)
    assert "Vencidas" not in page
    expired = a_licence(customer.organisation, valid_until=TODAY - 40 * DAY)
    page = page_of(customer)
    before, _, after = page.partition("Vencidas")
    assert mask(expired.key) in after
    assert mask(expired.key) not in before
    assert "<details" not in after.partition(mask(expired.key))[0]
    assert "> Renovar</a>" in after


def test_r6_a_suspended_contract_is_told_without_a_word_of_debt() -> None:
    page = page_of(a_customer(suspended=True))
    assert "Suspenso no momento" in page
    assert "comercial" in page
    for word in ("débito", "dívida", "pagamento", "inadimpl", "atraso", "Motivo administrativo"):
        assert word not in page


def test_r6_somebody_of_a_unit_that_is_not_covered_reads_so_and_the_others_are_covered() -> None:
    customer = a_customer()
    assert customer.contract
    units = [
        people.save_unit(
            actor=SYSTEM, now=NOW, organisation_id=customer.organisation.pk, name=name
        ).pk
        for name in ("Recife", "Petrolina")
    ]
    terms = ContractTerms(
        "saas", customer.contract.reference, TODAY - YEAR, None, frozenset({units[0]})
    )
    change_contract(actor=SYSTEM, now=NOW, contract_id=customer.contract.pk, terms=terms)
    assert "Somente para: Recife" in page_of(customer)
    for unit, covered in ((units[0], True), (units[1], False)):
        people.set_unit(
            actor=SYSTEM,
            now=NOW,
            user_id=customer.user.pk,
            organisation_id=customer.organisation.pk,
            unit_id=unit,
        )
        page = page_of(customer)
        assert ("Não coberto" in page) is not covered
        assert ("o contrato cobre outras unidades" in page.lower()) is not covered


def test_the_page_takes_few_statements_whatever_there_is() -> None:
    customer = a_customer()
    for _ in range(5):
        contract = a_contract(customer.organisation)
        a_licence(customer.organisation, contract=contract)
    client = signed_in(customer.user)
    client.get(reverse("entitled"))
    with at_most(8):
        client.get(reverse("entitled"))


def test_the_bar_names_every_product_that_is_covered_and_none_that_lapsed() -> None:
    customer = a_customer()
    for name, last in (("Gravador", TODAY + 30 * DAY), ("Console", TODAY - 30 * DAY)):
        product = Product.objects.create(name=name, slug=f"{name.lower()}-da-barra")
        licence = a_licence(customer.organisation, contract=customer.contract, valid_until=last)
        Licence.objects.filter(pk=licence.pk).update(product=product)
    bar = page_of(customer).partition('class="coverage')[2].partition("<h2")[0]
    assert "Tarifador Direction" in bar
    assert "Gravador" in bar
    assert "Console" not in bar
