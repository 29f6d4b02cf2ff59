"""Narrowing and ordering a list: the form, and the chips that say what a list is narrowed to."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from balcao.desk.liking import ORDERS
from balcao.desk.menu import menu
from balcao.desk.place import Place, is_fragment, place_of
from balcao.policy.gate import Door
from balcao.policy.lifecycle import State
from balcao.tickets import queries
from balcao.tickets.queries import FilterChoices, View
from balcao.tickets.queries.lists import NOBODY, ClockFilter
from balcao.web import words
from balcao.web.guards import PageRequest, guard

CLOCKS = {
    ClockFilter.LATE: gettext_lazy("Late"),
    ClockFilter.SOON: gettext_lazy("Due soon"),
}
# Field of the filter -> its name in an address, and its label.
_FIELDS = {
    "queue": ("fila", gettext_lazy("Queue")),
    "state": ("estado", gettext_lazy("State")),
    "person": ("pessoa", gettext_lazy("Responsible")),
    "organisation": ("empresa", gettext_lazy("Company")),
    "service": ("servico", gettext_lazy("Service")),
    "product": ("produto", gettext_lazy("Product")),
    "door": ("canal", gettext_lazy("Channel")),
    "clock": ("prazo", gettext_lazy("Deadline")),
    "text": ("texto", gettext_lazy("Text")),
}
# A one-off whose problem is not described yet stands in no list.
_STATES = [state for state in State if state is not State.SOLD]
# No ticket comes by another one yet.
_DOORS = (Door.PORTAL, Door.EMAIL, Door.PHONE)


@dataclass(frozen=True, slots=True)
class Field:
    """One choice of the form: (value, label) pairs, the first of them for all."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


@guard("desk")
def filters(request: PageRequest) -> HttpResponse:
    """The form, by itself or unfolded above a list; with ``aplicar`` on to the narrowed list."""
    place = place_of(request).at(None)
    if "aplicar" in request.GET:
        return redirect(place.list_address)
    choices = queries.filter_choices(
        request.actor,
        place.view,
        now=request.now,
        timezone=request.policy.timezone,
        english=in_english(),
    )
    context: dict[str, object] = {
        "place": place,
        "by_due": request.policy.queue.order == "due",
        "fields": _fields(place, choices),
        "clear": Place(place.view).list_address,
    }
    if is_fragment(request):
        return render(request, "desk/filter_form.html", context)
    return render(
        request, "desk/filters.html", {**context, "views": menu(request.actor, place=place)}
    )


def _fields(place: Place, choices: FilterChoices) -> list[Field]:
    """The fields of the form, but for the text."""
    fields = place.fields
    options: dict[str, tuple[tuple[str, str], ...]] = {
        "queue": _named(choices.queue),
        "state": tuple((one.value, words.state(one, staff=True).text) for one in _STATES),
        "person": ((str(NOBODY), _("Nobody")), *_named(choices.person)),
        "organisation": _named(choices.organisation),
        "service": _named(choices.service),
        "product": _named(choices.product),
        "door": tuple((one.value, words.door(one.value).text) for one in _DOORS),
        "clock": tuple((one.value, str(label)) for one, label in CLOCKS.items()),
    }
    found = []
    for code, pairs in options.items():
        name, label = _FIELDS[code]
        found.append(Field(name, str(label), (("", _("Any")), *pairs), fields.get(name, "")))
    if place.view is View.QUEUE:
        return found
    orders = (("", _("As usual")), *((one.value, str(label)) for one, label in ORDERS.items()))
    return [*found, Field("ordem", _("Order"), orders, fields.get("ordem", ""))]


def in_english() -> bool:
    """Whether services are called by their English names."""
    return not (get_language() or "").startswith("pt")


def _named(rows: tuple[tuple[int, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((str(pk), name) for pk, name in rows)


def chips(place: Place, names: dict[str, str]) -> list[tuple[str, str]]:
    """What the list is narrowed to, each with the address that takes it away."""
    only = place.only
    said = {
        "queue": names.get("queue"),
        "state": words.state(only.state, staff=True).text if only.state else None,
        "person": _("Nobody") if only.person == NOBODY else names.get("person"),
        "organisation": names.get("organisation"),
        "service": names.get("service"),
        "product": names.get("product"),
        "door": words.door(only.door).text if only.door else None,
        "clock": str(CLOCKS[only.clock]) if only.clock else None,
        "text": only.text,
    }
    return [
        (
            _("%(field)s: %(value)s") % {"field": label, "value": said[code] or "?"},
            place.without(name),
        )
        for code, (name, label) in _FIELDS.items()
        if getattr(only, code) not in (None, "")
    ]
