"""One exception: read, answered by a second person, taken back."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk import menu
from balcao.desk.exceptions.forms import AnswerForm
from balcao.desk.exceptions.listing import row_of
from balcao.tickets import actions, queries
from balcao.web.guards import PageRequest, guard


@guard("staff")
def exception(request: PageRequest, pk: int) -> HttpResponse:
    """Everything about one exception, with the buttons of who may press them."""
    return show(request, pk)


@guard("staff", methods=("POST",))
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """Approve or reject, with a note. Whoever asked is not heard (four eyes)."""
    queries.override_for(request.actor, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        trouble = _("Choose to approve or not.")
        return show(request, pk, status=422, trouble=trouble)
    note = form.cleaned_data["note"]
    try:
        actions.answer_override(
            actor=request.actor,
            now=request.now,
            override_id=pk,
            approve=form.cleaned_data["answer"] == "approve",
            note=note,
        )
    except actions.Conflict:
        trouble = _("Somebody was faster, or the time to answer is over.")
        return show(request, pk, status=409, trouble=trouble, note=note)
    return redirect("exception", pk=pk)


@guard("staff", methods=("POST",))
def end(request: PageRequest, pk: int) -> HttpResponse:
    """Take it back: it lifts nothing from now on."""
    queries.override_for(request.actor, pk)
    try:
        actions.end_override(actor=request.actor, now=request.now, override_id=pk)
    except actions.Conflict:
        trouble = _("It was over already.")
        return show(request, pk, status=409, trouble=trouble)
    return redirect("exception", pk=pk)


def show(
    request: PageRequest, pk: int, *, status: int = 200, trouble: str = "", note: str = ""
) -> HttpResponse:
    row = row_of(queries.override_for(request.actor, pk))
    context: dict[str, object] = {"row": row, "trouble": trouble, "note": note}
    return menu.show(request, "desk/exceptions/one.html", context, book="exceptions", status=status)
