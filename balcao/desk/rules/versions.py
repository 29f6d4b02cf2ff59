"""Every version of the book: who saved it and why, what it says, what changed, and going back."""

from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from balcao.desk.menu import show
from balcao.desk.rules import parts
from balcao.desk.rules.topics import PAGES
from balcao.policy.access import Duty
from balcao.policy.book.changes import Topic
from balcao.policy.changing import may_change
from balcao.rulebook import actions, queries
from balcao.rulebook.forms import contents, differences
from balcao.web.guards import PageRequest, guard

_PAGE = 50
_SAID: dict[str, object] = {"author_of": parts.author_of, "reason_of": parts.reason_of}


@guard("staff", duty=Duty.VIEW_POLICY)
def versions(request: PageRequest) -> HttpResponse:
    """The versions, newest first."""
    before = request.GET.get("antes", "")
    rows = queries.versions_for(
        request.actor, before=int(before) if before.isdecimal() else None, limit=_PAGE + 1
    )
    context: dict[str, object] = {
        "rows": rows[:_PAGE],
        "older": rows[_PAGE - 1].number if len(rows) > _PAGE else None,
        "title_of": parts.title_of,
    }
    return show(request, "desk/rules/versions.html", {**context, **_SAID}, book="rules")


@guard("staff", duty=Duty.VIEW_POLICY)
def version(request: PageRequest, number: int) -> HttpResponse:
    """All that one version says, in words, and what it changed."""
    found = queries.versions_of(request.actor, number, number - 1)
    if number not in found:
        raise Http404
    row, services = found[number], parts.services()
    changed = []
    if number > 1:
        changed = differences(found[number - 1].document, row.document, services)
    context = {
        "version": row,
        "topic": parts.title_of(row.topic),
        "changed": changed,
        "sections": [(page, _grouped(page.topic, row.document, services)) for page in PAGES],
        "may_go_back": number != request.policy.version and may_change(request.actor, Topic.WHOLE),
    }
    return show(request, "desk/rules/version.html", {**context, **_SAID}, book="rules")


@guard("staff", duty=Duty.VIEW_POLICY)
def compare(request: PageRequest) -> HttpResponse:
    """What is different between any two versions."""
    rows = queries.versions_for(request.actor, limit=200)
    newest = rows[0].number
    before = _number(request.GET.get("de", ""), max(newest - 1, 1))
    after = _number(request.GET.get("para", ""), newest)
    pair = queries.versions_of(request.actor, before, after)
    if not {before, after} <= pair.keys():
        raise Http404
    found = differences(pair[before].document, pair[after].document, parts.services())
    context = {"rows": rows, "before": before, "after": after, "differences": found}
    return show(request, "desk/rules/compare.html", {**context, **_SAID}, book="rules")


@guard("staff", methods=("POST",), duty=Duty.KEEP_POLICY)
def go_back(request: PageRequest, number: int) -> HttpResponse:
    """Make a change of the old content, and look at it as at any other."""
    try:
        change = actions.draft_of_version(actor=request.actor, now=request.now, number=number)
    except actions.Conflict:
        return redirect("rules_version", number)
    return redirect("rules_change", change.pk)


def _number(text: str, fallback: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else fallback


def _grouped(topic: Topic, document: dict[str, object], services: object) -> list[object]:
    """The lines of a topic, under their headings."""
    lines = contents(topic, document, services)  # type: ignore[arg-type]
    lines.sort(key=lambda line: line.group)
    return [
        (group, [(line.label, line.text) for line in found])
        for group, found in groupby(lines, key=lambda line: line.group)
    ]
