"""Receipts of what was sold, the ends of one-offs, and what sales has to see to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from balcao.channels.actions import post
from balcao.channels.queries.answering import NOT_COVERED
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader, Sold
from balcao.notifications.tasks.accounts import Words, post_letter
from balcao.notifications.tasks.letters import (
    Letter,
    as_html,
    as_text,
    first_name,
    for_team,
    page,
    reading,
    service_name,
)
from balcao.notifications.tasks.tickets import letter_about, tell
from balcao.policy.book import Policy
from balcao.policy.booking import SCHEDULED_KINDS, TRAINING
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Ticket
from balcao.web import format
from balcao.web.words import appointments, hours
from balcao.web.words import sales as words

_TROUBLE = ("differs", "ended", "unknown")


@task("notifications.receipts")
def receipts(
    *, now: datetime, event: int, subject: int, tickets: Sequence[int], **_data: object
) -> None:
    """One mail a number to the contact it was sold for: each can be answered on its own (S29)."""
    for sold in queries.sold_tickets(tickets):
        _write("receipt", sold, event=event, now=now)


@task("notifications.oneoff_ends")
def oneoff_ends(
    *, now: datetime, event: int, subject: int, last_day: str, left: int, **_data: object
) -> None:
    """The holder is told that a one-off ends soon, unless its end moved or it is used (S28)."""
    sold = queries.sold_prepaid(subject)
    if sold is not None and sold.last_day == date.fromisoformat(last_day) and sold.unused:
        _write("oneoff_ends", sold, event=event, now=now, left=left)


@task("notifications.oneoff_used")
def oneoff_used(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The holder is told that it is used now: service began."""
    sold = queries.sold_prepaid(subject)
    if sold is not None:
        _write("oneoff_used", sold, event=event, now=now)


@task("notifications.oneoff_returned")
def oneoff_returned(
    *, now: datetime, event: int, subject: int, cause: str = "", **_data: object
) -> None:
    """The holder is told that nothing was used, and that it is available again (R18)."""
    sold = queries.sold_prepaid(subject)
    if sold is not None:
        if cause == "not_covered":
            reason = _reason(sold.ticket)
            _write(NOT_COVERED, sold, event=event, now=now, quote=reason)
        else:
            _write("oneoff_returned", sold, event=event, now=now)


