"""A form that changes one thing, and what comes after it."""

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk.menu import show
from balcao.entitlements.actions import Conflict
from balcao.web import words
from balcao.web.guards import PageRequest

CONTRACTS = "desk_contracts"
CATALOGUE = "desk_catalogue"


def form_page(
    request: PageRequest,
    form: forms.Form,
    save: Callable[[], str],
    *,
    title: str,
    back: tuple[str, str],
    submit: str = "",
    lead: str = "",
    book: str = CONTRACTS,
) -> HttpResponse:
    """Ask with ``form``; when it is sent and right, ``save`` and go where that says.

    What does not fit comes back in words, with everything that was typed. ``back``: address and
    label.
    """
    trouble, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(save())
            except Conflict as conflict:
                trouble, status = words.goods.conflict(conflict.code), 409
    context: dict[str, object] = {
        "form": form,
        "title": title,
        "lead": lead,
        "back": back,
        "submit": submit or _("Save"),
        "trouble": trouble,
    }
    return show(request, "desk/goods/form.html", context, book=book, status=status)


def sent(request: PageRequest) -> dict[str, object] | None:
    """What a form holds: the POST's data, or nothing yet."""
    return request.POST if request.method == "POST" else None  # type: ignore[return-value]
