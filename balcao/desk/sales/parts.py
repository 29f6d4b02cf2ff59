"""What the pages of sales share."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy

from balcao.desk import menu
from balcao.entitlements.queries import services as catalogue
from balcao.people.queries import register
from balcao.policy.access import Actor
from balcao.policy.sale import keeps_sales
from balcao.web.guards import PageRequest
from balcao.web.words import oneoffs
from balcao.web.words import sales as words

BOOK, NEW, QUESTIONS, EXPIRING = "desk_sales", "desk_sale_new", "desk_questions", "desk_expiring"

NOTICES = {
    "registrada": ("ok", gettext_lazy("The order is registered. It has a number once it is paid.")),
    "enviada": (
        "ok",
        gettext_lazy("The order is registered, and on its way to the buyer by e-mail."),
    ),
    "cobranca": ("ok", gettext_lazy("The order is on its way to the buyer by e-mail.")),
    "alterada": ("ok", gettext_lazy("Saved. The next e-mail to the buyer says so.")),
    "vendida": ("ok", gettext_lazy("Sold: the numbers are there, and the receipt is on its way.")),
    "cancelada": ("ok", gettext_lazy("The order was cancelled.")),
    "estornada": ("ok", gettext_lazy("Refunded.")),
    "nota": ("ok", gettext_lazy("The NFS-e is attached.")),
    "comprovante": ("ok", gettext_lazy("The receipt is on its way.")),
    "duvida": ("ok", gettext_lazy("The question is written down.")),
    "respondida": ("ok", gettext_lazy("Answered.")),
    "avisada": ("ok", gettext_lazy("Noted: they know the answer.")),
}


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is sold to. ``members``: (id, name and address) of the people who can buy for it."""

    id: int
    name: str
    tax_id: str
    members: tuple[tuple[int, str], ...]


def customer(actor: Actor, given: str) -> Customer | None:
    """The organisation that an address names, for whoever reads customers. Raises NotFound."""
    if not given.isdecimal() or len(given) > 17:
        return None
    row = register.organisation_for(actor, int(given))
    people = [
        (one.user_id, f"{one.name} · {one.address}")
        for one in register.members_of(row.pk)
        if one.ended_at is None and one.active and one.address
    ]
    return Customer(row.pk, row.name, row.tax_id or "", tuple(people))


def services() -> list[tuple[str, str]]:
    """Slug and name of the catalogue's services, in the reader's language."""
    english = not (get_language() or "").startswith("pt")
    return [(row.slug, row.name_en if english else row.name) for row in catalogue()]


def named(portuguese: str, english: str) -> str:
    """A service's name in the reader's language."""
    return portuguese if (get_language() or "").startswith("pt") else english or portuguese


def show(
    request: PageRequest,
    template: str,
    context: dict[str, object],
    *,
    book: str,
    status: int = 200,
) -> HttpResponse:
    """A page of sales, with the notice of what just happened, or of why it did not."""
    code = request.GET.get("aviso", "")
    found = NOTICES.get(code)
    notices = [{"tone": found[0], "text": str(found[1])}] if found else []
    if code in words.CONFLICTS:
        notices = [{"tone": "late", "text": words.conflict(code)}]
    common: dict[str, object] = {
        "messages": notices,
        "keeps": keeps_sales(request.actor),
        "sales": words,
        "oneoffs": oneoffs,
        "named": named,
        "now": request.now,
    }
    return menu.show(request, template, {**common, **context}, book=book, status=status)


def at(route: str, *args: object, notice: str) -> HttpResponse:
    """Go to a page of sales, with a notice."""
    response = redirect(route, *args)
    response["Location"] += f"?aviso={notice}"
    return response


def number_of(request: HttpRequest, name: str) -> int | None:
    """A number in the address; None for none."""
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 18 else None
