"""The story's part about contracts, licences and the catalogue."""

from datetime import UTC, datetime, timedelta

from balcao.entitlements import actions
from balcao.entitlements.actions import ContractTerms, LicenceTerms
from balcao.entitlements.models import Contract, EndReason, Licence, SuspensionReason
from balcao.people import actions as people
from balcao.policy.access import Role
from tests import cast
from tests.cast import NOW, TODAY, YEAR, acting

DAY = timedelta(days=1)


def tell_of_goods(word: str) -> None:
    """The catalogue, a contract and a licence from their beginning to their end."""
    clerk = acting(cast.a_member_of_staff(Role.ADMINISTRATOR, name=word))
    product = actions.register_product(actor=clerk, now=NOW, name=word, slug=word)
    actions.change_product(
        actor=clerk, now=NOW, product_id=product.pk, name=f"{word} 2", active=True, place=1
    )
    service = actions.register_service(
        actor=clerk, now=NOW, slug=word, name=word, name_en=word, product_id=product.pk
    )
    actions.change_service(
        actor=clerk,
        now=NOW,
        service_id=service.pk,
        name=f"{word} 2",
        name_en=word,
        active=True,
        place=2,
    )
    contract = cast.a_contract(cast.an_organisation(), ends=TODAY + 90 * DAY)
    _contract(contract, word)
    _licence(cast.a_licence(contract.organisation, valid_until=TODAY + 95 * DAY), word)


def _contract(contract: Contract, word: str) -> None:
    sales = acting(cast.a_member_of_staff(Role.SALES, name=word))
    pk, organisation = contract.pk, contract.organisation
    unit = people.save_unit(actor=sales, now=NOW, organisation_id=organisation.pk, name=word)
    actions.change_contract(
        actor=sales,
        now=NOW,
        contract_id=pk,
        terms=ContractTerms("rental", word, TODAY, TODAY + 91 * DAY, frozenset({unit.pk})),
    )
    actions.suspend_contract(
        actor=sales,
        now=NOW,
        contract_id=pk,
        first=TODAY,
        last=TODAY + DAY,
        reason=SuspensionReason.OTHER,
    )
    actions.resume_contract(actor=sales, now=NOW, contract_id=pk)
    actions.foretell_ends(datetime(2026, 12, 15, 15, tzinfo=UTC))
    actions.renew_contract(actor=sales, now=NOW, contract_id=pk, until=TODAY + YEAR)
    actions.end_contract(
        actor=sales, now=NOW, contract_id=pk, on=TODAY + DAY, reason=EndReason.REPLACED
    )
    actions.register_contract(
        actor=sales,
        now=NOW,
        organisation=organisation,
        kind="saas",
        reference=f"{word} 2",
        starts=TODAY,
        ends=None,
        replaces_id=pk,
    )


def _licence(licence: Licence, word: str) -> None:
    sales = acting(cast.a_member_of_staff(Role.SALES, name=word))
    pk = licence.pk
    actions.show_key(actor=sales, now=NOW, licence_id=pk)
    actions.change_licence(
        actor=sales,
        now=NOW,
        licence_id=pk,
        terms=LicenceTerms(
            product_id=licence.product_id,
            key=word,
            valid_from=TODAY,
            valid_until=TODAY + 95 * DAY,
            version=word,
            extensions=12,
            equipment=word,
        ),
    )
    actions.foretell_ends(datetime(2026, 12, 19, 15, tzinfo=UTC))
    actions.renew_licence(actor=sales, now=NOW, licence_id=pk, until=TODAY + YEAR)
    actions.end_licence(
        actor=sales, now=NOW, licence_id=pk, on=TODAY + DAY, reason=EndReason.MISTAKE
    )
    actions.register_licence(
        actor=sales,
        now=NOW,
        organisation=licence.organisation,
        product=licence.product,
        key=f"{word} 2",
        valid_from=TODAY,
        valid_until=None,
        replaces_id=pk,
    )
