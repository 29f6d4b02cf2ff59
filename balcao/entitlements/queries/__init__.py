"""Reading entitlements: as the policy judges them, as a card, as the desk's books."""

from balcao.entitlements.queries.facts import (
    LicenceRow,
    Register,
    ServiceRow,
    contract_facts,
    facts_for_organisation,
    find_licence,
    licence_facts,
    licences_of,
    mask,
    registers_of,
    services,
    units_of,
    with_units,
)

__all__ = [
    "LicenceRow",
    "Register",
    "ServiceRow",
    "contract_facts",
    "facts_for_organisation",
    "find_licence",
    "licence_facts",
    "licences_of",
    "mask",
    "registers_of",
    "services",
    "units_of",
    "with_units",
]
