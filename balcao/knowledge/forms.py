"""The shape of a notice, and of what a reader says about a page."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from balcao.knowledge.actions import Said
from balcao.knowledge.models import Notice, NoticeLevel
from balcao.web.words import published

MAX_TITLE = 120
MAX_BODY = 2_000
MAX_COMMENT = 2_000
_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: object, hint: object) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(
        label=label,  # type: ignore[arg-type]
        help_text=hint,  # type: ignore[arg-type]
        required=False,
        widget=widget,
    )


class NoticeForm(forms.Form):
    """A notice. Without a beginning it is up at once, without an end until somebody ends it."""

    level = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(level.value, level.value) for level in NoticeLevel]
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=MAX_TITLE,
        error_messages={"required": gettext_lazy("Say in one line what happens.")},
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=MAX_BODY,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            "What works and what does not, what you are doing, when you will write again."
        ),
    )
    starts_at = _moment(gettext_lazy("From"), gettext_lazy("Left empty: from now on."))
    ends_at = _moment(gettext_lazy("Until"), gettext_lazy("Left empty: until you end it."))

    def __init__(self, data: object = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["level"].choices = published.levels()  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: Notice) -> "NoticeForm":
        """The form as the notice stands."""
        zone = timezone.get_current_timezone()
        moments = {
            name: moment.astimezone(zone).strftime(_MOMENT) if moment else ""
            for name, moment in (("starts_at", row.starts_at), ("ends_at", row.ends_at))
        }
        return cls(initial={"level": row.level, "title": row.title, "body": row.body, **moments})

    def said(self, *, now: datetime, row: Notice | None = None) -> Said:
        """What a valid form says; without a beginning it begins as ``row`` did, or ``now``.

        A moment that was left as the form showed it keeps its seconds.
        """
        found = self.cleaned_data
        starts = _kept(found["starts_at"], row.starts_at if row else None)
        return Said(
            level=found["level"],
            title=found["title"],
            body=found["body"],
            starts_at=starts or (row.starts_at if row else now),
            ends_at=_kept(found["ends_at"], row.ends_at if row else None),
        )


def _kept(typed: datetime | None, stored: datetime | None) -> datetime | None:
    if typed and stored and stored.replace(second=0, microsecond=0) == typed:
        return stored
    return typed


class FeedbackForm(forms.Form):
    """A vote, and perhaps words."""

    helpful = forms.ChoiceField(
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        error_messages={"required": gettext_lazy("Choose yes or no.")},
    )
    comment = forms.CharField(
        label=gettext_lazy("What can we explain better?"),
        required=False,
        max_length=MAX_COMMENT,
        widget=forms.Textarea,
    )
    key = forms.RegexField(r"\A[A-Za-z0-9:_.-]{16,64}\Z")
