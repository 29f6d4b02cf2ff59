"""The story's part about what the team does on a ticket besides answering."""

from datetime import datetime

from balcao.people.models import User
from balcao.policy.gate import Door
from balcao.tickets import actions
from balcao.tickets.models import Ticket
from tests.cast import Customer, acting


def tell_of_acts(
    word: str, ticket: Ticket, customer: Customer, agent: User, *, now: datetime
) -> None:
    """A call, a remote access, time noted and taken back, another service or subject, a second
    question.
    """
    actor = acting(agent)
    actions.rename(
        actor=actor, now=now, ticket_id=ticket.pk, subject=f"{word} again", was=ticket.subject
    )
    actions.log_call(actor=actor, now=now, ticket_id=ticket.pk, summary=word, key=f"{word} call")
    session = actions.begin_remote(
        actor=actor,
        now=now,
        ticket_id=ticket.pk,
        wanted=actions.RemoteAccess(word, word, word, Door.PHONE),
        key=word,
    )
    actions.end_remote(actor=actor, now=now, session_id=session.pk)
    time = actions.log_time(
        actor=actor, now=now, ticket_id=ticket.pk, minutes=25, note=word, key=word
    )
    actions.remove_time(actor=actor, now=now, time_id=time.pk)
    licence = customer.licence.pk if customer.licence else None
    actions.change_product(
        actor=actor, now=now, ticket_id=ticket.pk, service="question", licence_id=licence
    )
    said = ticket.messages.filter(kind="customer").order_by("-pk").values_list("pk", flat=True)
    actions.split(
        actor=actor,
        now=now,
        ticket_id=ticket.pk,
        question=actions.Question(word, "incident", licence, tuple(said[:1]), word),
        key=word,
    )
