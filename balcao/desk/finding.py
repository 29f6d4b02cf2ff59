"""What the search page and the command palette look up, from what somebody typed."""

import re
from dataclasses import dataclass

from balcao.entitlements.queries import licences_by_key
from balcao.lib.keys import is_key_like
from balcao.people.queries.finding import Few, find_few
from balcao.policy.access import Actor, can_enter
from balcao.policy.numbers import is_number, parse_number, part_of_number
from balcao.tickets.queries import MOST, NumberedTicket, ticket_by_number, tickets_by_part

LONGEST = 200
_TEN_DIGITS = re.compile(r"[0-9](?:[ .\-\u00a0]?[0-9]){9}")


@dataclass(frozen=True, slots=True)
class Exact:
    """What bears exactly this number, and the first few who answer to what was typed.

    ``mistyped``: ten digits that can be no ticket's, because the last one checks the others.
    ``tickets``: a few in whose number these digits stand; ``more_tickets``: there are others.
    """

    few: Few
    ticket: NumberedTicket | None = None
    mistyped: bool = False
    tickets: tuple[NumberedTicket, ...] = ()
    more_tickets: bool = False


def typed(text: str) -> str:
    """What was typed, without what no search needs."""
    return " ".join(text.replace("\x00", " ").split())[:LONGEST]


def find(actor: Actor, text: str) -> Exact:
    """By number, key or part of one, code, address, telephone, CNPJ or name. Two statements at
    most.
    """
    number = parse_number(text)
    ticket = ticket_by_number(actor, number) if number and can_enter(actor, "desk") else None
    if ticket is not None:
        return Exact(Few(), ticket)
    mistyped = number is None and _is_wrong(text)
    keys = licences_by_key(text) if is_key_like(text) else None
    part = part_of_number(text) if can_enter(actor, "desk") else ""
    begun = tickets_by_part(actor, part) if part else ()
    return Exact(
        find_few(actor, text, also=keys),
        mistyped=mistyped,
        tickets=begun[:MOST],
        more_tickets=len(begun) > MOST,
    )


def _is_wrong(text: str) -> bool:
    return bool(_TEN_DIGITS.fullmatch(text)) and not is_number(re.sub(r"\D", "", text))
