"""Registering what customers are entitled to."""

from datetime import date, datetime

from django.db import transaction

from balcao.entitlements.models import Contract, Licence, Product, Service
from balcao.events.actions import emit
from balcao.people.models import Organisation
from balcao.policy.access import Actor


@transaction.atomic
def register_product(*, actor: Actor, now: datetime, name: str, slug: str) -> Product:
    """A product that licences and services name; the same slug again is the same product."""
    product, made = Product.objects.get_or_create(slug=slug, defaults={"name": name})
    if made:
        emit("product.registered", product, actor=actor, now=now)
    return product


@transaction.atomic
def register_service(
    *, actor: Actor, now: datetime, slug: str, name: str, name_en: str, place: int = 100
) -> Service:
    """A kind of help in the catalogue; the same slug again is the same service."""
    service, made = Service.objects.get_or_create(
        slug=slug, defaults={"name": name, "name_en": name_en, "place": place}
    )
    if made:
        emit("service.registered", service, actor=actor, now=now)
    return service


@transaction.atomic
def register_contract(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    kind: str,
    reference: str,
    starts: date,
    ends: date | None,
    suspended: bool = False,
) -> Contract:
    """A support contract of one of the four kinds (S2). ``ends``: last covered day, local."""
    contract = Contract.objects.create(
        organisation=organisation,
        kind=kind,
        reference=reference,
        starts=starts,
        ends=ends,
        suspended_at=now if suspended else None,
    )
    emit("contract.registered", contract, actor=actor, now=now)
    return contract


@transaction.atomic
def register_licence(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    product: Product,
    key: str,
    valid_from: date,
    valid_until: date | None,
    contract: Contract | None = None,
    version: str = "",
    extensions: int | None = None,
) -> Licence:
    """A licence, or the line of a contract (R6). ``valid_until``: last valid day, local."""
    licence = Licence.objects.create(
        organisation=organisation,
        product=product,
        contract=contract,
        key=key,
        version=version,
        extensions=extensions,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    emit("licence.registered", licence, actor=actor, now=now)
    return licence
