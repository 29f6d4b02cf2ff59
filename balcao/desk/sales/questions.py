"""Dúvidas de cobertura: what sales was asked, by tickets and before a sale, and its answers."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.forms import new_key
from balcao.desk.sales import parts
from balcao.desk.sales.forms import AnswerForm, QuestionForm
from balcao.notifications.queries import selling
from balcao.people.queries import register
from balcao.policy.access import Duty, Permission, can
from balcao.policy.book import ONEOFF_KINDS
from balcao.sales import actions, queries
from balcao.sales.queries import AskedRow
from balcao.tickets import actions as tickets
from balcao.tickets.queries import get_for, scope_of
from balcao.web.guards import PageRequest, guard
from balcao.web.words import sales as words

_FIELDS = {"service": "service", "contact": "contact", "no_way": "address"}
_FOUND = 8


@guard("staff", duty=Duty.VIEW_SALES)
def questions(request: PageRequest) -> HttpResponse:
    """What waits for an answer, the most urgent first, or what was answered."""
    answered = request.GET.get("lista") == "respondidas"
    cursor = request.GET.get("depois", "")[:40]
    rows, after = queries.questions(request.actor, answered=answered, cursor=cursor)
    here = reverse(parts.QUESTIONS)
    this = {"lista": "respondidas"} if answered else {}
    context: dict[str, object] = {
        "rows": rows,
        "answered": answered,
        "tabs": [
            (_("Waiting"), here, not answered),
            (_("Answered"), f"{here}?lista=respondidas", answered),
        ],
        "older": f"{here}?{urlencode({**this, 'depois': after})}" if after else "",
        "newer": f"{here}?{urlencode(this)}" if cursor else "",
    }
    return parts.show(request, "desk/sales/questions.html", context, book=parts.QUESTIONS)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_SALES)
def new(request: PageRequest) -> HttpResponse:
    """Write a question down that leads to no sale yet (R18)."""
    customer = parts.customer(request.actor, request.GET.get("cliente", ""))
    kind = request.GET.get("tipo", "")
    form = QuestionForm(
        request.POST if request.method == "POST" else None,
        services=parts.services(),
        members=customer.members if customer else (),
        initial={
            "kind": kind if kind in ONEOFF_KINDS else ONEOFF_KINDS[0],
            "service": request.GET.get("servico", ""),
            "key": new_key(),
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = actions.ask_enquiry(
                    actor=request.actor,
                    now=request.now,
                    asked=form.asked(customer.id if customer else None),
                    key=form.cleaned_data["key"],
                )
                return parts.at("desk_question", row.pk, notice="duvida")
            except actions.Conflict as conflict:
                status = 409
                form.add_error(_FIELDS.get(conflict.code), words.conflict(conflict.code))
    context: dict[str, object] = {"form": form, "customer": customer, **_search(request)}
    return parts.show(
        request, "desk/sales/question_new.html", context, book=parts.QUESTIONS, status=status
    )


def _search(request: PageRequest) -> dict[str, object]:
    """Customers on file who may be the ones that ask."""
    wanted = request.GET.get("q", "").strip()[:100]
    found = register.organisations(request.actor, wanted=wanted).rows if wanted else ()
    return {"wanted": wanted, "found": found[:_FOUND], "more": len(found) > _FOUND}


@guard("staff", methods=("GET", "POST"), duty=Duty.VIEW_SALES)
def question(request: PageRequest, enquiry_id: int) -> HttpResponse:
    """A question before a sale: read, answered, or sold upon."""
    card = queries.enquiry_for(request.actor, enquiry_id)
    form, status = AnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.answer_enquiry(
                    actor=request.actor,
                    now=request.now,
                    enquiry_id=card.row.id,
                    covered=form.cleaned_data["covered"] == "yes",
                    reason=form.cleaned_data["reason"],
                )
                return parts.at("desk_question", card.row.id, notice="respondida")
            except actions.Conflict as conflict:
                status = 409
                form.add_error(None, words.conflict(conflict.code))
    context: dict[str, object] = {
        "card": card,
        "asked_by": card.asked_by,
        "mail": selling.mailed(selling.about_answer(card.row.id)) if card.row.answered_at else None,
    }
    return _page(request, card.row, form, context, status=status)


@guard("staff", methods=("POST",), duty=Duty.KEEP_SALES)
def told(request: PageRequest, enquiry_id: int) -> HttpResponse:
    """Whoever asked was called, and knows the answer."""
    queries.enquiry_for(request.actor, enquiry_id)
    notice = "avisada"
    try:
        actions.tell_by_phone(actor=request.actor, now=request.now, enquiry_id=enquiry_id)
    except actions.Conflict as conflict:
        notice = conflict.code
    return parts.at("desk_question", enquiry_id, notice=notice)


@guard("desk", methods=("GET", "POST"), duty=Duty.VIEW_SALES)
def of_ticket(request: PageRequest, number: str) -> HttpResponse:
    """What a ticket that waits for sales asks; the answer gives the ticket back (S36)."""
    ticket = get_for(request.actor, number)
    row = queries.asked_by_ticket(request.actor, ticket.pk)
    may_answer = can(request.actor, Permission.ANSWER_SCOPE, scope_of(ticket))
    form, status = AnswerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        status = 422
        if form.is_valid():
            try:
                tickets.answer_scope(
                    actor=request.actor,
                    now=request.now,
                    ticket_id=ticket.pk,
                    covered=form.cleaned_data["covered"] == "yes",
                    reason=form.cleaned_data["reason"],
                )
                return parts.at(parts.QUESTIONS, notice="respondida")
            except tickets.Conflict as conflict:
                status = 409
                form.add_error(None, words.conflict(conflict.code))
    context: dict[str, object] = {"card": None, "may_answer": may_answer}
    return _page(request, row, form, context, status=status)


def _page(
    request: PageRequest,
    row: AskedRow,
    form: AnswerForm,
    context: dict[str, object],
    *,
    status: int,
) -> HttpResponse:
    found = (
        queries.purpose_of(
            request.actor,
            kind=row.kind,
            service=row.service_slug,
            organisation_id=None,
            policy_now=request.policy,
            now=request.now,
        )
        if row.kind in ONEOFF_KINDS
        else None
    )
    common: dict[str, object] = {
        "row": row,
        "form": form,
        "purpose": found,
        "service_name": parts.named(row.service, row.service_en),
        "may_answer": True,
        "asked_by": "",
    }
    return parts.show(
        request,
        "desk/sales/question.html",
        {**common, **context},
        book=parts.QUESTIONS,
        status=status,
    )
