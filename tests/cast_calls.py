"""The cast on the telephone: who calls, who answers, and what is typed for a customer."""

import secrets
from datetime import datetime

from balcao.people.models import User
from balcao.tickets import actions as tickets
from balcao.tickets.models import AssistedOpening, Call
from tests.cast import NOW, Customer, acting


def a_call(
    agent: User, customer: Customer | None = None, *, phone: str = "", now: datetime = NOW
) -> Call:
    """``agent`` is on the telephone, with ``customer`` if they know with whom."""
    return tickets.note_caller(
        actor=acting(agent),
        now=now,
        phone=phone,
        person_id=customer.user.pk if customer else None,
    )


def a_proposal(
    agent: User,
    customer: Customer,
    *,
    call: Call | None = None,
    subject: str = "O ramal 9 não grava",
    body: str = "Desde hoje cedo nada aparece no relatório.",
    key: str | None = None,
    now: datetime = NOW,
) -> AssistedOpening:
    """What ``agent`` typed for ``customer``, who has not answered yet."""
    return tickets.propose_opening(
        actor=acting(agent),
        now=now,
        wanted=tickets.Proposal(
            contact_id=customer.user.pk,
            organisation_id=customer.organisation.pk,
            service="incident",
            licence_id=customer.licence.pk if customer.licence else None,
            subject=subject,
            body=body,
        ),
        key=key or secrets.token_hex(16),
        call_id=call.pk if call else None,
    )