@task("notifications.oneoff_answered")
def oneoff_answered(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Sales said what is not covered, and its holder answers: it submitted nothing (R18)."""
    sold = queries.sold_prepaid(subject)
    if sold is None:
        return
    number = sold.ticket.number

    def letter(reader: Reader, policy: Policy) -> Letter:
        line = _("The holder of a one-off answered what you said is not covered. It was not used.")
        found = _for_team(reader, policy, _("An answer for sales"), line)
        facts = ((_("Number"), show_number(number)),)
        return replace(
            found, facts=facts, button=_("Read the answer"), link=page("desk_ticket", number)
        )

    _tell_team("oneoff_answered", queries.sales(), letter, event=event, now=now)


@task("notifications.payment_noticed")
def payment_noticed(
    *,
    now: datetime,
    event: int,
    subject: int,
    outcome: str,
    order: int | None,
    cents: int,
    **_data: object,
) -> None:
    """Sales sees to a payment that fits no open order to the cent."""
    if outcome not in _TROUBLE:
        return

    def letter(reader: Reader, policy: Policy) -> Letter:
        found = _for_team(reader, policy, _("A PIX needs somebody"), words.notice(outcome))
        facts = [(_("Amount"), format.money(cents))]
        if order is None:
            return replace(
                found, facts=tuple(facts), button=_("Sales and orders"), link=page("desk_sales")
            )
        facts.insert(0, (_("Order no."), str(order)))
        return replace(
            found, facts=tuple(facts), button=_("See the order"), link=page("desk_order", order)
        )

    _tell_team("payment_noticed", queries.sales(), letter, event=event, now=now)


@task("notifications.scope_asked")
def scope_asked(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """A ticket asks sales whether its service is covered (S36)."""
    ticket = queries.ticket(subject)

    def letter(reader: Reader, policy: Policy) -> Letter:
        line = _("A ticket waits for you to say whether its service is covered.")
        found = _for_team(reader, policy, _("Is it covered?"), line)
        return replace(
            found,
            facts=((_("Ticket"), show_number(ticket.number)),),
            button=_("Answer"),
            link=page("desk_question_ticket", ticket.number),
        )

    _tell_team("scope_asked", queries.sales(), letter, event=event, now=now)


@task("notifications.time_wanted")
def time_wanted(*, now: datetime, event: int, subject: int, message: int, **_data: object) -> None:
    """The holder of a training or installation wrote when it suits: sales offers times (S42)."""
    ticket, said = queries.ticket(subject), queries.written(message)[1]

    def letter(reader: Reader, policy: Policy) -> Letter:
        heading = _("A time to agree on: %(what)s") % {"what": appointments.what(ticket.kind)}
        line = _("The customer waits for times to choose from.")
        return replace(
            _for_team(reader, policy, heading, line),
            facts=(
                (_("Number"), show_number(ticket.number)),
                (_("Customer"), f"{ticket.opener.name}, {ticket.organisation.name}"),
            ),
            author=_("The customer wrote:"),
            quote=said,
            button=_("Offer times"),
            link=page("desk_appointment", ticket.number),
        )

    _tell_team("time_wanted", queries.sales(), letter, event=event, now=now)


@task("notifications.not_covered")
def not_covered(
    *, now: datetime, event: int, subject: int, cause: str = "", **_data: object
) -> None:
    """What sales found not covered under a contract is called off: they read why (R18)."""
    if cause != "not_covered":
        return
    ticket = queries.ticket(subject)
    reason = _reason(ticket)

    def said(row: Ticket, reader: Reader, policy: Policy, _now: datetime) -> Letter:
        heading = _("Request #%(number)s is not covered") % {"number": show_number(row.number)}
        line = _("Sales tells you the best way: %(phone)s.") % {"phone": policy.company.sales_phone}
        letter = replace(letter_about(row, reader, policy, heading, line), footer=())
        return replace(letter, author=_("Sales wrote:"), quote=reason) if reason else letter

    tell("not_covered", ticket, queries.readers_of(ticket), said, event=event, now=now)


def _reason(ticket: Ticket) -> str:
    """Why sales said so, the last time it was asked."""
    asked = queries.question_of(ticket)
    return asked.reason if asked else ""


@task("notifications.scope_overdue")
def scope_overdue(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Sales left a question unanswered in its time: the supervisors are told (R18)."""

    def letter(reader: Reader, policy: Policy) -> Letter:
        line = _("Sales was asked whether a service is covered, and its time is over.")
        found = _for_team(reader, policy, _("A question about coverage is late"), line)
        return replace(found, button=_("Questions about coverage"), link=page("desk_questions"))

    readers = [*queries.supervisors(), *queries.sales()]
    _tell_team("scope_overdue", readers, letter, event=event, now=now)


def _tell_team(
    kind: str, readers: Sequence[Reader], letter: Words, *, event: int, now: datetime
) -> None:
    policy = rulebook.current()
    for reader in readers:
        with reading(reader.language, policy):
            post_letter(kind, letter(reader, policy), reader, event=event, now=now)


def _for_team(reader: Reader, policy: Policy, heading: str, *lines: str) -> Letter:
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=policy.company,
        why=for_team(policy.company.name),
    )


def _write(
    kind: str, sold: Sold, *, event: int, now: datetime, left: int = 0, quote: str = ""
) -> None:
    """One mail about one one-off to its holder, who can answer it (S25)."""
    policy = rulebook.current()
    reader = queries.reader(sold.holder_id)
    if reader is None:
        return
    with reading(reader.language, policy):
        letter = _letter(kind, sold, reader, policy, left=left)
        if quote:
            letter = replace(letter, author=_("Sales wrote:"), quote=quote)
        text, html = as_text(letter), as_html(letter)
    post(
        kind=kind,
        key=f"{kind}:{event}:{sold.ticket.pk}:{reader.user_id}",
        recipient=reader.address,
        user_id=reader.user_id,
        ticket=sold.ticket,
        subject=letter.subject,
        text=text,
        html=html,
        token=True,
        paper=sold.invoice if kind == "receipt" else None,
        now=now,
    )


