"""The shape of a saved reply."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.lib.variables import unknown
from balcao.tickets.queries import VARIABLES


class ReplyForm(forms.Form):
    """A text with its title and the shortcut that brings it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    shortcut = forms.CharField(
        label=gettext_lazy("Shortcut"),
        max_length=40,
        help_text=gettext_lazy("Type :: and this in a reply. Small letters, digits and hyphens."),
        validators=[
            RegexValidator(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                gettext_lazy("Small letters, digits and hyphens between them, as in “bom-dia”."),
            )
        ],
    )
    body = forms.CharField(label=gettext_lazy("Text"), max_length=10_000, widget=forms.Textarea)

    def clean_body(self) -> str:
        """Line ends as everywhere else; only variables of the list."""
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        if names := unknown(body, VARIABLES):
            listed = ", ".join(f"{{{name}}}" for name in names)
            raise ValidationError(
                _("There is no variable %(names)s: choose one of the list.") % {"names": listed}
            )
        return body

    def taken(self) -> None:
        """Say that the shortcut stands for another text."""
        self.add_error("shortcut", _("This shortcut already stands for another text."))
