"""How a member of the team likes their lists: columns, order, and where the desk begins.

It stands in the person's own settings, which came with them: reading takes no statement.
"""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from balcao.desk.place import Place, read_place
from balcao.people import actions as people
from balcao.tickets.queries import Order, View
from balcao.web.guards import PageRequest

COLUMNS = {
    "organisation": gettext_lazy("Company"),
    "opener": gettext_lazy("Contact"),
    "door": gettext_lazy("Channel"),
    "queue": gettext_lazy("Queue"),
    "service": gettext_lazy("Service"),
    "submitted": gettext_lazy("Opened"),
    "changed": gettext_lazy("Last change"),
    "state": gettext_lazy("State"),
    "assignee": gettext_lazy("Responsible"),
}
USUAL = ("organisation", "door", "state", "assignee")
ORDERS = {
    Order.SUBMITTED: gettext_lazy("Submission"),
    Order.DEADLINE: gettext_lazy("Deadline"),
    Order.CHANGED: gettext_lazy("Last change"),
    Order.ORGANISATION: gettext_lazy("Company"),
}
_COLUMNS, _ORDER, _HOME = "list_columns", "list_order", "desk_home"


@dataclass(frozen=True, slots=True)
class Liking:
    """``columns``: what a row shows besides number, subject and deadline; ``order`` of this view,
    None for the usual one.
    """

    columns: tuple[str, ...]
    order: Order | None


def of(request: PageRequest, view: View) -> Liking:
    """What this person chose; what no longer exists is left out."""
    settings = _settings(request)
    columns, orders = settings.get(_COLUMNS), settings.get(_ORDER)
    known = [code for code in COLUMNS if code in columns] if isinstance(columns, list) else USUAL
    order = orders.get(view.value) if isinstance(orders, dict) else None
    return Liking(tuple(known), Order(order) if order in set(Order) else None)


def keep(request: PageRequest, view: View, *, columns: list[str], order: Order | None) -> None:
    """From now on this person's lists show ``columns``, and ``view`` stands in ``order``."""
    _keep(request, _COLUMNS, [code for code in COLUMNS if code in columns])
    orders = _settings(request).get(_ORDER)
    others = dict(orders) if isinstance(orders, dict) else {}
    others.pop(view.value, None)
    if order is not None:
        others[view.value] = order.value
    _keep(request, _ORDER, others)


def home(request: PageRequest) -> Place | None:
    """The list where this person begins, if they pinned one."""
    pinned = _settings(request).get(_HOME)
    return read_place(QueryDict(pinned)) if isinstance(pinned, str) and pinned else None


def pin(request: PageRequest, place: Place | None) -> None:
    """The desk begins here from now on; None: in the queue, as for everybody."""
    _keep(request, _HOME, place.at(None).query.removeprefix("?") if place else None)


def _settings(request: PageRequest) -> dict[str, object]:
    found = getattr(request.user, "settings", None)
    return found if isinstance(found, dict) else {}


def _keep(request: PageRequest, name: str, value: object) -> None:
    assert request.actor.id is not None
    people.keep_setting(
        actor=request.actor, now=request.now, user_id=request.actor.id, name=name, value=value
    )