def _letter(kind: str, sold: Sold, reader: Reader, policy: Policy, *, left: int) -> Letter:
    names = {
        "number": show_number(sold.ticket.number),
        "date": format.day(sold.last_day) if sold.last_day else "",
        "days": left,
        "kind": sold.kind,
        "service": service_name(sold.ticket) if kind == NOT_COVERED else _service(sold),
    }
    heading, lines = _said(kind, names, left, policy)
    used = kind == "oneoff_used"
    facts = (
        (_("Number"), str(names["number"])),
        # What is used ends with the problem, and on no day.
        *(() if used else ((_("Good until"), str(names["date"])),)),
        (_("Kind"), words.oneoff(sold.kind)),
        (_("Covers"), _service(sold)),
    )
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=policy.company,
        why=_("You get this e-mail because a one-off request is in your name."),
        facts=facts + (_paid(sold) if kind == "receipt" else ()),
        # Who has no sign-in sees it by its number and a code (R26).
        button=_("See it in the portal")
        if sold.signs_in
        else (_("See your request") if used else _("See it and use it")),
        link=page("oneoff_use", sold.ticket.number) if sold.signs_in else page("statement_ask"),
        footer=(
            _("Sales: %(sales)s. Support: %(support)s.")
            % {"sales": policy.company.sales_phone, "support": policy.company.support_phone},
        ),
    )


def _service(sold: Sold) -> str:
    portuguese = (get_language() or "").startswith("pt")
    return sold.service if portuguese else sold.service_en or sold.service


def _said(
    kind: str, names: dict[str, object], left: int, policy: Policy
) -> tuple[str, tuple[str, ...]]:
    """The heading and the lines of each kind of mail."""
    use = _use(str(names["kind"]), policy)
    if kind == "oneoff_ends":
        text = ngettext(
            "Your one-off request #%(number)s ends in %(days)d day",
            "Your one-off request #%(number)s ends in %(days)d days",
            left,
        )
        if left == 0:
            text = _("Your one-off request #%(number)s ends today")
        return text % names, (
            _("It is good until %(date)s, to the end of the day, and was not used yet.") % names,
            use,
        )
    if kind == "oneoff_used":
        return _("We used your one-off request #%(number)s") % names, (
            _("Service began, so it is used now.")
            if names["kind"] in SCHEDULED_KINDS
            else _(
                "Service began, so it is used now. We go on with your problem until it is solved."
            ),
        )
    if kind == NOT_COVERED:
        return _("Your one-off request #%(number)s was not used") % names, (
            _("%(service)s is not part of it. Nothing was used: it is available until %(date)s.")
            % names,
            _("Sales tells you the best way: %(phone)s.") % {"phone": policy.company.sales_phone},
            _(
                "An answer to this e-mail goes to sales. For another problem, write a new e-mail"
                " with the number in its subject."
            ),
        )
    if kind == "oneoff_returned":
        return _("Your one-off request #%(number)s is available again") % names, (
            _("Nothing was used: it is good until %(date)s, under the same number.") % names,
            use,
        )
    return _("Your one-off request: #%(number)s, good until %(date)s") % names, (
        _("Thank you. Keep this number: it is all you need to be served."),
        use,
        _("It covers one specific service: %(service)s. It is no support contract.") % names,
        _("This is a receipt, no tax document."),
    )


def _use(kind: str, policy: Policy) -> str:
    """How it is used: its problem is told, or a time is agreed on with sales first (S37, S42)."""
    names = {
        "phone": policy.company.support_phone,
        "sales": policy.company.sales_phone,
        "hours": hours.week(policy.calendar),
    }
    if kind == TRAINING:
        return (
            _(
                "The training takes place at a time that you agree on with sales. When we offer you"
                " times, choose the one that suits you; or answer this e-mail with what you want to"
                " learn and the days that suit you, or call sales: %(sales)s."
                " It is in business hours: %(hours)s."
            )
            % names
        )
    if kind in SCHEDULED_KINDS:
        return (
            _(
                "The installation takes place at a time that you agree on with sales. When we offer"
                " you times, choose the one that suits you; or answer this e-mail with what is to"
                " be installed and the days that suit you, or call sales: %(sales)s."
                " It is in business hours: %(hours)s."
            )
            % names
        )
    return (
        _(
            "To use it, answer this e-mail and tell us the problem, or call or write on WhatsApp"
            " with the number at hand: %(phone)s. We serve it in business hours: %(hours)s."
        )
        % names
    )


def _paid(sold: Sold) -> tuple[tuple[str, str], ...]:
    if sold.order_id is None:
        return ()
    found = [
        (_("Bought on"), format.day(sold.bought_on) if sold.bought_on else ""),
        (_("Amount"), format.money(sold.cents)),
        (_("Payment"), words.payment(sold.payment)),
        (_("Order no."), str(sold.order_id)),
    ]
    if sold.purchase_order:
        found.append((_("Your number"), sold.purchase_order))
    if sold.invoice_number:
        found.append((_("NFS-e"), sold.invoice_number))
    return tuple(found)
