"""Vendas: orders and one-offs by how they stand, what they come to, and copies of the lists."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.sales import parts
from balcao.desk.sales.forms import BookForm
from balcao.desk.seen import exported_by
from balcao.lib.copies import write_csv, write_xlsx
from balcao.policy.access import Duty
from balcao.policy.entitlement import local_day
from balcao.sales import queries
from balcao.sales.queries import ORDER_TABS, TABS, Line, Wanted
from balcao.web import format
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge
from balcao.web.words import sales as words

SLUGS = {
    "open": "abertos",
    "overdue": "atrasados",
    "available": "disponiveis",
    "expiring": "a-vencer",
    "in_use": "em-uso",
    "used": "utilizados",
    "expired": "vencidos",
    "returned": "devolvidos",
    "refunded": "estornados",
    "all": "todos",
}
_BY_SLUG = {slug: tab for tab, slug in SLUGS.items()}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, in words."""

    line: Line
    kind: str
    service: str
    day: str
    note: str
    badge: Badge
    late: bool


@guard("staff", duty=Duty.VIEW_SALES)
def sales(request: PageRequest) -> HttpResponse:
    """One tab of the lists, filtered by what the address says."""
    form, wanted = _wanted(request)
    return _page(request, form, wanted, book=parts.BOOK)


@guard("staff", duty=Duty.VIEW_SALES)
def expiring(request: PageRequest) -> HttpResponse:
    """Avulsos a vencer: the same list, as the menu names it."""
    form = BookForm(request.GET)
    return _page(request, form, form.wanted("expiring", None), book=parts.EXPIRING)


def _wanted(request: PageRequest) -> tuple[BookForm, Wanted]:
    form = BookForm(request.GET)
    tab = _BY_SLUG.get(request.GET.get("lista", ""), TABS[0])
    return form, form.wanted(tab, parts.number_of(request, "cliente"))


def _today(request: PageRequest) -> date:
    return local_day(request.now, request.policy.timezone)


def _page(request: PageRequest, form: BookForm, wanted: Wanted, *, book: str) -> HttpResponse:
    today = _today(request)
    cursor = request.GET.get("depois", "")[:40]
    page = queries.listed(request.actor, wanted, today=today, cursor=cursor)
    counts = queries.totals(request.actor, today=today)
    wished = _wished(form, wanted)
    here = reverse(parts.BOOK)
    tabs = [
        (
            f"{words.TABS[tab]} ({counts[tab]})" if tab in counts else str(words.TABS[tab]),
            f"{here}?{urlencode({**wished, 'lista': SLUGS[tab]})}",
            tab == wanted.tab,
        )
        for tab in TABS
    ]
    this = {**wished, "lista": SLUGS[wanted.tab]}
    context: dict[str, object] = {
        "form": form,
        "tabs": tabs,
        "tab": wanted.tab,
        "slug": SLUGS[wanted.tab],
        "of_orders": wanted.tab in ORDER_TABS,
        "rows": [_row(request, line, wanted) for line in page.lines],
        "count": page.count,
        "cents": page.cents,
        "whole": page.whole,
        "here": here,
        "wished": wished,
        "only": wanted.organisation,
        "older": f"{here}?{urlencode({**this, 'depois': page.after})}" if page.after else "",
        "newer": f"{here}?{urlencode(this)}" if cursor else "",
        "copies": [
            (kind, f"{reverse('desk_sales_export')}?{urlencode({**this, 'formato': kind})}")
            for kind in ("xlsx", "csv")
        ],
        "today": today,
    }
    return parts.show(request, "desk/sales/book.html", context, book=book)


def _wished(form: BookForm, wanted: Wanted) -> dict[str, object]:
    found = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    if wanted.organisation is not None:
        found["cliente"] = wanted.organisation
    return found


def _row(request: PageRequest, line: Line, wanted: Wanted) -> Row:
    of_orders = wanted.tab in ORDER_TABS
    zone, today = request.policy.timezone, _today(request)
    day = line.ordered_on if of_orders else line.bought_on
    late = line.state == "open" and line.due_on is not None and line.due_on < today
    return Row(
        line=line,
        kind=words.oneoff(line.kind),
        service=parts.named(line.service, line.service_en),
        day=format.day(day) if day else "",
        note=words.due(line.due_on, today=today),
        badge=words.order_badge(line.state)
        if of_orders
        else words.line_badge(
            line.standing(now=request.now, timezone=zone),
            last=line.state,
            last_day=line.last_day,
            slot_at=line.slot_at,
        ),
        late=late,
    )


@guard("staff", duty=Duty.VIEW_SALES)
def export(request: PageRequest) -> HttpResponse:
    """The list as a table to take along: text that no spreadsheet calculates (J1)."""
    _form, wanted = _wanted(request)
    today = _today(request)
    lines = list(queries.every_line(request.actor, wanted, today=today))
    kind = "csv" if request.GET.get("formato") == "csv" else "xlsx"
    exported_by(request, "sales.order", rows=len(lines), detail=f"{wanted.tab} {kind}")
    out = io.BytesIO()
    rows = _cells(request, lines, wanted)
    if kind == "csv":
        write_csv(out, _head(), rows)
    else:
        write_xlsx(out, _("Sales and orders"), _head(), rows)
    response = HttpResponse(
        out.getvalue(), content_type="text/csv; charset=utf-8" if kind == "csv" else _XLSX
    )
    name = f"balcao-{SLUGS[wanted.tab]}-{today.isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _head() -> list[str]:
    return [
        _("Order no."),
        _("Number"),
        _("Customer"),
        _("Contact"),
        _("Kind"),
        _("What for"),
        _("Quantity"),
        _("Amount (R$)"),
        _("Payment"),
        _("Reference"),
        _("Customer's number"),
        _("NFS-e"),
        _("Ordered on"),
        _("Bought on"),
        _("Due date"),
        _("Good until"),
        _("Situation"),
    ]


def _cells(request: PageRequest, lines: list[Line], wanted: Wanted) -> Iterator[list[object]]:
    for line in lines:
        row = _row(request, line, wanted)
        yield [
            line.order_id,
            format.number(line.number),
            line.organisation,
            line.contact,
            row.kind,
            row.service,
            line.quantity,
            line.cents / 100,
            words.payment(line.payment),
            line.reference,
            line.purchase_order,
            line.invoice_number,
            format.day(line.ordered_on),
            format.day(line.bought_on) if line.bought_on else None,
            format.day(line.due_on) if line.due_on else None,
            format.day(line.last_day) if line.last_day else None,
            row.badge.text,
        ]
