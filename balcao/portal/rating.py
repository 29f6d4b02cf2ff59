"""Rating the service ("Avaliar"): on the request page, and by a mail's link without signing in.

Looking changes nothing, because mail programs look, too.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from balcao.policy.access import Actor
from balcao.policy.lifecycle import OPEN_STATES, RATE_DAYS, State
from balcao.portal.forms import RatingForm
from balcao.tickets import actions, queries
from balcao.tickets.queries import RatingView, Ticket
from balcao.web.guards import PageRequest, guard

SCORES: tuple[tuple[int, str | Promise], ...] = (
    (1, gettext_lazy("Very bad")),
    (2, gettext_lazy("Bad")),
    (3, gettext_lazy("Fair")),
    (4, gettext_lazy("Good")),
    (5, gettext_lazy("Very good")),
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the rating's form shows. ``open``: it can still be given or changed."""

    open: bool
    given: RatingView | None
    form: RatingForm
    scores: tuple[tuple[int, str | Promise], ...] = SCORES

    @property
    def word(self) -> str:
        """What was given, in a word."""
        return str(dict(SCORES)[self.given.score]) if self.given else ""


def asking(
    request: PageRequest, actor: Actor, ticket: Ticket, form: RatingForm | None = None
) -> Asking | None:
    """The rating of a request, and its form while it may be given; None when there is neither."""
    given = queries.rating_of(ticket)
    may = queries.may_rate(actor, ticket, now=request.now)
    if not (given or may):
        return None
    initial = {"score": given.score, "comment": given.comment} if given else {}
    return Asking(open=may, given=given, form=form or RatingForm(initial=initial))


@guard("public", methods=("GET", "POST"))
def rating(request: PageRequest, token: str) -> HttpResponse:
    """The same by the link in the mail, for whoever it was sent to."""
    found = queries.rated_by_link(token, now=request.now)
    if found is None:
        return _shown(request, "portal/link_lost.html", {"days": RATE_DAYS}, status=404)
    actor, ticket = found
    form = RatingForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        done = save(request, actor, ticket.pk, form)
        return redirect(f"{reverse('rating', args=[token])}?{urlencode({'aviso': done})}")
    context: dict[str, object] = {
        "ticket": ticket,
        "rating": asking(request, actor, ticket, form),
        "reopened": State(ticket.state) in OPEN_STATES,
        "thanks": request.GET.get("aviso") == "avaliado",
    }
    status = 422 if form is not None else 200
    return _shown(request, "portal/rating.html", context, status=status)


def save(request: PageRequest, actor: Actor, ticket_id: int, form: RatingForm) -> str:
    """Keep a valid form; the code of what the page says then."""
    try:
        actions.rate(
            actor=actor,
            now=request.now,
            ticket_id=ticket_id,
            score=form.cleaned_data["score"],
            comment=form.cleaned_data["comment"],
        )
    except actions.Conflict:
        return "mudou"
    return "avaliado"


def _shown(
    request: PageRequest, template: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
