"""A ticket's conversation with what happened in between: several lines in a row are folded."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.desk.happenings import MESSAGES, Happening, happening, others_of
from balcao.desk.place import Place, is_fragment, place_of
from balcao.people import actions as people
from balcao.reports.queries import Sent, record_of
from balcao.tickets import queries
from balcao.tickets.queries import DeadlineRow, MessageRow, Ticket
from balcao.web.format import Tone
from balcao.web.guards import PageRequest, guard
from balcao.web.thread import Entry, before_of, entries
from balcao.web.words import Badge

TALK, ALL = "conversa", "tudo"
SETTING = "thread"
_BRIEFS = 3
_TONES: tuple[Tone, ...] = ("late", "warning", "now")


@dataclass(frozen=True, slots=True)
class Fold:
    """What happened between two messages; one line stands for itself."""

    lines: tuple[Happening, ...]

    @property
    def summary(self) -> str:
        """How many, and the first few of them."""
        briefs = list(dict.fromkeys(line.brief for line in self.lines))
        told = ", ".join(briefs[:_BRIEFS]) + (" …" if len(briefs) > _BRIEFS else "")
        number = len(self.lines)
        count = ngettext("%(count)d record", "%(count)d records", number) % {"count": number}
        return f"{count}: {told}"

    @property
    def tone(self) -> str:
        """The most urgent of its lines' tones, so that nothing late hides in a fold."""
        tones = {line.look.tone for line in self.lines}
        return next((tone for tone in _TONES if tone in tones), "plain")


@dataclass(frozen=True, slots=True)
class Timeline:
    """``view``: TALK or ALL. ``older`` and ``newest``: addresses, empty where there is nothing."""

    items: tuple[Entry | Fold, ...]
    view: str
    older: str
    more: str
    newest: str


def timeline_of(
    request: PageRequest,
    ticket: Ticket,
    place: Place,
    deadlines: dict[str, DeadlineRow],
    linked: dict[int, str] | None = None,
) -> Timeline:
    """The end of the conversation, or the stretch before ``?antes=``. Two statements.

    ``linked``: the tickets its lines may lead to, by id; where they are not known, one more.
    """
    view = _view(request)
    thread = queries.latest_for(request.actor, ticket, before=before_of(request.GET))
    record = record_of(request.actor, ticket, thread, lines=view == ALL)
    told = [line for line in record.lines if line.verb not in MESSAGES]
    shown = [_sent(entry, record.sent.get(entry.id)) for entry in entries(thread.rows)]
    if thread.before is None:
        shown = _thanked(shown, ticket)
    names = _names(ticket, thread.rows)
    if linked is None:
        linked = queries.numbers_seen(request.actor, others_of(told))
    address = place.ticket_address(ticket.number)
    stretch = reverse("desk_thread", args=[ticket.number]) + place.query
    return Timeline(
        items=tuple(_mixed(shown, [happening(line, names, deadlines, linked) for line in told])),
        view=view,
        older=f"{address}&ver={view}&antes={thread.older}" if thread.older else "",
        more=f"{stretch}&ver={view}&antes={thread.older}" if thread.older else "",
        newest=f"{address}&ver={view}" if thread.before is not None else "",
    )


def _view(request: PageRequest) -> str:
    """What the address says, else what the person chose last."""
    given = request.GET.get("ver", "")
    if given in (TALK, ALL):
        return given
    kept = getattr(request.user, "settings", {}).get(SETTING)
    return TALK if kept == TALK else ALL


def _names(ticket: Ticket, rows: list[MessageRow]) -> dict[int, str]:
    """Those the page knows without asking: nobody is looked up for a line."""
    known = {row.author_id: row.author for row in rows if row.author_id}
    people = (ticket.opener, ticket.assignee, *ticket.participants.all())
    return {**known, **{one.pk: one.name for one in people if one}}


def _mixed(shown: list[Entry], lines: list[Happening]) -> list[Entry | Fold]:
    """By time; of one moment, the opening comes first and what followed from a message after it."""
    items: list[tuple[datetime, int, int, Entry | Happening]] = [
        (entry.at, 1, entry.id, entry) for entry in shown
    ]
    for place, line in enumerate(lines):
        items.append((line.at, 0 if line.opens else 2, place, line))
    items.sort(key=lambda item: item[:3])
    found: list[Entry | Fold] = []
    for is_line, group in groupby(
        (item[3] for item in items), key=lambda one: isinstance(one, Happening)
    ):
        if is_line:
            found.append(Fold(tuple(one for one in group if isinstance(one, Happening))))
        else:
            found += [one for one in group if isinstance(one, Entry)]
    return found


def _sent(entry: Entry, sent: Sent | None) -> Entry:
    return replace(entry, sent=_sent_words(sent)) if sent else entry


def _sent_words(sent: Sent) -> Badge:
    """How an answer's mails stand, with the mail server's words when one did not go."""
    if sent.state == "failed":
        text = _("Not sent by e-mail: %(answer)s") % {"answer": sent.answer}
        return Badge(tone="late", icon="mail-x", text=text)
    if sent.state == "queued" and sent.answer:
        text = _("E-mail will be tried again: %(answer)s") % {"answer": sent.answer}
        return Badge(tone="warning", icon="mail-warning", text=text)
    if sent.state == "queued":
        return Badge(tone="plain", icon="clock", text=_("E-mail in line"))
    return Badge(
        tone="plain",
        icon="mail-check",
        text=ngettext("Sent by e-mail", "Sent by e-mail to %(count)d people", sent.people)
        % {"count": sent.people},
    )


def _thanked(shown: list[Entry], ticket: Ticket) -> list[Entry]:
    """The thank-you that left a resolved ticket resolved (R5) says so."""
    if not ticket.thanked or ticket.state != "resolved":
        return shown
    last = max((n for n, one in enumerate(shown) if one.variant == "contact"), default=None)
    return [replace(one, thanks=True) if n == last else one for n, one in enumerate(shown)]


@guard("desk", methods=("GET", "POST"))
def thread(request: PageRequest, number: str) -> HttpResponse:
    """An older stretch for a script to put in front; a press keeps what is shown from now on."""
    ticket = queries.get_for(request.actor, number)
    place = place_of(request)
    address = place.ticket_address(ticket.number)
    if request.method == "POST":
        view = TALK if request.POST.get("ver") == TALK else ALL
        people.keep_setting(
            actor=request.actor,
            now=request.now,
            user_id=request.actor.id or 0,
            name=SETTING,
            value=TALK if view == TALK else None,
        )
        return redirect(f"{address}&ver={view}")
    if not is_fragment(request):
        return redirect(f"{address}&antes={before_of(request.GET) or ''}")
    deadlines = queries.deadlines_of(ticket, now=request.now)
    found = timeline_of(request, ticket, place, deadlines)
    return render(request, "desk/thread.html", {"timeline": found, "reopen": None, "place": place})
