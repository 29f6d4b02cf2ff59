"""The words of the telephone: what is read aloud to the caller, and how a call and an assisted
opening stand.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.web.format import Look
from balcao.web.words.badges import Badge

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = dict[str, _StrPromise]
    Looks = dict[str, tuple[Look, _StrPromise]]


@dataclass(frozen=True, slots=True)
class Script:
    """What the agent reads aloud, and what only the agent reads (``aside``)."""

    aloud: str
    aside: str


_ALOUD: "Words" = {
    "number_missing": gettext_lazy(
        "To go on I need the number of your request. If you have opened it, I send it now to the"
        " registered e-mail. If you have not, it is in the portal, under Requests, Open a request."
    ),
    "no_ticket": gettext_lazy(
        "We did not find an open request with that number. Check the 10 digits and try again."
    ),
    "caller_unknown": gettext_lazy(
        "To go on I need to know who is calling: your name or your user code, please."
    ),
}
_ASIDE: "Words" = {
    "number_missing": gettext_lazy("Nothing technical is served before the number is given."),
    "no_ticket": gettext_lazy(
        "Invalid, unknown, closed, or of another customer: the caller hears one sentence for all."
    ),
    "caller_unknown": gettext_lazy("Find the person by telephone, CNPJ, user code or name."),
}


def script(reason: str) -> Script | None:
    """The sentences for a refusal on the telephone; None for one that has its own words."""
    if reason not in _ALOUD:
        return None
    return Script(str(_ALOUD[reason]), str(_ASIDE[reason]))


def closed(address: str, *, taken_down: bool) -> str:
    """Out of hours, to be read aloud after when we are back: what the caller can do at once.

    ``taken_down``: the agent writes down what the caller says.
    """
    if taken_down:
        return _("Tell me the problem now: I write it down, and it is in line already.")
    text = _("You may write to %(address)s at any hour, with the number in the subject.")
    return text % {"address": address}


def cooled(minutes: int) -> Script:
    """Too many guesses: the caller hears the same sentence, and the agent why (C2)."""
    aside = _("Too many wrong numbers: none is looked at for %(minutes)d minutes.") % {
        "minutes": minutes
    }
    return Script(str(_ALOUD["no_ticket"]), aside)


def softened(rule: str, mode: str) -> str:
    """What it means that a rule of the telephone is not enforced now (R36)."""
    text = (
        _("%(rule)s only warns at the moment: ask for the number. Without it you may go on.")
        if mode == "warn"
        else _("%(rule)s is only observed at the moment: a call without number is noted.")
    )
    return text % {"rule": rule}


_OUTCOMES: "Looks" = {
    "open": (Look(tone="now", icon="phone-call"), gettext_lazy("On the line")),
    "served": (Look(tone="ok", icon="circle-check"), gettext_lazy("Served")),
    "number_sent": (Look(tone="plain", icon="mail"), gettext_lazy("Number sent")),
    "assisted": (Look(tone="plain", icon="file-pen-line"), gettext_lazy("Assisted opening")),
    "to_sales": (Look(tone="plain", icon="shopping-bag"), gettext_lazy("Passed to sales")),
    "taken_down": (Look(tone="plain", icon="hourglass"), gettext_lazy("Taken down")),
    "without_ticket": (Look(tone="warning", icon="ticket-x"), gettext_lazy("Without a ticket")),
}
OUTCOMES = tuple(_OUTCOMES)

NO_TICKET: "Words" = {
    "no_number": gettext_lazy("The customer has no number at hand"),
    "to_open": gettext_lazy("Will open it in the portal"),
    "not_a_customer": gettext_lazy("Is not a customer"),
    "administrative": gettext_lazy("Nothing technical"),
    "wrong_number": gettext_lazy("Wrong number"),
    "lost": gettext_lazy("The call was lost"),
}
"""Why a call had no ticket, by code of policy.calls."""

_OPENINGS: "Looks" = {
    "waiting": (
        Look(tone="now", icon="hourglass"),
        gettext_lazy("Waits for the customer"),
    ),
    "confirmed": (Look(tone="ok", icon="circle-check"), gettext_lazy("Confirmed by the customer")),
    "declined": (Look(tone="late", icon="circle-x"), gettext_lazy("It was not the customer")),
    "refused": (Look(tone="late", icon="shield-x"), gettext_lazy("Refused by the rules")),
    "expired": (Look(tone="warning", icon="timer-off"), gettext_lazy("Not confirmed in time")),
}

_CONFLICTS: "Words" = {
    "call_ended": gettext_lazy("This call has ended."),
    "how_it_ended": gettext_lazy("Say first how the call ended."),
    "no_number": gettext_lazy("Check the number first."),
    "no_address": gettext_lazy("There is no e-mail on file: nothing was sent."),
    "sent_lately": gettext_lazy("It was sent a moment ago: ask the caller to look at the mail."),
    "taken": gettext_lazy("A colleague has this ticket at the moment."),
}


def outcome(code: str) -> Badge:
    """How a call ended."""
    look, text = _OUTCOMES[code]
    return Badge(tone=look.tone, icon=look.icon, text=str(text))


def opening(state: str) -> Badge:
    """How an assisted opening stands."""
    look, text = _OPENINGS[state]
    return Badge(tone=look.tone, icon=look.icon, text=str(text))


def conflict(code: str) -> str:
    """Why something cannot be done on the telephone now."""
    return str(_CONFLICTS.get(code) or _("This cannot be so now. See how it stands."))
