"""Como funciona o suporte: the owner's text of the policy (S44), and readers' opinions (S45)."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from balcao.knowledge.actions import TooMany, leave_feedback
from balcao.knowledge.forms import FeedbackForm
from balcao.policy.access import can_enter
from balcao.policy.book import PageText, Policy, parse
from balcao.portal import parts
from balcao.portal.allowances import machine_key
from balcao.portal.forms import new_key
from balcao.rulebook.actions import shipped_document
from balcao.rulebook.queries import saved_at
from balcao.web import format, pagetext
from balcao.web.guards import PageRequest, guard
from balcao.web.words import hours

_TOO_MANY = gettext_lazy("Many opinions came from this address today. Please try again tomorrow.")
PAGE = "policy"
"""The page's name in the votes on it."""


@dataclass(frozen=True, slots=True)
class Text:
    """The page's text and its language (one that the owner wrote, if not the reader's)."""

    language: str
    page: pagetext.Page


@guard("public")
def how(request: PageRequest) -> HttpResponse:
    """How support works here, in the reader's language, filled in from the policy in force."""
    return _page(request, FeedbackForm(), thanks="obrigado" in request.GET)


@guard("public", methods=("POST",))
def feedback(request: PageRequest) -> HttpResponse:
    """A vote, signed in or not. What was typed stays when it cannot be taken."""
    form = FeedbackForm(request.POST)
    if not request.policy.kb.feedback:
        return _page(request, form, status=409)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        leave_feedback(
            actor=request.actor,
            now=request.now,
            page=PAGE,
            policy_version=request.policy.version,
            helpful=form.cleaned_data["helpful"] == "yes",
            comment=form.cleaned_data["comment"],
            key=f"{PAGE}:{form.cleaned_data['key']}"[:64],
            machine=machine_key(request, "feedback"),
        )
    except TooMany:
        form.add_error(None, str(_TOO_MANY))
        return _page(request, form, status=429)
    return redirect(f"{reverse('how')}?obrigado#opiniao")


def text_of(policy: Policy, language: str) -> Text:
    """The owner's text in that language, else in the other one, else the product's own."""
    for texts in (policy.page, _shipped()):
        english = ("en", texts.en)
        portuguese = ("pt-BR", texts.pt)
        order = (english, portuguese) if language.startswith("en") else (portuguese, english)
        for tag, text in order:
            if text.strip():
                with translation.override(tag.lower()):
                    return Text(tag, pagetext.page(text, policy))
    return Text("pt-BR", pagetext.Page("", (), Markup("")))


@lru_cache(maxsize=1)
def _shipped() -> PageText:
    return parse(shipped_document(), version=1).page


def _page(
    request: PageRequest, form: FeedbackForm, *, thanks: bool = False, status: int = 200
) -> HttpResponse:
    policy = request.policy
    with timezone.override(policy.timezone):
        text = text_of(policy, translation.get_language() or "")
        context: dict[str, object] = {
            "text": text,
            "menu": parts.menu("how", request.actor) if can_enter(request.actor, "portal") else (),
            "form": form,
            "key": form["key"].value() or new_key(),
            "thanks": thanks,
            "asks": policy.kb.feedback,
            "late": form.is_bound and not policy.kb.feedback,
            "company": policy.company,
            "support_call": format.dial(policy.company.support_phone),
            "week": hours.table(policy.calendar),
            "saved_at": saved_at(policy.version),
        }
        return parts.show(request, "portal/how.html", context, status=status)
