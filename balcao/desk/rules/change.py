"""A change before it is the next version: what it does, and who says yes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk.menu import show
from balcao.desk.rules import parts
from balcao.desk.rules.topics import BY_TOPIC, book_of
from balcao.policy.access import Duty
from balcao.policy.book.changes import Topic
from balcao.policy.changing import may_answer, needs_approval
from balcao.reports.queries import preview
from balcao.rulebook import actions, queries
from balcao.rulebook.forms import ReasonForm, differences
from balcao.rulebook.queries import Effect, Proposal, ProposalState
from balcao.web.guards import PageRequest, guard

_OPEN = (ProposalState.DRAFT, ProposalState.WAITING)


@guard("staff", duty=Duty.VIEW_POLICY)
def change(request: PageRequest, pk: int) -> HttpResponse:
    """What a change would do, and what is to be done with it."""
    return _page(request, queries.proposal_for(request.actor, pk))


@guard("staff", methods=("POST",), duty=Duty.VIEW_POLICY)
def submit(request: PageRequest, pk: int) -> HttpResponse:
    """The author saves it, or proposes it where two people must agree."""
    found = queries.proposal_for(request.actor, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        actions.submit(
            actor=request.actor,
            now=request.now,
            proposal_id=pk,
            reason=form.cleaned_data["reason"],
        )
    except actions.Conflict as conflict:
        return _page(request, found, form=form, trouble=conflict.code, status=409)
    return redirect("rules_change", pk)


@guard("staff", methods=("POST",), duty=Duty.VIEW_POLICY)
def join(request: PageRequest, pk: int) -> HttpResponse:
    """The author's change and what others did meanwhile, as one."""
    found = queries.proposal_for(request.actor, pk)
    try:
        change = actions.join(actor=request.actor, now=request.now, proposal_id=pk)
    except actions.Conflict as conflict:
        return _page(request, found, trouble=conflict.code, status=409)
    return redirect("rules_change", change.pk)


@guard("staff", methods=("POST",), duty=Duty.APPROVE_POLICY)
def answer(request: PageRequest, pk: int) -> HttpResponse:
    """The second person approves or rejects it."""
    found = queries.proposal_for(request.actor, pk)
    approves = request.POST.get("answer") == "approve"
    form = ReasonForm(request.POST)
    if not approves and not form.is_valid():
        return _page(request, found, form=form, status=422)
    said = str(request.POST.get("reason", ""))[:300]
    try:
        if approves:
            actions.approve(actor=request.actor, now=request.now, proposal_id=pk, answer=said)
        else:
            actions.reject(actor=request.actor, now=request.now, proposal_id=pk, answer=said)
    except actions.Conflict as conflict:
        return _page(request, found, form=form, trouble=conflict.code, status=409)
    return redirect("rules_change", pk)


@guard("staff", methods=("POST",), duty=Duty.VIEW_POLICY)
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """The author takes a waiting change back."""
    found = queries.proposal_for(request.actor, pk)
    try:
        actions.withdraw(actor=request.actor, now=request.now, proposal_id=pk)
    except actions.Conflict as conflict:
        return _page(request, found, trouble=conflict.code, status=409)
    return redirect("rules_change", pk)


def _page(
    request: PageRequest,
    found: Proposal,
    *,
    form: ReasonForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    found = queries.proposal_for(request.actor, found.pk)
    topic = Topic(found.topic)
    mine = found.author_id == request.actor.id
    is_open = found.state in _OPEN
    effect = queries.effect_of(found) if is_open else None
    context: dict[str, Any] = {
        "change": found,
        "page": BY_TOPIC.get(topic),
        "title": parts.title_of(topic),
        "form": form or ReasonForm(),
        "trouble": _TROUBLES[trouble]() if trouble else "",
        "differences": _differences(request, found, effect),
        "theirs": _theirs(found, effect),
        "preview": preview(effect.policy, now=request.now) if effect else None,
        "approval": needs_approval(request.policy),
        "may_submit": mine and found.state == ProposalState.DRAFT,
        "may_join": mine and topic is not Topic.WHOLE,
        "may_withdraw": mine and found.state == ProposalState.WAITING,
        "may_answer": found.state == ProposalState.WAITING
        and may_answer(request.actor, author=found.author_id),
    }
    book = book_of(topic) if topic in BY_TOPIC else "rules"
    return show(request, "desk/rules/change.html", context, book=book, status=status)


def _differences(request: PageRequest, found: Proposal, effect: Effect | None) -> list[Any]:
    """In words: what it would change of today's book, or changed when it was saved."""
    if effect is not None:
        return differences(effect.newest.document, effect.document, parts.services())
    if found.version is None:
        return differences(found.base.document, queries.document_of(found), parts.services())
    before = queries.version_for(request.actor, found.version.number - 1)
    return differences(before.document, found.version.document, parts.services())


def _theirs(found: Proposal, effect: Effect | None) -> list[Any]:
    """What somebody else changed in the same topic since it was made."""
    if effect is None or not effect.has_moved:
        return []
    topic = Topic(found.topic)
    moved = differences(found.base.document, effect.newest.document, parts.services())
    return [one for one in moved if topic is Topic.WHOLE or one.topic is topic]


_TROUBLES = {
    "same": lambda: _("The version in force says this already; there is nothing to save."),
    "moved": lambda: _("Somebody changed the same thing meanwhile. Saving this would undo it."),
    "decided": lambda: _("This change was decided already."),
    "busy": lambda: _("Another change was saved this very moment. Please try again."),
}
