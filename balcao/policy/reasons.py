"""Codes of refusals and of the way out. Words for them live with the pages, never here."""

from typing import Final

NOT_REGISTERED: Final = "not_registered"
LICENCE_EXPIRED: Final = "licence_expired"
LICENCE_MISSING: Final = "licence_missing"
CONTRACT_ENDED: Final = "contract_ended"
CONTRACT_MISSING: Final = "contract_missing"
CONTRACT_SUSPENDED: Final = "contract_suspended"
CONTRACT_OTHER_UNIT: Final = "contract_other_unit"
SERVICE_NOT_COVERED: Final = "service_not_covered"
NO_TICKET: Final = "no_ticket"
TICKET_CLOSED: Final = "ticket_closed"
NOT_FOUND: Final = "not_found"
OTHER_ADDRESS: Final = "other_address"
PERSONAL_ADDRESS: Final = "personal_address"
NOT_AUTHENTICATED: Final = "not_authenticated"
IDENTITY_UNCLEAR: Final = "identity_unclear"
NEW_MAIL: Final = "new_mail"
NOT_IN_PORTAL: Final = "not_in_portal"
ENTITLEMENT_FROZEN: Final = "entitlement_frozen"
NUMBER_MISSING: Final = "number_missing"
CALLER_UNKNOWN: Final = "caller_unknown"
CLOSED_HOURS: Final = "closed_hours"
ONEOFF_DOOR: Final = "oneoff_door"
ONEOFF_EXPIRED: Final = "oneoff_expired"
TICKET_EXPIRED: Final = "ticket_expired"
# The access table said no; the gate itself never gives this one.
NOT_ALLOWED: Final = "not_allowed"

REASONS: Final = (
    NOT_REGISTERED,
    LICENCE_EXPIRED,
    LICENCE_MISSING,
    CONTRACT_ENDED,
    CONTRACT_MISSING,
    CONTRACT_SUSPENDED,
    CONTRACT_OTHER_UNIT,
    SERVICE_NOT_COVERED,
    NO_TICKET,
    TICKET_CLOSED,
    NOT_FOUND,
    OTHER_ADDRESS,
    PERSONAL_ADDRESS,
    NOT_AUTHENTICATED,
    IDENTITY_UNCLEAR,
    NEW_MAIL,
    NOT_IN_PORTAL,
    ENTITLEMENT_FROZEN,
    NUMBER_MISSING,
    CALLER_UNKNOWN,
    CLOSED_HOURS,
    ONEOFF_DOOR,
    ONEOFF_EXPIRED,
    TICKET_EXPIRED,
    NOT_ALLOWED,
)

RENEW: Final = "renew"
BUY_ONEOFF: Final = "buy_oneoff"
TALK_TO_SALES: Final = "talk_to_sales"
SIGN_IN: Final = "sign_in"
OPEN_IN_PORTAL: Final = "open_in_portal"
REPLY_FROM_REGISTERED: Final = "reply_from_registered"
REOPEN: Final = "reopen"
OPEN_LINKED: Final = "open_linked"
GIVE_NUMBER: Final = "give_number"
CONFIRM_CALLER: Final = "confirm_caller"
WRITE: Final = "write"
CALL_OR_MAIL: Final = "call_or_mail"
DESCRIBE: Final = "describe"
NONE: Final = "none"

NEXT_STEPS: Final = (
    RENEW,
    BUY_ONEOFF,
    TALK_TO_SALES,
    SIGN_IN,
    OPEN_IN_PORTAL,
    REPLY_FROM_REGISTERED,
    REOPEN,
    OPEN_LINKED,
    GIVE_NUMBER,
    CONFIRM_CALLER,
    WRITE,
    CALL_OR_MAIL,
    DESCRIBE,
    NONE,
)
