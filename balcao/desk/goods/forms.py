"""The shape of what sales and administrators type about contracts, licences and the catalogue."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.entitlements.actions import (
    ContractTerms,
    EndReason,
    LicenceTerms,
    SuspensionReason,
)
from balcao.policy.book import CONTRACT_KINDS
from balcao.web import words
from balcao.web.words import goods

Pairs = Iterable[tuple[object, str]]


class Day(forms.DateInput):
    """A day as every browser sends it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=Day(), input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)


class Seen(forms.Form):
    """Every change says which revision of the row the person was looking at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _whole(value: str) -> int | None:
    return int(value) if value else None


def _or_none(pairs: Pairs) -> list[tuple[object, str]]:
    return [("", "–"), *pairs]


class ContractForm(Seen):
    """What a contract says (S2). No unit ticked: it covers all of them."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    reference = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    starts = DayField(label=gettext_lazy("Start"))
    ends = DayField(
        label=gettext_lazy("Last covered day"),
        required=False,
        help_text=gettext_lazy("Empty: it has no end."),
    )
    units = forms.MultipleChoiceField(label=gettext_lazy("Only these units"), required=False)

    def __init__(self, *args: Any, units: Pairs = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, words.kind(kind)) for kind in CONTRACT_KINDS
        ]
        self.fields["units"].choices = list(units)  # type: ignore[attr-defined]

    def terms(self) -> ContractTerms:
        """What was typed."""
        data = self.cleaned_data
        units = frozenset(int(one) for one in data["units"])
        return ContractTerms(
            data["kind"], data["reference"], data["starts"], data["ends"], units or None
        )


