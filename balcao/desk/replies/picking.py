"""What a composer offers while somebody types: saved replies filled for the ticket, colleagues.

A script fetches both when they are first asked for. Without one the saved replies are a page beside
the ticket that puts a text into the draft.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from balcao.desk.composing import Written
from balcao.desk.forms import NOTE, REPLY, new_key
from balcao.desk.menu import menu
from balcao.desk.pane import show
from balcao.desk.place import place_of
from balcao.desk.replies.filling import filled
from balcao.desk.write import conflict_of, require_writing
from balcao.tickets import actions, queries
from balcao.tickets.actions import Writing
from balcao.tickets.queries import Ticket
from balcao.web.guards import PageRequest, guard


@guard("desk", methods=("GET", "POST"))
def choose(request: PageRequest, number: str) -> HttpResponse:
    """The saved replies as they would stand on this ticket; a POST puts one into the draft."""
    ticket = queries.get_for(request.actor, number)
    require_writing(request, ticket, NOTE)
    if request.method == "POST":
        return _put(request, ticket)
    rows = queries.saved_replies(request.actor)
    texts = filled(request, ticket, [row.body for row in rows])
    if request.headers.get("Accept") == "application/json":
        found = [
            {"code": row.shortcut, "label": row.title, "text": text}
            for row, text in zip(rows, texts, strict=True)
        ]
        return JsonResponse({"found": found})
    place = place_of(request)
    context = {
        "ticket": ticket,
        "place": place,
        "views": menu(request.actor, place=place),
        "rows": list(zip(rows, texts, strict=True)),
    }
    return render(request, "desk/replies/choose.html", context)


def _put(request: PageRequest, ticket: Ticket) -> HttpResponse:
    """The text goes to the end of what is there."""
    given = request.POST.get("reply", "")
    known = given.isdecimal() and len(given) < 16
    row = queries.reply_for(request.actor, int(given) if known else 0)
    (text,) = filled(request, ticket, [row.body])
    draft = queries.draft_on(request.actor, ticket)
    live = draft if draft and draft.is_live else None
    body = f"{live.body.rstrip()}\n\n{text}" if live and live.body.strip() else text
    kind = live.kind if live else REPLY
    require_writing(request, ticket, kind)
    writing = Writing(
        kind=kind,
        body=body,
        key=draft.key if draft else new_key(),
        version=draft.version if draft else 0,
        seen=ticket.message_count,
    )
    try:
        actions.keep_writing(
            actor=request.actor, now=request.now, ticket_id=ticket.pk, writing=writing
        )
    except actions.Conflict as conflict:
        trouble = conflict_of(conflict, ticket)
        written = Written(kind=kind, body=body)
        return show(request, ticket, status=409, written=written, trouble=trouble)
    return redirect(place_of(request).ticket_address(ticket.number) + "#composer")


@guard("desk")
def colleagues(request: PageRequest, number: str) -> HttpResponse:
    """Whom a message here can call: who of the team may see the ticket."""
    ticket = queries.get_for(request.actor, number)
    require_writing(request, ticket, NOTE)
    people = [name for pk, name in queries.who_may_see(ticket) if pk != request.actor.id]
    found = [{"code": name, "label": "", "text": f"@{name}"} for name in dict.fromkeys(people)]
    return JsonResponse({"found": found})
