"""Registering the address of a kept mail: whose it may be, and leaving it with sales (A8)."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balcao.channels.queries import kept as queries
from balcao.channels.queries.kept import KeptRow
from balcao.desk.mail import listing
from balcao.people import actions
from balcao.people import queries as people
from balcao.people.actions import Conflict
from balcao.people.queries import RequestRow, finding
from balcao.policy.access import Permission, can
from balcao.policy.addresses import may_request
from balcao.web.guards import PageRequest, guard

MOST = 100


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the address may be: ``people`` as (id, name, where); ``waiting``: left with sales for
    these. ``wanted``: what was typed to find somebody else.
    """

    people: tuple[tuple[int, str, str], ...]
    waiting: tuple[RequestRow, ...]
    wanted: str


def owners(request: PageRequest, row: KeptRow) -> Owners | None:
    """The ticket's own people, and those who answer to ``?pessoa=``; None without a sender."""
    if not row.sender:
        return None
    wanted = request.GET.get("pessoa", "").strip()[:MOST]
    known = queries.contacts_of_ticket(row.ticket) if row.ticket else ()
    found = {pk: (pk, name, row.organisation) for pk, name in people.names_of(known).items()}
    for one in finding.find_few(request.actor, wanted).people:
        if one.active and one.organisations:
            found[one.id] = (one.id, one.name, ", ".join(one.organisations))
    waiting = people.requested(row.sender, found)
    left = {one.person_id for one in waiting}
    offered = tuple(one for pk, one in found.items() if pk not in left)
    return Owners(offered, waiting, wanted)


@guard("desk", methods=("POST",))
def ask(request: PageRequest, inbound_id: int) -> HttpResponse:
    """Leave the sender's address with sales, for the person who was picked."""
    row = queries.kept_for(request.actor, inbound_id)
    if not can(request.actor, Permission.RELEASE_MAIL, None):
        raise PermissionDenied
    person = request.POST.get("pessoa", "")
    picked = int(person) if person.isdecimal() and len(person) < 18 else 0
    if not row.sender or picked not in people.names_of([picked]):
        return _back(inbound_id, "mudou")
    if not may_request(request.actor, picked):
        raise PermissionDenied
    listing.noted(request, row.id, "address")
    try:
        actions.request_address(
            actor=request.actor, now=request.now, user_id=picked, address=row.sender
        )
    except Conflict as conflict:
        return _back(inbound_id, "ja-cadastrado" if conflict.code == "on_file" else "ja-pedido")
    return _back(inbound_id, "com-o-comercial")


def _back(inbound_id: int, notice: str) -> HttpResponse:
    return redirect(reverse("desk_kept_one", args=[inbound_id]) + f"?aviso={notice}#cadastrar")
