"""All writes to tickets. Every action locks, asks the policy, changes rows, emits, returns."""

from balcao.tickets.actions.absences import (
    announce_absence,
    end_absence,
    run_absences,
    transfer,
)
from balcao.tickets.actions.assignment import assign_to_me, give_back, skip, take_next
from balcao.tickets.actions.assisted import (
    Proposal,
    confirm_opening,
    decline_opening,
    propose_opening,
)
from balcao.tickets.actions.calls import (
    Checked,
    check_number,
    end_call,
    end_served,
    end_taken_down,
    end_without_ticket,
    note_caller,
    pass_to_sales,
    send_numbers,
)
from balcao.tickets.actions.conversation import Said, customer_message, note, staff_reply
from balcao.tickets.actions.deadlines import raise_deadlines
from balcao.tickets.actions.drafts import (
    discard_draft,
    forget_drafts,
    keep_typing,
    restore_draft,
    save_draft,
)
from balcao.tickets.actions.exports import ask_export, make_export, tidy_exports
from balcao.tickets.actions.handing_on import Holding, change_queue, undo_holding
from balcao.tickets.actions.handing_over import hand_over
from balcao.tickets.actions.indexing import index_messages
from balcao.tickets.actions.meanwhile import Seen
from balcao.tickets.actions.mentions import see_mentions
from balcao.tickets.actions.moves import change_state
from balcao.tickets.actions.noting_calls import log_call, take_down
from balcao.tickets.actions.oneoffs import (
    answer_scope,
    refund_oneoff,
    run_questions,
    sell_oneoff,
    sell_oneoffs,
)
from balcao.tickets.actions.opening import open_ticket
from balcao.tickets.actions.overrides import (
    Unfit,
    answer_override,
    ask_override,
    end_override,
    run_overrides,
)
from balcao.tickets.actions.participants import include, take_out
from balcao.tickets.actions.policy_change import recompute
from balcao.tickets.actions.product import change_product
from balcao.tickets.actions.queues import add_members, create_queue
from balcao.tickets.actions.rating import rate
from balcao.tickets.actions.refusal import Conflict, NotAllowed, Refused
from balcao.tickets.actions.releasing import KeptMail, confirm_mail, release_mail
from balcao.tickets.actions.remote import RemoteAccess, begin_remote, end_remote
from balcao.tickets.actions.saved_replies import retire_reply, save_reply
from balcao.tickets.actions.sending import AFTER, SEND, send_due, send_later, send_now, undo_send
from balcao.tickets.actions.split import Question, split
from balcao.tickets.actions.split_oneoff import split_into
from balcao.tickets.actions.statement import (
    ask_code,
    ask_numbers,
    make_code,
    open_statement,
    send_code,
    send_oneoffs,
)
from balcao.tickets.actions.subject import rename
from balcao.tickets.actions.time_spent import log_time, remove_time
from balcao.tickets.actions.views import remove_view, save_view
from balcao.tickets.actions.waiting import run_due, wait_third
from balcao.tickets.actions.watching import watch_access
from balcao.tickets.actions.writing import (
    DISCARDED,
    Came,
    Writing,
    add_files,
    discard_writing,
    keep_writing,
    restore_writing,
    tidy_writing,
)

__all__ = [
    "AFTER",
    "DISCARDED",
    "SEND",
    "Came",
    "Checked",
    "Conflict",
    "Holding",
    "KeptMail",
    "NotAllowed",
    "Proposal",
    "Question",
    "Refused",
    "RemoteAccess",
    "Said",
    "Seen",
    "Unfit",
    "Writing",
    "add_files",
    "add_members",
    "announce_absence",
    "answer_override",
    "answer_scope",
    "ask_code",
    "ask_export",
    "ask_numbers",
    "ask_override",
    "assign_to_me",
    "begin_remote",
    "change_product",
    "change_queue",
    "change_state",
    "check_number",
    "confirm_mail",
    "confirm_opening",
    "create_queue",
    "customer_message",
    "decline_opening",
    "discard_draft",
    "discard_writing",
    "end_absence",
    "end_call",
    "end_override",
    "end_remote",
    "end_served",
    "end_taken_down",
    "end_without_ticket",
    "forget_drafts",
    "give_back",
    "hand_over",
    "include",
    "index_messages",
    "keep_typing",
    "keep_writing",
    "log_call",
    "log_time",
    "make_code",
    "make_export",
    "note",
    "note_caller",
    "open_statement",
    "open_ticket",
    "pass_to_sales",
    "propose_opening",
    "raise_deadlines",
    "rate",
    "recompute",
    "refund_oneoff",
    "release_mail",
    "remove_time",
    "remove_view",
    "rename",
    "restore_draft",
    "restore_writing",
    "retire_reply",
    "run_absences",
    "run_due",
    "run_overrides",
    "run_questions",
    "save_draft",
    "save_reply",
    "save_view",
    "see_mentions",
    "sell_oneoff",
    "sell_oneoffs",
    "send_code",
    "send_due",
    "send_later",
    "send_now",
    "send_numbers",
    "send_oneoffs",
    "skip",
    "split",
    "split_into",
    "staff_reply",
    "take_down",
    "take_next",
    "take_out",
    "tidy_exports",
    "tidy_writing",
    "transfer",
    "undo_holding",
    "undo_send",
    "wait_third",
    "watch_access",
]
