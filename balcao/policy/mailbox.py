"""What becomes of a mail that the gate refused (R9, R12)."""

from dataclasses import dataclass

from balcao.policy import reasons
from balcao.policy.book import EmailRules
from balcao.policy.gate import Auth, SenderFacts

_KEPT_APART = frozenset({reasons.IDENTITY_UNCLEAR, reasons.NOT_AUTHENTICATED})
_TOLD = frozenset({reasons.OTHER_ADDRESS, reasons.NEW_MAIL, reasons.TICKET_CLOSED})
_PROVED = frozenset({Auth.ALIGNED, Auth.TOKEN})


@dataclass(frozen=True, slots=True)
class Fate:
    """``apart``: kept in quarantine. ``told``: its sender gets the notice, at most once a day.

    ``drafted``: what was written waits in the portal, if anybody who owns the address may sign in.
    """

    apart: bool
    told: bool
    drafted: bool


def is_proved(sender: SenderFacts | None) -> bool:
    """Whether it is known who sent it: only then may anything go back to that address (R9)."""
    return sender is not None and sender.auth in _PROVED


def fate_of(
    reason: str, sender: SenderFacts | None, *, rules: EmailRules, nobody_reads: bool = False
) -> Fate:
    """What becomes of a mail refused for ``reason``.

    A sender who is not clear or not proved learns nothing. ``nobody_reads``: the address is one
    that no person reads. An address that nobody registered, or that is not on the ticket, gets the
    notice unless ``email.unregistered`` is silent, and never a draft.
    """
    apart = reason in _KEPT_APART or (reason == reasons.NEW_MAIL and rules.new == "quarantine")
    proved = is_proved(sender) and reason in _TOLD
    if apart or not proved:
        return Fate(apart=apart, told=False, drafted=False)
    stranger = reason == reasons.OTHER_ADDRESS or not (sender and sender.registered)
    silent = stranger and rules.unregistered == "silent"
    return Fate(apart=False, told=not (nobody_reads or silent), drafted=not stranger)
