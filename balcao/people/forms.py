"""The shape of what is typed about organisations and people. Who may, the actions say."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.lib.phones import parse_phone
from balcao.lib.tax_ids import parse_tax_id

NAME = 120
EVIDENCE = 2000


class TaxIdField(forms.CharField):
    """A CNPJ or CPF, punctuated or not; cleaned to how it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return parse_tax_id(typed) if typed else ""
        except ValueError:
            raise forms.ValidationError(
                _("This is no CNPJ or CPF: check the digits, the last two do not match.")
            ) from None


class PhoneField(forms.CharField):
    """A telephone with its area code; cleaned to how it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return parse_phone(typed) if typed else ""
        except ValueError:
            raise forms.ValidationError(
                _("This is no complete telephone: type the area code and the number.")
            ) from None


class OrganisationForm(forms.Form):
    """A customer."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    tax_id = TaxIdField(label=gettext_lazy("CNPJ or CPF"), required=False)
    reference = forms.CharField(
        max_length=40,
        required=False,
        label=gettext_lazy("Number in your own system"),
        help_text=gettext_lazy("The customer's number in the ERP: an import finds it again by it."),
    )
    phone = PhoneField(
        required=False,
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("Called back before somebody's access is recovered."),
    )


class UnitForm(forms.Form):
    """A branch."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Name"))
    tax_id = TaxIdField(label=gettext_lazy("CNPJ"), required=False)
    other_root = forms.BooleanField(
        required=False, label=gettext_lazy("The CNPJ has another root, and that is right")
    )
    active = forms.BooleanField(
        required=False, label=gettext_lazy("In operation: it can be chosen")
    )


class NameForm(forms.Form):
    """Somebody's name."""

    name = forms.CharField(max_length=NAME, label=gettext_lazy("Name"))


class PhoneForm(forms.Form):
    """A telephone of somebody."""

    phone = PhoneField(label=gettext_lazy("Telephone"))


class PersonForm(forms.Form):
    """Somebody who is to act for an organisation. ``units``: (id, name) of its branches."""

    name = forms.CharField(max_length=NAME, label=gettext_lazy("Name"))
    address = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The invitation goes there, with the user code."),
    )
    phone = PhoneField(required=False, label=gettext_lazy("Telephone"))
    unit = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label=gettext_lazy("Unit")
    )
    is_admin = forms.BooleanField(
        required=False,
        label=gettext_lazy("Administrator of the organisation"),
        help_text=gettext_lazy("Sees all its requests and keeps its people."),
    )

    def __init__(self, *args: Any, units: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)
        unit.choices = [("", _("No unit in particular")), *units]


class ClosingForm(forms.Form):
    """Who goes on with the open requests of somebody who leaves. ``colleagues``: (id, name)."""

    successor = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=gettext_lazy("Who goes on with the open requests"),
    )
    sure = forms.BooleanField(
        required=False, label=gettext_lazy("Even though nobody administers the organisation then")
    )

    def __init__(
        self, *args: Any, colleagues: Iterable[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        successor = self.fields["successor"]
        assert isinstance(successor, forms.TypedChoiceField)
        successor.choices = [("", _("Nobody: they stay as they are")), *colleagues]


class RecoveryForm(forms.Form):
    """Another address for somebody who lost the only one. ``phones``: where to call back."""

    address = forms.EmailField(max_length=254, label=gettext_lazy("New e-mail"))
    keep = forms.BooleanField(
        required=False, label=gettext_lazy("One more: the registered e-mail keeps counting, too")
    )
    called = forms.ChoiceField(label=gettext_lazy("Telephone you called back"))
    evidence = forms.CharField(
        max_length=EVIDENCE,
        min_length=20,
        widget=forms.Textarea,
        label=gettext_lazy("What proves who it is"),
        help_text=gettext_lazy(
            "Whom you spoke to, what they knew, what you saw. No copies of documents."
        ),
    )

    def __init__(self, *args: Any, phones: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        called = self.fields["called"]
        assert isinstance(called, forms.ChoiceField)
        called.choices = list(phones)


class NewAddressForm(forms.Form):
    """The owner's own change. ``replaces``: (id, address) on file; none: one more address."""

    address = forms.EmailField(max_length=254, label=gettext_lazy("New e-mail"))
    replaces = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label=gettext_lazy("In place of")
    )
    current = forms.CharField(
        max_length=256,
        strip=False,
        widget=forms.PasswordInput,
        label=gettext_lazy("Your password"),
        error_messages={"required": gettext_lazy("Type your password.")},
    )

    def __init__(self, *args: Any, on_file: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        replaces = self.fields["replaces"]
        assert isinstance(replaces, forms.TypedChoiceField)
        replaces.choices = [*on_file, ("", _("None: one more address"))]


class RolesForm(forms.Form):
    """The roles of somebody of the staff. ``roles``: (code, label)."""

    roles = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Roles")
    )

    def __init__(self, *args: Any, roles: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(roles)


class StaffForm(RolesForm):
    """Somebody of the staff."""

    name = forms.CharField(max_length=NAME, label=gettext_lazy("Name"))
    address = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The invitation goes there, with the user code."),
    )
    phone = PhoneField(required=False, label=gettext_lazy("Telephone"))
    field_order = ("name", "address", "phone", "roles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].required = True


class DeputyForm(forms.Form):
    """Who approves in whose place. ``people``: (id, name); ``roles``: (code, label)."""

    deputy = forms.TypedChoiceField(coerce=int, label=gettext_lazy("Deputy"))
    role = forms.ChoiceField(label=gettext_lazy("For your role"))
    starts = forms.DateField(
        label=gettext_lazy("From the day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends = forms.DateField(
        label=gettext_lazy("To the day, inclusive"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[int, str]] = (),
        roles: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("deputy", people), ("role", roles)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)
