"""What the people of a ticket are told of remote access and of another product."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.letters import Letter
from balcao.notifications.tasks.tickets import letter_about, promised, tell
from balcao.policy.book import Policy
from balcao.policy.numbers import show_number
from balcao.tickets.models import RemoteSession, Ticket
from balcao.web.words import acts


@task("notifications.remote_ended")
def remote_ended(*, now: datetime, event: int, subject: int, session: int, **_data: object) -> None:
    """Who was on the customer's machine, from when to when and with whose consent."""
    ticket = queries.ticket(subject)
    words = partial(_remote_ended, queries.remote_session(session))
    tell("remote", ticket, queries.readers_of(ticket), words, event=event, now=now)


@task("notifications.product_changed")
def product_changed(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """What the request is about now, and that number and place are the same."""
    ticket = queries.ticket_with_product(subject)
    tell("product", ticket, queries.readers_of(ticket), _product, event=event, now=now)


def _remote_ended(
    session: RemoteSession, ticket: Ticket, reader: Reader, policy: Policy, now: datetime
) -> Letter:
    return letter_about(
        ticket,
        reader,
        policy,
        _("Remote access on request #%(number)s") % {"number": show_number(ticket.number)},
        acts.remote(session, session.agent.name),
        _("It has ended. If nobody of yours agreed to it, call us now: %(phone)s.")
        % {"phone": policy.company.support_phone},
    )


def _product(ticket: Ticket, reader: Reader, policy: Policy, now: datetime) -> Letter:
    letter = letter_about(
        ticket,
        reader,
        policy,
        _("We changed the product or service of request #%(number)s")
        % {"number": show_number(ticket.number)},
        _("The number, the moment it was opened and its place in line stay the same."),
    )
    portuguese = (get_language() or "").startswith("pt")
    service = ticket.service.name if portuguese else ticket.service.name_en or ticket.service.name
    about = [(_("Service"), service)]
    if ticket.licence:
        about.insert(0, (_("Product"), ticket.licence.product.name))
    return replace(letter, facts=(*letter.facts, *about, *promised(ticket, policy, now)))
