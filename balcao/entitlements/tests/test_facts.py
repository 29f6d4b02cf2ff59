"""What the gate is told of contracts and licences is what their rows say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.entitlements.models import Contract, Licence
from balcao.entitlements.queries import (
    contract_facts,
    facts_for_organisation,
    licence_facts,
)
from tests.cast import TODAY, a_contract, a_customer, a_licence, a_unit

pytestmark = pytest.mark.usefixtures("installation")


def test_contracts_and_licences_are_read_as_they_are_in_one_statement() -> None:
    customer, other = a_customer(), a_customer()
    units = [a_unit(customer) for _ in range(3)]
    organisation = customer.organisation
    some = a_contract(organisation, ends=None)
    some.all_units = False
    some.save()
    some.units.set(units[:2])
    a_contract(organisation, suspended=True).units.add(units[2])
    nowhere = a_contract(organisation, ends=TODAY - timedelta(days=400))
    nowhere.all_units = False
    nowhere.save()
    licence = a_licence(organisation, contract=None, valid_until=None)
    licence.unit = units[0]
    licence.save()
    facts_for_organisation(other.organisation.pk)
    with CaptureQueriesContext(connection) as statements:
        contracts, licences = facts_for_organisation(organisation.pk)
    assert len(statements) == 1
    mine = Contract.objects.filter(organisation=organisation).order_by("pk")
    assert contracts == tuple(contract_facts(row) for row in mine)
    assert [len(facts.units or ()) for facts in contracts] == [0, 2, 0, 0]
    assert [facts.units is None for facts in contracts] == [True, False, True, False]
    rows = Licence.objects.filter(organisation=organisation).order_by("pk")
    assert licences == tuple(licence_facts(row) for row in rows.select_related("product"))
    assert len(licences) == 2
