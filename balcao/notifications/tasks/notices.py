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
    service_name,
)
from balcao.policy import reasons
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook
from balcao.tickets.queries import comes_by_code
from balcao.web.words import notices
from balcao.web.words.notices import Kept, Notice


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
    said, button, link = _said(inbound, reader, policy)
    return Letter(
        subject=said.heading,
        heading=said.heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)}
        if reader
        else _("Hello."),
        lines=said.lines,
        company=policy.company,
        why=_("You get this e-mail because a message came to us from your address."),
        button=button,
        link=link,
        footer=(
            _("Sales: %(sales)s. Support: %(support)s.")
            % {"sales": policy.company.sales_phone, "support": policy.company.support_phone},
        ),
    )


def _said(inbound: Inbound, reader: Reader | None, policy: Policy) -> tuple[Notice, str, str]:
    """What is said, and the button that leads on. Who has no sign-in is never led to one (R12)."""
    ticket, reason = inbound.ticket, inbound.reason
    by_code = reader is not None and comes_by_code(reader.user_id)
    drafted = inbound.outcome == Outcome.DRAFT
    said = notices.not_taken(
        Kept(
            reason,
            inbound.sender,
            policy.company.sales_phone,
            number=ticket.number if ticket else "",
            last_day=ticket.prepaid.last_day if ticket and ticket.prepaid else None,
            service=service_name(ticket) if ticket else "",
            drafted=drafted,
            known=reader is not None,
            by_code=by_code,
        )
    )
    if reason == reasons.NUMBER_MISSING:
        return said, "", ""
    if by_code:
        return said, _("See my one-off request"), page("statement_ask")
    if ticket and reason == reasons.TICKET_CLOSED:
        return said, _("Open a new request"), _draft_page(inbound, de=ticket.number)
    if drafted:
        return said, _("Go to my draft"), _draft_page(inbound)
    return said, _("Go to the portal"), page("home")


def _draft_page(inbound: Inbound, **more: str) -> str:
    """Where the draft is taken up; it opens for its owner only."""
    names = {"rascunho": channels.draft_key(inbound), **more}
    return f"{page('ticket_new')}?{urlencode(names)}"
