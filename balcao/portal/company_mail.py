"""Kept mail of the company: its administrator says whether it was one of theirs (R9)."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.channels import kept
from balcao.channels.actions import kept as actions
from balcao.channels.queries import kept as queries
from balcao.policy.access import Duty
from balcao.portal import parts
from balcao.tickets.actions import Conflict, Refused
from balcao.web.guards import PageRequest, guard


@guard("portal", duty=Duty.CONFIRM_MAIL)
def company_mail(request: PageRequest) -> HttpResponse:
    """What waits, newest first."""
    cursor = request.GET.get("depois", "")
    rows, more = queries.page_of(queries.companys(request.actor), cursor=cursor)
    context = {
        "rows": rows,
        "newer": reverse("company_mail") if cursor else "",
        "older": f"{reverse('company_mail')}?depois={more}" if more else "",
    }
    return parts.show(request, "portal/company_mail.html", context, place="people")


@guard("portal", duty=Duty.CONFIRM_MAIL)
def company_mail_one(request: PageRequest, inbound_id: int) -> HttpResponse:
    """One of them, with what their word can do."""
    return _page(request, inbound_id)


def _page(request: PageRequest, inbound_id: int, *, refused: bool = False) -> HttpResponse:
    row = queries.companys_for(request.actor, inbound_id)
    context = {
        "row": row,
        "shown": queries.shown(request.actor, inbound_id, company=True),
        "may_confirm": kept.may_confirm(
            actor=request.actor, now=request.now, inbound_id=inbound_id
        ),
        "refused": refused,
    }
    status = 409 if refused else 200
    return parts.show(
        request, "portal/company_mail_one.html", context, place="people", status=status
    )


@guard("portal", methods=("POST",), duty=Duty.CONFIRM_MAIL)
def company_mail_confirm(request: PageRequest, inbound_id: int) -> HttpResponse:
    """ "Foi alguém nosso: pode incluir"; the rules decide whether that is enough."""
    if queries.companys_for(request.actor, inbound_id).ticket == "":
        return _page(request, inbound_id, refused=True)
    try:
        kept.confirm(actor=request.actor, now=request.now, inbound_id=inbound_id)
    except (Refused, kept.Lost):
        return _page(request, inbound_id, refused=True)
    except Conflict:
        return _back("mudou-cadastro")
    return _back("email-incluido")


@guard("portal", methods=("POST",), duty=Duty.CONFIRM_MAIL)
def company_mail_disown(request: PageRequest, inbound_id: int) -> HttpResponse:
    """ "Não é nosso"."""
    queries.companys_for(request.actor, inbound_id)
    try:
        actions.disown(actor=request.actor, now=request.now, inbound_id=inbound_id)
    except Conflict:
        return _back("mudou-cadastro")
    return _back("email-descartado")


def _back(notice: str) -> HttpResponse:
    return redirect(f"{reverse('company_mail')}?aviso={notice}")
