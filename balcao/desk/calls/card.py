"""The call card: the number first, then who is calling, and at once what may be done (S17, R15)."""

from django.http import HttpResponse
from django.shortcuts import redirect

from balcao.desk.calls import parts
from balcao.desk.calls.forms import CallerForm
from balcao.desk.seen import PERSON, Act, seen_by
from balcao.lib.phones import show_phone
from balcao.people.queries import register
from balcao.policy.access import Duty
from balcao.tickets import actions, queries
from balcao.web.guards import PageRequest, guard
from balcao.web.words import calls as words


@guard("desk", duty=Duty.TAKE_CALLS)
def new(request: PageRequest) -> HttpResponse:
    """An empty card; while somebody is on the line, who that is and how to end it."""
    call = queries.open_call(request.actor)
    if call is not None:
        parts.begin(request, call.id)
        return parts.busy(request, call)
    parts.hang_up(request)
    return parts.card(request, None)


@guard("desk")
def call(request: PageRequest, pk: int) -> HttpResponse:
    """The card of one's own call, while it is on the line; any other is only read."""
    row = queries.call_for(request.actor, pk)
    if row.is_open and row.agent_id == request.actor.id:
        parts.begin(request, row.id)
        return parts.card(request, row)
    if row.agent_id == request.actor.id:
        parts.hang_up(request)
    openings = queries.openings_of_call(request.actor, row.id, now=request.now)
    context = {
        "call": row,
        "outcome": words.outcome(row.outcome),
        "phone": show_phone(row.phone) if row.phone else "",
        "reason": words.NO_TICKET.get(row.reason, ""),
        "openings": [(one, words.opening(one.state)) for one in openings],
    }
    return parts.show(request, "desk/calls/past.html", context)


@guard("desk", methods=("POST",), duty=Duty.TAKE_CALLS)
def check(request: PageRequest) -> HttpResponse:
    """ "Conferir número", or only find the person. What was typed stays on the page."""
    form = CallerForm(request.POST)
    if not form.is_valid():
        return parts.card(request, queries.open_call(request.actor), form=form, status=422)
    data = form.cleaned_data
    line = queries.open_call(request.actor)
    if line is not None and line.id != data["call"]:
        parts.begin(request, line.id)
        return parts.busy(request, line, typed=data["number"], status=409)
    person, found = _caller(request, form)
    row = actions.note_caller(
        actor=request.actor, now=request.now, phone=data["phone"], person_id=person
    )
    parts.begin(request, row.pk)
    parts.keep_number(request, data["number"])
    only_find = request.POST.get("do") == "find"
    if only_find or (found is not None and person is None):
        now = queries.call_for(request.actor, row.pk)
        return parts.card(request, now, form=form, found=found, status=200 if only_find else 422)
    form = _without_who(form) if row.person_id else form
    checked = actions.check_number(
        actor=request.actor, now=request.now, call_id=row.pk, number=data["number"]
    )
    if checked.good:
        return redirect("desk_call", pk=row.pk)
    return parts.card(
        request,
        queries.call_for(request.actor, row.pk),
        form=form,
        answer=parts.answer_of(request, checked),
        status=422,
    )


def _without_who(form: CallerForm) -> CallerForm:
    """The same, once it is known who calls: the field asks for somebody else from then on."""
    again = CallerForm({**form.cleaned_data, "who": "", "person": ""})
    again.is_valid()
    return again


def _caller(request: PageRequest, form: CallerForm) -> tuple[int | None, list[parts.Found] | None]:
    """The caller that was chosen or the only one who fits; else all who fit, None if not asked."""
    data = form.cleaned_data
    if data["person"]:
        return register.person_for(request.actor, data["person"]).pk, None
    wanted = data["who"].strip() or data["phone"]
    if not wanted:
        return None, None
    seen_by(request, PERSON, None, act=Act.SEARCHED)
    found = parts.people_like(request, wanted)
    if len(found) == 1:
        return found[0].id, None
    # A telephone that nobody registered is no search that failed: the gate asks who is calling.
    return None, found if found or data["who"].strip() else None
