"""Where in the desk somebody is: which list they came from, so that it stays beside the ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from balcao.policy.gate import Door
from balcao.policy.lifecycle import State
from balcao.tickets.queries import Order, TicketFilter, View, ViewRow
from balcao.tickets.queries.lists import ANY, COUNT_CAP, ClockFilter
from balcao.web.addresses import address
from balcao.web.guards import PageRequest
from balcao.web.memory import by_language


@dataclass(frozen=True, slots=True)
class Sight:
    """How a view is called and drawn."""

    label: "str | Promise"
    icon: str


SIGHTS = {
    View.QUEUE: Sight(gettext_lazy("Queue"), icon="inbox"),
    View.MINE: Sight(gettext_lazy("My tickets"), icon="circle-user-round"),
    View.UNASSIGNED: Sight(gettext_lazy("Unassigned"), icon="user-round"),
    View.DUE: Sight(gettext_lazy("Due today"), icon="calendar-clock"),
    View.MENTIONS: Sight(gettext_lazy("Mentions"), icon="at-sign"),
    View.WAITING: Sight(gettext_lazy("Waiting for the customer"), icon="hourglass"),
    View.THIRD: Sight(gettext_lazy("Waiting for a third party"), icon="truck"),
    View.SCHEDULED: Sight(pgettext_lazy("view", "Scheduled"), icon="calendar-days"),
    View.OPEN: Sight(gettext_lazy("All open"), icon="message-circle-more"),
    View.DONE: Sight(gettext_lazy("Done"), icon="circle-check"),
}
_KEYS = {
    View.QUEUE: "g f",
    View.MINE: "g m",
    View.UNASSIGNED: "g s",
    View.DUE: "g h",
    View.WAITING: "g c",
    View.THIRD: "g t",
    View.SCHEDULED: "g d",
    View.OPEN: "g a",
    View.DONE: "g r",
}
# Views in which each ticket wants something of this very person.
_UNREAD = frozenset({View.MENTIONS})
_SAVED = gettext_lazy("Saved views")
_CURSOR = 60
E = TypeVar("E", bound=StrEnum)
_TEXT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the desk's menu, as web/components/shell.html draws it. ``title`` says more.

    ``fold``: its group folds away, and is "open" or "closed" now.
    """

    label: str
    href: str
    icon: str
    current: bool
    count: str | None = None
    key: str = ""
    unread: bool = False
    group: str = ""
    title: str = ""
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A view, what narrows and orders it, and how far down its list: part of every address of the
    desk. ``order``: None for the reader's own, or the usual one.
    """

    view: View
    cursor: str = ""
    only: TicketFilter = ANY
    order: Order | None = None

    @property
    def label(self) -> str:
        return str(SIGHTS[self.view].label)

    @property
    def fields(self) -> dict[str, str]:
        """The place as the fields of a query: what is usual is left out."""
        only = self.only
        found = {
            "v": self.view.value,
            "fila": _number(only.queue),
            "estado": only.state,
            "pessoa": _number(only.person),
            "empresa": _number(only.organisation),
            "servico": _number(only.service),
            "produto": _number(only.product),
            "canal": only.door,
            "prazo": only.clock.value if only.clock else "",
            "texto": only.text,
            "ordem": self.order.value if self.order else "",
            "depois": self.cursor,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def query(self) -> str:
        """The place as a query string, ready to follow an address."""
        return _query_of(self)

    @property
    def list_address(self) -> str:
        return address("desk_queue") + self.query

    def ticket_address(self, number: str, *, message: int | None = None) -> str:
        anchor = f"#m{message}" if message else ""
        return address("desk_ticket", number) + self.query + anchor

    def at(self, cursor: str | None) -> "Place":
        """The same list, further down; without a cursor from its start."""
        return replace(self, cursor=cursor or "")

    def without(self, name: str) -> str:
        """The address of the same list without this field of its query."""
        fields = {key: value for key, value in self.at(None).fields.items() if key != name}
        return f"{address('desk_queue')}?{urlencode(fields)}"


@lru_cache(maxsize=512)
def _query_of(place: Place) -> str:
    """A page asks for its own dozens of times."""
    return f"?{urlencode(place.fields)}"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def place_of(request: PageRequest) -> Place:
    """Where the request says its sender is: in its address, or in a form's one field ``lugar``."""
    carried = request.POST.get("lugar")
    return read_place(request.GET if carried is None else QueryDict(carried.removeprefix("?")))


def read_place(given: QueryDict) -> Place:
    """The place a query names. What nobody could have chosen is left out; the queue without a
    view.
    """
    return Place(
        view=_one(View, given.get("v")) or View.QUEUE,
        cursor=given.get("depois", "")[:_CURSOR],
        only=TicketFilter(
            queue=_id(given.get("fila")),
            state=_one(State, given.get("estado")) or "",
            person=_id(given.get("pessoa")),
            organisation=_id(given.get("empresa")),
            service=_id(given.get("servico")),
            product=_id(given.get("produto")),
            door=_one(Door, given.get("canal")) or "",
            clock=_one(ClockFilter, given.get("prazo")),
            text=" ".join(given.get("texto", "").replace("\x00", "").split())[:_TEXT],
        ),
        order=_one(Order, given.get("ordem")),
    )


def _id(value: str | None) -> int | None:
    known = value is not None and value.isascii() and value.isdecimal() and len(value) < 18
    return int(value) if known and value else None


def _one(kind: type[E], value: str | None) -> E | None:
    try:
        return kind(value) if value else None
    except ValueError:
        return None


def views(
    place: Place | None,
    counts: dict[str, int] | None = None,
    saved: Sequence[ViewRow] = (),
) -> tuple[Entry, ...]:
    """The lists of tickets, with their counts where they are known, and those with a name of their
    own; none is current elsewhere.
    """
    stem = address("desk_queue")
    named = place is not None and place.fields.keys() - {"v", "depois"}
    here = place.at(None).query if place and named else ""
    current = place.view if place and not _is_saved(here, saved) else None
    found = counts or {}
    return (
        *(_entry(view, found.get(view), current=view is current) for view in View),
        *(
            Entry(
                label=row.name,
                href=f"{stem}?{row.query}",
                icon="users-round" if row.shared else "bookmark",
                current=f"?{row.query}" == here,
                group=str(_SAVED) if row is saved[0] else "",
            )
            for row in saved
        ),
    )


@by_language
def _entry(view: View, count: int | None, *, current: bool) -> Entry:
    """The line of a view of everybody's."""
    return Entry(
        label=str(SIGHTS[view].label),
        href=f"{address('desk_queue')}?v={view.value}",
        icon=SIGHTS[view].icon,
        current=current,
        count=shown(count),
        key=_KEYS.get(view, ""),
        unread=view in _UNREAD and bool(count),
    )


def _is_saved(query: str, saved: Sequence[ViewRow]) -> bool:
    return any(f"?{row.query}" == query for row in saved)


def shown(found: int | None) -> str | None:
    """A count as the menu shows it: not further than the cap."""
    if found is None:
        return None
    return f"{COUNT_CAP - 1}+" if found >= COUNT_CAP else str(found)


def is_fragment(request: PageRequest) -> bool:
    """Whether a script on a desk page asks for one pane only."""
    return request.headers.get("HX-Request") == "true"
