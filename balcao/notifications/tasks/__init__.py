"""The jobs that tell people: each writes mails for the door out, in one transaction."""

from balcao.notifications.tasks.accounts import (
    factor_added,
    factor_removed,
    factor_reset,
    invited,
    password_set,
    recovery,
    recovery_code_used,
)
from balcao.notifications.tasks.acts import product_changed, remote_ended
from balcao.notifications.tasks.addresses import address_asked, address_held
from balcao.notifications.tasks.alarms import account_failed, alarmed, mail_unread, record_broken
from balcao.notifications.tasks.appointments import (
    doubts_left,
    steps_to_confirm,
    time_agreed,
    time_cancelled,
    time_is_near,
    time_missed,
    time_moved,
    times_offered,
)
from balcao.notifications.tasks.calls import numbers_sent, opening_proposed
from balcao.notifications.tasks.changes import change_answered, change_proposed
from balcao.notifications.tasks.colleagues import colleague_known
from balcao.notifications.tasks.confirming import confirmation_asked, contact_warned
from balcao.notifications.tasks.feedback import feedback, feedback_digest
from balcao.notifications.tasks.goods import contract_ends, licence_ends
from balcao.notifications.tasks.notices import notice
from balcao.notifications.tasks.oneoffs import (
    oneoff_expired,
    oneoff_extended,
    oneoffs_sent,
    sales_asked,
    scope_answered,
    statement_code,
    submitted,
)
from balcao.notifications.tasks.overrides import (
    drafts_let_in,
    override_answered,
    override_asked,
)
from balcao.notifications.tasks.promises import late, reminded, waiting_third
from balcao.notifications.tasks.sales import (
    not_covered,
    oneoff_answered,
    oneoff_ends,
    oneoff_returned,
    oneoff_used,
    payment_noticed,
    receipts,
    scope_asked,
    scope_overdue,
)
from balcao.notifications.tasks.selling import charge, enquiry_answered
from balcao.notifications.tasks.team import absent, due_soon, overdue, review_due
from balcao.notifications.tasks.tickets import (
    included,
    opened,
    reopened,
    replied,
    resolved,
    waiting,
)
from balcao.notifications.tasks.writing import mentioned, reply_stopped, taken_back

__all__ = [
    "absent",
    "account_failed",
    "address_asked",
    "address_held",
    "alarmed",
    "change_answered",
    "change_proposed",
    "charge",
    "colleague_known",
    "confirmation_asked",
    "contact_warned",
    "contract_ends",
    "doubts_left",
    "drafts_let_in",
    "due_soon",
    "enquiry_answered",
    "factor_added",
    "factor_removed",
    "factor_reset",
    "feedback",
    "feedback_digest",
    "included",
    "invited",
    "late",
    "licence_ends",
    "mail_unread",
    "mentioned",
    "not_covered",
    "notice",
    "numbers_sent",
    "oneoff_answered",
    "oneoff_ends",
    "oneoff_expired",
    "oneoff_extended",
    "oneoff_returned",
    "oneoff_used",
    "oneoffs_sent",
    "opened",
    "opening_proposed",
    "overdue",
    "override_answered",
    "override_asked",
    "password_set",
    "payment_noticed",
    "product_changed",
    "receipts",
    "record_broken",
    "recovery",
    "recovery_code_used",
    "reminded",
    "remote_ended",
    "reopened",
    "replied",
    "reply_stopped",
    "resolved",
    "review_due",
    "sales_asked",
    "scope_answered",
    "scope_asked",
    "scope_overdue",
    "statement_code",
    "steps_to_confirm",
    "submitted",
    "taken_back",
    "time_agreed",
    "time_cancelled",
    "time_is_near",
    "time_missed",
    "time_moved",
    "times_offered",
    "waiting",
    "waiting_third",
]
