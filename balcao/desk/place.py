"""Where in the desk somebody is: which list they came from, so that it stays beside the ticket."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from balcao.tickets.queries import View
from balcao.tickets.queries.lists import COUNT_CAP
from balcao.web.guards import PageRequest

LABELS = {
    View.QUEUE: gettext_lazy("Queue"),
    View.MINE: gettext_lazy("My tickets"),
    View.UNASSIGNED: gettext_lazy("Unassigned"),
    View.WAITING: gettext_lazy("Waiting for the customer"),
    View.OPEN: gettext_lazy("All open"),
    View.DONE: gettext_lazy("Done"),
}
_ICONS = {
    View.QUEUE: "inbox",
    View.MINE: "circle-user-round",
    View.UNASSIGNED: "user-round",
    View.WAITING: "hourglass",
    View.OPEN: "message-circle-more",
    View.DONE: "circle-check",
}
_KEYS = {View.QUEUE: "g f", View.MINE: "g m"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One view in the desk's menu, as web/components/shell.html draws it."""

    label: str
    href: str
    icon: str
    current: bool
    count: str | None = None
    key: str = ""
    unread: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A view and how far down its list: part of every address of the desk."""

    view: View
    cursor: str

    @property
    def label(self) -> str:
        return str(LABELS[self.view])

    @property
    def query(self) -> str:
        """The place as a query string, ready to follow an address."""
        found = {"v": self.view.value}
        if self.cursor:
            found["depois"] = self.cursor
        return f"?{urlencode(found)}"

    @property
    def list_address(self) -> str:
        return reverse("desk_queue") + self.query

    def ticket_address(self, number: str, *, message: int | None = None) -> str:
        anchor = f"#m{message}" if message else ""
        return reverse("desk_ticket", args=[number]) + self.query + anchor


def place_of(request: PageRequest) -> Place:
    """Where the request says its sender is; an unknown view is the queue."""
    given: QueryDict = request.POST if "v" in request.POST else request.GET
    try:
        view = View(given.get("v", View.QUEUE.value))
    except ValueError:
        view = View.QUEUE
    return Place(view=view, cursor=given.get("depois", "")[:60])


def views(place: Place | None, counts: dict[View, int] | None = None) -> list[Entry]:
    """The lists of tickets, with their counts where they are known; none is current elsewhere."""
    return [
        Entry(
            label=str(LABELS[view]),
            href=f"{reverse('desk_queue')}?{urlencode({'v': view.value})}",
            icon=_ICONS[view],
            current=place is not None and view is place.view,
            count=_count(counts.get(view)) if counts is not None else None,
            key=_KEYS.get(view, ""),
        )
        for view in View
    ]


def _count(found: int | None) -> str | None:
    if found is None:
        return None
    return f"{COUNT_CAP - 1}+" if found >= COUNT_CAP else str(found)


def is_fragment(request: PageRequest) -> bool:
    """Whether a script on a desk page asks for one pane only."""
    return request.headers.get("HX-Request") == "true"
