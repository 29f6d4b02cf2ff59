"""Trocar produto: another licence or service, about which the gate is asked anew."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from balcao.desk.acts import parts
from balcao.desk.conflicts import Trouble
from balcao.policy.access import Permission
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard


class ProductForm(forms.Form):
    """What the ticket is about."""

    licence = forms.ChoiceField(label=gettext_lazy("Product"))
    service = forms.ChoiceField(label=gettext_lazy("Service"))

    def __init__(self, choices: parts.Choices, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["licence"].choices = choices.licences  # type: ignore[attr-defined]
        self.fields["service"].choices = choices.services  # type: ignore[attr-defined]


@guard("desk", methods=("GET", "POST"))
def product(request: PageRequest, number: str) -> HttpResponse:
    """Choose again. A no changes nothing and stands here in words."""
    row = parts.ticket_for(request, number, Permission.CHANGE_PRODUCT)
    choices = parts.choices_of(request, row)
    if request.method != "POST":
        known = {"licence": str(row.licence_id or "-"), "service": row.service.slug}
        return _page(request, row, ProductForm(choices, initial=known))
    form = ProductForm(choices, request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    data = form.cleaned_data
    try:
        actions.change_product(
            actor=request.actor,
            now=request.now,
            ticket_id=row.pk,
            service=data["service"],
            licence_id=parts.licence_id(data["licence"]),
        )
    except actions.Refused as refusal:
        no = parts.refused(
            request,
            row,
            refusal.decision,
            refusal.decision.rules,
            service=dict(choices.services)[data["service"]],
        )
        return _page(request, row, form, no=no, status=409)
    except actions.Conflict as conflict:
        fresh = queries.get_for(request.actor, number)
        trouble = parts.trouble(conflict.code, fresh)
        return _page(request, fresh, form, trouble=trouble, status=409)
    return parts.to_ticket(request, row.number)


def _page(
    request: PageRequest,
    row: Ticket,
    form: ProductForm,
    *,
    no: parts.No | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {"form": form, "no": no, "trouble": trouble}
    return parts.page(request, row, "desk/acts/product.html", context, status=status)
