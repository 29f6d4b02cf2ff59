"""Chamados avulsos: what the holder has left, what became of the others, and what one is."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from balcao.entitlements.queries import services
from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.entitlement import local_day
from balcao.policy.prepaid import Standing
from balcao.portal import parts
from balcao.portal.oneoff.explained import kind_of, ways
from balcao.portal.oneoff.ordering import service_of as service_of_order
from balcao.sales.queries import open_bills_of
from balcao.tickets import queries
from balcao.tickets.queries import OneoffRow
from balcao.web import words
from balcao.web.format import Chip
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge, oneoffs, sales


@dataclass(frozen=True, slots=True)
class Card:
    """One one-off as a line of the list."""

    href: str
    number: str
    title: str
    notes: tuple[str, ...]
    badge: Badge
    countdown: Chip | None


@guard("portal")
def oneoff(request: PageRequest) -> HttpResponse:
    """The balance and the list; below it, in plain words, what a one-off is."""
    policy, rows = request.policy, services()
    found = queries.oneoffs_of(request.actor, policy_now=policy, now=request.now, own=True)
    bills = open_bills_of(request.actor)
    several = len(request.actor.organisations) > 1
    context = {
        "cards": [_card(request, row, several=several) for row in found],
        "bills": [(bill, service_of_order(bill)) for bill in bills],
        "sales": sales,
        "today": local_day(request.now, policy.timezone),
        "left": sum(row.standing is Standing.AVAILABLE for row in found),
        "kinds": [kind_of(policy, rows, code) for code in ONEOFF_KINDS],
        "months": policy.oneoff.months,
        "same_problem_days": policy.oneoff.same_problem_days,
        **ways(request),
    }
    return parts.show(request, "portal/oneoff/list.html", context, place="oneoff")


def _card(request: PageRequest, row: OneoffRow, *, several: bool) -> Card:
    mine = row.holder == request.actor.label
    return Card(
        href=reverse("oneoff_use", args=[row.number]),
        number=row.number,
        title=words.kind(row.kind),
        notes=tuple(
            note
            for note in (
                row.subject or service_of(row),
                row.organisation if several else "",
                "" if mine else row.holder,
            )
            if note
        ),
        badge=oneoffs.standing(row.standing, last_day=row.last_day, slot_at=row.slot_at),
        countdown=oneoffs.countdown(row.days_left, row.last_day),
    )


def service_of(row: OneoffRow) -> str:
    """What it was bought for, in the reader's language."""
    portuguese = (get_language() or "").startswith("pt")
    return row.service if portuguese else row.service_en or row.service
