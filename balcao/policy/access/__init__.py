"""Who may do what: roles and verbs in one table, and the two questions every read and write asks.

``can`` answers "this ticket?", ``reach`` answers "which tickets?"; both read the same table.
Everything the table does not say is denied.
"""

from balcao.policy.access.asking import (
    as_rows,
    asks_who_takes_part,
    can,
    can_enter,
    can_move,
    can_submit_for,
    covers,
    may,
    may_announce_absence,
    may_export,
    may_keep_hours,
    may_take_out,
    reach,
    serves_people_of,
)
from balcao.policy.access.tables import (
    AREAS,
    DEPUTY_DUTIES,
    DUTIES,
    TABLE,
)
from balcao.policy.access.types import (
    ANONYMOUS,
    CUSTOMER_ROLES,
    DEPUTIES,
    STAFF_ROLES,
    SYSTEM,
    Actor,
    Area,
    Duty,
    Permission,
    Reach,
    Reachable,
    Role,
    TicketScope,
)

__all__ = [
    "ANONYMOUS",
    "AREAS",
    "CUSTOMER_ROLES",
    "DEPUTIES",
    "DEPUTY_DUTIES",
    "DUTIES",
    "STAFF_ROLES",
    "SYSTEM",
    "TABLE",
    "Actor",
    "Area",
    "Duty",
    "Permission",
    "Reach",
    "Reachable",
    "Role",
    "TicketScope",
    "as_rows",
    "asks_who_takes_part",
    "can",
    "can_enter",
    "can_move",
    "can_submit_for",
    "covers",
    "may",
    "may_announce_absence",
    "may_export",
    "may_keep_hours",
    "may_take_out",
    "reach",
    "serves_people_of",
]
