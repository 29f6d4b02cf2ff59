"""Writing about people: one file a topic."""

from balcao.people.actions.register import (
    add_address,
    deactivate,
    join,
    leave,
    register_organisation,
    register_person,
    retire_address,
)

__all__ = [
    "add_address",
    "deactivate",
    "join",
    "leave",
    "register_organisation",
    "register_person",
    "retire_address",
]
