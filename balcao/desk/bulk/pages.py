"""Several tickets: what would happen to each, doing it, what happened, and taking it back."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.desk.bulk.acts import (
    AIMED,
    ICONS,
    LABELS,
    UNDONE,
    Act,
    Aim,
    Done,
    do,
    meanwhile,
    reason_against,
)
from balcao.desk.menu import menu
from balcao.desk.place import Place, read_place
from balcao.people import queries as people
from balcao.tickets import actions, queries
from balcao.tickets.actions import Holding
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard

MOST = 50
_SESSION = "bulk"
_NUMBER = re.compile(r"[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Row:
    """One of the tickets, and why not; ``href`` empty for one that does not exist here."""

    number: str
    subject: str
    organisation: str
    reason: str
    href: str = ""


@guard("desk", methods=("GET", "POST"))
def several(request: PageRequest) -> HttpResponse:
    """GET: what would happen to each. POST: do it to each, and on to what happened."""
    given = request.POST if request.method == "POST" else request.GET
    place = read_place(QueryDict(given.get("lugar", "").removeprefix("?")))
    numbers = _numbers(given)
    act = given.get("fazer", "")
    if act not in set(Act) or not numbers or len(numbers) > MOST:
        return _unfit(request, place, numbers)
    chosen = Act(act)
    found = queries.several_for(request.actor, numbers)
    aim = _aim(request, chosen, given.get("para", ""))
    if request.method != "POST" or (chosen in AIMED and aim is None):
        return _trial(request, place, chosen, numbers, found, aim)
    done = [
        do(request, chosen, found[number], aim) if number in found else Done(number, _not_there())
        for number in numbers
    ]
    request.session[_SESSION] = {"act": chosen.value, "done": [asdict(one) for one in done]}
    return redirect(f"{reverse('desk_bulk_done')}{place.query}")


def _numbers(given: QueryDict) -> list[str]:
    return list(dict.fromkeys(one for one in given.getlist("n") if _NUMBER.fullmatch(one)))


def _not_there() -> str:
    return _("There is no such ticket in your queues.")


def _aim(request: PageRequest, act: Act, given: str) -> Aim | None:
    """The chosen colleague or queue; None when none of them was."""
    offered = dict(_offered(act))
    if act not in AIMED or not given.isascii() or given not in map(str, offered):
        return None
    chosen = int(given)
    if act is Act.QUEUE:
        return Aim(chosen, offered[chosen])
    away = queries.is_absent(chosen, now=request.now)
    return Aim(chosen, offered[chosen], people.actor_by_id(chosen), away)


def _offered(act: Act) -> list[tuple[int, str]]:
    if act is Act.QUEUE:
        return queries.all_queues()
    return queries.team() if act is Act.TRANSFER else []


def _unfit(request: PageRequest, place: Place, numbers: list[str]) -> HttpResponse:
    """Nothing was chosen, or too much."""
    text = _("Choose tickets in a list first.")
    if len(numbers) > MOST:
        text = _("At most %(count)d tickets at a time.") % {"count": MOST}
    return _page(request, place, {"title": _("Several tickets"), "unfit": text}, status=422)


def _trial(
    request: PageRequest,
    place: Place,
    act: Act,
    numbers: list[str],
    found: dict[str, Ticket],
    aim: Aim | None,
) -> HttpResponse:
    """The dry run: nothing changes, and whatever speaks against it is said for each ticket."""
    rows = [_row(request, act, number, found.get(number), aim, place) for number in numbers]
    against = [row for row in rows if row.reason]
    aimed = act in AIMED
    context = {
        "title": str(LABELS[act]),
        "act": act.value,
        "icon_name": ICONS[act],
        "numbers": numbers,
        "options": [(str(pk), name) for pk, name in _offered(act)] if aimed else [],
        "aimed": aimed,
        "aim": str(aim.id) if aim else "",
        "to_colleague": act is Act.TRANSFER,
        "ready": aim is not None or not aimed,
        "allowed": [row for row in rows if not row.reason],
        "against": against,
        "told": _told(len(against), len(rows)),
    }
    return _page(request, place, context)


def _told(against: int, of: int) -> str:
    if not against:
        return ngettext("%(count)d ticket", "%(count)d tickets", of) % {"count": of}
    return _("%(against)d of %(count)d not allowed") % {"against": against, "count": of}


def _row(
    request: PageRequest,
    act: Act,
    number: str,
    ticket: Ticket | None,
    aim: Aim | None,
    place: Place,
) -> Row:
    if ticket is None:
        return Row(number, "", "", _not_there())
    reason = ""
    if aim is not None or act not in AIMED:
        reason = reason_against(act, ticket, request.actor, aim, now=request.now)
    href = place.ticket_address(number)
    return Row(number, ticket.subject, ticket.organisation.name, reason, href)


@guard("desk")
def done(request: PageRequest) -> HttpResponse:
    """What happened to each, as this browser's session remembers it."""
    place = read_place(request.GET)
    kept = request.session.get(_SESSION)
    if not kept:
        return redirect(place.list_address)
    results = _results(kept)
    found = queries.several_for(request.actor, [one.number for one in results])
    rows = [_told_row(one, found.get(one.number), place) for one in results]
    against = [row for row in rows if row.reason]
    act = Act(kept["act"])
    context = {
        "title": str(LABELS[act]),
        "icon_name": ICONS[act],
        "undone": bool(kept.get("undone")),
        "allowed": [row for row in rows if not row.reason],
        "against": against,
        "may_undo": act in UNDONE and not kept.get("undone") and len(against) < len(rows),
        "finished": True,
    }
    return _page(request, place, context)


def _told_row(one: Done, ticket: Ticket | None, place: Place) -> Row:
    """A ticket that went to a queue of others is named by its number alone."""
    if ticket is None:
        return Row(one.number, "", "", one.reason)
    return Row(
        one.number,
        ticket.subject,
        ticket.organisation.name,
        one.reason,
        place.ticket_address(one.number),
    )


def _results(kept: dict[str, Any]) -> list[Done]:
    return [
        Done(
            one["number"],
            one["reason"],
            one["id"],
            Holding(**one["was"]) if one["was"] else None,
            Holding(**one["left"]) if one["left"] else None,
        )
        for one in kept["done"]
    ]


@guard("desk", methods=("POST",))
def undo(request: PageRequest) -> HttpResponse:
    """Take back what this session did last, for each ticket that nobody changed since."""
    place = read_place(QueryDict(request.POST.get("lugar", "").removeprefix("?")))
    kept = request.session.get(_SESSION)
    if kept and not kept.get("undone") and Act(kept["act"]) in UNDONE:
        results = list(_undo(request, _results(kept)))
        request.session[_SESSION] = {
            **kept,
            "done": [asdict(one) for one in results],
            "undone": True,
        }
    return redirect(f"{reverse('desk_bulk_done')}{place.query}")


def _undo(request: PageRequest, results: Iterable[Done]) -> Iterable[Done]:
    for one in results:
        if one.was is None or one.left is None:
            continue
        reason = ""
        try:
            actions.undo_holding(
                actor=request.actor,
                now=request.now,
                ticket_id=one.id,
                was=one.was,
                left=one.left,
            )
        except actions.Conflict as conflict:
            reason = meanwhile(request, conflict.code, one.number)
        except actions.NotAllowed:
            reason = _("Somebody changed it since.")
        yield Done(one.number, reason)


def _page(
    request: PageRequest, place: Place, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {"place": place, "views": menu(request.actor, place=place), **context}
    return render(request, "desk/bulk.html", shown, status=status)
