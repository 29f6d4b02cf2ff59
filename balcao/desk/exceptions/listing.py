"""The three lists of exceptions, and one of them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk import menu
from balcao.policy.override import LIFTABLE, may_look
from balcao.tickets import queries
from balcao.tickets.queries import OverrideFilter, OverrideRow, OverrideView
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge


@dataclass(frozen=True, slots=True)
class Row:
    """One exception in words."""

    found: OverrideRow
    badge: Badge
    rules: tuple[tuple[str, str], ...]
    door: str
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """The list and its filters as they stand in the address."""

    view: OverrideView
    only: OverrideFilter

    def address(self, **changes: str) -> str:
        """The page's address with some filters changed; an empty one is dropped."""
        fields = {
            "v": self.view.value,
            "empresa": str(self.only.organisation or ""),
            "regra": self.only.rule,
            "pessoa": str(self.only.person or ""),
            **changes,
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"{reverse('exceptions')}?{query}"


@guard("staff")
def exceptions(request: PageRequest) -> HttpResponse:
    """Asked, in force, over; by company, rule and person. An asker without more sees their own."""
    if not may_look(request.actor, request.policy.override):
        raise PermissionDenied
    place = _place(request)
    cursor = request.GET.get("depois", "")
    rows, more = queries.override_list(
        request.actor,
        place.view,
        only=place.only,
        cursor=int(cursor) if cursor.isdecimal() and len(cursor) < 18 else None,
    )
    counts = queries.override_counts(request.actor)
    return menu.show(
        request,
        "desk/exceptions/list.html",
        {
            "tabs": _tabs(place, counts),
            "rules": [(code, words.rule(code)) for code in LIFTABLE],
            "place": place,
            "filters": _filters(place, rows),
            "rows": [row_of(row) for row in rows],
            "older": place.address(depois=str(more)) if more else "",
            "newer": place.address() if cursor else "",
        },
        book="exceptions",
    )


def _place(request: PageRequest) -> Place:
    given = request.GET
    view = given.get("v", "")
    return Place(
        view=OverrideView(view) if view in set(OverrideView) else OverrideView.ASKED,
        only=OverrideFilter(
            organisation=_id(given.get("empresa", "")),
            rule=given.get("regra", "") if given.get("regra") in LIFTABLE else "",
            person=_id(given.get("pessoa", "")),
        ),
    )


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _tabs(place: Place, counts: dict[OverrideView, int]) -> list[tuple[str, str, bool]]:
    labels = {
        OverrideView.ASKED: _("Asked"),
        OverrideView.IN_FORCE: _("In force"),
        OverrideView.OVER: _("Over"),
    }
    return [
        (f"{label} ({counts[view]})", place.address(v=view.value), view is place.view)
        for view, label in labels.items()
    ]


def _filters(place: Place, rows: tuple[OverrideRow, ...]) -> list[tuple[str, str]]:
    """What the list is narrowed to, each with the address that takes it away."""
    found = []
    if place.only.organisation is not None:
        label = rows[0].organisation if rows else _("Company")
        found.append((label, place.address(empresa="")))
    if place.only.person is not None:
        names = {row.asked_by_id: row.asked_by for row in rows}
        names |= {row.decided_by_id: row.decided_by for row in rows if row.decided_by_id}
        found.append((names.get(place.only.person, _("Person")), place.address(pessoa="")))
    if place.only.rule:
        found.append((place.only.rule, place.address(regra="")))
    return found


def row_of(found: OverrideRow) -> Row:
    """The exception in words."""
    return Row(
        found=found,
        badge=words.override_state(found.state),
        rules=tuple((rule, words.rule(rule)) for rule in found.rules),
        door=words.door(found.door).text if found.door else "",
        address=reverse("exception", args=[found.id]),
    )
