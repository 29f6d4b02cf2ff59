"""What every template may use."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from balcao.policy.access import ANONYMOUS, Actor, can_enter


def page(request: HttpRequest) -> dict[str, object]:
    """Who asks, the policy in force, the moment and its zone.

    ``policy`` and ``zone`` are lazy: a page that shows no company fact and no time asks nothing. An
    error before the middleware ran (a refused host) still gets a page, as for a stranger.
    """
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    policy = getattr(request, "policy", None)
    theme = request.COOKIES.get("balcao_theme", "")
    return {
        "actor": actor,
        "now": getattr(request, "now", None),
        "policy": policy,
        "zone": SimpleLazyObject(lambda: ZoneInfo(policy.timezone if policy else "UTC")),
        "theme": theme if theme in ("light", "dark") else "",
        "enters_desk": can_enter(actor, "desk"),
        "enters_portal": can_enter(actor, "portal"),
        "demo": settings.DEMO,
    }
