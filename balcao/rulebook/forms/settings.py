"""One value of the policy as a form shows it and as words say it. The sense of a value is the
policy's to judge (policy.book.parse); here is only its shape.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balcao.web import format

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = _StrPromise | str

Shape = Literal[
    "text",
    "line",
    "long",
    "choice",
    "whole",
    "count",
    "hours",
    "days",
    "many",
    "names",
    "flag",
    "spans",
    "picture",
]
_MAY_BE_EMPTY = ("line", "long", "many", "flag", "spans", "picture")
Choices = tuple[tuple[str, "Text"], ...]

_TIME = r"(\d{1,2})(?:[:h](\d{2})?)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|às|as|até|a|to)\s*{_TIME}")
_BETWEEN = re.compile(r"(?:[\s,;/]|\be\b|\band\b)*")
_CLOSED = ("", "fechado", "closed")
MOST = 999_999


@dataclass(frozen=True, slots=True)
class Setting:
    """One value at ``path``. ``optional``: it may be missing, and an empty field takes it away.

    ``unit``: what a number counts, by its code in ``_UNITS``. ``none``: an empty field is a value.
    """

    path: tuple[str, ...]
    label: "Text"
    shape: Shape
    hint: "Text" = ""
    choices: Choices = ()
    optional: bool = False
    unit: str = ""
    group: "Text" = ""
    none: bool = False

    @property
    def name(self) -> str:
        """The field's name: the path as the document's problems write it."""
        return ".".join(self.path)

    def field(self) -> forms.Field:
        """The form field of this shape."""
        given: dict[str, Any] = {
            "label": self.label,
            "help_text": self.hint,
            "required": not (self.optional or self.none or self.shape in _MAY_BE_EMPTY),
        }
        match self.shape:
            case "choice":
                nothing: Choices = (("", gettext_lazy("standard")),) if self.optional else ()
                return forms.ChoiceField(choices=(*nothing, *self.choices), **given)
            case "many":
                return forms.MultipleChoiceField(choices=self.choices, **given)
            case "whole" | "count":
                least = 1 if self.shape == "whole" else 0
                return forms.IntegerField(min_value=least, max_value=MOST, **given)
            case "hours":
                return HoursField(**given)
            case "days":
                return DaysField(**given)
            case "names":
                return NamesField(max_length=1000, **given)
            case "flag":
                return forms.BooleanField(**given)
            case "spans":
                return SpansField(**given)
            case "long":
                return LongField(widget=forms.Textarea, max_length=20_000, **given)
            case "picture":
                return forms.CharField(widget=forms.HiddenInput, max_length=64, **given)
            case "line" | "text":
                return forms.CharField(max_length=200, **given)

    def shown(self, value: object) -> Any:
        """The value as the form begins with it."""
        if value is None:
            return ""
        if self.shape in ("days", "spans", "names"):
            return ", ".join(str(item) for item in _items(value))
        if self.shape == "many":
            return [str(item) for item in _items(value)]
        return value

    def words(self, value: object) -> str:
        """The value as people say it."""
        if value is None:
            return _("as the standard") if self.optional else ""
        match self.shape:
            case "choice":
                return self._chosen(value)
            case "many":
                return ", ".join(self._chosen(item) for item in _items(value)) or _("none")
            case "flag":
                return _("yes") if value else _("no")
            case "spans":
                return spans_in_words(_items(value))
            case "whole" | "count" | "hours":
                return counted(value, self.unit)
            case "days" | "names":
                return ", ".join(str(item) for item in _items(value)) or _("none")
            case "picture":
                named = _("a picture of yours (%(start)s)") % {"start": str(value)[:8]}
                return named if value else _("Balcão's own")
            case "long" | "line" | "text":
                return str(value).strip() or _("empty")

    def _chosen(self, value: object) -> str:
        return str(dict(self.choices).get(str(value), str(value)))


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def spans_in_words(spans: Iterable[object]) -> str:
    """Hours of one day: `08:00–12:00, 13:30–18:00`, or that it is closed."""
    return ", ".join(str(span).replace("-", "–") for span in spans) or _("closed")


def counted(value: object, unit: str) -> str:
    """A number with what it counts."""
    if not isinstance(value, int | float):
        return str(value)
    text = format.decimal(value, 0 if value == int(value) else 1)
    match unit:
        case "hours":
            return f"{text} h"
        case "minutes":
            return f"{text} min"
        case "percent":
            return f"{text} %"
        case "days":
            return ngettext("%(number)s day", "%(number)s days", int(value)) % {"number": text}
        case "months":
            return ngettext("%(number)s month", "%(number)s months", int(value)) % {"number": text}
    return text


class HoursField(forms.FloatField):
    """Hours, whole or with a fraction; a whole number stays one."""

    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=0, max_value=MOST, step_size=None, **given)
        self.widget.attrs["step"] = "any"

    def clean(self, value: Any) -> float | int | None:
        found: float | None = super().clean(value)
        return int(found) if found is not None and found == int(found) else found


class DaysField(forms.CharField):
    """Whole numbers separated by commas or spaces: `2, 5, 7`."""

    def clean(self, value: Any) -> list[int]:
        text: str = super().clean(value)
        words = re.split(r"[\s,;]+|\be\b", text)
        if not all(word.isdecimal() and len(word) < 7 for word in words if word):
            raise ValidationError(_("Write whole numbers separated by commas, such as 2, 5, 7."))
        return [int(word) for word in words if word]


class NamesField(forms.CharField):
    """Names separated by commas."""

    def clean(self, value: Any) -> list[str]:
        text: str = super().clean(value)
        return [name.strip() for name in text.split(",") if name.strip()]


class SpansField(forms.CharField):
    """The hours of a day, as people write them; empty is closed. `24:00` is the day's end."""

    def clean(self, value: Any) -> list[str]:
        text: str = super().clean(value).strip().lower()
        if text in _CLOSED:
            return []
        found = list(_SPAN.finditer(text))
        if not found or not _BETWEEN.fullmatch(_SPAN.sub(" ", text)):
            message = _("Write hours such as 08:00-12:00, 13:30-18:00; leave empty when closed.")
            raise ValidationError(message)
        return [f"{_clock(*span.groups()[:2])}-{_clock(*span.groups()[2:])}" for span in found]


def _clock(hours: str, minutes: str | None) -> str:
    return f"{int(hours):02d}:{minutes or '00'}"


class LongField(forms.CharField):
    """A text of several paragraphs; line ends as everywhere else."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return text.replace("\r\n", "\n").strip()


def default_of(setting: Setting, shipped: Mapping[str, object]) -> object:
    """What a missing value means: what the shipped book says, or nothing if it may be missing."""
    found: object = None if setting.optional else shipped
    for key in setting.path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
