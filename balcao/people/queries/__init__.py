"""Reading people: who is asking, who owns an address."""

from balcao.people.queries.people import (
    Owner,
    Person,
    actor_by_code,
    actor_by_id,
    actor_for,
    owners_of,
    person_facts,
    person_of,
    primary_addresses,
)
from balcao.people.queries.tokens import Grant, find_token

__all__ = [
    "Grant",
    "Owner",
    "Person",
    "actor_by_code",
    "actor_by_id",
    "actor_for",
    "find_token",
    "owners_of",
    "person_facts",
    "person_of",
    "primary_addresses",
]
