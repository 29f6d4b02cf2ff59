"""The tables of tickets."""

from balcao.tickets.models.around import (
    AssistedOpening,
    AssistedState,
    Rating,
    ScopeQuestion,
    TicketLink,
)
from balcao.tickets.models.decisions import Decision, Draft, How, Objection, Override
from balcao.tickets.models.exports import Export, ExportState
from balcao.tickets.models.service import Call, CallOutcome, RemoteSession, Skip, TimeSpent
from balcao.tickets.models.tickets import (
    DOORS,
    END_OF_NUMBER,
    MIDDLES,
    STATES,
    Absence,
    Attachment,
    Deadline,
    DeadlineKind,
    Layout,
    Message,
    MessageKind,
    Queue,
    StateSpan,
    ThirdPartyWait,
    Ticket,
    number_end,
    number_from,
)
from balcao.tickets.models.views import SavedView
from balcao.tickets.models.writing import Mention, SavedReply, StaffDraft

__all__ = [
    "DOORS",
    "END_OF_NUMBER",
    "MIDDLES",
    "STATES",
    "Absence",
    "AssistedOpening",
    "AssistedState",
    "Attachment",
    "Call",
    "CallOutcome",
    "Deadline",
    "DeadlineKind",
    "Decision",
    "Draft",
    "Export",
    "ExportState",
    "How",
    "Layout",
    "Mention",
    "Message",
    "MessageKind",
    "Objection",
    "Override",
    "Queue",
    "Rating",
    "RemoteSession",
    "SavedReply",
    "SavedView",
    "ScopeQuestion",
    "Skip",
    "StaffDraft",
    "StateSpan",
    "ThirdPartyWait",
    "Ticket",
    "TicketLink",
    "TimeSpent",
    "number_end",
    "number_from",
]
