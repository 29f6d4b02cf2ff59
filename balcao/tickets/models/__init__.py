"""The tables of tickets."""

from balcao.tickets.models.decisions import Decision, Draft, How, Objection, Override
from balcao.tickets.models.tickets import (
    DOORS,
    STATES,
    Absence,
    Attachment,
    Deadline,
    DeadlineKind,
    Message,
    MessageKind,
    Queue,
    StateSpan,
    ThirdPartyWait,
    Ticket,
)

__all__ = [
    "DOORS",
    "STATES",
    "Absence",
    "Attachment",
    "Deadline",
    "DeadlineKind",
    "Decision",
    "Draft",
    "How",
    "Message",
    "MessageKind",
    "Objection",
    "Override",
    "Queue",
    "StateSpan",
    "ThirdPartyWait",
    "Ticket",
]
