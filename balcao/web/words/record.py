"""The record in words: what every event says, what it is about, and what people did with it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from balcao.web.words.sentences import EVENTS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = dict[str, _StrPromise]

VERBS: "Words" = {
    **EVENTS,
    "policy.saved": _("Version saved"),
    "policy.drafted": _("Change drafted"),
    "policy.proposed": _("Change proposed to a second person"),
    "policy.approved": _("Change approved"),
    "policy.rejected": _("Change rejected"),
    "policy.withdrawn": _("Change withdrawn"),
    "organisation.registered": _("Put on the register"),
    "organisation.changed": _("Entry changed"),
    "organisation.deactivated": _("Deactivated"),
    "organisation.reactivated": _("Reactivated"),
    "organisation.unit_added": _("Unit added"),
    "organisation.unit_changed": _("Unit changed"),
    "person.registered": _("Put on the register"),
    "person.renamed": _("Name changed"),
    "person.joined": _("Acts for an organisation from now on"),
    "person.colleague_known": _("Known by name at an address on file"),
    "person.left": _("No longer acts for an organisation"),
    "person.handed_over": _("Open tickets handed over"),
    "person.admin_changed": _("Administration of an organisation given or taken"),
    "person.unit_changed": _("Unit changed"),
    "person.phone_added": _("Telephone added"),
    "person.phone_retired": _("Telephone retired"),
    "person.address_added": _("Address added"),
    "person.address_retired": _("Address retired"),
    "person.address_change_asked": _("Change of address asked for"),
    "person.address_change_held": _("Change of address waits out its hold"),
    "person.address_change_proved": _("New address proved"),
    "person.address_change_ended": _("Change of address stopped"),
    "person.address_changed": _("Address changed"),
    "person.deactivated": _("Deactivated"),
    "person.reactivated": _("Reactivated"),
    "person.link_made": _("Link made that stands for their password"),
    "person.invited": _("Invitation sent"),
    "person.invitation_planned": _("Invitation planned"),
    "person.invitation_paused": _("Invitation paused"),
    "person.invitation_resumed": _("Invitation resumed"),
    "person.password_set": _("Password set"),
    "person.hats_changed": _("Roles changed"),
    "person.deputy_named": _("Deputy named"),
    "person.deputy_ended": _("Deputy ended"),
    "person.recovery_asked": _("Recovery asked for"),
    "person.language_set": _("Language set"),
    "person.setting_kept": _("Own pages arranged"),
    "person.signed_in": _("Signed in"),
    "person.sessions_ended": _("Sessions ended"),
    "person.second_factor_added": _("Second factor added"),
    "person.second_factor_removed": _("Second factor removed"),
    "person.second_factor_reset": _("Second factor reset by somebody else"),
    "person.recovery_codes_made": _("Recovery codes made"),
    "person.recovery_code_used": _("Recovery code used"),
    "person.numbers_sent": _("Numbers of open tickets sent to the registered e-mail"),
    "person.hours_kept": _("Working hours changed"),
    "person.feed_made": _("Address for their own calendar made"),
    "person.feed_dropped": _("Address for their own calendar ended"),
    "call.began": _("Call taken"),
    "call.checked": _("Number checked"),
    "call.cooled_down": _("No number looked at: too many were wrong"),
    "call.ended": _("Call ended"),
    "opening.proposed": _("Typed for a customer to confirm"),
    "opening.confirmed": _("Confirmed by the customer"),
    "opening.declined": _("Declined by the customer"),
    "opening.refused": _("Confirmed, and refused by the rules"),
    "product.registered": _("Put on the register"),
    "product.changed": _("Entry changed"),
    "service.registered": _("Put on the register"),
    "service.changed": _("Entry changed"),
    "contract.registered": _("Put on the register"),
    "contract.changed": _("Entry changed"),
    "contract.renewed": _("Renewed"),
    "contract.suspended": _("Suspended"),
    "contract.resumed": _("Suspension lifted"),
    "contract.ended": _("Ended"),
    "contract.replaced": _("Replaced by another one"),
    "contract.end_foretold": _("End announced"),
    "licence.registered": _("Put on the register"),
    "licence.changed": _("Entry changed"),
    "licence.renewed": _("Renewed"),
    "licence.ended": _("Ended"),
    "licence.replaced": _("Replaced by another one"),
    "licence.key_shown": _("Whole key shown"),
    "licence.end_foretold": _("End announced"),
    "queue.created": _("Made"),
    "queue.members_added": _("Members added"),
    "view.saved": _("Saved view kept"),
    "view.removed": _("Saved view removed"),
    "override.asked": _("Exception asked for"),
    "override.approved": _("Exception approved"),
    "override.rejected": _("Exception refused"),
    "override.ended": _("Exception ended by hand"),
    "override.expired": _("Exception ran out"),
    "export.asked": _("Copy of their data asked for"),
    "export.made": _("Copy made"),
    "export.removed": _("Copy removed"),
    "export.failed": _("Copy could not be made"),
    "appointment.offered": _("Times offered"),
    "appointment.offer_withdrawn": _("Offered times taken back"),
    "appointment.booked": _("Time agreed on"),
    "appointment.moved": _("Moved to another time"),
    "appointment.cancelled": _("Called off"),
    "appointment.reminded": _("Reminded of it"),
    "appointment.attended": _("The customer came"),
    "appointment.missed": _("The customer did not come"),
    "appointment.steps_set": _("Steps written down"),
    "appointment.confirmed": _("Steps confirmed by the customer"),
    "absence.announced": _("Absence announced"),
    "absence.began": _("Absence began"),
    "absence.ended": _("Absence ended"),
    "mail.appended": _("Added to a ticket"),
    "mail.kept": _("Kept apart"),
    "mail.unread": _("Could not be read: the team was told"),
    "mail.notice_wanted": _("Sender told why"),
    "mail.confirmation_asked": _("Owner of the address asked whether it was them"),
    "mail.warning_wanted": _("Customer told that something came"),
    "mail.confirmed": _("Recognised by the owner of the address"),
    "mail.disowned": _("Not written by the owner of the address"),
    "mail.released": _("Put on a ticket by hand"),
    "mail.discarded": _("Thrown away"),
    "mail.brought_back": _("Brought back"),
    "mail.contact_told": _("The customer was told"),
    "mail.purged": _("Its time was over: only codes are left"),
    "mail.retried": _("Mail tried again by hand"),
    "mail.settled": _("Mail that did not arrive left so"),
    "mail.sent": _("Mail sent"),
    "mail.failed": _("Mail could not be sent"),
    "mail.account_tested": _("An account for incoming mail put to the test"),
    "mail.account_failed": _("An account for incoming mail has trouble"),
    "mail.account_mended": _("An account for incoming mail works again"),
    "notice.published": _("Notice to customers put up"),
    "notice.changed": _("Notice to customers changed"),
    "notice.ended": _("Notice to customers taken down"),
    "feedback.left": _("Opinion on a page left"),
    "feedback.read": _("Opinion on a page read"),
    "access.alarmed": _("Very much was read or taken out"),
    "access.forgotten": _("Old rows let go of"),
    "audit.verified": _("Record checked: it is whole"),
    "audit.broken": _("Record checked: it is not whole"),
    "demo.began": _("Demo data begun"),
    "demo.made": _("Demo data made"),
}
"""Every verb of tests/contract/verbs.txt."""

SUBJECTS: "Words" = {
    "policy": _("Policy"),
    "organisation": _("Organisation"),
    "person": _("Person"),
    "product": _("Product"),
    "service": _("Service"),
    "contract": _("Contract"),
    "licence": _("Licence"),
    "queue": _("Queue"),
    "ticket": _("Ticket"),
    "view": _("Saved view"),
    "saved_reply": _("Saved reply"),
    "call": _("Call"),
    "opening": _("Assisted opening"),
    "override": _("Exception"),
    "appointment": _("Appointment"),
    "absence": _("Absence"),
    "export": _("Copy of data"),
    "mail": _("E-mail"),
    "notice": _("Notice to customers"),
    "feedback": _("Opinion"),
    "access": _("Access log"),
    "audit": _("Record"),
    "demo": _("Demo"),
}
"""The first half of a verb."""

KINDS: "Words" = {
    "tickets.ticket": _("Ticket"),
    "people.user": _("Person"),
    "people.organisation": _("Organisation"),
    "entitlements.product": _("Product"),
    "entitlements.service": _("Service"),
    "entitlements.contract": _("Contract"),
    "entitlements.licence": _("Licence"),
    "tickets.queue": _("Queue"),
    "tickets.savedview": _("Saved view"),
    "tickets.savedreply": _("Saved reply"),
    "tickets.decision": _("Decision"),
    "rulebook.policyversion": _("Version of the policy"),
    "rulebook.proposal": _("Change of the policy"),
    "tickets.override": _("Exception"),
    "tickets.call": _("Call"),
    "tickets.assistedopening": _("Assisted opening"),
    "appointments.offer": _("Offered times"),
    "appointments.appointment": _("Appointment"),
    "tickets.absence": _("Absence"),
    "tickets.export": _("Copy of data"),
    "knowledge.notice": _("Notice to customers"),
    "knowledge.feedback": _("Opinion"),
    "channels.inbound": _("Mail received"),
    "channels.delivery": _("Mail sent"),
    "channels.accountstate": _("Account for incoming mail"),
    "events.access": _("Access log"),
    "events.batch": _("Seal"),
}
"""What an event is about, or somebody saw: the label of its table."""

ACTS: "Words" = {
    "viewed": _("Saw"),
    "searched": _("Searched"),
    "exported": _("Took out"),
    "downloaded": _("Downloaded"),
}


def told(verb: str) -> str:
    """An event in words; a verb without words is shown as it is."""
    return str(VERBS.get(verb, verb))


def kind(label: str) -> str:
    """The kind of thing in words."""
    return str(KINDS.get(label, label))


def verb_choices() -> list[tuple[str, str]]:
    """(verb, words) of every event, by what they are about."""
    named = [(verb, f"{_subject(verb)}: {words}") for verb, words in VERBS.items()]
    return sorted(named, key=lambda pair: pair[1].casefold())


def _subject(verb: str) -> str:
    first = verb.partition(".")[0]
    return str(SUBJECTS.get(first, first))
