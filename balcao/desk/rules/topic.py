"""The form of one topic: shown, filled in further, or turned into a change to look at."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from balcao.desk.menu import show
from balcao.desk.rules import company, parts
from balcao.desk.rules.aids import aids_of
from balcao.desk.rules.topics import BY_TOPIC, book_of
from balcao.policy.access import Duty
from balcao.policy.book.changes import Topic
from balcao.policy.changing import may_change, needs_approval
from balcao.rulebook import actions, queries
from balcao.rulebook.forms import CalendarForm, RowsForm, TopicForm, form_for, holidays_of
from balcao.web.guards import PageRequest, guard

ROW, YEAR, LOOK = "row", "year", "look"
"""Buttons that only fill the form in further: another row, a year's holidays, show me."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the form was made from: a version, or somebody's own draft of a change to it."""

    document: dict[str, Any]
    number: int
    draft: int | None


@guard("staff", methods=("GET", "POST"), duty=Duty.VIEW_POLICY)
def topic(request: PageRequest, code: str) -> HttpResponse:
    """One topic of the book. Who may not change it reads it."""
    wanted = Topic(code)
    if request.method != "POST":
        source = _source(request, wanted, request.GET)
        return _page(request, wanted, source, _form(request, wanted, source))
    if not may_change(request.actor, wanted):
        raise PermissionDenied
    source = _source(request, wanted, request.POST)
    act, _colon, value = request.POST.get("act", "").partition(":")
    if act in (ROW, YEAR):
        return _page(request, wanted, source, _longer(request, wanted, source, act, value))
    data, refused = company.with_logo(request) if wanted is Topic.COMPANY else (request.POST, "")
    form = _form(request, wanted, source, data=data)
    if refused:
        form.add_error("company.logo", refused)
    if act == LOOK:
        form.judge()
        return _page(request, wanted, source, form)
    return _draft(request, wanted, source, form)


def _draft(request: PageRequest, wanted: Topic, source: Source, form: TopicForm) -> HttpResponse:
    """Write the change down and go to look at what it would do."""
    if not form.judge():
        return _page(request, wanted, source, form, status=422)
    try:
        change = actions.draft(
            actor=request.actor,
            now=request.now,
            topic=wanted,
            made_from=source.number,
            tables=form.part(),
        )
    except actions.Conflict:
        form.refuse(_("Nothing is different from the version in force yet."))
        return _page(request, wanted, source, form, status=409)
    return redirect("rules_change", change.pk)


def _source(request: PageRequest, wanted: Topic, given: QueryDict) -> Source:
    """The version in force, or what the form says it was made from."""
    draft, number = given.get("de", ""), given.get("base", "")
    if draft.isdecimal():
        change = queries.proposal_for(request.actor, int(draft))
        if change.topic == wanted:
            document = queries.document_of(change)
            return Source(document, change.base.number, change.pk)
    asked = int(number) if number.isdecimal() else None
    version = queries.version_for(request.actor, asked)
    return Source(version.document, version.number, None)


def _form(request: PageRequest, wanted: Topic, source: Source, **more: Any) -> TopicForm:
    return form_for(
        wanted,
        source.document,
        today=parts.today(request),
        services=parts.services(),
        **more,
    )


def _longer(request: PageRequest, wanted: Topic, source: Source, act: str, value: str) -> TopicForm:
    """The form as it was typed, with more rows."""
    typed = _form(request, wanted, source, typed=request.POST)
    added: list[dict[str, Any]] = []
    if act == ROW and isinstance(typed, RowsForm):
        added = [{}]
    elif isinstance(typed, CalendarForm) and value.isdecimal():
        added = holidays_of(int(value), known=typed.shown_days())
    return _form(request, wanted, source, typed=request.POST, added=added) if added else typed


def _page(
    request: PageRequest, wanted: Topic, source: Source, form: TopicForm, *, status: int = 200
) -> HttpResponse:
    page = BY_TOPIC[wanted]
    context = {
        "page": page,
        "form": form,
        "source": source,
        "may_change": may_change(request.actor, wanted),
        "approval": needs_approval(request.policy),
        **aids_of(request, wanted, form),
    }
    template = f"desk/rules/{_TEMPLATES.get(wanted, 'fields')}.html"
    return show(request, template, context, book=book_of(wanted), status=status)


_TEMPLATES = {
    Topic.CALENDAR: "calendar",
    Topic.DEADLINES: "deadlines",
    Topic.SUSPENSIONS: "suspensions",
    Topic.SCOPE: "scope",
    Topic.COMPANY: "company",
    Topic.PAGE: "page",
    Topic.RULES: "modes",
}
