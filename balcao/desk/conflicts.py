"""Why a press did nothing: who or what was faster."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from balcao.tickets.queries import Ticket
from balcao.web import format, words
from balcao.web.thread import Entry


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the last press did nothing. ``rules``: ids and words of the rules that refused.

    ``written``: it kept a text from being sent, and is said beside that; ``news``: the messages
    that came while it was written; ``anyway``: pressing once more sends it.
    """

    title: str
    text: str
    rules: tuple[tuple[str, str], ...] = ()
    refused: bool = False
    written: bool = False
    news: tuple[Entry, ...] = ()
    anyway: bool = False


def conflict_words(code: str, row: Ticket) -> Trouble:
    """Who or what was faster, as the ticket stands now."""
    if code in {"taken", "reserved"} and row.assignee and row.claimed_until:
        return Trouble(
            reserved_words(row),
            _("Until then only they, or a supervisor with a reason, can do this."),
        )
    if code == "taken" and row.assignee:
        return Trouble(
            _("%(name)s was faster") % {"name": row.assignee.name},
            _("%(name)s has this ticket now.") % {"name": row.assignee.name},
        )
    if code == "unsaid":
        return Trouble(_("Nothing was resolved"), unsaid_words())
    badge = words.state(row.state, staff=True)
    return Trouble(
        _("The ticket changed meanwhile"),
        _("It is now “%(state)s”, and that does not allow this.") % {"state": badge.text},
    )


def unsaid_words() -> str:
    """Why what nobody served is not resolved in silence (R3), and the way to do it."""
    return _("Nobody has served it yet: write to the customer and use “Send and resolve”.")


def reserved_words(row: Ticket) -> str:
    """For whom "Atender próximo" holds a ticket, and until when."""
    assert row.assignee
    assert row.claimed_until
    until = format.time(row.claimed_until, tz=timezone.get_current_timezone())
    return _("Reserved for %(name)s until %(time)s") % {"name": row.assignee.name, "time": until}
