"""What the pages of these acts share: their frame, a refusal in words, what may be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.desk.conflicts import Trouble, conflict_words
from balcao.desk.menu import menu
from balcao.desk.place import place_of
from balcao.entitlements.queries import LicenceRow, licences_of, services
from balcao.policy import access
from balcao.policy.access import Permission
from balcao.tickets import actions, queries
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.guards import PageRequest

MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class No:
    """What the gate said no to: the customer's words, and the rules for the team."""

    found: words.Refusal
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a ticket of the organisation may be about: (value, label) pairs; "-" is no product."""

    licences: list[tuple[str, str]]
    services: list[tuple[str, str]]


def ticket_for(request: PageRequest, number: str, permission: Permission) -> Ticket:
    """The ticket. Raises NotFound for who does not see it, NotAllowed for who may not do it."""
    row = queries.get_for(request.actor, number)
    if not access.can(request.actor, permission, queries.scope_of(row)):
        raise actions.NotAllowed
    return row


def page(
    request: PageRequest,
    row: Ticket,
    template: str,
    context: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """A page beside the list it was reached from."""
    place = place_of(request)
    frame = {
        "no": None,
        "trouble": None,
        "ticket": row,
        "place": place,
        "views": menu(request.actor, place=place),
    }
    return render(request, template, {**frame, **context}, status=status)


def to_ticket(request: PageRequest, number: str) -> HttpResponse:
    """Back to the ticket, or to the list when it is no longer the reader's to see."""
    place = place_of(request)
    try:
        queries.get_for(request.actor, number)
    except queries.NotFound:
        return redirect(place.list_address)
    return redirect(place.ticket_address(number))


def trouble(code: str, row: Ticket) -> Trouble:
    """Why it could not be done: something else goes on, or somebody was faster."""
    found = {
        "remote_open": (
            _("A remote access is going on already"),
            _("End it before you begin another one."),
        ),
        "oneoff": (
            _("A one-off stays what was sold"),
            _("Sales can sell another one for this product or service."),
        ),
        "renamed": (
            _("A colleague corrected the subject meanwhile"),
            _("It is “%(subject)s” now. Yours is still here.") % {"subject": row.subject},
        ),
        "asks_sales": (
            _("Sales has to be asked about this service"),
            _("That is possible once the ticket is back in service."),
        ),
    }.get(code)
    return Trouble(*found) if found else conflict_words(code, row)


def refused(
    request: PageRequest,
    row: Ticket,
    decision: words.Answer,
    rules: Sequence[str],
    *,
    service: str = "",
    product: str = "",
) -> No:
    """A no of the gate, in the words the customer would read."""
    situation = words.Situation(
        organisation=row.organisation.name,
        number=row.number,
        service=service,
        product=product,
        sales_phone=request.policy.company.sales_phone,
    )
    return No(words.refusal(decision, situation), tuple((rule, words.rule(rule)) for rule in rules))


def choices_of(request: PageRequest, row: Ticket) -> Choices:
    """The licences of the ticket's organisation, valid ones first, and the catalogue."""
    portuguese = (get_language() or "").startswith("pt")
    licences = licences_of(row.organisation_id, policy=request.policy, now=request.now)
    named = [(one.slug, one.name if portuguese else one.name_en) for one in services()]
    return Choices(
        licences=[
            *((str(one.id), _licence(one)) for one in licences),
            ("-", _("Another product, or none in particular")),
        ],
        services=named,
    )


def _licence(row: LicenceRow) -> str:
    names = {"product": row.product, "key": row.masked_key}
    if row.valid:
        return _("%(product)s, licence %(key)s") % names
    return _("%(product)s, licence %(key)s (not valid)") % names


def licence_id(value: str) -> int | None:
    """The licence a form names; None: no product in particular."""
    return None if value == "-" else int(value)
