"""What stands in the place of each variable of a saved reply."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.lib.variables import fill
from balcao.tickets import queries
from balcao.tickets.queries import Ticket
from balcao.web import format
from balcao.web.guards import PageRequest

# Each variable with what it stands for, as the page of saved replies explains it.
EXPLAINED = {
    "nome": gettext_lazy("the customer's first name"),
    "empresa": gettext_lazy("the customer's company"),
    "numero": gettext_lazy("the ticket's number"),
    "produto": gettext_lazy("the product"),
    "agente": gettext_lazy("your name"),
    "prazo_inicio": gettext_lazy("by when service starts"),
    "prazo_conclusao": gettext_lazy("by when it is concluded"),
    "telefone": gettext_lazy("the support's telephone"),
    "portal": gettext_lazy("the address of the portal"),
}


def filled(request: PageRequest, ticket: Ticket, bodies: list[str]) -> list[str]:
    """Texts with the ticket's values. One statement, for the deadlines."""
    deadlines = queries.deadlines_of(ticket, now=request.now)
    due = {kind: row.due_at for kind, row in deadlines.items()}
    values = {
        **_common(request),
        "nome": ticket.opener.name.split()[0],
        "empresa": ticket.organisation.name,
        "numero": format.number(ticket.number),
        "produto": ticket.licence.product.name if ticket.licence else "",
        "prazo_inicio": _moment(due.get("start")),
        "prazo_conclusao": _moment(due.get("resolution")),
    }
    return [fill(body, values) for body in bodies]


def sample(request: PageRequest, body: str) -> str:
    """A text as some customer would read it."""
    values = {
        **_common(request),
        "nome": "Ana",
        "empresa": _("Example Company"),
        "numero": format.number("4827193059"),
        "produto": _("Example Product"),
        "prazo_inicio": _moment(request.now),
        "prazo_conclusao": _moment(request.now),
    }
    return fill(body, values)


def _common(request: PageRequest) -> dict[str, str]:
    return {
        "agente": request.actor.label,
        "telefone": request.policy.company.support_phone,
        "portal": settings.BASE_URL + reverse("portal_home"),
    }


def _moment(due: datetime | None) -> str:
    """Day and time in full: the text may be read tomorrow."""
    if due is None:
        return ""
    zone = timezone.get_current_timezone()
    day = format.day(due.astimezone(zone).date())
    return _("%(day)s at %(time)s") % {"day": day, "time": format.time(due, tz=zone)}
