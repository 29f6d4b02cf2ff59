"""The shapes of what is typed about an appointment."""

from datetime import datetime

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.policy.booking import LONGEST, MOST_PEOPLE, MOST_STEPS, SHORTEST, Mode, is_meeting_link
from balcao.web.words.appointments import MODES

_STEP = 200


class LookForm(forms.Form):
    """Whose times are looked for, and how long they are."""

    agent = forms.IntegerField(required=False)
    minutes = forms.IntegerField(required=False, min_value=SHORTEST, max_value=LONGEST)


class OfferForm(forms.Form):
    """How they would meet, and the times: ``agent|beginning`` each."""

    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")])
    minutes = forms.IntegerField(min_value=SHORTEST, max_value=LONGEST)
    mode = forms.ChoiceField(label=gettext_lazy("How you meet"), choices=list(MODES.items()))
    provider = forms.CharField(
        label=gettext_lazy("Meeting held with"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Only for an online meeting."),
    )
    link = forms.URLField(
        label=gettext_lazy("Link of the meeting"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Of an online meeting: the customer opens it at the agreed time."),
    )

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.chosen: list[str] = data.getlist("times") if hasattr(data, "getlist") else []

    def clean(self) -> dict[str, object]:
        """A meeting needs its link, and every time must be one that a page of ours wrote."""
        data: dict[str, object] = super().clean() or {}
        wants = data.get("mode") == Mode.MEETING.value and "link" not in self.errors
        if wants and not is_meeting_link(str(data.get("link") or "")):
            self.add_error("link", _("Say where the meeting is held."))
        times = [found for one in self.chosen if (found := _time(one))]
        if not times:
            self.add_error(None, _("Choose at least one time, and 30 at most."))
        data["times"] = times
        return data


def _time(text: str) -> tuple[int, datetime] | None:
    agent, _bar, begins = text.partition("|")
    try:
        found = datetime.fromisoformat(begins)
        return (int(agent), found) if found.tzinfo else None
    except ValueError:
        return None


class CameForm(forms.Form):
    """How many took part in a training, and why more than it is for."""

    people = forms.IntegerField(
        label=gettext_lazy("People who took part"), min_value=1, max_value=MOST_PEOPLE
    )
    reason = forms.CharField(label=gettext_lazy("Why more"), max_length=200, required=False)


class StepsForm(forms.Form):
    """The steps of a training, one a line."""

    texts = forms.CharField(required=False, max_length=MOST_STEPS * (_STEP + 1))

    def lines(self) -> list[str]:
        """Each line that says something, cut to what a step holds."""
        found = (line.strip()[:_STEP] for line in self.cleaned_data["texts"].splitlines())
        return [line for line in found if line]
