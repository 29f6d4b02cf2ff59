"""What the pages of Minha conta share: their tabs, and the password typed again."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.people.actions import TooManyTries, confirm_password, follow
from balcao.policy.access import can_enter
from balcao.portal import parts
from balcao.web.guards import PageRequest, lacks_proof


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the account; ``route`` is its address's name. ``customers``: for them alone."""

    label: str | Promise
    route: str
    customers: bool = False


# In the order shown.
SECTIONS: tuple[Section, ...] = (
    Section(gettext_lazy("Overview"), "account"),
    Section(gettext_lazy("E-mail and telephone"), "account_addresses"),
    Section(gettext_lazy("Password"), "account_password"),
    Section(gettext_lazy("Second factor"), "account_factor"),
    Section(gettext_lazy("Sessions"), "account_sessions"),
    Section(gettext_lazy("My data"), "account_data", customers=True),
)


def own_id(request: PageRequest) -> int:
    """The person of a page behind a sign-in."""
    assert request.actor.id is not None
    return request.actor.id


def renew_key(request: PageRequest) -> None:
    """The same session under a new key, which the list of sessions follows (A1)."""
    before = request.session.session_key or ""
    request.session.cycle_key()
    follow(old=before, new=request.session.session_key or "")


def show(
    request: PageRequest,
    template: str,
    context: dict[str, Any],
    *,
    section: str,
    status: int = 200,
) -> HttpResponse:
    """A page of the account. Staff see the way back to the desk in place of the portal's menu;
    whoever must first add a second factor sees no way to anything else (A9).
    """
    customer = can_enter(request.actor, "portal")
    tabs = [
        (str(s.label), reverse(s.route), s.route == section)
        for s in SECTIONS
        if not lacks_proof(request) and (customer or not s.customers)
    ]
    common: dict[str, Any] = {"tabs": tabs, "page_width": "page-narrow"}
    if not tabs or not customer:
        common["menu"] = ()
    return parts.show(request, template, {**common, **context}, status=status)


def knows_password(request: PageRequest, form: forms.Form, field: str = "current") -> bool:
    """Whether the password typed again is right; else the form says why (A6, A8)."""
    try:
        if confirm_password(
            now=request.now, user_id=own_id(request), password=form.cleaned_data[field]
        ):
            return True
        form.add_error(field, _("This is not your password."))
    except TooManyTries:
        form.add_error(field, _("Too many tries. Wait 15 minutes and try again."))
    return False
