"""What happened to a ticket besides its messages, line by line, in the team's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.tickets.queries import DeadlineRow, Line
from balcao.web import format, words
from balcao.web.format import Look

# The thread shows these itself.
MESSAGES = frozenset(
    {
        *("ticket.customer_wrote", "ticket.replied", "ticket.noted", "ticket.called"),
        "ticket.renamed",
        *("ticket.remote_began", "ticket.message_copied"),
    }
)
_DEADLINES = {
    ("ticket.deadline_breached", "start"): gettext_lazy("The start deadline passed"),
    ("ticket.deadline_breached", "resolution"): gettext_lazy("The conclusion deadline passed"),
    ("ticket.deadline_warned", "start"): gettext_lazy("The start deadline comes near"),
    ("ticket.deadline_warned", "resolution"): gettext_lazy("The conclusion deadline comes near"),
    ("ticket.deadline_moved", "start"): gettext_lazy("The start deadline moved"),
    ("ticket.deadline_moved", "resolution"): gettext_lazy("The conclusion deadline moved"),
}
_CAUSES = {
    "calendar": gettext_lazy("the business hours changed"),
    "suspension": gettext_lazy("the deadlines were suspended for a time"),
    "policy": gettext_lazy("business hours and suspensions changed"),
    "product": gettext_lazy("the product or service changed"),
}
# The claims of "Atender próximo", apart from an assignment by hand.
_CLAIMS = {
    "ticket.claimed": gettext_lazy("Taken as the next in line"),
    "ticket.claim_ended": gettext_lazy("The reservation ran out: back in its old place"),
}
_MEETS = {"ticket.started": "start", "ticket.resolved": "resolution"}
# In time, and late.
_KEPT = {
    "start": (gettext_lazy("the start was in time"), gettext_lazy("the start was late")),
    "resolution": (
        gettext_lazy("the conclusion was in time"),
        gettext_lazy("the conclusion was late"),
    ),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line. ``anchor`` names it on the page, ``brief`` says it in a row of several.

    ``opens``: it is the ticket's beginning. ``other``: the number of the ticket it leads to.
    """

    anchor: str
    text: str
    brief: str
    at: datetime
    look: Look
    who: str
    opens: bool
    other: str = ""


_LEADS = {"ticket.opened": "origin", "ticket.split": "ticket"}


def others_of(lines: Iterable[Line]) -> set[int]:
    """The ids of the tickets that these lines lead to: those that came out of each other (R27)."""
    return {pk for line in lines if (pk := _other(line))}


def _other(line: Line) -> int:
    found = line.data.get(_LEADS.get(line.verb, ""))
    return found if isinstance(found, int) else 0


def happening(
    line: Line,
    names: Mapping[int, str],
    deadlines: Mapping[str, DeadlineRow],
    numbers: Mapping[int, str],
) -> Happening:
    """The line in words; ``names``: of those the page knows anyway. What met a deadline says so.

    ``numbers``: of the tickets that lines lead to and the reader sees.
    """
    text = _text(line)
    if kept := _kept(line, deadlines):
        text = f"{text}: {kept}"
    brief = text.partition(":")[0]
    return Happening(
        anchor=f"d{line.id}" if line.verb == "ticket.refused" else f"e{line.id}",
        text=text,
        brief=brief[:1].lower() + brief[1:],
        at=line.at,
        look=words.event_look(line.verb),
        who=names.get(line.actor, "") if line.actor else "",
        opens=line.verb == "ticket.opened",
        other=numbers.get(_other(line), ""),
    )


def _kept(line: Line, deadlines: Mapping[str, DeadlineRow]) -> str:
    """Whether this line met a deadline, and in time."""
    met = deadlines.get(_MEETS.get(line.verb, ""))
    if met is None or met.met_at != line.at or met.due_at is None:
        return ""
    in_time, late = _KEPT[met.kind]
    return str(in_time if met.met_at < met.due_at else late)


def _text(line: Line) -> str:
    deadline = _DEADLINES.get((line.verb, str(line.data.get("deadline"))))
    text = str(deadline or _CLAIMS.get(line.verb) or words.happened(line.verb))
    if line.verb == "ticket.refused":
        return _decided(line)
    if line.verb == "ticket.deadline_moved":
        return _moved(text, line)
    if line.verb == "ticket.resolved" and line.data.get("cause") == "silence":
        return _("%(text)s: the customer did not answer") % {"text": text}
    rules = line.data.get("rules")
    overrides = line.verb in ("ticket.exception_used", "ticket.mail_released")
    if overrides and isinstance(rules, list) and rules:
        return _("%(text)s: %(rules)s") % {"text": text, "rules": ", ".join(map(str, rules))}
    place = line.data.get("place")
    # Taking a ticket out of turn is allowed and on record (S30).
    if line.verb == "ticket.assigned" and isinstance(place, int) and place > 1:
        return _("%(text)s, out of turn: it was no. %(place)d in the queue") % {
            "text": text,
            "place": place,
        }
    return text


def _decided(line: Line) -> str:
    """What the gate said besides yes, with the rules that spoke."""
    asked = line.data.get("verdict") == "ask"
    said = _("The gate asked for sales") if asked else _("The gate refused")
    rules = line.data.get("rules")
    named = ", ".join(map(str, rules)) if isinstance(rules, list) else ""
    # A question to sales has no reason against anybody, only its rules.
    if not (code := str(line.data.get("reason") or "")):
        return f"{said}: {named}" if named else said
    return f"{said}: {words.reason(code)} ({named})" if named else f"{said}: {words.reason(code)}"


def _moved(text: str, line: Line) -> str:
    """From when to when a deadline moved, why, and whether it is no longer late."""
    data = line.data
    said = _("%(text)s from %(before)s to %(after)s: %(cause)s (version %(version)s)") % {
        "text": text,
        "before": _moment(data.get("before"), line.at),
        "after": _moment(data.get("after"), line.at),
        "cause": _CAUSES.get(str(data.get("cause")), ""),
        "version": data.get("version"),
    }
    return _("%(text)s. It is no longer late.") % {"text": said} if data.get("lifted") else said


def _moment(iso: object, at: datetime) -> str:
    if not isinstance(iso, str):
        return _("no date")
    tz = timezone.get_current_timezone()
    return format.absolute(datetime.fromisoformat(iso), now=at, tz=tz)
