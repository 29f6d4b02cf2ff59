"""The shape of what sales types: a sale, what is done to an order, a question and its answer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.desk.goods.forms import DayField
from balcao.lib.money import parse_cents
from balcao.people.forms import NAME, PhoneField, TaxIdField
from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.sale import MOST_QUANTITY
from balcao.sales.actions import Buyer, Cause, Payment, Question, Sale, Terms
from balcao.sales.queries import ORDER_TABS, TABS, Wanted
from balcao.web.words import sales as words

Pairs = Iterable[tuple[object, str]]
NOBODY = ""
"""The choice of a contact who is not on file yet."""
LONGEST = 2000
_EXPIRING = (7, 30, 90)


def kinds() -> list[tuple[str, str]]:
    """The kinds of one-off, as sales chooses."""
    return [(kind, words.oneoff(kind)) for kind in ONEOFF_KINDS]


class MoneyField(forms.CharField):
    """An amount, as people write it; cleaned to cents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> int:
        typed: str = super().clean(value)
        try:
            return parse_cents(typed)
        except ValueError:
            text = _("This is no amount of money: write it like 250,00.")
            raise forms.ValidationError(text) from None


class BuyerForm(forms.Form):
    """Who buys. Known people are chosen, others are typed and registered with the sale."""

    contact = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    tax_id = TaxIdField(label=gettext_lazy("CNPJ or CPF"), required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME, required=False)
    address = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("The number and the receipt go there."),
    )
    phone = PhoneField(label=gettext_lazy("Telephone"), required=False)
    same = forms.BooleanField(
        label=gettext_lazy("It is the same person, who buys for this customer, too"), required=False
    )

    def __init__(
        self, *args: Any, members: Pairs, organisation: int | None, company: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.organisation = organisation
        self.of_company = company
        self.members = [(str(pk), label) for pk, label in members]
        new = (NOBODY, _("Somebody who is not on file yet"))
        self.fields["contact"].choices = [*self.members, new]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("contact"):
            return data
        for name in ("name", "address"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if self.of_company and self.organisation is None and not data.get("company"):
            self.add_error("company", self.fields["company"].error_messages["required"])
        return data

    def buyer(self) -> Buyer:
        """Who was chosen or typed."""
        data = self.cleaned_data
        if data["contact"]:
            return Buyer(organisation=self.organisation, contact=int(data["contact"]))
        return Buyer(
            organisation=self.organisation,
            company=data["company"] if self.of_company else "",
            tax_id=data["tax_id"],
            name=data["name"],
            address=data["address"],
            phone=data["phone"],
            same=data["same"],
        )


class SaleForm(forms.Form):
    """What is sold, and how it is paid."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    service = forms.ChoiceField(
        label=gettext_lazy("What for?"),
        help_text=gettext_lazy("Whether it is covered is told before anything is charged."),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("Sales confirms that it is covered"), required=False
    )
    despite = forms.BooleanField(label=gettext_lazy("Sell it all the same"), required=False)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=MOST_QUANTITY,
        initial=1,
        help_text=gettext_lazy("Each one has a number of its own."),
    )
    price = MoneyField(label=gettext_lazy("Price of one, in R$"))
    payment = forms.ChoiceField(label=gettext_lazy("Payment"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Of the boleto, or the authorisation of the card."),
    )
    due_on = DayField(
        label=gettext_lazy("Due date"),
        required=False,
        help_text=gettext_lazy("Of a PIX, a boleto or an invoice."),
    )
    purchase_order = forms.CharField(
        label=gettext_lazy("Customer's order or commitment number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Needed for what is invoiced."),
    )
    paid = forms.BooleanField(
        label=gettext_lazy("Paid or invoiced already: make the numbers now"), required=False
    )
    tell = forms.BooleanField(
        label=gettext_lazy("Send the order by e-mail: what it is, and how to pay it"),
        required=False,
        help_text=gettext_lazy("Not when it is paid or invoiced already."),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, services: Pairs, pix: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        ways = [
            (one.value, words.payment(one.value)) for one in Payment if one is not Payment.EARLIER
        ]
        for name, choices in (
            ("kind", kinds()),
            ("service", [("", _("Choose")), *services]),
            ("payment", ways if pix else [way for way in ways if way[0] != Payment.PIX]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def sale(self, enquiry: int | None) -> Sale:
        """What was typed."""
        data = self.cleaned_data
        return Sale(
            kind=data["kind"],
            service=data["service"],
            quantity=data["quantity"],
            unit_cents=data["price"],
            payment=data["payment"],
            reference=data["reference"],
            due_on=data["due_on"],
            purchase_order=data["purchase_order"],
            agreed=data["agreed"],
            despite_contract=data["despite"],
            enquiry=enquiry,
        )


class SeenForm(forms.Form):
    """Every change says which revision of the order the person was looking at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class TermsForm(SeenForm):
    """How an open order is to be paid: what of it may change."""

    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60, required=False)
    due_on = DayField(label=gettext_lazy("Due date"), required=False)
    purchase_order = forms.CharField(
        label=gettext_lazy("Customer's order or commitment number"), max_length=60, required=False
    )
    file = forms.FileField(label=gettext_lazy("Boleto (PDF)"), required=False)

    def terms(self) -> Terms:
        """What was typed."""
        data = self.cleaned_data
        return Terms(data["reference"], data["due_on"], data["purchase_order"])


class EndForm(SeenForm):
    """Why an order is cancelled, or what of it is refunded; of a refund no reason is chosen yet."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        error_messages={"required": gettext_lazy("Choose the reason.")},
    )

    def __init__(self, *args: Any, unpaid: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = [code for code in Cause if unpaid or code != Cause.UNPAID]
        self.fields["cause"].choices = [  # type: ignore[attr-defined]
            *([] if unpaid else [("", _("Choose"))]),
            *((code.value, words.cause(code.value)) for code in codes),
        ]


class RefundForm(EndForm):
    """Which of the unused one-offs the money goes back for. ``numbers``: (id, number)."""

    items = forms.TypedMultipleChoiceField(label=gettext_lazy("Numbers"), coerce=int)

    def __init__(self, *args: Any, numbers: Pairs, **options: Any) -> None:
        super().__init__(*args, unpaid=False, **options)
        self.fields["items"].choices = list(numbers)  # type: ignore[attr-defined]


class InvoiceForm(SeenForm):
    """The NFS-e that was written elsewhere."""

    number = forms.CharField(label=gettext_lazy("Number of the NFS-e"), max_length=40)
    day = DayField(label=gettext_lazy("Day of the NFS-e"))
    file = forms.FileField(label=gettext_lazy("PDF of the NFS-e"), required=False)


class QuestionForm(forms.Form):
    """A question that comes before a sale."""

    contact = forms.ChoiceField(label=gettext_lazy("Who asks"), required=False)
    who = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    address = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("The answer goes there."),
    )
    phone = PhoneField(
        label=gettext_lazy("Telephone"),
        required=False,
        help_text=gettext_lazy("Without an e-mail, you call about the answer."),
    )
    calls_again = forms.BooleanField(
        label=gettext_lazy("They leave neither, and ask again themselves"), required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    service = forms.ChoiceField(label=gettext_lazy("What for?"))
    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=LONGEST, widget=forms.Textarea
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, services: Pairs, members: Pairs, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(NOBODY, _("Somebody else")), *members]
        for name, choices in (
            ("kind", kinds()),
            ("service", [("", _("Choose")), *services]),
            ("contact", people),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def asked(self, organisation: int | None) -> Question:
        """What was typed."""
        data = self.cleaned_data
        return Question(
            kind=data["kind"],
            service=data["service"],
            question=data["question"],
            organisation=organisation,
            contact=int(data["contact"]) if data["contact"] else None,
            who=data["who"],
            address=data["address"],
            phone=data["phone"],
            calls_again=data["calls_again"],
        )


class AnswerForm(forms.Form):
    """Covered or not, and why: the customer reads the reason."""

    covered = forms.ChoiceField(choices=(("yes", ""), ("no", "")))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text=gettext_lazy("The customer reads it."),
    )


class BookForm(forms.Form):
    """What a list of sales shows."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=100, required=False)
    tipo = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    pagamento = forms.ChoiceField(label=gettext_lazy("Payment"), required=False)
    de = DayField(label=gettext_lazy("From"), required=False)
    ate = DayField(label=gettext_lazy("To"), required=False)
    vence = forms.TypedChoiceField(
        label=gettext_lazy("Ends"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ways = [(one.value, words.payment(one.value)) for one in Payment]
        soon = [(days, _("in the next %(days)d days") % {"days": days}) for days in _EXPIRING]
        for name, choices in (
            ("tipo", [("", _("Any")), *kinds()]),
            ("pagamento", [("", _("Any")), *ways]),
            ("vence", [("", _("Any time")), *soon]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def wanted(self, tab: str, organisation: int | None) -> Wanted:
        """What was asked for; what is no wish is left out."""
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            tab=tab if tab in (*ORDER_TABS, *TABS) else TABS[0],
            kind=data.get("tipo", ""),
            payment=data.get("pagamento", ""),
            words=data.get("q", ""),
            organisation=organisation,
            since=data.get("de"),
            until=data.get("ate"),
            within=data.get("vence") or _EXPIRING[-1],
        )
