"""The first page: one big icon and "Abrir Chamado" (S14), what covers, what is open."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.policy import worktime
from balcao.policy.access import can_enter
from balcao.policy.book import Policy
from balcao.policy.entitlement import local_day
from balcao.portal import parts
from balcao.portal.tickets import cases
from balcao.tickets import queries
from balcao.tickets.queries import Choices
from balcao.web import format, words
from balcao.web.guards import PageRequest, guard

SHOWN = 5
DRAFTS_SHOWN = 3
_NAMED = 2


@dataclass(frozen=True, slots=True)
class AfterHours:
    """The desk is closed: when it opens again, and whether deadlines count business hours only.

    ``opens``: something covers the reader, so that a request can be opened meanwhile.
    """

    back_at: datetime
    business: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """The coverage bar of one organisation."""

    found: words.CoverageWords
    organisation: str
    next_step: str


@guard("public")
def start(request: PageRequest) -> HttpResponse:
    """Staff to the desk, contacts to the portal, strangers to the sign-in."""
    if request.actor.kind == "anonymous":
        return redirect("sign_in")
    if can_enter(request.actor, "staff"):
        return redirect("desk_start")
    if can_enter(request.actor, "portal"):
        return redirect("portal_home")
    raise PermissionDenied


@guard("portal")
def portal_home(request: PageRequest) -> HttpResponse:
    """Where a customer begins."""
    actor, now, policy = request.actor, request.now, request.policy
    choices = queries.choices_of(actor, policy=policy, now=now)
    page = queries.customer_list(actor, open_only=True)
    listed = cases(request, page.rows)
    drafts = queries.drafts_of(actor, most=DRAFTS_SHOWN + 1)
    context = {
        "first_name": actor.label.split(" ")[0],
        "covers": covers(choices, policy=policy),
        "several": len(choices) > 1,
        "cases": sorted(listed, key=lambda case: not case.needs_you)[:SHOWN],
        "more": len(page.rows) > SHOWN,
        "drafts": [(row, words.door(row.door)) for row in drafts[:DRAFTS_SHOWN]],
        "more_drafts": len(drafts) > DRAFTS_SHOWN,
        "closed": after_hours(request, choices),
        "typed": queries.openings_to_confirm(actor, now=now),
        "left": queries.oneoffs_left(actor, today=local_day(now, policy.timezone)),
    }
    return parts.show(request, "portal/home.html", context, place="home")


def after_hours(request: PageRequest, choices: tuple[Choices, ...]) -> AfterHours | None:
    """What being closed means for a request opened now; None while the desk is open."""
    policy, now = request.policy, request.now
    back_at = worktime.next_opening(now, policy.calendar)
    if back_at is None or back_at == now:
        return None
    rules = policy.sla
    kinds = {one.coverage.kind for one in choices if one.coverage.kind} or {""}
    clocks = {rules.clock_by_kind.get(kind, rules.clock) for kind in kinds}
    opens = any(one.coverage.covered or one.excepted_until for one in choices)
    return AfterHours(back_at, "business" in clocks, opens)


def covers(choices: tuple[Choices, ...], *, policy: Policy) -> list[Cover]:
    """What covers each organisation, in the words every page uses."""
    return [
        Cover(
            found=_words(choice, policy),
            organisation=choice.organisation,
            next_step=""
            if choice.coverage.covered or choice.excepted_until
            else words.next_step("talk_to_sales"),
        )
        for choice in choices
    ]


def _words(choice: Choices, policy: Policy) -> words.CoverageWords:
    if choice.excepted_until:
        return words.excepted(choice.excepted_until, tz=format.zone(policy.timezone))
    return words.coverage(choice.coverage, product=_products(choice))


def _products(choice: Choices) -> str:
    """The products with a valid licence; of an uncovered organisation, the one that lapsed."""
    cover = choice.coverage
    if not cover.covered:
        return cover.licence.product if cover.licence else ""
    names = list(dict.fromkeys(row.product for row in choice.licences if row.valid))
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" +{rest}" if rest > 0 else "")
