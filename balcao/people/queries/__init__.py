"""Reading people: who is asking, who owns an address."""

from balcao.people.queries.access import (
    OpenSession,
    has_second_factor,
    open_sessions,
    recovery_codes,
)
from balcao.people.queries.people import (
    Owner,
    Person,
    actor_by_code,
    actor_by_id,
    actor_for,
    administrators_besides,
    colleague_owning,
    owners_of,
    owners_of_phone,
    person_facts,
    person_of,
    primary_addresses,
    reachable_as,
)
from balcao.people.queries.tokens import Grant, find_token

__all__ = [
    "Grant",
    "OpenSession",
    "Owner",
    "Person",
    "actor_by_code",
    "actor_by_id",
    "actor_for",
    "administrators_besides",
    "colleague_owning",
    "find_token",
    "has_second_factor",
    "open_sessions",
    "owners_of",
    "owners_of_phone",
    "person_facts",
    "person_of",
    "primary_addresses",
    "reachable_as",
    "recovery_codes",
]
