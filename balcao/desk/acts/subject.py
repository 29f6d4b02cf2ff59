"""Corrigir assunto: what a ticket is called, where its first words say too little."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import Trouble
from balcao.policy.access import Permission
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard


class SubjectForm(forms.Form):
    """The better one. ``was``: the one that it takes the place of."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=parts.MAX_SUBJECT,
        error_messages={"required": gettext_lazy("Write the subject.")},
    )
    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


@guard("desk", methods=("GET", "POST"))
def subject(request: PageRequest, number: str) -> HttpResponse:
    """Say it better. Who corrected it meanwhile is not written over: both stand on the page."""
    row = parts.ticket_for(request, number, Permission.RENAME)
    if request.method != "POST":
        return _page(request, row, SubjectForm(initial={"subject": row.subject}))
    form = SubjectForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    data = form.cleaned_data
    try:
        actions.rename(
            actor=request.actor,
            now=request.now,
            ticket_id=row.pk,
            subject=data["subject"],
            was=data["was"],
        )
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        trouble = parts.trouble(conflict.code, fresh)
        return _page(request, fresh, form, trouble=trouble, status=409)
    return parts.to_ticket(request, row.number)


def _page(
    request: PageRequest,
    row: Ticket,
    form: SubjectForm,
    *,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {"form": form, "trouble": trouble}
    return parts.page(request, row, "desk/acts/subject.html", context, status=status)
