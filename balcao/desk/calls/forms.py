"""The shape of what is typed on the telephone. Whether it may be done, the actions say."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from balcao.people.forms import PhoneField
from balcao.policy.calls import NoTicket
from balcao.web.words import calls as words

SUMMARY, BODY = 5000, 50_000


class CallerForm(forms.Form):
    """The number first, and who is calling. ``person``: chosen among those who were found;
    ``call``: which call the card was of, none of a new one.
    """

    number = forms.CharField(label=_("Number of the request"), required=False, max_length=60)
    phone = PhoneField(label=_("Telephone"), required=False)
    who = forms.CharField(
        label=_("Who is calling"),
        required=False,
        max_length=100,
        help_text=_("Name, user code or CNPJ."),
    )
    person = forms.IntegerField(required=False, min_value=1)
    call = forms.IntegerField(required=False, min_value=1)


class SummaryForm(forms.Form):
    """What was said, for the customer to read. ``service``: what a one-off is used for, asked while
    it waits for its problem.
    """

    service = forms.CharField(
        label=_("What for?"), max_length=50, error_messages={"required": _("Choose the service.")}
    )
    summary = forms.CharField(
        label=_("Summary for the customer"),
        max_length=SUMMARY,
        widget=forms.Textarea,
        help_text=_("The customer reads it on the request, and gets it by e-mail."),
        error_messages={"required": _("Write in a line what was done.")},
    )

    def __init__(self, *args: Any, offered: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        """``offered``: the services that may be asked for; none: that is not asked."""
        super().__init__(*args, **kwargs)
        self._offered = offered
        if not offered:
            del self.fields["service"]

    def clean_service(self) -> str:
        """One of those offered."""
        slug: str = self.cleaned_data["service"]
        if slug not in self._offered:
            raise forms.ValidationError(self.fields["service"].error_messages["required"])
        return slug

    def clean_summary(self) -> str:
        """Line ends as everywhere else."""
        given: str = self.cleaned_data["summary"]
        return given.replace("\r\n", "\n")


class WithoutForm(forms.Form):
    """Why there was no ticket. No text: nothing technical is written down without one (S22)."""

    reason = forms.ChoiceField(
        label=_("Why without a ticket"),
        choices=[("", _("Choose")), *((one.value, words.NO_TICKET[one.value]) for one in NoTicket)],
        error_messages={"required": _("Choose the reason.")},
    )


class AssistedForm(forms.Form):
    """What the agent types for a customer. ``about``: an organisation, and perhaps a licence."""

    key = forms.CharField(validators=[RegexValidator(r"^[0-9a-f]{32}$")], widget=forms.HiddenInput)
    about = forms.ChoiceField(
        label=_("About"), error_messages={"required": _("Choose what it is about.")}
    )
    service = forms.ChoiceField(
        label=_("Service"), error_messages={"required": _("Choose the service.")}
    )
    subject = forms.CharField(
        label=_("Subject"), max_length=200, error_messages={"required": _("Write the subject.")}
    )
    body = forms.CharField(
        label=_("What happens"),
        max_length=BODY,
        widget=forms.Textarea,
        help_text=_("In the customer's words: they read it before it is opened."),
        error_messages={"required": _("Write what happens.")},
    )

    def __init__(
        self,
        *args: Any,
        abouts: list[tuple[str, str]],
        services: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("about", abouts), ("service", services)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Choose")), *choices] if len(choices) != 1 else choices

    def clean_body(self) -> str:
        """Line ends as everywhere else."""
        given: str = self.cleaned_data["body"]
        return given.replace("\r\n", "\n")

    @property
    def organisation_id(self) -> int:
        """Of a valid form."""
        return int(self.cleaned_data["about"].partition("-")[0])

    @property
    def licence_id(self) -> int | None:
        """Of a valid form; None: no product in particular."""
        licence = self.cleaned_data["about"].partition("-")[2]
        return int(licence) if licence else None
