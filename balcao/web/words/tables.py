"""Tables from codes to words and looks. Texts are lazy: one table serves every language."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from balcao.web.format import Look

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COVERED = Look(tone="ok", icon="shield-check")
ASKING = Look(tone="warning", icon="shield-question-mark")
UNCOVERED = Look(tone="late", icon="shield-x")

RAIL = (
    pgettext_lazy("state", "Open"),
    pgettext_lazy("state", "In service"),
    pgettext_lazy("state", "Waiting for you"),
    pgettext_lazy("state", "Resolved"),
)
RAIL_AT = {
    "sold": -1,
    "open": 0,
    "in_service": 1,
    "asking_sales": 1,
    "waiting_third": 1,
    "scheduled": 1,
    "waiting_customer": 2,
    "resolved": 3,
    "closed": 3,
    "cancelled": -1,
}
STATES: "dict[str, _StrPromise]" = {
    "draft": pgettext_lazy("state", "Draft"),
    "sold": pgettext_lazy("state", "Available"),
    "open": pgettext_lazy("state", "Open"),
    "in_service": pgettext_lazy("state", "In service"),
    "asking_sales": pgettext_lazy("state", "With sales"),
    "waiting_customer": pgettext_lazy("state", "Waiting for you"),
    "waiting_third": pgettext_lazy("state", "Waiting for a third party"),
    "scheduled": pgettext_lazy("state", "Scheduled"),
    "resolved": pgettext_lazy("state", "Resolved"),
    "closed": pgettext_lazy("state", "Closed"),
    "cancelled": pgettext_lazy("state", "Cancelled"),
}
STAFF_STATES: "dict[str, _StrPromise]" = {
    "waiting_customer": pgettext_lazy("state", "Waiting for the customer"),
}
LOOKS = {
    "draft": Look(tone="paused", icon="file-pen-line"),
    "sold": Look(tone="brand", icon="ticket"),
    "open": Look(tone="brand", icon="inbox"),
    "in_service": Look(tone="brand", icon="message-circle-more"),
    "asking_sales": Look(tone="warning", icon="shield-question-mark"),
    "waiting_customer": Look(tone="now", icon="hand"),
    "waiting_third": Look(tone="paused", icon="hourglass"),
    "scheduled": Look(tone="brand", icon="calendar-clock"),
    "resolved": Look(tone="ok", icon="circle-check"),
    "closed": Look(tone="paused", icon="archive"),
    "cancelled": Look(tone="paused", icon="circle-x"),
}
STAFF_LOOKS = {"waiting_customer": Look(tone="paused", icon="hourglass")}

DOORS = {
    "portal": _("Portal"),
    "email": _("E-mail"),
    "chat": _("Chat"),
    "whatsapp": _("WhatsApp"),
    "phone": _("Phone"),
    "api": _("API"),
}
DOOR_LOOKS = {
    "portal": Look(tone="plain", icon="globe"),
    "email": Look(tone="plain", icon="mail"),
    "chat": Look(tone="plain", icon="messages-square"),
    "whatsapp": Look(tone="plain", icon="smartphone"),
    "phone": Look(tone="plain", icon="phone"),
    "api": Look(tone="plain", icon="braces"),
}

KINDS = {
    "licensing": _("Licensing with contract"),
    "rental": _("Rental contract"),
    "saas": _("SaaS contract"),
    "it_services": _("IT services contract"),
    "oneoff_problem": _("One-off request: problem"),
    "oneoff_install": _("One-off request: installation or upgrade"),
    "oneoff_training": _("One-off request: training"),
}
ROLES = {
    "contact": _("Customer"),
    "org_admin": _("Company administrator"),
    "agent": _("Agent"),
    "sales": _("Sales"),
    "supervisor": _("Supervisor"),
    "administrator": _("Administrator"),
    "auditor": _("Auditor"),
}
RULES = {
    "S2": _("Support belongs to licensing, rental, SaaS and IT services contracts."),
    "S3": _("Only a registered customer opens a ticket."),
    "S4": _("The customer signs in with a user code and a password."),
    "S5": _("Opening needs at least one valid licence at that moment."),
    "S6": _("A ticket is opened in the portal only."),
    "S7": _("An open ticket goes on by replying to the support address."),
    "S8": _("A reply counts only from the registered address."),
    "S9": _("A reply from another address is not added to the ticket."),
    "S10": _("That sender is told that a personal address gets no service."),
    "S11": _("Every ticket has the standard deadlines from birth."),
    "S12": _("Service starts within 24 hours."),
    "S13": _("Service is concluded within 40 hours."),
    "S16": _("Phone and WhatsApp need a ticket opened in the portal first."),
    "S17": _("No service by phone or WhatsApp until the ticket number is given."),
    "S22": _("No technical service without an open ticket."),
    "S23": _("A customer without an active contract may use a one-off ticket."),
    "S25": _("A one-off ticket is used by phone, WhatsApp or e-mail."),
    "S27": _("A one-off ticket is served in business hours."),
    "S28": _("A one-off ticket expires 12 months after the purchase."),
    "S29": _("A one-off ticket is used with the number its buyer was given."),
    "S30": _("Tickets are answered in the order they were submitted."),
    "S34": _("This service is outside the one-off ticket."),
    "S35": _("A service that is not listed is not assumed to be covered."),
    "S36": _("Sales says whether a service is covered."),
    "S18": _("A customer talks to an agent in the portal's chat."),
    "R5": _("A resolved ticket reopens within 7 days; later it takes a new, linked one."),
    "R6": _("Both an active contract and a valid licence are needed."),
    "R7": _("Open tickets finish when the contract or licence ends."),
    "R9": _("One of the team may put kept mail on its ticket, with a written reason."),
    "R10": _("The policy takes no replies from free providers, even registered ones."),
    "R11": _("The sender must be proved by aligned authentication or a signed token."),
    "R12": _("A new message without a ticket waits as a draft in the portal."),
    "R15": _("The number must be that of an open ticket of the caller's company."),
    "R19": _(
        "Where the rules say so, the ticket of a contract expires 12 months after its opening."
    ),
    "R20": _("What expires while it is being served is finished, unless the rules stop it."),
    "R25": _("The chat serves no one-off ticket."),
    "R32": _("In the chat people talk without a ticket; technical work needs one."),
}
REASONS = {
    "not_registered": _("Not registered"),
    "licence_expired": _("Licence expired"),
    "licence_missing": _("No licence"),
    "contract_ended": _("Contract ended"),
    "contract_missing": _("No contract"),
    "contract_suspended": _("Contract suspended"),
    "contract_other_unit": _("Contract for other units"),
    "service_not_covered": _("Service not covered"),
    "no_ticket": _("No open ticket"),
    "ticket_closed": _("Ticket closed"),
    "not_found": _("Not found"),
    "other_address": _("Other address"),
    "personal_address": _("Personal address at a free provider"),
    "not_authenticated": _("Sender not authenticated"),
    "identity_unclear": _("Sender unclear"),
    "new_mail": _("New message by e-mail"),
    "not_in_portal": _("Not opened in the portal"),
    "entitlement_frozen": _("Coverage ended meanwhile"),
    "number_missing": _("No ticket number"),
    "caller_unknown": _("Caller not confirmed"),
    "closed_hours": _("Outside business hours"),
    "oneoff_door": _("One-off ticket in the chat"),
    "oneoff_expired": _("One-off ticket expired"),
    "ticket_expired": _("Ticket expired"),
    "not_allowed": _("Not allowed"),
}
# Why a mail went no further, besides what the gate says.
MAIL_REASONS = {
    "automatic": _("Written by a machine: an out-of-office answer, a list or a bounce"),
    "looks_automatic": _("Perhaps written by a machine: only its subject looks like it"),
    "loop": _("It has gone round too often"),
    "not_verified": _("Its sender's name servers did not answer for a day"),
    "own_test": _("Our own test of this account"),
    "own_mail": _("Sent from our own address"),
    "too_large": _("Too large to be taken apart"),
    "headers_too_large": _("Its headers are too large"),
    "too_many_headers": _("Too many headers"),
    "too_many_parts": _("Too many parts, or nested too deeply"),
    "too_costly": _("Made so that reading it takes too long or too much memory"),
    "unreadable": _("Could not be taken apart"),
}
# What somebody did with kept mail.
MAIL_HANDLED = {
    "attached": _("Put on the ticket"),
    "told": _("The customer was told"),
    "discarded": _("Thrown away"),
    "confirmed": _("Confirmed by the customer"),
    "disowned": _("The customer says it is not theirs"),
}
MAIL_WAYS = {
    "listener": _("This server takes it (SMTP, LMTP or by hand)"),
    "imap": _("Fetched from a mailbox (IMAP)"),
    "webhook": _("Delivered by a mail service (webhook)"),
}
MAIL_TRUSTS = {
    "authserv": _("A mail server's: its Authentication-Results"),
    "microsoft": _("Microsoft 365's"),
    "ours": _("Our own: SPF, DKIM and DMARC are verified here"),
    "nobody": _("Nobody's: only our signed mark proves a sender"),
}
MAIL_OUTCOMES = {
    "appended": _("Added to the ticket, as the customer's message"),
    "refused": _("Refused"),
    "quarantined": _("Kept apart"),
    "ignored": _("Ignored"),
    "draft": _("It waits in the portal as a draft"),
}
MAIL_PROOFS = {
    "aligned": _("Proved: the sender's own domain sent it"),
    "token": _("Proved by our signed mark, as an answer to our own mail"),
    "confirmed": _("Confirmed by whom it claims to be of"),
    "none": _("Nothing proves who sent it"),
    "not_needed": _("Not needed"),
}
DELIVERY_STATES: "dict[str, _StrPromise]" = {
    "queued": pgettext_lazy("delivery", "On its way"),
    "sent": pgettext_lazy("delivery", "Sent"),
    "failed": pgettext_lazy("delivery", "Did not arrive"),
}
DELIVERY_LOOKS = {
    "queued": Look(tone="plain", icon="hourglass"),
    "sent": Look(tone="ok", icon="circle-check"),
    "failed": Look(tone="late", icon="circle-alert"),
}
MAIL_TROUBLES = {
    "no_reason": _("Write the reason: a rule speaks against it."),
    "no_ticket_found": _("No ticket has this number, or you do not see it."),
    "lost": _("The original is gone, so it cannot be put on a ticket any more."),
}
# What the virus scanner has not let through.
HELD = {
    "waiting": _("This file is being checked for viruses. Try again in some minutes."),
    "infected": _("This file holds a virus"),
}
NEXT_STEPS: "dict[str, _StrPromise | str]" = {
    "renew": _("Renew with sales"),
    "buy_oneoff": _("Buy a one-off request"),
    "talk_to_sales": _("Talk to sales"),
    "sign_in": _("Sign in"),
    "open_in_portal": _("Open a request"),
    "reply_from_registered": _("Reply from the registered address"),
    "reopen": _("Not solved yet"),
    "open_linked": _("Open a new request"),
    "give_number": _("Give the number"),
    "confirm_caller": _("Confirm who you are"),
    "write": _("Describe the problem in writing"),
    "call_or_mail": _("Call or write an e-mail"),
    "describe": _("Describe the problem"),
    "none": "",
}
OVERRIDE_STATES: "dict[str, _StrPromise]" = {
    "asked": pgettext_lazy("exception", "Asked"),
    "approved": pgettext_lazy("exception", "In force"),
    "rejected": pgettext_lazy("exception", "Not approved"),
    "expired": pgettext_lazy("exception", "No answer in time"),
    "ended": pgettext_lazy("exception", "Ended"),
}
OVERRIDE_LOOKS = {
    "asked": Look(tone="now", icon="hand"),
    "approved": Look(tone="ok", icon="shield-check"),
    "rejected": Look(tone="paused", icon="circle-x"),
    "expired": Look(tone="paused", icon="hourglass"),
    "ended": Look(tone="paused", icon="archive"),
}
COPY_STATES = {
    "asked": _("Being prepared"),
    "ready": _("Ready"),
    "failed": _("It did not work: please ask again"),
    "gone": _("Removed"),
}
COPY_LOOKS = {
    "asked": Look(tone="plain", icon="hourglass"),
    "ready": Look(tone="ok", icon="circle-check"),
    "failed": Look(tone="late", icon="circle-alert"),
    "gone": Look(tone="paused", icon="archive"),
}
HOWS = {
    "refused": _("Refused"),
    "warned": _("Warned only"),
    "observed": _("Observed only"),
    "lifted": _("Released as an exception"),
}
