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
from balcao.rulebook import queries as rulebook
from balcao.web.words import notices


@task("notifications.notice")
def notice(*, now: datetime, subject: int, comes_back: bool = False, **_data: object) -> None:
    """Tell the sender why, and the way out. Intake asks for it only when the sender was proved,
    and once a day. ``comes_back``: in the form of a mail that was returned.
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
        comes_back=comes_back,
        now=now,
    )


def _letter(inbound: Inbound, reader: Reader | None, policy: Policy) -> Letter:
    if inbound.reason == reasons.TICKET_CLOSED and inbound.ticket:
        said = notices.ticket_closed(inbound.ticket.number)
        button = _("Open a new request")
        link = _draft_page(inbound, de=inbound.ticket.number)
    elif inbound.reason == reasons.NEW_MAIL and inbound.outcome == Outcome.DRAFT:
        said = notices.draft_waits()
        button, link = _("Go to my draft"), _draft_page(inbound)
    elif inbound.reason == reasons.NUMBER_MISSING:
        said, button, link = notices.number_needed(), "", ""
    else:
        said = notices.not_added(inbound.sender, known=reader is not None)
        button, link = _("Go to the portal"), page("home")
    return Letter(
        subject=said.heading,
        heading=said.heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)}
        if reader
        else _("Hello."),
        lines=said.lines,
        company=policy.company.name,
        why=_("You get this e-mail because a message came to us from your address."),
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
