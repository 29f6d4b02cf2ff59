"""A mail as its writer laid it out, for the frame on a ticket's page or a tab of its own.

It was sanitised when it came in. Here it is shown where nothing runs, with the pictures that came
along in its text, and loads nothing from outside until somebody asks for that (threats G1, G7).
"""

import base64
from collections.abc import Iterable

from django.http import HttpResponse

from balcao.events.access import TICKET, Act, saw
from balcao.files.queries import open_file
from balcao.lib.html import shown
from balcao.lib.sniff import served_type
from balcao.tickets.queries import StoredFile, written_for
from balcao.web.guards import PageRequest, guard
from balcao.web.paper import paper

_MOST = 8 * 1024 * 1024


@guard("signed_in")
def written(request: PageRequest, message_id: int) -> HttpResponse:
    """The message; for everybody who may not read it there is none (B1). Asking for what is outside
    is noted (A9).
    """
    found = written_for(request.actor, message_id)
    outside = request.GET.get("imagens") == "1"
    if outside:
        saw(
            Act.VIEWED,
            TICKET,
            found.ticket_id,
            actor=request.actor,
            now=request.now,
            address=request.META.get("REMOTE_ADDR"),
            detail=f"outside:{found.id}",
        )
    return paper(shown(found.html, _pictures(found.pictures), remote=outside), outside=outside)


def _pictures(files: Iterable[StoredFile]) -> dict[str, str]:
    """Each picture as text within the page: the frame is a stranger to us and gets no file."""
    found, left = {}, _MOST
    for file in files:
        content_type, inline = served_type(file.content_type)
        if file.held or not inline or file.size > left:
            continue
        try:
            with open_file(file) as content:
                data = base64.b64encode(content.read()).decode("ascii")
        except FileNotFoundError:
            continue
        left -= file.size
        found[file.pk.hex] = f"data:{content_type};base64,{data}"
    return found
