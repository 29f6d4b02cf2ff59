"""Who reads sales at all."""

from django.core.exceptions import ObjectDoesNotExist

from balcao.policy.access import Actor
from balcao.policy.sale import sees_sales


class NotFound(ObjectDoesNotExist):
    """There is no such row for this actor."""


def require_view(actor: Actor) -> None:
    """Raises NotFound for whoever reads no sales."""
    if not sees_sales(actor):
        raise NotFound
