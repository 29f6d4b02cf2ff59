"""What registered people are told of mail that nobody proved, at the address on file only (R9)."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.channels import queries as channels
from balcao.channels.actions import post
from balcao.channels.models import Inbound
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.accounts import letter_to
from balcao.notifications.tasks.letters import Letter, as_html, as_text, page, reading
from balcao.notifications.tasks.tickets import letter_about, tell
from balcao.policy.book import Policy
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Ticket
from balcao.tickets.queries import comes_by_code
from balcao.web import format
from balcao.web.words import notices


@task("notifications.confirmation_asked")
def confirmation_asked(*, now: datetime, confirmation: int, **_data: object) -> None:
    """ "Foi você?", to the address on file that a mail lays claim on.

    The letter holds nothing that the mail says: whoever wrote it would write through us.
    """
    row, policy = channels.confirmation(confirmation), rulebook.current()
    if not row.inbound.sender:  # its time was over before the letter was written
        return
    reader = replace(queries.person(row.user_id), address=row.inbound.sender)
    number = row.inbound.ticket.number if row.inbound.ticket else ""
    zone = format.zone(policy.timezone)
    with reading(reader.language, policy):
        came = format.full(row.inbound.received_at, tz=zone)
        letter = letter_to(
            reader,
            policy,
            _asked(number),
            _("On %(moment)s an e-mail came in your name, and its sender could not be proved.")
            % {"moment": came},
            _("It was kept and not added to any request. Say whether it was you on this page:"),
            _("If it was not, somebody used your address, and nothing happens."),
        )
        facts = ((_("Number"), show_number(number)),) if number else ()
        letter = replace(
            letter,
            facts=facts,
            button=_("Answer yes or no"),
            link=page("was_it_you", channels.confirmation_link(row.pk)),
            footer=(
                _("The link works until %(moment)s.")
                % {"moment": format.full(row.expires_at, tz=zone)},
            ),
        )
        text, html = as_text(letter), as_html(letter)
    post(
        kind="confirmation",
        key=f"confirmation:{row.pk}",
        recipient=reader.address,
        user_id=reader.user_id,
        subject=letter.subject,
        text=text,
        html=html,
        secret=True,
        now=now,
    )


def _asked(number: str) -> str:
    if not number:
        return _("Was it you who wrote to us?")
    return _("Was it you who wrote on request #%(number)s?") % {"number": show_number(number)}


@task("notifications.contact_warned")
def contact_warned(
    *,
    now: datetime,
    event: int,
    subject: int,
    ticket: int | None,
    person: int | None = None,
    **_data: object,
) -> None:
    """To who opened the ticket: something came that could not be added to it. Of a mail that names
    none, to the ``person`` whose registered address it claims, unless its time is over meanwhile.
    """
    inbound = channels.inbound(subject)
    if ticket is None:
        if person and inbound.sender:
            _claimed(inbound, person, event=event, now=now)
        return
    row = queries.ticket(ticket)

    def words(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
        names = {
            "number": show_number(ticket.number),
            "moment": format.full(inbound.received_at, tz=format.zone(policy.timezone)),
        }
        return letter_about(
            ticket,
            reader,
            policy,
            _("A message about request #%(number)s was not added") % names,
            _("On %(moment)s an e-mail came about this request.") % names,
            notices.why_kept(inbound.reason),
            _("If it was yours, answer this e-mail or write in the portal. If not, ignore it."),
        )

    readers = [one for one in queries.readers_of(row) if one.user_id == row.opener_id]
    tell("warned", row, readers, words, event=event, now=now)


def _claimed(inbound: Inbound, person: int, *, event: int, now: datetime) -> None:
    """Nothing that the mail says is in the letter, as in "Foi você?"."""
    reader = replace(queries.person(person), address=inbound.sender.lower())
    policy = rulebook.current()
    by_code = comes_by_code(reader.user_id)
    with reading(reader.language, policy):
        moment = format.full(inbound.received_at, tz=format.zone(policy.timezone))
        letter = letter_to(
            reader,
            policy,
            _("A message in your name was not added to any request"),
            _("On %(moment)s an e-mail came in your name.") % {"moment": moment},
            notices.why_kept(inbound.reason),
            _("If it was yours, write it on the page of your one-off request. If not, ignore this.")
            if by_code
            else _("If it was yours, write in the portal what you need. If not, ignore this."),
        )
        letter = replace(
            letter,
            why=_("You get this e-mail because a message came to us from your address."),
            button=_("See my one-off request") if by_code else _("Go to the portal"),
            link=page("statement_ask") if by_code else page("home"),
        )
        text, html = as_text(letter), as_html(letter)
    post(
        kind="warned",
        key=f"warned:{event}:{reader.user_id}",
        recipient=reader.address,
        user_id=reader.user_id,
        subject=letter.subject,
        text=text,
        html=html,
        now=now,
    )
