"""What becomes of a mail that the gate refused (R9, R12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from balcao.policy import reasons
from balcao.policy.book import EmailRules
from balcao.policy.gate import Auth, SenderFacts

ANSWER_WINDOW: Final = timedelta(hours=24)
"""What mail from outside makes us send goes to a recipient once in this time, as ``counted_as``
says (R9).
"""

CONFIRM_LIFE: Final = timedelta(days=7)
"""How long "Foi você?" may be answered."""

FREE_PROVIDERS: Final = frozenset(
    {
        *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.com.br", "outlook.com"),
        *("outlook.com.br", "live.com", "msn.com", "yahoo.com", "yahoo.com.br", "ymail.com"),
        *("icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com"),
        *("uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br", "globo.com", "globomail.com"),
        *("r7.com", "oi.com.br", "zipmail.com.br"),
    }
)
"""Where anybody gets an address for themselves: the domains that ``email.block_freemail`` is about
(R10).
"""

WAITING: Final = "waiting"
EXPIRED: Final = "expired"

_KEPT_APART = frozenset({reasons.IDENTITY_UNCLEAR, reasons.NOT_AUTHENTICATED})
# What a one-off is refused for is no text for a new ticket, and the way on is not the portal.
_UNDRAFTED = frozenset(
    {reasons.NUMBER_MISSING, reasons.ONEOFF_EXPIRED, reasons.SERVICE_NOT_COVERED}
)
_ELSEWHERE = frozenset({reasons.OTHER_ADDRESS, reasons.PERSONAL_ADDRESS})
_TOLD = _UNDRAFTED | _ELSEWHERE | {reasons.NEW_MAIL, reasons.TICKET_CLOSED}
_PROVED = frozenset({Auth.ALIGNED, Auth.TOKEN, Auth.CONFIRMED})
_VOUCHED_FOR = frozenset(
    {
        reasons.IDENTITY_UNCLEAR,
        reasons.NOT_AUTHENTICATED,
        reasons.OTHER_ADDRESS,
        reasons.PERSONAL_ADDRESS,
        reasons.NEW_MAIL,
        reasons.NUMBER_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class Fate:
    """``apart``: kept in quarantine. ``told``: its sender gets the notice, at most once a day;
    ``returned``: in the form of a mail that comes back.

    ``drafted``: what was written waits in the portal, if anybody who owns the address may sign in.
    ``asked``: the person on whose registered address it lays claim is asked whether it was they;
    ``warned``: the ticket's contact learns that something came.
    """

    apart: bool
    told: bool
    drafted: bool
    returned: bool = False
    asked: bool = False
    warned: bool = False


def is_free(address: str) -> bool:
    """Whether ``address`` is at a free provider (R10)."""
    return address.rpartition("@")[2].lower() in FREE_PROVIDERS


def counted_as(*, proved: bool, ticket: int | None) -> str:
    """With which others a mail that one from outside makes us send to somebody is counted (R9).

    To a ``proved`` sender one notice goes, whatever their mails name. What others made us send
    somebody is counted apart, by ``ticket``: who forges a mail a day in a customer's name uses up
    "Foi você?", and never the notice that the customer's own mail gets.
    """
    return "proved" if proved else f"unproved:{ticket or ''}"


def is_proved(sender: SenderFacts | None) -> bool:
    """Whether it is known who sent it: only then may anything go back to that address (R9)."""
    return sender is not None and sender.auth in _PROVED


def fate_of(
    reason: str,
    sender: SenderFacts | None,
    *,
    rules: EmailRules,
    nobody_reads: bool = False,
    customers: bool = True,
    ticket: bool = False,
) -> Fate:
    """What becomes of a mail refused for ``reason``.

    A sender who is not clear or not proved learns nothing. When it lays claim on a registered
    address of one of the ``customers``, "Foi você?" goes to that address; otherwise the contact of
    its ``ticket``, if it names one, is told that something came, unless ``email.unregistered`` is
    silent (R9). ``nobody_reads``: the address is one that no person reads. An address that nobody
    registered, that is not on the ticket, or that is at a free provider (R10), gets the notice
    unless ``email.unregistered`` is silent, and never a draft; nor does a buyer without sign-in,
    who is asked for the number (R12), nor whoever wrote to a one-off that cannot be used (S28,
    S34).
    """
    apart = reason in _KEPT_APART or (reason == reasons.NEW_MAIL and rules.new == "quarantine")
    if not is_proved(sender):
        asked = _asked(reason, sender) and customers
        warned = ticket and not asked and rules.unregistered != "silent"
        return Fate(apart, told=False, drafted=False, asked=asked, warned=warned)
    if apart or reason not in _TOLD:
        return Fate(apart=apart, told=False, drafted=False)
    stranger = reason in _ELSEWHERE or not (sender and sender.registered)
    told = not (nobody_reads or (stranger and rules.unregistered == "silent"))
    returned = told and stranger and rules.unregistered == "bounce"
    drafted = not stranger and reason not in _UNDRAFTED
    return Fate(apart=False, told=told, drafted=drafted, returned=returned)


def told_after_yes(reason: str) -> bool:
    """Whether who said that a mail was theirs is mailed why it was not added: only where they can
    answer that mail with what is missing (R12). The page they are on says it in every case.
    """
    return reason == reasons.NUMBER_MISSING


def _asked(reason: str, sender: SenderFacts | None) -> bool:
    return (
        reason == reasons.NOT_AUTHENTICATED
        and sender is not None
        and sender.clear
        and sender.registered
    )


def standing(answer: str, *, done: bool, expires_at: datetime, now: datetime) -> str:
    """How "Foi você?" stands: "yes" and "no" once answered, else waiting, or expired.

    A yes whose mail was not yet carried over (``done``: it was) is still open: saying it again
    carries on. The instant it expires at is too late.
    """
    if answer and (done or answer == "no"):
        return answer
    if answer:
        return WAITING
    return EXPIRED if now >= expires_at else WAITING


def may_vouch(reason: str) -> bool:
    """Whether one of the team may put on a ticket, with a written reason, what the gate refuses for
    this ``reason`` (R9): what it says about the sender, never about the ticket or its coverage.
    """
    return reason in _VOUCHED_FOR


def purged_at(moment: datetime, *, appended: bool, retention: Mapping[str, int]) -> datetime:
    """When the original of a mail that came at ``moment`` goes: after ``retention.raw_mail`` days
    where it became part of a ticket, after ``retention.kept_mail`` otherwise.
    """
    return moment + timedelta(days=retention["raw_mail" if appended else "kept_mail"])
