"""Writing about people: one file a topic."""

from balcao.people.actions.access import invite, set_password_by_link
from balcao.people.actions.memberships import add_colleague, join, leave, set_admin, set_unit
from balcao.people.actions.organisations import (
    change_organisation,
    deactivate_organisation,
    let_members_see_all,
    reactivate_organisation,
    register_organisation,
    save_unit,
    set_unit_active,
)
from balcao.people.actions.persons import (
    add_phone,
    deactivate,
    reactivate,
    register_person,
    rename_person,
    retire_phone,
)
from balcao.people.actions.refusal import Conflict, NotAllowed
from balcao.people.actions.register import add_address, retire_address
from balcao.people.actions.team import end_deputy, name_deputy, set_hats
from balcao.people.actions.tokens import TokenRefused, make_token, use_token, withdraw_tokens

__all__ = [
    "Conflict",
    "NotAllowed",
    "TokenRefused",
    "add_address",
    "add_colleague",
    "add_phone",
    "change_organisation",
    "deactivate",
    "deactivate_organisation",
    "end_deputy",
    "invite",
    "join",
    "leave",
    "let_members_see_all",
    "make_token",
    "name_deputy",
    "reactivate",
    "reactivate_organisation",
    "register_organisation",
    "register_person",
    "rename_person",
    "retire_address",
    "retire_phone",
    "save_unit",
    "set_admin",
    "set_hats",
    "set_password_by_link",
    "set_unit",
    "set_unit_active",
    "use_token",
    "withdraw_tokens",
]
