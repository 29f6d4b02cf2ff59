"""What the sender of a mail that could not be added to a ticket is told (S10, R9, R12)."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from balcao.channels import queries as channels
from balcao.channels.actions import post
from balcao.channels.models import Inbound, Outcome
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.letters import (
    Letter,
    as_html,
    as_text,
    first_name,
    page,
    reading,
)
from balcao.policy import reasons
from balcao.policy.book import Policy
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook


@task("notifications.notice")
def notice(*, now: datetime, subject: int, **_data: object) -> None:
    """Tell the sender why, and the way out. Intake asks for it only when the sender was proved,
    and once a day.
    """
    inbound = channels.inbound(subject)
    policy = rulebook.current()
    reader = queries.reader_at(inbound.sender)
    with reading(reader.language if reader else settings.LANGUAGE_CODE, policy):
        letter = _letter(inbound, reader, policy)
        text, html = as_text(letter), as_html(letter)
    post(
        kind="notice",
        key=f"notice:{inbound.pk}",
        recipient=inbound.sender,
        user_id=reader.user_id if reader else None,
        subject=letter.subject,
        text=text,
        html=html,
        answers=inbound.mail_id,
        now=now,
    )


def _letter(inbound: Inbound, reader: Reader | None, policy: Policy) -> Letter:
    if inbound.reason == reasons.TICKET_CLOSED and inbound.ticket:
        heading = _("This request is closed")
        lines = _closed(inbound)
        button = _("Open a new request")
        link = _draft_page(inbound, de=inbound.ticket.number)
    elif inbound.reason == reasons.NEW_MAIL and inbound.outcome == Outcome.DRAFT:
        heading = _("One step is missing: open the request in the portal")
        lines = (
            _("Requests are opened in the portal, and your text already waits there as a draft."),
            _("Sign in, check it and open the request. The time starts at that moment."),
        )
        button, link = _("Go to my draft"), _draft_page(inbound)
    else:
        heading = _("Your message arrived, but was not added to a request")
        lines = (
            # Somebody on the register learns no more than a stranger about whose request it is.
            (
                _("%(sender)s is not among the addresses that may answer here.")
                if reader
                else _("%(sender)s is not on the register, and personal e-mail gets no service.")
            )
            % {"sender": inbound.sender},
            _("Answer from the registered e-mail address, or go on in the portal."),
        )
        button, link = _("Go to the portal"), page("home")
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)}
        if reader
        else _("Hello."),
        lines=lines,
        company=policy.company.name,
        button=button,
        link=link,
        footer=(
            _("Sales: %(sales)s. Support: %(support)s.")
            % {"sales": policy.company.sales_phone, "support": policy.company.support_phone},
        ),
    )


def _draft_page(inbound: Inbound, **more: str) -> str:
    """Where the draft is taken up; it opens for its owner only."""
    names = {"rascunho": channels.draft_key(inbound), **more}
    return f"{page('ticket_new')}?{urlencode(names)}"


def _closed(inbound: Inbound) -> tuple[str, ...]:
    assert inbound.ticket is not None
    names = {"number": show_number(inbound.ticket.number)}
    return (
        _("Request #%(number)s is closed, so your message was not added to it.") % names,
        _("If the problem is back, open a new one: your text already waits there as a draft."),
    )
