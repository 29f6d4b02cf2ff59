"""Every edit of contracts, licences and the catalogue, each done once by whoever is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from balcao.entitlements import actions
from balcao.entitlements.actions import ContractTerms, LicenceTerms
from balcao.entitlements.models import (
    Contract,
    EndReason,
    Licence,
    Product,
    Service,
    SuspensionReason,
)
from balcao.policy.access import Actor, Role
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
)

DAY = timedelta(days=1)
NEXT_YEAR = TODAY + 2 * YEAR


@dataclass(frozen=True, slots=True)
class Goods:
    """What the edits below change."""

    customer: Customer
    contract: Contract
    licence: Licence
    product: Product
    service: Service


def terms_of(row: Contract, **changes: object) -> ContractTerms:
    values = {"kind": row.kind, "reference": row.reference, "starts": row.starts, "ends": row.ends}
    return ContractTerms(**{**values, **changes})  # type: ignore[arg-type]


def licence_terms(row: Licence, **changes: object) -> LicenceTerms:
    values: dict[str, object] = {
        "product_id": row.product_id,
        "key": row.key,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "contract_id": row.contract_id,
    }
    return LicenceTerms(**{**values, **changes})  # type: ignore[arg-type]


Edit = Callable[[Actor, Goods], object]


def register_contract(actor: Actor, goods: Goods) -> object:
    return actions.register_contract(
        actor=actor,
        now=NOW,
        organisation=goods.customer.organisation,
        kind="rental",
        reference="LOC-2",
        starts=TODAY,
        ends=NEXT_YEAR,
        replaces_id=goods.contract.pk,
    )


def change_contract(actor: Actor, goods: Goods) -> object:
    terms = terms_of(goods.contract, kind="rental")
    return actions.change_contract(actor=actor, now=NOW, contract_id=goods.contract.pk, terms=terms)


def renew_contract(actor: Actor, goods: Goods) -> object:
    return actions.renew_contract(
        actor=actor, now=NOW, contract_id=goods.contract.pk, until=NEXT_YEAR
    )


def suspend_contract(actor: Actor, goods: Goods) -> object:
    return actions.suspend_contract(
        actor=actor,
        now=NOW,
        contract_id=goods.contract.pk,
        first=TODAY,
        last=None,
        reason=SuspensionReason.REVIEW,
    )


def resume_contract(actor: Actor, goods: Goods) -> object:
    Contract.objects.filter(pk=goods.contract.pk).update(suspended_from=TODAY)
    return actions.resume_contract(actor=actor, now=NOW, contract_id=goods.contract.pk)


def end_contract(actor: Actor, goods: Goods) -> object:
    return actions.end_contract(
        actor=actor, now=NOW, contract_id=goods.contract.pk, on=TODAY, reason=EndReason.REQUESTED
    )


def register_licence(actor: Actor, goods: Goods) -> object:
    return actions.register_licence(
        actor=actor,
        now=NOW,
        organisation=goods.customer.organisation,
        product=goods.product,
        key="DIR-NEW-1",
        valid_from=TODAY,
        valid_until=NEXT_YEAR,
        replaces_id=goods.licence.pk,
    )


def change_licence(actor: Actor, goods: Goods) -> object:
    terms = licence_terms(goods.licence, version="8.1", extensions=40, equipment="PABX 30")
    return actions.change_licence(actor=actor, now=NOW, licence_id=goods.licence.pk, terms=terms)


def renew_licence(actor: Actor, goods: Goods) -> object:
    return actions.renew_licence(actor=actor, now=NOW, licence_id=goods.licence.pk, until=NEXT_YEAR)


def end_licence(actor: Actor, goods: Goods) -> object:
    return actions.end_licence(
        actor=actor, now=NOW, licence_id=goods.licence.pk, on=TODAY, reason=EndReason.MISTAKE
    )


def register_product(actor: Actor, _goods: Goods) -> object:
    return actions.register_product(actor=actor, now=NOW, name="Gravador", slug="gravador")


def change_product(actor: Actor, goods: Goods) -> object:
    return actions.change_product(
        actor=actor, now=NOW, product_id=goods.product.pk, name="Tarifador", active=False, place=3
    )


def register_service(actor: Actor, goods: Goods) -> object:
    return actions.register_service(
        actor=actor,
        now=NOW,
        slug="visit",
        name="Visita",
        name_en="Visit",
        product_id=goods.product.pk,
    )


def change_service(actor: Actor, goods: Goods) -> object:
    return actions.change_service(
        actor=actor,
        now=NOW,
        service_id=goods.service.pk,
        name="Dúvida",
        name_en="Question",
        active=True,
        place=2,
    )


ENTITLING: tuple[Edit, ...] = (
    register_contract,
    change_contract,
    renew_contract,
    suspend_contract,
    resume_contract,
    end_contract,
    register_licence,
    change_licence,
    renew_licence,
    end_licence,
)
CATALOGUE: tuple[Edit, ...] = (register_product, change_product, register_service, change_service)
KEEPERS = {**dict.fromkeys(ENTITLING, Role.SALES), **dict.fromkeys(CATALOGUE, Role.ADMINISTRATOR)}


VERBS: dict[Edit, str] = {
    register_contract: "registered",
    change_contract: "changed",
    renew_contract: "renewed",
    suspend_contract: "suspended",
    resume_contract: "resumed",
    end_contract: "ended",
    register_licence: "registered",
    change_licence: "changed",
    renew_licence: "renewed",
    end_licence: "ended",
    register_product: "registered",
    change_product: "changed",
    register_service: "registered",
    change_service: "changed",
}
