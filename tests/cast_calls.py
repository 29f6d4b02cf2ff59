"""The cast on the telephone: who calls, who answers, and what is typed for a customer."""

import inspect
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

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


def at_once(act: Callable[..., Any], *, times: int = 4) -> list[Any]:
    """What came of doing the same in several threads at the same moment; each may get its place."""
    start, done = threading.Barrier(times), []
    placed = bool(inspect.signature(act).parameters)

    def run(place: int) -> None:
        start.wait()
        try:
            done.append(act(place) if placed else act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return done
