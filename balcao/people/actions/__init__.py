"""Writing about people: one file a topic."""

from balcao.people.actions.access import invite, set_password_by_link
from balcao.people.actions.register import (
    add_address,
    deactivate,
    join,
    leave,
    register_organisation,
    register_person,
    retire_address,
)
from balcao.people.actions.tokens import TokenRefused, make_token, use_token, withdraw_tokens

__all__ = [
    "TokenRefused",
    "add_address",
    "deactivate",
    "invite",
    "join",
    "leave",
    "make_token",
    "register_organisation",
    "register_person",
    "retire_address",
    "set_password_by_link",
    "use_token",
    "withdraw_tokens",
]
