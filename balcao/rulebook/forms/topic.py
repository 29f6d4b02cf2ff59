"""The form of one topic: made from a version, it gives the topic's tables back.

What was not touched stays exactly as that version has it, so that a form without edits changes
nothing, whatever the version leaves out or spells in its own way.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.policy.book import PolicyError, Problem, parse
from balcao.policy.book.changes import (
    Change,
    Document,
    Topic,
    part_of,
    patch,
    value_at,
    with_part,
)
from balcao.rulebook.actions import shipped_document
from balcao.rulebook.forms import problems
from balcao.rulebook.forms.catalogue import Services, settings_of
from balcao.rulebook.forms.settings import Setting, default_of


class TopicForm(forms.Form):
    """One topic of ``document``.

    ``data`` is judged. ``typed`` is what somebody typed and did not send for good: it is shown
    again and judged by nobody.
    """

    def __init__(
        self,
        topic: Topic,
        document: Document,
        *,
        data: Any = None,
        typed: Any = None,
        services: Services = (),
    ) -> None:
        super().__init__(data)
        self.topic = topic
        self.document = document
        self.typed = typed
        self.settings = settings_of(topic, document, services)
        shipped = shipped_document()
        self.stored: dict[str, Any] = {}
        for setting in self.settings:
            value = value_at(document, setting.path)
            if value is None:
                value = default_of(setting, shipped)
            self.add(setting.name, setting.field(), setting.shown(value))

    def add(self, name: str, field: forms.Field, stored: object) -> None:
        """A field that shows ``stored``, or what was typed instead."""
        self.fields[name] = field
        self.stored[name] = stored
        self.initial[name] = stored
        if self.typed is not None:
            self.initial[name] = field.widget.value_from_datadict(self.typed, {}, name)

    def of(self, setting: Setting) -> forms.BoundField:
        """The bound field of ``setting``."""
        return self[setting.name]

    def is_touched(self, name: str) -> bool:
        """Whether the field says something else than the version the form was made from."""
        field = self.fields[name]
        try:
            stored = field.clean(self.stored[name])
        except ValidationError:
            return True
        found = self.cleaned_data[name]
        if isinstance(field, forms.MultipleChoiceField):
            return sorted(found) != sorted(stored)
        return bool(found != stored)

    def part(self) -> dict[str, object]:
        """The topic's tables as the valid form says."""
        changes = []
        for setting in self.settings:
            if self.is_touched(setting.name):
                value = self.cleaned_data[setting.name]
                empty = setting.optional and value in ("", None)
                before = value_at(self.document, setting.path)
                changes.append(Change(setting.path, before, None if empty else value))
        found = patch(part_of(self.document, self.topic), tuple(changes))
        for change in changes:
            if change.after is None:
                _prune(found, change.path[:-1])
        return found

    def drafted(self) -> dict[str, object]:
        """The whole document with the form's topic in it."""
        return with_part(self.document, self.topic, self.part())

    def judge(self) -> bool:
        """Whether the shape is right and the policy can be enforced; else the fields say why."""
        if not self.is_valid():
            return False
        try:
            parse(self.drafted(), version=1)
        except PolicyError as error:
            for problem in error.problems:
                self.add_error(self.field_of(problem), problems.words(problem))
            return False
        return True

    def field_of(self, problem: Problem) -> str | None:
        """The field that ``problem`` is about; None: all of the form."""
        path = problem.path
        while path and path not in self.fields:
            path = path.rpartition(".")[0]
        return path or None

    @property
    def complaints(self) -> list[tuple[str, str, str]]:
        """Everything wrong: where it stands on the page, its label, the sentence."""
        found = []
        for name, errors in self.errors.items():
            label = self.fields[name].label if name in self.fields else ""
            anchor = f"id_{name}" if name in self.fields else ""
            found += [(anchor, str(label or ""), str(error)) for error in errors]
        return found

    def refuse(self, message: str) -> None:
        """Say of the whole form why it is not taken."""
        self.add_error(None, message)


def _prune(part: dict[str, object], path: tuple[str, ...]) -> None:
    """Take away a table below a topic's own that lost its last value."""
    while len(path) > 2 and value_at(part, path) == {}:
        part.update(patch(part, (Change(path, {}, None),)))
        path = path[:-1]


class ReasonForm(forms.Form):
    """Why a change is made, or answered so."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea, label=gettext_lazy("Reason"))

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        missing = _("Say why: it stands beside the version for everybody who asks later.")
        self.fields["reason"].error_messages["required"] = missing
