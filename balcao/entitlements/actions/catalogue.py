"""The catalogue: products and services, kept by administrators."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from balcao.entitlements.actions.changing import put, write
from balcao.entitlements.models import Product, Service
from balcao.events.actions import emit, gathering
from balcao.people.actions.refusal import Conflict, require
from balcao.policy.access import Actor, Duty
from balcao.policy.keeping import may_keep


@transaction.atomic
def register_product(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    slug: str,
    place: int = 100,
    must_be_new: bool = False,
) -> Product:
    """A product that licences and services name; the same slug again is the same product.

    Raises NotAllowed, and Conflict (``slug_taken``) when it is there and must be new.
    """
    require(may_keep(actor, Duty.KEEP_CATALOGUE))
    product, made = Product.objects.get_or_create(
        slug=slug, defaults={"name": name, "place": place}
    )
    _require_new(made, must_be_new)
    if made:
        emit("product.registered", product, actor=actor, now=now)
    return product


def _require_new(made: bool, must_be_new: bool) -> None:
    if must_be_new and not made:
        raise Conflict("slug_taken")


@transaction.atomic
def change_product(
    *,
    actor: Actor,
    now: datetime,
    product_id: int,
    name: str,
    active: bool,
    place: int,
    seen: int | None = None,
) -> Product:
    """Another name or place, or no longer offered. Licences keep their product. Raises Conflict."""
    require(may_keep(actor, Duty.KEEP_CATALOGUE))
    product = Product.objects.get(pk=product_id)
    change = put(product, {"name": name, "active": active, "place": place})
    if change:
        write(product, "name", "active", "place", seen=seen)
        emit("product.changed", product, actor=actor, now=now, data=change.told())
    return product


@transaction.atomic
def register_service(
    *,
    actor: Actor,
    now: datetime,
    slug: str,
    name: str,
    name_en: str,
    place: int = 100,
    product_id: int | None = None,
    must_be_new: bool = False,
) -> Service:
    """A kind of help in the catalogue; the same slug again is the same service.

    Raises NotAllowed, and Conflict (``slug_taken``) when it is there and must be new.
    """
    require(may_keep(actor, Duty.KEEP_CATALOGUE))
    service, made = Service.objects.get_or_create(
        slug=slug,
        defaults={"name": name, "name_en": name_en, "place": place, "product_id": product_id},
    )
    _require_new(made, must_be_new)
    if made:
        emit("service.registered", service, actor=actor, now=now)
    return service


@transaction.atomic
def add_services(*, actor: Actor, now: datetime, services: Iterable[Service]) -> None:
    """Register those whose slug the catalogue does not have, in a few statements for all of them.

    Raises NotAllowed.
    """
    require(may_keep(actor, Duty.KEEP_CATALOGUE))
    known = set(Service.objects.values_list("slug", flat=True))
    missing = [service for service in services if service.slug not in known]
    with gathering():
        for service in Service.objects.bulk_create(missing):
            emit("service.registered", service, actor=actor, now=now)


@transaction.atomic
def change_service(
    *,
    actor: Actor,
    now: datetime,
    service_id: int,
    name: str,
    name_en: str,
    active: bool,
    place: int,
    product_id: int | None = None,
    seen: int | None = None,
) -> Service:
    """Other names, place or product, or no longer offered; its slug, which the policy names, stays.

    Raises Conflict.
    """
    require(may_keep(actor, Duty.KEEP_CATALOGUE))
    service = Service.objects.get(pk=service_id)
    change = put(
        service,
        {
            "name": name,
            "name_en": name_en,
            "active": active,
            "place": place,
            "product_id": product_id,
        },
    )
    if change:
        write(service, "name", "name_en", "active", "place", "product_id", seen=seen)
        emit("service.changed", service, actor=actor, now=now, data=change.told())
    return service
