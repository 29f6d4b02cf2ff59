"""Replay: the decisions of the last days, judged again under another version of the policy."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from balcao.desk.asking import drafts
from balcao.desk.menu import show
from balcao.policy.access import Duty, Permission, can
from balcao.reports import queries
from balcao.web.guards import PageRequest, guard

# Judged while the browser waits, newest first; `balcao policy replay` judges any number.
LIMIT = 5_000


class DaysForm(forms.Form):
    """How far back."""

    days = forms.IntegerField(
        label=gettext_lazy("Decisions of the last days"), min_value=1, max_value=730
    )


@guard("staff", duty=Duty.VIEW_POLICY)
def replay(request: PageRequest) -> HttpResponse:
    """What would have been decided. Who is behind each change is for those who see all tickets."""
    form = DaysForm(request.GET if "days" in request.GET else None)
    chosen = drafts.chosen(request.actor, request.GET.get("against", ""))
    context: dict[str, object] = {
        "form": form,
        "choices": drafts.choices(request),
        "chosen": chosen,
        "found": None,
        "names": None,
    }
    if form.is_valid() and not chosen.trouble:
        found = queries.replay(
            chosen.policy or request.policy,
            days=form.cleaned_data["days"],
            now=request.now,
            limit=LIMIT,
        )
        context["found"] = found
        context["version"] = drafts.side_by_side(request, chosen)[-1][1]
        if can(request.actor, Permission.VIEW_DECISIONS, None):
            context["names"] = queries.names_of((*found.changes, *found.divergences))
    return show(request, "desk/replay.html", context, book="desk_replay")
