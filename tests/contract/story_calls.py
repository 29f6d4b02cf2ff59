"""What happens on the telephone, told once for the story of a desk's life."""

from datetime import timedelta

from balcao.policy.calls import MISSES, NoTicket
from balcao.tickets import actions as tickets
from tests import cast, cast_calls
from tests.cast import NOW, acting

MINUTE = timedelta(minutes=1)


def tell_of_calls(word: str) -> None:
    """Guessed too often, ended without ticket, served, and requests opened with help."""
    customer, agent = cast.a_customer(name=word), cast.an_agent(name=word)
    who = acting(agent)
    call = cast_calls.a_call(agent, customer)
    for _ in range(MISSES + 1):
        tickets.check_number(actor=who, now=NOW, call_id=call.pk, number=word)
    tickets.send_numbers(actor=who, now=NOW, person_id=customer.user.pk, call_id=call.pk)
    tickets.end_without_ticket(actor=who, now=NOW, call_id=call.pk, reason=NoTicket.NO_NUMBER)
    later = NOW + 30 * MINUTE
    ticket = cast.a_ticket(customer, subject=word, body=word)
    call = cast_calls.a_call(agent, customer, now=later)
    tickets.check_number(actor=who, now=later, call_id=call.pk, number=ticket.number)
    tickets.end_served(actor=who, now=later + 3 * MINUTE, call_id=call.pk, summary=word)
    _with_help(word)


def _with_help(word: str) -> None:
    agent = cast.an_agent(name=word)
    for end in ("confirm", "decline", "refuse"):
        lapsed = cast.TODAY - timedelta(days=1) if end == "refuse" else cast.TODAY + cast.YEAR
        customer = cast.a_customer(name=word, licence_until=lapsed)
        row = cast_calls.a_proposal(agent, customer, subject=word, body=word)
        act = tickets.decline_opening if end == "decline" else tickets.confirm_opening
        try:
            act(actor=customer.actor, now=NOW, opening_id=row.pk)
        except tickets.Refused:
            assert end == "refuse"
