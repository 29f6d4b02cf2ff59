"""What every template may use."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject

from balcao.knowledge.queries import showing
from balcao.policy.access import ANONYMOUS, Actor, can_enter
from balcao.policy.book import Policy
from balcao.web import format
from balcao.web.words.published import Banner, banner


def page(request: HttpRequest) -> dict[str, object]:
    """Who asks, the policy in force, the moment and its zone.

    ``policy``, ``zone`` and ``banners`` are lazy: a page that shows none of them asks nothing. An
    error before the middleware ran (a refused host) still gets a page, as for a stranger.
    """
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    policy = getattr(request, "policy", None)
    theme = request.COOKIES.get("balcao_theme", "")
    now = getattr(request, "now", None)
    return {
        "actor": actor,
        "now": now,
        "policy": policy,
        "zone": SimpleLazyObject(lambda: ZoneInfo(policy.timezone if policy else "UTC")),
        "banners": SimpleLazyObject(lambda: _banners(policy, now)),
        "theme": theme if theme in ("light", "dark") else "",
        "single_keys": "off" if request.COOKIES.get("balcao_keys") == "off" else "on",
        "enters_desk": can_enter(actor, "desk"),
        "enters_portal": can_enter(actor, "portal"),
        "demo": settings.DEMO,
        # The forms of one page carry the same token: masking it anew for each costs a millisecond.
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),
    }


def _banners(policy: Policy | None, now: datetime | None) -> tuple[Banner, ...]:
    """What concerns every customer now, over every page of theirs."""
    if policy is None or now is None:
        return ()
    return tuple(
        banner(
            row.level,
            row.title,
            row.body,
            changed_at=row.changed_at,
            ends_at=row.ends_at,
            now=now,
            tz=format.zone(policy.timezone),
        )
        for row in showing(now)
    )
