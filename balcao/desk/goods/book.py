"""Contracts and licences of every customer, soonest end first."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from balcao.desk.goods.forms import FilterForm
from balcao.desk.goods.parts import CONTRACTS
from balcao.desk.menu import show
from balcao.entitlements import queries
from balcao.entitlements.queries import BookRow, Situation, Wanted
from balcao.policy.access import Duty
from balcao.policy.entitlement import local_day
from balcao.web import words
from balcao.web.guards import PageRequest, guard
from balcao.web.words import Badge

_SITUATIONS: dict[str, Situation] = {"": "", "suspensos": "suspended", "encerrados": "ended"}
_SOON = (7, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table."""

    href: str
    company_href: str
    company: str
    title: str
    mark: str
    period: str
    badge: Badge


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def contracts(request: PageRequest) -> HttpResponse:
    """The contracts that have not ended, or those wished for."""
    situations = [("", _("Not ended")), ("suspensos", _("Suspended")), ("encerrados", _("Ended"))]
    form = FilterForm(request.GET, situations=situations)
    page = queries.contract_list(
        request.actor, _wanted(form), today=_today(request), cursor=_cursor(request)
    )
    lines = [
        _line(row, words.kind(row.title), words.goods.contract_badge(row.state), "desk_contract")
        for row in page.rows
    ]
    return _page(request, form, lines, page.after, route="desk_contracts")


@guard("staff", duty=Duty.VIEW_CUSTOMERS)
def licences(request: PageRequest) -> HttpResponse:
    """The licences that have not expired, or those wished for."""
    form = FilterForm(
        request.GET, situations=[("", _("Not expired")), ("encerrados", _("Expired"))]
    )
    page = queries.licence_list(
        request.actor, _wanted(form), today=_today(request), cursor=_cursor(request)
    )
    lines = [
        _line(row, row.title, words.goods.licence_badge(row.state), "desk_licence")
        for row in page.rows
    ]
    return _page(request, form, lines, page.after, route="desk_licences")


def _today(request: PageRequest) -> date:
    return local_day(request.now, request.policy.timezone)


def _cursor(request: PageRequest) -> str:
    return request.GET.get("depois", "")[:40]


def _wanted(form: FilterForm) -> Wanted:
    form.is_valid()
    data = form.cleaned_data
    return Wanted(
        kind=data.get("tipo", ""),
        within=data.get("vence"),
        situation=_SITUATIONS.get(data.get("situacao", ""), ""),
    )


def _line(row: BookRow, title: str, badge: Badge, route: str) -> Line:
    return Line(
        href=reverse(route, args=[row.id]),
        company_href=reverse("desk_goods", args=[row.organisation_id]),
        company=row.organisation,
        title=title,
        mark=row.mark,
        period=words.goods.period(row.first, row.last),
        badge=badge,
    )


def _page(
    request: PageRequest, form: FilterForm, lines: list[Line], after: str | None, *, route: str
) -> HttpResponse:
    wished = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    here = reverse(route)
    context: dict[str, object] = {
        "form": form,
        "lines": lines,
        "of_contracts": route == "desk_contracts",
        "ends_within": [(days, _("in the next %(days)d days") % {"days": days}) for days in _SOON],
        "here": here,
        "wished": bool(wished),
        "older": f"{here}?{urlencode({**wished, 'depois': after})}" if after else "",
        "newer": f"{here}?{urlencode(wished)}".rstrip("?") if "depois" in request.GET else "",
    }
    return show(request, "desk/goods/book.html", context, book=CONTRACTS)
