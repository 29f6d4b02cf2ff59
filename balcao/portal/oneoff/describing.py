"""Describing the problem of a one-off, which submits it (R16): the same for both doors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from balcao.lib.text import is_thanks
from balcao.policy.access import Actor
from balcao.policy.booking import SCHEDULED_KINDS, TRAINING
from balcao.policy.lifecycle import State
from balcao.portal import parts
from balcao.portal.forms import OpeningForm, ReplyForm, new_key
from balcao.tickets import actions, queries
from balcao.tickets.queries import StoredFile, Ticket
from balcao.web import words
from balcao.web.guards import PageRequest


class DescribeForm(OpeningForm):
    """The problem of a one-off: what is asked for, subject, text, files. It is about nothing else.

    ``offered``: the services that can be asked for.
    """

    about = None  # type: ignore[assignment]
    follows = None  # type: ignore[assignment]

    offered: frozenset[str] = frozenset()

    def clean_service(self) -> str:
        slug: str = self.cleaned_data["service"]
        if slug not in self.offered:
            self.add_error("service", self.fields["service"].error_messages["invalid"])
        return slug

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if is_thanks(typed.get("body", "")) and not self.uploads and not self.drafted:
            self.add_error("body", self.thankful())
        return typed

    def thankful(self) -> str:
        """What is said of a text that only says thank you."""
        return _("Describe the problem: this only says thank you.")


class ArrangeForm(DescribeForm):
    """What the buyer of an installation wants and when it suits: sales offers times (S42)."""

    service = None  # type: ignore[assignment]
    subject = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        body = self.fields["body"]
        body.label = self.asks()
        body.error_messages["required"] = self.thankful()

    def asks(self) -> str:
        """What the text is about."""
        return _("What is to be installed or upgraded, and which days and hours suit you?")

    def thankful(self) -> str:
        return _("Say what you need and which days suit you.")


class TrainingForm(ArrangeForm):
    """The same for a training."""

    def asks(self) -> str:
        return _("What do you want to learn, and which days and hours suit you?")


@dataclass(slots=True)
class Attempt:
    """What was typed, and what stopped it; ``sent`` when nothing did."""

    form: DescribeForm
    kept: list[StoredFile] = field(default_factory=list)
    refusal: words.Refusal | None = None
    sent: bool = False
    changed: bool = False


def form_for(ticket: Ticket) -> type[DescribeForm]:
    """What is asked for: the problem, or what it is for and when (S37, S42)."""
    if ticket.kind == TRAINING:
        return TrainingForm
    return ArrangeForm if ticket.kind in SCHEDULED_KINDS else DescribeForm


def blank_form(ticket: Ticket) -> DescribeForm:
    """The form before anything was typed: for what the one-off was bought for."""
    service = ticket.prepaid.service.slug if ticket.prepaid else ""
    return form_for(ticket)(initial={"key": new_key(), "service": service})


def typed_as_reply(request: PageRequest, actor: Actor, ticket: Ticket, form: ReplyForm) -> Attempt:
    """A message to what is available again meanwhile: it is sent only if its writer means to use it
    for that, and waits in the form.
    """
    tried = Attempt(blank_form(ticket), changed=True)
    if form.is_valid():
        try:
            tried.kept = form.keep_files(request.now, actor=actor, ticket_id=ticket.pk)
        except OSError:
            tried.kept = []
    tried.form.initial["body"] = form["body"].value() or ""
    if tried.kept:
        actions.save_draft(
            actor=actor,
            now=request.now,
            key=str(tried.form.initial["key"]),
            subject="",
            body=str(tried.form.initial["body"]),
            files=tried.kept,
        )
    return tried


def attempt(
    request: PageRequest, actor: Actor, ticket: Ticket, names: Mapping[str, str]
) -> Attempt:
    """Send what was typed; whatever stops it, it comes back with everything typed.

    ``names``: the services that can be asked for, by slug.
    """
    named = "kept" in request.POST
    drafted = queries.draft_files(actor, request.POST.get("key", "")[:64]) if named else []
    form = form_for(ticket)(request.POST, request.FILES, kept=drafted)
    form.offered = frozenset(names)
    tried = Attempt(form, form.kept_files)
    if ticket.state != State.SOLD.value:
        # Sent twice, or somebody else was faster.
        form.is_valid()
        tried.sent = queries.was_written(ticket, f"portal:{form.cleaned_data['key']}")
        tried.changed = not tried.sent
        return tried
    form.is_valid()
    if "files" not in form.errors:
        try:
            stored = form.keep_files(request.now, actor=actor, ticket_id=ticket.pk)
            tried.kept = [*tried.kept, *stored]
        except OSError:
            form.cannot_keep()
    if not form.errors:
        _send(request, actor, ticket, tried, names, drafted=bool(drafted))
    if not tried.sent and tried.kept:
        _keep(request, actor, tried)
    return tried


def _send(
    request: PageRequest,
    actor: Actor,
    ticket: Ticket,
    tried: Attempt,
    names: Mapping[str, str],
    *,
    drafted: bool,
) -> None:
    data = tried.form.cleaned_data
    try:
        actions.customer_message(
            actor=actor,
            now=request.now,
            ticket_id=ticket.pk,
            body=data["body"],
            key=f"portal:{data['key']}",
            files=tried.kept,
            subject=data.get("subject", ""),
            service=data.get("service", ""),
            drafted=data["key"] if drafted else "",
        )
    except actions.Refused as refusal:
        tried.refusal = parts.refusal(
            request,
            refusal.decision,
            organisation=ticket.organisation.name,
            service=names.get(data.get("service", ""), ""),
            number=ticket.number,
        )
    except actions.Conflict:
        tried.changed = True
    else:
        tried.sent = True


def _keep(request: PageRequest, actor: Actor, tried: Attempt) -> None:
    """A browser never sends chosen files back by itself, so they wait with the text as a draft."""
    data = tried.form.cleaned_data
    actions.save_draft(
        actor=actor,
        now=request.now,
        key=data["key"],
        subject=data.get("subject", ""),
        body=data.get("body", ""),
        files=tried.kept,
    )
