"""Refusals: how often each rule, door and company, and the people behind them (R36)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from balcao.desk import menu
from balcao.entitlements.queries import services
from balcao.policy.access import Duty
from balcao.policy.gate import Door
from balcao.policy.override import may_ask, to_lift
from balcao.tickets import queries
from balcao.tickets.queries import RefusalFilter, RefusalRow
from balcao.tickets.queries.refusals import NOTED, PERIODS, REFUSED, USUAL
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

_HOWS = {"": REFUSED, "observadas": NOTED}
_ACTS = {
    "open": gettext_lazy("Open a ticket"),
    "continue": gettext_lazy("Go on with a ticket"),
    "serve": gettext_lazy("Serve"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a count: what, how often, how much of the most frequent, and its address."""

    label: str
    count: int
    share: int
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One refusal in words. ``release``: where an exception is asked for, if any could help."""

    found: RefusalRow
    badge: str
    what: str
    rules: tuple[tuple[str, str], ...]
    reason: str
    door: Badge
    told: str
    release: str


@dataclass(frozen=True, slots=True)
class Place:
    """The filters as they stand in the address."""

    only: RefusalFilter
    mode: str

    def address(self, **changes: str) -> str:
        """The page's address with some filters changed; an empty one is dropped."""
        fields = {
            "dias": str(self.only.days) if self.only.days != USUAL else "",
            "modo": self.mode,
            "regra": self.only.rule,
            "canal": self.only.door,
            "empresa": str(self.only.organisation or ""),
            **changes,
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return reverse("refusals") + (f"?{query}" if query else "")


@guard("staff", duty=Duty.VIEW_REFUSALS)
def refusals(request: PageRequest) -> HttpResponse:
    """Counts and list within the address's filters. What is only observed is a tab of its own."""
    place = _place(request)
    actor, now, only = request.actor, request.now, place.only
    counts = queries.refusal_counts(actor, only=only, now=now)
    rows, more = queries.refusal_list(
        actor, only=only, now=now, cursor=request.GET.get("depois", "")
    )
    asks = may_ask(actor, request.policy.override)
    names = _names() if any(row.service for row in rows) else {}
    return menu.show(
        request,
        "desk/refusals.html",
        {
            "tabs": _tabs(place),
            "periods": _periods(place),
            "by_rule": _by_rule(place, counts),
            "by_door": _by_door(place, counts),
            "by_organisation": _by_organisation(place, counts),
            "filters": _filters(place, counts),
            "noted": place.mode != "",
            "rows": [_row(row, request, names, asks=asks) for row in rows],
            "older": place.address(depois=more) if more else "",
            "newer": place.address() if request.GET.get("depois") else "",
        },
        book="refusals",
    )


def _place(request: PageRequest) -> Place:
    """What nobody could have chosen is left out."""
    given = request.GET
    mode = given.get("modo", "")
    days, organisation = given.get("dias", ""), given.get("empresa", "")
    door = given.get("canal", "")
    known = mode if mode in _HOWS else ""
    return Place(
        only=RefusalFilter(
            days=int(days) if days in {str(one) for one in PERIODS} else USUAL,
            how=_HOWS[known],
            rule=given.get("regra", "")[:4],
            door=door if door in set(Door) else "",
            organisation=int(organisation)
            if organisation.isdecimal() and len(organisation) < 18
            else None,
        ),
        mode=known,
    )


def _tabs(place: Place) -> list[tuple[str, str, bool]]:
    labels = {"": _("Refused"), "observadas": _("What would be refused")}
    return [
        (label, place.address(modo=mode, regra=""), mode == place.mode)
        for mode, label in labels.items()
    ]


def _periods(place: Place) -> list[tuple[str, str, bool]]:
    return [
        (
            ngettext("%(count)d day", "%(count)d days", days) % {"count": days},
            place.address(dias=str(days)),
            days == place.only.days,
        )
        for days in PERIODS
    ]


def _by_rule(place: Place, counts: queries.RefusalCounts) -> list[Count]:
    top = max((count for _code, count in counts.by_rule), default=1)
    return [
        Count(
            label=f"{code} · {words.rule(code)}",
            count=count,
            share=_share(count, top),
            href=place.address(regra="" if code == place.only.rule else code),
            current=code == place.only.rule,
        )
        for code, count in counts.by_rule
    ]


def _by_door(place: Place, counts: queries.RefusalCounts) -> list[Count]:
    top = max((count for _code, count in counts.by_door), default=1)
    return [
        Count(
            label=words.door(code).text,
            count=count,
            share=_share(count, top),
            href=place.address(canal="" if code == place.only.door else code),
            current=code == place.only.door,
        )
        for code, count in counts.by_door
    ]


def _by_organisation(place: Place, counts: queries.RefusalCounts) -> list[Count]:
    top = max((count for _pk, _name, count in counts.by_organisation), default=1)
    return [
        Count(
            label=name,
            count=count,
            share=_share(count, top),
            href=place.address(empresa="" if pk == place.only.organisation else str(pk)),
            current=pk == place.only.organisation,
        )
        for pk, name, count in counts.by_organisation
    ]


def _share(count: int, top: int) -> int:
    """In tenths of the most frequent, one at least: a bar's length."""
    return max(1, round(10 * count / top))


def _filters(place: Place, counts: queries.RefusalCounts) -> list[tuple[str, str]]:
    """What the page is narrowed to, each with the address that takes it away."""
    found = []
    if place.only.rule:
        found.append((place.only.rule, place.address(regra="")))
    if place.only.door:
        found.append((words.door(place.only.door).text, place.address(canal="")))
    if place.only.organisation is not None:
        names = {pk: name for pk, name, _count in counts.by_organisation}
        label = names.get(place.only.organisation, _("Company"))
        found.append((label, place.address(empresa="")))
    return found


def _names() -> dict[str, str]:
    """What the services on offer are called, by slug."""
    portuguese = (get_language() or "").startswith("pt")
    return {one.slug: one.name if portuguese else one.name_en for one in services()}


def _row(found: RefusalRow, request: PageRequest, names: Mapping[str, str], *, asks: bool) -> Row:
    company = request.policy.company
    told = words.refusal(
        found.told,
        words.Situation(
            organisation=found.organisation,
            service=names.get(found.service, ""),
            number=found.ticket,
            sales_phone=company.sales_phone,
        ),
    )
    release = ""
    if asks and found.organisation_id is not None and to_lift(found.rules):
        release = f"{reverse('exception_new')}?recusa={found.id}"
    return Row(
        found=found,
        badge=words.how(found.how),
        what=str(_ACTS[found.act]),
        rules=tuple((rule, words.rule(rule)) for rule in found.rules),
        reason=words.reason(found.reason),
        door=words.door(found.door),
        told=f"{told.why} {told.way_out}" if found.how == "refused" else told.why,
        release=release,
    )
