"""What may be done to a contract or a licence, and when: each rule answers with why not.

An empty answer means it may be done. Days are local calendar days; an end is the last good day.
Who may is ``access.may(actor, Duty.KEEP_ENTITLEMENTS)``.
"""

from collections.abc import Set
from datetime import date

from balcao.policy.access import Actor, Duty, may

ENDS_BEFORE_START = "ends_before_start"
NO_UNIT = "no_unit"
FOREIGN_UNIT = "foreign_unit"
FOREIGN_CONTRACT = "foreign_contract"
UNIT_NOT_COVERED = "unit_not_covered"
REPLACED = "replaced"
NOT_LATER = "not_later"
NO_END = "no_end"
NOT_EARLIER = "not_earlier"
ALREADY_ENDED = "already_ended"
ALREADY_SUSPENDED = "already_suspended"
NOT_SUSPENDED = "not_suspended"


def may_keep(actor: Actor, duty: Duty) -> bool:
    """Whether ``actor`` may write in the book that ``duty`` keeps (M2).

    The system sets up an installation and imports its register; people need a hat with the duty.
    """
    return actor.kind == "system" or may(actor, duty)


def why_not_terms(
    starts: date, ends: date | None, *, units: Set[int] | None, of_organisation: Set[int]
) -> str:
    """A contract with these days for these units (None: all) of an organisation with those."""
    if ends is not None and ends < starts:
        return ENDS_BEFORE_START
    if units is not None and not units:
        return NO_UNIT
    if units is not None and not units <= of_organisation:
        return FOREIGN_UNIT
    return ""


def why_not_licence(
    valid_from: date,
    valid_until: date | None,
    *,
    unit: int | None,
    of_organisation: Set[int],
    contract_is_own: bool,
    contract_units: Set[int] | None,
) -> str:
    """A licence with these days in this unit, perhaps under a contract.

    ``contract_is_own``: there is no contract, or it is of the same organisation.
    ``contract_units``: the only units that contract covers, None for all.
    """
    if valid_until is not None and valid_until < valid_from:
        return ENDS_BEFORE_START
    if unit is not None and unit not in of_organisation:
        return FOREIGN_UNIT
    if not contract_is_own:
        return FOREIGN_CONTRACT
    if unit is not None and contract_units is not None and unit not in contract_units:
        return UNIT_NOT_COVERED
    return ""


def why_not_renew(ends: date | None, until: date | None, *, replaced: bool) -> str:
    """From the end ``ends`` to the later ``until``; None is no end at all."""
    if replaced:
        return REPLACED
    if ends is None:
        return NO_END
    return NOT_LATER if until is not None and until <= ends else ""


def why_not_end(starts: date, ends: date | None, on: date, *, today: date) -> str:
    """Earlier than ``ends``, with ``on`` as the last good day. What is over stays as it was."""
    if ends is not None and ends < today:
        return ALREADY_ENDED
    if on < starts:
        return ENDS_BEFORE_START
    return NOT_EARLIER if ends is not None and on >= ends else ""


def why_not_suspend(
    ends: date | None, first: date, last: date | None, *, suspended: bool, today: date
) -> str:
    """A suspension from day ``first`` to day ``last``; None until it is resumed.

    ``suspended``: another one runs or is still to come.
    """
    if ends is not None and ends < today:
        return ALREADY_ENDED
    if last is not None and last < first:
        return ENDS_BEFORE_START
    return ALREADY_SUSPENDED if suspended else ""
