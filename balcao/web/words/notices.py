"""What somebody is told about a message that was not taken up, or about what was (S10, R9, R12)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from balcao.policy import reasons
from balcao.policy.numbers import show_number
from balcao.web import format, words
from balcao.web.words import Situation

if TYPE_CHECKING:
    from balcao.policy.gate import Decision
    from balcao.policy.mailbox import Fate


@dataclass(frozen=True, slots=True)
class Notice:
    """The words of the mail to a sender whose message was not added to a ticket."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail whose sender is known and that was not added: what its notice depends on.

    ``number``, ``last_day`` and ``service`` of the ticket that it named; ``drafted``: what it says
    waits in the portal; ``known``: its sender is on the register; ``by_code``: they bought a
    one-off and have no sign-in.
    """

    reason: str
    sender: str
    sales_phone: str
    number: str = ""
    last_day: date | None = None
    service: str = ""
    drafted: bool = False
    known: bool = True
    by_code: bool = False


def not_taken(mail: Kept, *, write_to: str = "") -> Notice:
    """Why it was not added and the way out. Who has no sign-in is never led to one (R12).

    ``write_to``: where no mail says it that could be answered, the address to write to.
    """
    phone = mail.sales_phone
    if mail.reason == reasons.TICKET_CLOSED:
        named = oneoff_over(mail.number, phone) if mail.by_code else ticket_closed(mail.number)
    elif mail.reason == reasons.NEW_MAIL and mail.by_code:
        named = no_oneoff_left(phone)
    elif mail.reason == reasons.NEW_MAIL and mail.drafted:
        named = draft_waits()
    elif mail.reason == reasons.NUMBER_MISSING:
        named = number_needed(write_to)
    elif mail.reason == reasons.PERSONAL_ADDRESS:
        named = personal(mail.sender, by_code=mail.by_code)
    elif mail.reason == reasons.ONEOFF_EXPIRED:
        named = oneoff_expired(mail.number, mail.last_day, phone)
    elif mail.reason == reasons.SERVICE_NOT_COVERED:
        named = not_covered(mail.service, phone)
    else:
        named = not_added(mail.sender, known=mail.known, by_code=mail.by_code)
    return named


@dataclass(frozen=True, slots=True)
class Told:
    """What the person hears and how: by mail, on the page or from the agent, or nothing."""

    how: Literal["mail", "page", "nothing"]
    title: str
    lines: tuple[str, ...]


def ticket_closed(number: str) -> Notice:
    """The message named a ticket that is over."""
    names = {"number": show_number(number)}
    return Notice(
        _("This request is closed"),
        (
            _("Request #%(number)s is closed, so your message was not added to it.") % names,
            _("If the problem is back, open a new one: your text already waits there as a draft."),
        ),
    )


def draft_waits() -> Notice:
    """A new mail, whose words wait in the portal (R12)."""
    return Notice(
        _("One step is missing: open the request in the portal"),
        (
            _("Requests are opened in the portal, and your text already waits there as a draft."),
            _("Sign in, check it and open the request. The time starts at that moment."),
        ),
    )


def number_needed(write_to: str = "") -> Notice:
    """A new mail of somebody who bought a one-off and has no sign-in (R12)."""
    answer = (
        _(
            "To use your one-off request, write again to %(address)s with the number on your "
            "receipt in the subject."
        )
        % {"address": write_to}
        if write_to
        else _("To use your one-off request, answer this e-mail with the number on your receipt.")
    )
    again = _("Write again what you need, or leave your text below the number.")
    return Notice(
        _("The number of your one-off request is missing"),
        (answer,) if write_to else (answer, again),
    )


def no_oneoff_left(phone: str) -> Notice:
    """A new mail of somebody who bought a one-off, has used it, and has no sign-in (R12, S23)."""
    return Notice(
        _("Your message arrived, but was not added to a request"),
        (
            _("It names no request, and you have no one-off request left to use."),
            _("Sales can sell a new one: %(phone)s.") % {"phone": phone},
        ),
    )


def oneoff_expired(number: str, last_day: date | None, phone: str) -> Notice:
    """The message named a one-off whose last day is over (S28)."""
    names = {
        "number": show_number(number),
        "date": format.day(last_day) if last_day else "",
        "phone": phone,
    }
    why = (
        _("One-off request %(number)s was good until %(date)s, so your message was not added.")
        if last_day
        else _("One-off request %(number)s is not good any more, so your message was not added.")
    )
    return Notice(
        _("This one-off request has expired"),
        (why % names, _("Sales can sell a new one: %(phone)s.") % names),
    )


def oneoff_over(number: str, phone: str) -> Notice:
    """The message named a one-off that was used and is closed; its writer has no sign-in."""
    names = {"number": show_number(number), "phone": phone}
    return Notice(
        _("This request is closed"),
        (
            _("Request #%(number)s is closed, so your message was not added to it.") % names,
            _("Sales can sell a new one: %(phone)s.") % names,
        ),
    )


def not_covered(service: str, phone: str) -> Notice:
    """What was asked for is not part of the one-off (S34)."""
    names = {"service": service, "phone": phone}
    return Notice(
        _("%(service)s is not covered") % names,
        (
            _("%(service)s is not part of the one-off request. Nothing was used.") % names,
            _("Sales tells you the best way: %(phone)s.") % names,
        ),
    )


def personal(sender: str, *, by_code: bool = False) -> Notice:
    """From a registered address at a free provider, where the policy takes none (R10).

    ``by_code``: they bought a one-off and have no sign-in.
    """
    return Notice(
        _("Your message arrived, but was not added to a request"),
        (
            _("%(sender)s is a personal address, and personal e-mail gets no service.")
            % {"sender": sender},
            _("Write what you wanted to say on the page of your one-off request.")
            if by_code
            else _("Sign in to the portal and write what you wanted to say on the request's page."),
        ),
    )


def not_added(sender: str, *, known: bool, by_code: bool = False) -> Notice:
    """From an address that may not answer here (S9, S10).

    Somebody on the register learns no more than a stranger about whose request it is. ``by_code``:
    they bought a one-off and have no sign-in.
    """
    why = (
        _("%(sender)s is not among the addresses that may answer here.")
        if known
        else _("%(sender)s is not on the register, and personal e-mail gets no service.")
    )
    return Notice(
        _("Your message arrived, but was not added to a request"),
        (
            why % {"sender": sender},
            _("Answer from the registered e-mail address, and check the number on your receipt.")
            if by_code
            else _("Answer from the registered e-mail address, or go on in the portal."),
        ),
    )


def why_kept(reason: str) -> str:
    """Why a mail in somebody's name was kept, to the person themselves."""
    if reason in {"not_authenticated", "not_verified"}:
        return _("Its sender could not be proved, so it was kept and not added to any request.")
    if reason == "identity_unclear":
        return _("It did not say clearly who sent it, so it was kept and not added to any request.")
    if reason in {"other_address", "personal_address"}:
        return _("It came from an address that may not answer here, so it was kept and not added.")
    if reason == "new_mail":
        return _("It named no request, and requests are opened in the portal, so it was kept.")
    if reason == "number_missing":
        return _("It did not have the number of the one-off request, so it was kept.")
    if reason == "ticket_closed":
        return _("The request is closed, so it was kept and not added.")
    if reason in {"automatic", "looks_automatic", "loop"}:
        return _("It looks as if a program wrote it, so it was kept and not added to any request.")
    return _("It could not be added to a request, so it was kept.")


