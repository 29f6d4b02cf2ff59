"""When somebody leaves: their open tickets go on with a colleague."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from balcao.events.actions import emit
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.tickets.models import Ticket


@transaction.atomic
def hand_over(*, now: datetime, organisation_id: int, from_id: int, to_id: int) -> list[int]:
    """The colleague takes part in every ticket of the organisation that ``from_id`` opened or took
    part in and that can still go on: they see it, are told, and answer (R8).

    The opener stays named as such, and acts no more once they left. Ids of the tickets that
    gained a participant; the colleague's own stay as they are.
    """
    colleague = User.objects.get(pk=to_id)
    rows = Ticket.objects.filter(
        Q(opener=from_id) | Q(participants=from_id),
        organisation=organisation_id,
        state__in=sorted(state.value for state in OPEN_STATES | {State.RESOLVED}),
    )
    others = rows.exclude(opener=to_id).exclude(participants=to_id)
    handed = []
    for ticket in others.distinct().order_by("pk"):
        ticket.participants.add(colleague)
        data = {"from": from_id, "to": to_id}
        emit("ticket.handed_over", ticket, actor=SYSTEM, now=now, data=data)
        handed.append(ticket.pk)
    return handed
