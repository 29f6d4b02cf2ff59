"""The numbers of the desk's menu, in one statement."""

from datetime import timedelta
from typing import Any

from balcao.channels.queries import kept as channels
from balcao.channels.queries.undelivered import undelivered
from balcao.policy.access import Duty, Permission, can, may
from balcao.tickets import queries
from balcao.web.guards import PageRequest

REFUSED_WITHIN = timedelta(hours=24)


def of(request: PageRequest) -> dict[str, int]:
    """By view, or by the route of a book: replies of this very person's that were stopped, mail
    kept apart, mail that did not arrive, refusals of the last 24 hours, and exceptions that wait
    for their answer.
    """
    actor = request.actor
    more: dict[str, Any] = {}
    if can(actor, Permission.VIEW_KEPT_MAIL, None):
        more["desk_kept"] = channels.kept(actor)
    if may(actor, Duty.VIEW_UNDELIVERED):
        more["desk_undelivered"] = undelivered(actor)
    if may(actor, Duty.VIEW_REFUSALS):
        more["refusals"] = queries.refused_since(actor, request.now - REFUSED_WITHIN)
    if may(actor, Duty.APPROVE_OVERRIDE):
        more["exceptions"] = queries.overrides_to_answer(actor)
    found = queries.counts_for(actor, now=request.now, timezone=request.policy.timezone, more=more)
    # Of drafts without such a reply nothing is counted: none asks for anything.
    return found | ({"desk_drafts": found[queries.STOPPED]} if found[queries.STOPPED] else {})
