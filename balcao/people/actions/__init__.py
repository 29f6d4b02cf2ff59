"""Writing about people: one file a topic."""

from balcao.people.actions.access import (
    TooManyTries,
    ask_recovery,
    change_password,
    confirm_password,
    invite,
    make_link,
    recover,
    set_language,
    set_password_by_link,
)
from balcao.people.actions.address_requests import drop_request, request_address
from balcao.people.actions.addresses import (
    apply_due,
    ask_address_change,
    ask_address_recovery,
    decide_recovery,
    prove_address,
    stop_by_link,
    stop_change,
)
from balcao.people.actions.invitations import (
    pause_invitations,
    plan_invitations,
    resume_invitations,
    send_invitations,
)
from balcao.people.actions.memberships import add_colleague, join, leave, set_admin, set_unit
from balcao.people.actions.organisations import (
    change_organisation,
    deactivate_organisation,
    let_members_see_all,
    reactivate_organisation,
    register_organisation,
    save_unit,
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
from balcao.people.actions.second_factor import (
    add_factor,
    check_factor,
    new_recovery_codes,
    remove_factor,
    reset_factor,
)
from balcao.people.actions.sessions import end_all, end_one, end_others, follow, forget
from balcao.people.actions.settings import keep_setting
from balcao.people.actions.team import end_deputy, name_deputy, set_hats
from balcao.people.actions.tokens import TokenRefused, make_token, use_token, withdraw_tokens

__all__ = [
    "Conflict",
    "NotAllowed",
    "TokenRefused",
    "TooManyTries",
    "add_address",
    "add_colleague",
    "add_factor",
    "add_phone",
    "apply_due",
    "ask_address_change",
    "ask_address_recovery",
    "ask_recovery",
    "change_organisation",
    "change_password",
    "check_factor",
    "confirm_password",
    "deactivate",
    "deactivate_organisation",
    "decide_recovery",
    "drop_request",
    "end_all",
    "end_deputy",
    "end_one",
    "end_others",
    "follow",
    "forget",
    "invite",
    "join",
    "keep_setting",
    "leave",
    "let_members_see_all",
    "make_link",
    "make_token",
    "name_deputy",
    "new_recovery_codes",
    "pause_invitations",
    "plan_invitations",
    "prove_address",
    "reactivate",
    "reactivate_organisation",
    "recover",
    "register_organisation",
    "register_person",
    "remove_factor",
    "rename_person",
    "request_address",
    "reset_factor",
    "resume_invitations",
    "retire_address",
    "retire_phone",
    "save_unit",
    "send_invitations",
    "set_admin",
    "set_hats",
    "set_language",
    "set_password_by_link",
    "set_unit",
    "stop_by_link",
    "stop_change",
    "use_token",
    "withdraw_tokens",
]
