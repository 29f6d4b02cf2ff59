"""How a list is shown: its columns and order, its name among the views, and where one begins."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from balcao.desk import liking
from balcao.desk.liking import COLUMNS, ORDERS
from balcao.desk.menu import menu
from balcao.desk.place import Place, is_fragment, place_of
from balcao.policy.access import Duty, may
from balcao.tickets import actions, queries
from balcao.tickets.queries import Order, View
from balcao.tickets.queries.lists import ANY
from balcao.web.guards import PageRequest, guard

_NAME = 60


@guard("desk", methods=("GET", "POST"))
def display(request: PageRequest) -> HttpResponse:
    """The forms, by themselves or unfolded above a list. POST keeps columns and order."""
    place = place_of(request).at(None)
    if request.method == "POST":
        order = request.POST.get("ordem", "")
        liking.keep(
            request,
            place.view,
            columns=request.POST.getlist("coluna"),
            order=Order(order) if order in set(Order) else None,
        )
        return redirect(place.list_address)
    return _page(request, place)


@guard("desk", methods=("POST",))
def save(request: PageRequest) -> HttpResponse:
    """The list under a name of its own, for oneself or for the team."""
    place = place_of(request).at(None)
    name = " ".join(request.POST.get("nome", "").replace("\x00", "").split())
    if not name or len(name) > _NAME:
        error = _("Give the view a name of at most %(count)d characters.") % {"count": _NAME}
        return _page(request, place, error=error, name=name, status=422)
    try:
        actions.save_view(
            actor=request.actor,
            now=request.now,
            name=name,
            query=place.query.removeprefix("?"),
            shared=request.POST.get("equipe") == "1",
        )
    except actions.Conflict:
        error = _("There are too many saved views: remove one first.")
        return _page(request, place, error=error, name=name, status=409)
    return redirect(place.list_address)


@guard("desk", methods=("POST",))
def remove(request: PageRequest, view_id: int) -> HttpResponse:
    """Forget a saved view; the list itself stays."""
    actions.remove_view(actor=request.actor, now=request.now, view_id=view_id)
    return redirect(place_of(request).list_address)


@guard("desk", methods=("POST",))
def pin(request: PageRequest) -> HttpResponse:
    """The desk begins with this list from now on, or with the queue again."""
    place = place_of(request).at(None)
    liking.pin(request, place if request.POST.get("fixar") == "1" else None)
    return redirect(place.list_address)


def _page(
    request: PageRequest, place: Place, *, error: str = "", name: str = "", status: int = 200
) -> HttpResponse:
    liked, home = liking.of(request, place.view), liking.home(request)
    team = may(request.actor, Duty.KEEP_SAVED_REPLIES)
    orders = [("", _("As usual")), *((one.value, str(label)) for one, label in ORDERS.items())]
    _names, saved = queries.names_for(request.actor, ANY)
    context: dict[str, object] = {
        "place": place,
        "by_due": request.policy.queue.order == "due",
        "columns": [(code, str(label), code in liked.columns) for code, label in COLUMNS.items()],
        "orders": [] if place.view is View.QUEUE else orders,
        "order": liked.order.value if liked.order else "",
        "team": team,
        "saved": [row for row in saved if team or not row.shared],
        "pinned": home is not None and home.query == place.query,
        "name": name,
        "errors": (error,) if error else (),
    }
    if is_fragment(request):
        return render(request, "desk/display_form.html", context, status=status)
    context["views"] = menu(request.actor, place=place, saved=saved)
    return render(request, "desk/display.html", context, status=status)