class NewContractForm(ContractForm):
    replaces = forms.ChoiceField(
        label=gettext_lazy("Follows"),
        required=False,
        help_text=gettext_lazy("The contract that this one takes the place of."),
    )

    def __init__(self, *args: Any, contracts: Pairs = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["replaces"].choices = _or_none(contracts)  # type: ignore[attr-defined]

    def replaced(self) -> int | None:
        """The id of the contract it follows."""
        return _whole(self.cleaned_data["replaces"])


class LicenceForm(Seen):
    """What a licence says (S5)."""

    product = forms.ChoiceField(label=gettext_lazy("Product"))
    key = forms.CharField(label=gettext_lazy("Key"), max_length=60)
    contract = forms.ChoiceField(
        label=gettext_lazy("Contract"),
        required=False,
        help_text=gettext_lazy("The line of a rental, SaaS or service contract ends with it."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    valid_from = DayField(label=gettext_lazy("Valid from"))
    valid_until = DayField(
        label=gettext_lazy("Last valid day"),
        required=False,
        help_text=gettext_lazy("Empty: perpetual."),
    )
    version = forms.CharField(label=gettext_lazy("Version"), max_length=30, required=False)
    technical_until = DayField(
        label=gettext_lazy("Technical validity of the version"),
        required=False,
        help_text=gettext_lazy("Until when this version is served (Law 9.609/1998)."),
    )
    extensions = forms.IntegerField(
        label=gettext_lazy("Extensions"), min_value=0, max_value=1_000_000, required=False
    )
    equipment = forms.CharField(label=gettext_lazy("Equipment"), max_length=120, required=False)

    def __init__(
        self,
        *args: Any,
        products: Pairs = (),
        contracts: Pairs = (),
        units: Pairs = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._kept = ""
        self.fields["product"].choices = list(products)  # type: ignore[attr-defined]
        self.fields["contract"].choices = _or_none(contracts)  # type: ignore[attr-defined]
        self.fields["unit"].choices = _or_none(units)  # type: ignore[attr-defined]

    def keep_key(self, key: str, masked: str) -> None:
        """An empty key keeps this one, which the form never shows."""
        self._kept = key
        self.fields["key"].required = False
        self.fields["key"].help_text = _("Now %(key)s. Empty: it stays as it is.") % {"key": masked}

    def terms(self) -> LicenceTerms:
        """What was typed."""
        data = self.cleaned_data
        return LicenceTerms(
            product_id=int(data["product"]),
            key=data["key"] or self._kept,
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            contract_id=_whole(data["contract"]),
            unit_id=_whole(data["unit"]),
            version=data["version"],
            extensions=data["extensions"],
            equipment=data["equipment"],
            technical_until=data["technical_until"],
        )


class NewLicenceForm(LicenceForm):
    replaces = forms.ChoiceField(
        label=gettext_lazy("Follows"),
        required=False,
        help_text=gettext_lazy("The licence that this one takes the place of."),
    )

    def __init__(self, *args: Any, licences: Pairs = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["replaces"].choices = _or_none(licences)  # type: ignore[attr-defined]

    def replaced(self) -> int | None:
        """The id of the licence it follows."""
        return _whole(self.cleaned_data["replaces"])


class RenewForm(Seen):
    until = DayField(
        label=gettext_lazy("New last day"),
        required=False,
        help_text=gettext_lazy("Empty: no end."),
    )


class RenewContractForm(RenewForm):
    with_licences = forms.BooleanField(
        label=gettext_lazy("Renew the licences that end on the same day, too"),
        required=False,
        initial=True,
    )


class SuspendForm(Seen):
    first = DayField(label=gettext_lazy("From"))
    last = DayField(
        label=gettext_lazy("Last suspended day"),
        required=False,
        help_text=gettext_lazy("Empty: until it is resumed."),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Customers read only that the contract is suspended at the moment."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (reason.value, str(goods.SUSPENSIONS[reason])) for reason in SuspensionReason
        ]


class EndForm(Seen):
    on = DayField(label=gettext_lazy("Last day"))
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (reason.value, str(goods.ENDINGS[reason])) for reason in EndReason
        ]


class ProductForm(Seen):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    place = forms.IntegerField(
        label=gettext_lazy("Place in the list"), min_value=0, max_value=30000, initial=100
    )
    active = forms.BooleanField(label=gettext_lazy("Offered"), required=False, initial=True)


class NewProductForm(ProductForm):
    active = None  # type: ignore[assignment]

    def clean_name(self) -> str:
        """The name gives the code, which needs a letter or a digit."""
        name = str(self.cleaned_data["name"])
        if not slugify(name):
            raise forms.ValidationError(_("A name needs letters or digits."))
        return name


class ServiceForm(ProductForm):
    name = forms.CharField(label=gettext_lazy("Name in Portuguese"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    product = forms.ChoiceField(
        label=gettext_lazy("Product"),
        required=False,
        help_text=gettext_lazy("Empty: for every product."),
    )

    def __init__(self, *args: Any, products: Pairs = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].choices = _or_none(products)  # type: ignore[attr-defined]

    def about(self) -> int | None:
        """The id of the only product it is for."""
        return _whole(self.cleaned_data["product"])


class NewServiceForm(ServiceForm):
    active = None  # type: ignore[assignment]
    slug = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Lower-case letters and hyphens; the support rules name it."),
    )

    def clean_slug(self) -> str:
        """Codes are lower case."""
        slug = str(self.cleaned_data["slug"]).lower()
        if not slug[:1].isalpha():
            raise forms.ValidationError(_("A code begins with a letter."))
        return slug


class FilterForm(forms.Form):
    """What the list shows; a wish that makes no sense is none."""

    tipo = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    vence = forms.IntegerField(required=False, min_value=0, max_value=3650)
    situacao = forms.ChoiceField(label=gettext_lazy("Situation"), required=False)

    def __init__(self, *args: Any, situations: Pairs = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tipo"].choices = [  # type: ignore[attr-defined]
            ("", _("All kinds")),
            *((kind, words.kind(kind)) for kind in CONTRACT_KINDS),
        ]
        self.fields["situacao"].choices = list(situations)  # type: ignore[attr-defined]
