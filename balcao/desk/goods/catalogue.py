"""Products and services, kept by administrators."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from balcao.desk.goods import forms
from balcao.desk.goods.parts import CATALOGUE, form_page, sent
from balcao.desk.menu import show
from balcao.entitlements import actions, queries
from balcao.policy.access import Duty
from balcao.web.guards import PageRequest, guard


@guard("staff", duty=Duty.KEEP_CATALOGUE)
def catalogue(request: PageRequest) -> HttpResponse:
    """All of it, what is offered first."""
    products, services = queries.catalogue(request.actor)
    context: dict[str, object] = {"products": products, "services": services}
    return show(request, "desk/goods/catalogue.html", context, book=CATALOGUE)


def _back() -> tuple[str, str]:
    return reverse("desk_catalogue"), _("Products and services")


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CATALOGUE)
def product_new(request: PageRequest) -> HttpResponse:
    """A product that licences name."""
    form = forms.NewProductForm(sent(request))

    def save() -> str:
        data = form.cleaned_data
        actions.register_product(
            actor=request.actor,
            now=request.now,
            name=data["name"],
            slug=slugify(data["name"])[:60],
            place=data["place"],
            must_be_new=True,
        )
        return reverse("desk_catalogue")

    return form_page(request, form, save, title=_("New product"), back=_back(), book=CATALOGUE)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CATALOGUE)
def product(request: PageRequest, product_id: int) -> HttpResponse:
    """Another name or place, or no longer offered."""
    row = queries.product_for(request.actor, product_id)
    form = forms.ProductForm(
        sent(request),
        initial={
            "name": row.name,
            "place": row.place,
            "active": row.active,
            "seen": row.revision,
        },
    )

    def save() -> str:
        data = form.cleaned_data
        actions.change_product(
            actor=request.actor,
            now=request.now,
            product_id=row.pk,
            name=data["name"],
            active=data["active"],
            place=data["place"],
            seen=data["seen"],
        )
        return reverse("desk_catalogue")

    return form_page(request, form, save, title=row.name, back=_back(), book=CATALOGUE)


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CATALOGUE)
def service_new(request: PageRequest) -> HttpResponse:
    """A kind of help; what covers it stands in the support rules."""
    form = forms.NewServiceForm(sent(request), products=queries.product_choices(request.actor))

    def save() -> str:
        data = form.cleaned_data
        actions.register_service(
            actor=request.actor,
            now=request.now,
            slug=data["slug"],
            name=data["name"],
            name_en=data["name_en"],
            place=data["place"],
            product_id=form.about(),
            must_be_new=True,
        )
        return reverse("desk_catalogue")

    return form_page(
        request,
        form,
        save,
        title=_("New service"),
        lead=_("Which contracts cover it is set in the support rules."),
        back=_back(),
        book=CATALOGUE,
    )


@guard("staff", methods=("GET", "POST"), duty=Duty.KEEP_CATALOGUE)
def service(request: PageRequest, service_id: int) -> HttpResponse:
    """Other names, place or product, or no longer offered."""
    row = queries.service_for(request.actor, service_id)
    form = forms.ServiceForm(
        sent(request),
        products=queries.product_choices(request.actor, besides=row.product_id),
        initial={
            "name": row.name,
            "name_en": row.name_en,
            "place": row.place,
            "active": row.active,
            "product": row.product_id,
            "seen": row.revision,
        },
    )

    def save() -> str:
        data = form.cleaned_data
        actions.change_service(
            actor=request.actor,
            now=request.now,
            service_id=row.pk,
            name=data["name"],
            name_en=data["name_en"],
            active=data["active"],
            place=data["place"],
            product_id=form.about(),
            seen=data["seen"],
        )
        return reverse("desk_catalogue")

    return form_page(request, form, save, title=row.name, back=_back(), book=CATALOGUE)
