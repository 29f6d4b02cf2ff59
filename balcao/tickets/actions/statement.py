"""The code that opens the statement of a one-off without sign-in (R26).

Who knows a number asks for a code; it goes to the holder's registered address, and opens the
statement only in the browser that asked. So nobody can guess somebody else's code, nor use up the
holder's tries.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from balcao.entitlements.models import PrepaidTicket
from balcao.events.actions import emit, enqueue, spend
from balcao.people.actions import TokenRefused, make_token, use_token
from balcao.people.models import User
from balcao.people.queries import actor_by_id, owners_of
from balcao.policy.access import ANONYMOUS
from balcao.policy.accounts import TokenKind
from balcao.policy.entitlement import local_day
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Ticket
from balcao.tickets.queries import holds_available

CODES, CODES_WINDOW = 5, timedelta(hours=1)
"""So many codes are sent for one number in this time."""
NUMBERS, NUMBERS_WINDOW = 1, timedelta(hours=1)
"""So often are somebody's numbers sent to their registered address."""
DIGITS = 6


@transaction.atomic
def ask_code(*, now: datetime, number: str, browser: str) -> None:
    """Somebody typed a number: a job looks for it, so that the answer, its size and its time are
    the same whether it exists or not (C2). ``browser``: what names the browser that asked.
    """
    enqueue("tickets.send_code", now=now, number=number, browser=browser)


@transaction.atomic
def send_code(*, now: datetime, number: str, browser: str) -> None:
    """Have a code sent to the holder, unless the number is no one-off's, or was asked too often."""
    ticket = Ticket.objects.filter(number=number, prepaid__isnull=False).first()
    if ticket is None or ticket.prepaid is None:
        return
    if spend(f"statement:{ticket.pk}", limit=CODES, window=CODES_WINDOW, now=now, sliding=True):
        emit(
            "prepaid.code_asked",
            ticket.prepaid,
            actor=ANONYMOUS,
            now=now,
            data={"browser": browser},
        )


@transaction.atomic
def ask_numbers(*, now: datetime, address: str) -> None:
    """ "Esqueci o número": a job looks for the address, so that the answer, its size and its time
    are the same whoever it belongs to (A7).
    """
    enqueue("tickets.send_oneoffs", now=now, address=address)


@transaction.atomic
def send_oneoffs(*, now: datetime, address: str) -> None:
    """Have the numbers of available one-offs sent to the holder it is registered for (A5): nothing
    for anybody else, nor within an hour of the last time.
    """
    today = local_day(now, rulebook.current().timezone)
    for owner in owners_of(address):
        key = f"oneoffs.sent:{owner.user_id}"
        if not holds_available([owner.user_id], today=today):
            continue
        if spend(key, limit=NUMBERS, window=NUMBERS_WINDOW, now=now, sliding=True):
            emit("person.oneoffs_sent", User(pk=owner.user_id), actor=ANONYMOUS, now=now)


def make_code(prepaid: PrepaidTicket, *, browser: str, now: datetime) -> str:
    """The six digits of a new code, for whoever sends them; only a digest of them is kept."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    ticket = prepaid.ticket
    make_token(
        now=now,
        kind=TokenKind.STATEMENT,
        user_id=ticket.opener_id,
        payload={"ticket": ticket.pk},
        secret=_secret(ticket.number, code, browser),
    )
    return code


@transaction.atomic
def open_statement(*, now: datetime, number: str, code: str, browser: str) -> int:
    """Use the code up; the holder's id. Raises TokenRefused, whatever is wrong with it."""
    secret = _secret(number, code, browser)
    grant = use_token(now=now, kind=TokenKind.STATEMENT, secret=secret)
    ticket = Ticket.objects.select_related("prepaid").get(pk=int(grant.payload["ticket"]))
    actor = actor_by_id(grant.user_id, now=now)
    if actor is None or ticket.prepaid is None or ticket.opener_id != grant.user_id:
        raise TokenRefused
    emit("prepaid.statement_opened", ticket.prepaid, actor=actor, now=now)
    return grant.user_id


def _secret(number: str, code: str, browser: str) -> str:
    """What stands for the code: keyed, because six digits alone are soon tried out."""
    return salted_hmac("balcao.statement", f"{number}:{browser}:{code}").hexdigest()
