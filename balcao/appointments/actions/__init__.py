"""All writes to appointments. Every action locks, asks the policy, changes rows, emits, returns."""

from balcao.appointments.actions.attending import Came, attend, miss
from balcao.appointments.actions.booking import book, cancel, reschedule
from balcao.appointments.actions.checklist import confirm_steps, set_steps
from balcao.appointments.actions.following import follow, forget_words, remind
from balcao.appointments.actions.keeping import drop_feed, keep_hours, make_feed
from balcao.appointments.actions.offering import Terms, offer, offer_instead, withdraw_offer
from balcao.people.actions import TokenRefused
from balcao.tickets.actions import Conflict, NotAllowed

__all__ = [
    "Came",
    "Conflict",
    "NotAllowed",
    "Terms",
    "TokenRefused",
    "attend",
    "book",
    "cancel",
    "confirm_steps",
    "drop_feed",
    "follow",
    "forget_words",
    "keep_hours",
    "make_feed",
    "miss",
    "offer",
    "offer_instead",
    "remind",
    "reschedule",
    "set_steps",
    "withdraw_offer",
]