def told(decision: "Decision", situation: Situation, *, fate: "Fate | None", known: bool) -> Told:
    """What whoever asked is told. ``fate`` of a refused mail; ``known``: on the register."""
    if fate is not None:
        return _told_by_mail(decision, situation, fate, known=known)
    if not decision.allowed:
        said = words.refusal(decision, situation)
        return Told("page", said.title, (said.why, said.way_out))
    if decision.act.value == "open":
        return Told(
            "mail",
            _("The request is open"),
            (_("The registered address gets the number and both deadlines."),),
        )
    if decision.act.value == "serve":
        lines = (_("The answer goes to everybody on the request, by e-mail and in the portal."),)
        return Told("mail", _("The answer goes out"), lines)
    if decision.next_step == "reopen":
        lines = (_("The message is added, and the request is in service again."),)
        return Told("page", _("The request is reopened"), lines)
    return Told("page", _("The message is added"), (_("Whoever serves the request is told."),))


def _told_by_mail(decision: "Decision", situation: Situation, fate: "Fate", *, known: bool) -> Told:
    if fate.apart:
        return Told("nothing", _("Nothing is sent"), (_("The message waits among the kept mail."),))
    if not fate.told:
        return Told("nothing", _("Nothing is sent"), (_("The message is kept with its reason."),))
    notice = not_taken(
        Kept(
            decision.reason or "",
            situation.sender or _("This address"),
            situation.sales_phone,
            number=situation.number,
            last_day=decision.since,
            service=situation.service,
            drafted=fate.drafted,
            known=known,
        )
    )
    return Told("mail", notice.heading, notice.lines)
