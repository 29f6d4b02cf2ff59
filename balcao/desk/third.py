"""Waiting for somebody else: who, their protocol, and when to look again (R4)."""

from datetime import timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import conflict_words
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.policy import access
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard

_REVIEW = timedelta(days=3)


class ThirdForm(forms.Form):
    """The shape of a wait. ``review_on`` is a date that is still to come."""

    who = forms.CharField(
        label=gettext_lazy("Who has to act"),
        max_length=120,
        help_text=gettext_lazy("The customer reads this: “the operator”, “the supplier”."),
    )
    protocol = forms.CharField(label=gettext_lazy("Their protocol"), max_length=60, required=False)
    review_on = forms.DateField(
        label=gettext_lazy("Ask again on"),
        help_text=gettext_lazy("You are reminded when the desk opens on that day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_review_on(self) -> object:
        """A review in the past would remind nobody."""
        day = self.cleaned_data["review_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day


@guard("desk", methods=("GET", "POST"))
def third(request: PageRequest, number: str) -> HttpResponse:
    """Begin the wait, or correct what is known of one that runs."""
    row = queries.get_for(request.actor, number)
    if not access.can_move(request.actor, Verb.WAIT_THIRD, queries.scope_of(row)):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else None
    form = ThirdForm(given, initial=_known(request, row))
    if request.method != "POST" or not form.is_valid():
        return parts.page(
            request, row, "desk/third.html", {"form": form}, status=422 if form.is_bound else 200
        )
    try:
        actions.wait_third(
            actor=request.actor,
            now=request.now,
            ticket_id=row.pk,
            who=form.cleaned_data["who"],
            protocol=form.cleaned_data["protocol"],
            review_on=form.cleaned_data["review_on"],
        )
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        return show(request, fresh, status=409, trouble=conflict_words(conflict.code, fresh))
    return redirect(place_of(request).ticket_address(row.number))


def _known(request: PageRequest, row: Ticket) -> dict[str, object]:
    wait = row.third_party
    if wait is None:
        return {"review_on": timezone.localdate(request.now) + _REVIEW}
    review_on = timezone.localdate(wait.review_at)
    return {"who": wait.who, "protocol": wait.protocol, "review_on": review_on}
