"""The shape of what a program tells us about a payment."""

from typing import Any

from django import forms

from balcao.lib.money import parse_cents
from balcao.sales.actions import PixPaid


class PixNoticeForm(forms.Form):
    """A notice of payment: ``id``, ``txid`` and ``amount`` (a text such as ``250.00``)."""

    id = forms.RegexField(r"\A[A-Za-z0-9_.:-]{1,64}\Z")
    txid = forms.RegexField(r"\A[A-Za-z0-9]{1,25}\Z")
    amount = forms.RegexField(r"\A[0-9]{1,7}\.[0-9]{2}\Z")

    def clean_amount(self) -> int:
        """Cents."""
        given: Any = self.cleaned_data["amount"]
        try:
            return parse_cents(given)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def paid(self) -> PixPaid:
        """What the valid notice says."""
        data = self.cleaned_data
        return PixPaid(event_id=data["id"], txid=data["txid"], cents=data["amount"])
