"""The sentences of refusals and of the timeline, in the customer's words: no rule ids, no blame."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from balcao.web.format import Look

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Pair = tuple[_StrPromise, _StrPromise]

REFUSALS: "dict[str, Pair]" = {
    "not_registered": (
        _("We did not find your registration"),
        _("Support is for registered customers, and your access is not active."),
    ),
    "licence_expired": (
        _("Your licence of %(product)s has expired"),
        _("Opening a request needs a valid licence."),
    ),
    "licence_missing": (
        _("We did not find a valid licence"),
        _("Opening a request needs a valid licence, and %(organisation)s has none."),
    ),
    "contract_ended": (
        _("The support contract of %(organisation)s has ended"),
        _("Opening a request needs an active support contract."),
    ),
    "contract_missing": (
        _("We did not find an active support contract"),
        _("We did not find an active support contract for %(organisation)s."),
    ),
    "contract_suspended": (
        _("New requests are paused for the moment"),
        _("The contract of %(organisation)s is suspended at the moment."),
    ),
    "contract_other_unit": (
        _("The contract covers other units"),
        _("The support contract of %(organisation)s does not cover this unit."),
    ),
    "service_not_covered": (
        _("%(service)s is not covered"),
        _("%(service)s is not part of what was bought. Nothing was used."),
    ),
    "service_unconfirmed": (
        _("We still have to confirm this service"),
        _("We will confirm with sales whether %(service)s is covered. Nothing was used."),
    ),
    "no_ticket": (
        _("A request comes first"),
        _("We did not find an open request with that number."),
    ),
    "ticket_closed": (
        _("This request is closed"),
        _("Request %(number)s is closed. If the problem is back, open a new one."),
    ),
    "not_found": (
        _("We did not find this request"),
        _("We did not find an open request with that number. Check the 10 digits."),
    ),
    "other_address": (
        _("Your message arrived, but was not added to the request"),
        _("%(sender)s is not on the register, and personal e-mail gets no service."),
    ),
    "personal_address": (
        _("Your message arrived, but was not added to the request"),
        _("%(sender)s is a personal address, and personal e-mail gets no service."),
    ),
    "not_authenticated": (
        _("We could not confirm who sent the message"),
        _("The message was kept and was not added to the request."),
    ),
    "identity_unclear": (
        _("We could not confirm who sent the message"),
        _("The message was kept and was not added to the request."),
    ),
    "new_mail": (
        _("One step is missing"),
        _("Requests are opened in the portal. Your text already waits there as a draft."),
    ),
    "not_in_portal": (
        _("One step is missing"),
        _("Requests are opened in the portal."),
    ),
    "entitlement_frozen": (
        _("This request is paused"),
        _("The coverage of %(organisation)s ended while the request was open."),
    ),
    "number_missing": (
        _("The number of the request comes first"),
        _("To go on we need the number of your request."),
    ),
    "caller_unknown": (
        _("We still have to know who is calling"),
        _("This phone is not on the register."),
    ),
    "closed_hours": (
        _("We are closed at the moment"),
        _("One-off requests are served in business hours."),
    ),
    "oneoff_door": (
        _("One-off requests are not served this way"),
        _("A one-off request is used by phone, WhatsApp or e-mail."),
    ),
    "oneoff_expired": (
        _("This one-off request has expired"),
        _("One-off request %(number)s has expired."),
    ),
    "ticket_expired": (
        _("This request has expired"),
        _("Request %(number)s has expired."),
    ),
    "not_allowed": (
        _("This is not available to you"),
        _("Your access does not include this."),
    ),
}
# Where nobody knows which product the licence is for.
NAMELESS: "dict[str, tuple[_StrPromise, _StrPromise, _StrPromise]]" = {
    "licence_expired": (
        _("Your licence has expired"),
        _("Opening a request needs a valid licence."),
        _("Your licence expired on %(date)s, and opening a request needs a valid one."),
    ),
}
DATED: "dict[str, _StrPromise]" = {
    "licence_expired": _(
        "Your licence of %(product)s expired on %(date)s, and opening a request needs a valid one."
    ),
    "contract_ended": _(
        "The support contract of %(organisation)s ended on %(date)s,"
        " and opening a request needs an active one."
    ),
    "ticket_closed": _(
        "Request %(number)s was closed on %(date)s. If the problem is back, open a new one:"
        " it comes already linked to this one."
    ),
    "oneoff_expired": _("One-off request %(number)s was good until %(date)s."),
    "ticket_expired": _("Request %(number)s was good until %(date)s."),
    "closed_hours": _("One-off requests are served in business hours; we are back %(back)s."),
}
WAYS: "dict[str, _StrPromise]" = {
    "renew": _("Sales can renew it or sell a one-off request: %(sales_phone)s."),
    "buy_oneoff": _("We can still help with a one-off request: talk to sales, %(sales_phone)s."),
    "talk_to_sales": _("Sales helps you with the next step: %(sales_phone)s."),
    "sign_in": _("Sign in with your user code and password."),
    "open_in_portal": _("Sign in to the portal, check your text and send it."),
    "reply_from_registered": _("Reply from the registered address or in the portal."),
    "reopen": _("You can reopen it on the request's page."),
    "open_linked": _("Open a new request: it comes already linked to this one."),
    "give_number": _(
        "Have its 10 digits at hand. If you have not opened it yet, do so in the portal."
    ),
    "confirm_caller": _("Tell us your name or your user code."),
    "write": _("Describe the problem now and it is already in line."),
    "call_or_mail": _("Call us, or write by WhatsApp or e-mail with the number."),
    "describe": _("Describe the problem to use it."),
    "none": _("Talk to us if you need help."),
}
WAYS_WITHOUT_PHONE: "dict[str, _StrPromise]" = {
    "renew": _("Sales can renew it or sell a one-off request."),
    "buy_oneoff": _("We can still help with a one-off request: talk to sales."),
    "talk_to_sales": _("Sales helps you with the next step."),
}
NOT_COVERED: "dict[str, _StrPromise]" = {
    "licence_expired": _("Licence expired"),
    "licence_missing": _("No valid licence"),
    "contract_ended": _("Contract ended"),
    "contract_missing": _("No active support contract"),
    "contract_suspended": _("Contract suspended at the moment"),
    "contract_other_unit": _("The contract covers other units"),
    "entitlement_frozen": _("Coverage ended meanwhile"),
    "service_not_covered": _("Service not covered"),
    "not_registered": _("Registration not active"),
    "oneoff_expired": _("One-off request expired"),
    "ticket_expired": _("Request expired"),
    "no_ticket": _("One-off request not available"),
}

QUIET = Look(tone="plain", icon="dot")
EVENTS: "dict[str, _StrPromise]" = {
    "ticket.opened": _("Request opened"),
    "ticket.customer_wrote": _("The customer wrote"),
    "ticket.replied": _("Reply sent"),
    "ticket.noted": _("Internal note added"),
    "ticket.mentioned": _("A colleague was called by name"),
    "saved_reply.saved": _("Saved reply changed"),
    "saved_reply.retired": _("Saved reply retired"),
    "ticket.reply_stopped": _("A reply could not be sent: its author keeps it as a draft"),
    "ticket.called": _("Call noted"),
    "ticket.remote_began": _("Remote access began"),
    "ticket.remote_ended": _("Remote access ended"),
    "ticket.product_changed": _("Product or service changed"),
    "ticket.mail_released": _("Kept mail was put here by hand"),
    "ticket.split": _("A second question got a ticket of its own"),
    "ticket.message_copied": _("Message taken over from another ticket"),
    "ticket.time_logged": _("Time spent noted"),
    "ticket.time_removed": _("Time spent removed"),
    "ticket.started": _("Service started"),
    "ticket.claimed": _("Assigned"),
    "ticket.claim_ended": _("Returned to the queue"),
    "ticket.assigned": _("Assigned"),
    "ticket.given_back": _("Returned to the queue"),
    "ticket.queue_changed": _("Moved to another queue"),
    "ticket.assignment_undone": _("Assignment taken back"),
    "ticket.skipped": _("Passed over with a reason: it keeps its place"),
    "ticket.waiting_customer": _("Waiting for the customer: the conclusion deadline is paused"),
    "ticket.waiting_third": _("Waiting for a third party"),
    "ticket.sales_asked": _("Asked sales about the coverage"),
    "ticket.scope_answered": _("Sales answered about the coverage"),
    "ticket.scheduled": _("Scheduled"),
    "ticket.attended": _("Back in service"),
    "ticket.resumed": _("Back in service"),
    "ticket.sold": _("Sold: the number was given"),
    "ticket.submitted": _("The problem was described: deadlines and place in line began"),
    "ticket.time_wanted": _("The customer wants to agree on a time: sales was told"),
    "ticket.returned": _("Not used: the request is available again"),
    "ticket.scope_overdue": _("Sales did not answer about the coverage in time"),
    "ticket.handed_over": _("Handed over to a colleague of the customer"),
    "ticket.resolved": _("Resolved"),
    "ticket.reopened": _("Reopened"),
    "ticket.closed": _("Closed"),
    "ticket.cancelled": _("Cancelled"),
    "ticket.deadline_warned": _("The team was warned of the deadline"),
    "ticket.deadline_breached": _("Deadline passed"),
    "ticket.deadline_moved": _("Deadline moved"),
    "ticket.customer_reminded": _("The customer was reminded"),
    "ticket.review_changed": _("Wait for the third party changed"),
    "ticket.review_due": _("Time to ask the third party again"),
    "ticket.exception_used": _("Released as an exception"),
    "ticket.renamed": _("Subject corrected"),
    "ticket.participant_included": _("A colleague of the customer was included"),
    "ticket.participant_left": _("A colleague of the customer was taken out"),
    "ticket.rated": _("The customer rated the service"),
    "ticket.refused": _("Refused"),
}
EVENT_LOOKS = {
    "ticket.opened": Look(tone="plain", icon="inbox"),
    "ticket.submitted": Look(tone="plain", icon="inbox"),
    "ticket.time_wanted": Look(tone="plain", icon="calendar-clock"),
    "ticket.returned": Look(tone="plain", icon="undo-2"),
    "ticket.scope_overdue": Look(tone="warning", icon="timer"),
    "ticket.started": Look(tone="plain", icon="play"),
    "ticket.handed_over": Look(tone="plain", icon="users-round"),
    "ticket.called": Look(tone="plain", icon="phone"),
    "ticket.remote_began": Look(tone="plain", icon="monitor"),
    "ticket.remote_ended": Look(tone="plain", icon="monitor"),
    "ticket.product_changed": Look(tone="plain", icon="package"),
    "ticket.mail_released": Look(tone="warning", icon="mail-warning"),
    "ticket.split": Look(tone="plain", icon="split"),
    "ticket.message_copied": Look(tone="plain", icon="split"),
    "ticket.time_logged": Look(tone="plain", icon="timer"),
    "ticket.time_removed": Look(tone="plain", icon="timer"),
    "ticket.assigned": Look(tone="plain", icon="user-round-check"),
    "ticket.given_back": Look(tone="plain", icon="undo-2"),
    "ticket.queue_changed": Look(tone="plain", icon="arrow-right-left"),
    "ticket.assignment_undone": Look(tone="plain", icon="undo-2"),
    "ticket.skipped": Look(tone="plain", icon="skip-forward"),
    "ticket.waiting_customer": Look(tone="plain", icon="circle-pause"),
    "ticket.waiting_third": Look(tone="plain", icon="hourglass"),
    "ticket.sales_asked": Look(tone="plain", icon="shield-question-mark"),
    "ticket.scheduled": Look(tone="plain", icon="calendar-clock"),
    "ticket.resumed": Look(tone="plain", icon="play"),
    "ticket.resolved": Look(tone="ok", icon="circle-check"),
    "ticket.reopened": Look(tone="plain", icon="rotate-ccw"),
    "ticket.closed": Look(tone="plain", icon="archive"),
    "ticket.cancelled": Look(tone="plain", icon="circle-x"),
    "ticket.deadline_warned": Look(tone="warning", icon="timer"),
    "ticket.deadline_moved": Look(tone="plain", icon="calendar-clock"),
    "ticket.customer_reminded": Look(tone="plain", icon="send"),
    "ticket.review_due": Look(tone="warning", icon="hourglass"),
    "ticket.deadline_breached": Look(tone="late", icon="circle-alert"),
    "ticket.exception_used": Look(tone="warning", icon="shield-check"),
    "ticket.renamed": Look(tone="plain", icon="pencil"),
    "ticket.participant_included": Look(tone="plain", icon="users-round"),
    "ticket.participant_left": Look(tone="plain", icon="users-round"),
    "ticket.rated": Look(tone="plain", icon="star"),
    "ticket.refused": Look(tone="late", icon="shield-x"),
}
OVERRIDE_HEADINGS: "dict[str, _StrPromise]" = {
    "asked": _("Exception asked for: %(organisation)s"),
    "approved": _("Exception approved: %(organisation)s"),
    "rejected": _("Exception not approved: %(organisation)s"),
    "expired": _("Exception without an answer in time: %(organisation)s"),
    "ended": _("Exception ended: %(organisation)s"),
}
OVERRIDE_FAULTS: "dict[str, _StrPromise]" = {
    "no_rule": _("Choose at least one rule."),
    "not_liftable": _("This rule cannot be lifted."),
    "no_reason": _("Write the reason."),
    "over": _("The end must be in the future."),
    "ends_first": _("The end must come after the beginning."),
    "too_long": _("An exception lasts at most %(days)d days."),
}
