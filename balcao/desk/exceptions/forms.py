"""The shape of what is asked for as an exception. Whether it may be, the action says."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from balcao.policy.gate import Door
from balcao.policy.override import LIFTABLE, Wanted
from balcao.web import words

ORGANISATION, TICKET = "organisation", "ticket"
_MOMENT = "%Y-%m-%dT%H:%M"


def new_key() -> str:
    """The key that makes sending the same form twice one question."""
    return uuid.uuid4().hex


def _moment(*, required: bool, label: str | Any, help_text: str | Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        required=required,
        label=label,
        help_text=help_text,
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        error_messages={
            "required": _("Say when it ends."),
            "invalid": _("Write a date and a time."),
        },
    )


class ExceptionForm(forms.Form):
    """A question for an exception. Moments are local to the policy's time zone."""

    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")], widget=forms.HiddenInput)
    rules = forms.MultipleChoiceField(
        label=_("Rules to lift"), error_messages={"required": _("Choose at least one rule.")}
    )
    scope = forms.ChoiceField(choices=[(ORGANISATION, ORGANISATION), (TICKET, TICKET)])
    door = forms.ChoiceField(label=_("Channel"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    begins = _moment(required=False, label=_("From"), help_text=_("Empty: from now on."))
    ends = _moment(required=True, label=_("Until"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("The second person reads it, and so does whoever checks later."),
        error_messages={"required": _("Write the reason.")},
    )

    def __init__(self, *args: Any, services: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"S5": _("A valid licence and an active contract to open a ticket.")}
        self.choice("rules", [(rule, labels.get(rule, words.rule(rule))) for rule in LIFTABLE])
        doors = [(door.value, words.door(door.value).text) for door in Door]
        self.choice("door", [("", _("Every channel")), *doors])
        self.choice("service", [("", _("Every service")), *services])

    def choice(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wanted(self, now: datetime) -> Wanted:
        """What a valid form asks for."""
        data = self.cleaned_data
        return Wanted(
            rules=tuple(data["rules"]),
            begins=data["begins"] or now,
            ends=data["ends"],
            reason=data["reason"],
        )

    @property
    def chosen(self) -> list[str]:
        """The rules that are ticked as the form stands."""
        return list(self["rules"].value() or [])


class AnswerForm(forms.Form):
    """Yes or no, by the button pressed, and a note."""

    answer = forms.ChoiceField(choices=[("approve", "approve"), ("reject", "reject")])
    note = forms.CharField(required=False, max_length=2000)
