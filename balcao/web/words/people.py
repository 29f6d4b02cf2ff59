"""The words for what happens to people and organisations, and for why something cannot be."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balcao.web.format import Look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

EVENTS: "dict[str, _StrPromise]" = {
    "organisation.registered": gettext_lazy("Registered"),
    "organisation.changed": gettext_lazy("Changed: %(fields)s"),
    "organisation.deactivated": gettext_lazy("Is no customer any more: nobody acts for it"),
    "organisation.reactivated": gettext_lazy("Is a customer again"),
    "organisation.unit_added": gettext_lazy("A unit was added"),
    "organisation.unit_changed": gettext_lazy("A unit was changed"),
    "person.registered": gettext_lazy("Registered"),
    "person.renamed": gettext_lazy("The name was corrected"),
    "person.joined": gettext_lazy("Acts for %(organisation)s"),
    "person.colleague_known": gettext_lazy("Named as a colleague by %(organisation)s"),
    "person.left": gettext_lazy("Acts for %(organisation)s no more"),
    "person.handed_over": gettext_lazy("Open requests at %(organisation)s passed on to %(person)s"),
    "person.admin_given": gettext_lazy("Administers %(organisation)s"),
    "person.admin_changed": gettext_lazy("Administers %(organisation)s no more"),
    "person.unit_changed": gettext_lazy("Other unit at %(organisation)s"),
    "person.phone_added": gettext_lazy("A telephone was registered"),
    "person.phone_retired": gettext_lazy("A telephone was removed"),
    "person.address_added": gettext_lazy("An e-mail was registered"),
    "person.address_retired": gettext_lazy("An e-mail was removed"),
    "person.address_requested": gettext_lazy("An address of kept mail was left with sales"),
    "person.address_request_ended": gettext_lazy("Sales answered the address of kept mail"),
    "person.address_change_asked": gettext_lazy("Another e-mail was asked for"),
    "person.address_change_held": gettext_lazy("The change of e-mail was announced"),
    "person.address_change_proved": gettext_lazy("The new e-mail was confirmed by its owner"),
    "person.address_change_ended": gettext_lazy("The change of e-mail did not take place"),
    "person.address_changed": gettext_lazy("The e-mail changed"),
    "person.invited": gettext_lazy("Invited"),
    "person.invitation_planned": gettext_lazy("Invitation planned"),
    "person.invitation_paused": gettext_lazy("Invitation paused"),
    "person.invitation_resumed": gettext_lazy("Invitation resumed"),
    "person.deactivated": gettext_lazy("Access ended"),
    "person.reactivated": gettext_lazy("Access given back"),
    "person.hats_changed": gettext_lazy("Other roles in the team"),
    "person.deputy_named": gettext_lazy("Named %(person)s as deputy"),
    "person.deputy_ended": gettext_lazy("%(person)s is deputy no more"),
}
"""Verb -> what happened. Verbs of other topics have their words in ``OTHERS``."""

OTHERS: "dict[str, _StrPromise]" = {
    "person.password_set": gettext_lazy("The password was set"),
    "person.recovery_asked": gettext_lazy("Asked how to get back in"),
    "person.language_set": gettext_lazy("Other language"),
    "person.setting_kept": gettext_lazy("Arranged their own pages"),
    "person.link_made": gettext_lazy("A link for a new password was made by hand"),
    "person.signed_in": gettext_lazy("Signed in"),
    "person.numbers_sent": gettext_lazy("Numbers of open tickets sent to the registered e-mail"),
    "person.oneoffs_sent": gettext_lazy("Numbers of one-offs sent to the registered e-mail"),
    "person.sessions_ended": gettext_lazy("Sessions were ended"),
    "person.second_factor_added": gettext_lazy("Second factor on"),
    "person.second_factor_removed": gettext_lazy("Second factor off"),
    "person.second_factor_reset": gettext_lazy("The second factor was reset by an administrator"),
    "person.recovery_codes_made": gettext_lazy("New recovery codes"),
    "person.recovery_code_used": gettext_lazy("A recovery code was used"),
    "person.hours_kept": gettext_lazy("Working hours changed"),
    "person.feed_made": gettext_lazy("Address for their own calendar made"),
    "person.feed_dropped": gettext_lazy("Address for their own calendar ended"),
}

FIELDS: "dict[str, _StrPromise]" = {
    "name": gettext_lazy("name"),
    "tax_id": gettext_lazy("CNPJ or CPF"),
    "reference": gettext_lazy("number in your own system"),
    "phone": gettext_lazy("telephone"),
    "members_see_all": gettext_lazy("who sees whose requests"),
}

CONFLICTS: "dict[str, _StrPromise]" = {
    "tax_id_taken": gettext_lazy("Another customer has this CNPJ or CPF."),
    "reference_taken": gettext_lazy("Another customer has this number."),
    "other_root": gettext_lazy(
        "The first eight signs of a unit's CNPJ are not the organisation's. If that is right, say"
        " so on the unit."
    ),
    "member": gettext_lazy("This person is a colleague already."),
    "unit": gettext_lazy("That unit belongs to another organisation."),
    "no_member": gettext_lazy("This person does not act for the organisation any more."),
    "last_admin": gettext_lazy(
        "Nobody would administer the organisation then. Make somebody else an administrator first."
    ),
    "successor": gettext_lazy("Choose a colleague who acts for the organisation."),
    "own_roles": gettext_lazy("Nobody changes their own roles or access: ask a colleague."),
    "last_administrator": gettext_lazy("This is the last administrator of the desk."),
    "no_staff_role": gettext_lazy("That is no role of the team."),
    "oneself": gettext_lazy("Your deputy is somebody else."),
    "not_staff": gettext_lazy("Only somebody of the team who works at the desk can be a deputy."),
    "period": gettext_lazy("The end comes after the beginning, ahead of now, and within 60 days."),
    "password": gettext_lazy("This is not your password."),
    "on_file": gettext_lazy("This e-mail is on file already."),
    "pending": gettext_lazy("Another change of e-mail is under way: it ends first."),
    "called": gettext_lazy("Call back a telephone that is on file for the organisation."),
    "state_changed": gettext_lazy("Somebody was faster: see how it stands now."),
}

CHANGE_STATES: "dict[str, _StrPromise]" = {
    "asked": gettext_lazy("Asked for"),
    "holding": gettext_lazy("Announced"),
    "applied": gettext_lazy("Done"),
    "stopped": gettext_lazy("Stopped"),
    "refused": gettext_lazy("Refused"),
    "expired": gettext_lazy("Expired"),
}

ROLES: "dict[str, _StrPromise]" = {
    "agent": gettext_lazy("Agent"),
    "sales": gettext_lazy("Sales"),
    "supervisor": gettext_lazy("Supervisor"),
    "administrator": gettext_lazy("Administrator"),
    "auditor": gettext_lazy("Auditor"),
}

_LOOKS = {
    "organisation.registered": Look(tone="plain", icon="building-2"),
    "person.registered": Look(tone="plain", icon="user-round"),
    "person.deactivated": Look(tone="late", icon="circle-x"),
    "organisation.deactivated": Look(tone="late", icon="circle-x"),
    "person.address_changed": Look(tone="now", icon="mail"),
}


def happened(verb: str, data: "Mapping[str, object]", *, organisation: str, person: str) -> str:
    """What happened to a person or an organisation, in a sentence."""
    if verb == "person.admin_changed" and data.get("admin"):
        verb = "person.admin_given"
    text = EVENTS.get(verb) or OTHERS.get(verb)
    if text is None:
        return _("Something else changed")
    fields = data.get("fields")
    named = [str(FIELDS.get(one, one)) for one in fields] if isinstance(fields, list) else []
    return str(text) % {
        "fields": ", ".join(named),
        "organisation": organisation or "–",
        "person": person or "–",
    }


def look(verb: str) -> Look:
    """The icon and tone of an event."""
    return _LOOKS.get(verb, Look(tone="plain", icon="pencil"))


def conflict(code: str) -> str:
    """Why something cannot be so."""
    return str(CONFLICTS.get(code) or _("This cannot be so now. See how it stands."))
