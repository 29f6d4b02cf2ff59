"""What somebody who calls gets at their registered address, and nowhere else (R13, R14, R15)."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.tasks.accounts import letter_to, post_letter
from balcao.notifications.tasks.letters import page, reading
from balcao.people.actions import make_token
from balcao.policy.accounts import TokenKind
from balcao.policy.numbers import show_number
from balcao.rulebook import queries as rulebook
from balcao.tickets.queries import comes_by_code, open_numbers_of


@task("notifications.numbers_sent")
def numbers_sent(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The numbers of the open tickets of somebody on the telephone who has none at hand."""
    reader, policy = queries.reader(subject), rulebook.current()
    if reader is None:
        return
    found, by_code = open_numbers_of(subject), comes_by_code(subject)
    with reading(reader.language, policy):
        letter = letter_to(
            reader,
            policy,
            _("The number of your request")
            if len(found) == 1
            else _("The numbers of your requests")
            if found
            else _("You have no open request"),
            _("You asked for it on the telephone. Read it to the person who is helping you.")
            if found
            else _("You asked for a number on the telephone, and no request of yours is open."),
            _("If it was not you, somebody gave your name: you need not do anything.")
            if found
            else _("Sales can sell a new one: %(phone)s.") % {"phone": policy.company.sales_phone}
            if by_code
            else _("Open one in the portal, and call us with its number."),
        )
        letter = replace(
            letter,
            facts=tuple((show_number(number), topic) for number, topic in found),
            button=_("See your requests") if found or by_code else _("Open a request"),
            link=page("statement_ask" if by_code else "tickets" if found else "ticket_new"),
        )
        post_letter("numbers", letter, reader, event=event, now=now)


@task("notifications.opening_proposed")
def opening_proposed(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """What an agent typed for somebody, with the link that opens it, or says it was not they."""
    row, policy = queries.assisted(subject), rulebook.current()
    reader = queries.reader(row.contact_id)
    if reader is None:
        return
    secret = make_token(
        now=now, kind=TokenKind.OPENING, user_id=row.contact_id, payload={"opening": row.pk}
    )
    with reading(reader.language, policy):
        letter = letter_to(
            reader,
            policy,
            _("Confirm your request: %(subject)s") % {"subject": row.subject},
            _("%(name)s wrote down what you told us. Nothing is open before you confirm it.")
            % {"name": row.agent.name},
            _("Read it and press the button: the request is opened and has its number at once."),
            _("The link works for 24 hours. If it was not you, say so on the same page."),
        )
        letter = replace(
            letter,
            facts=((_("Company"), row.organisation.name), (_("Subject"), row.subject)),
            quote=row.body,
            author=_("What was written down:"),
            button=_("Check and open the request"),
            link=page("assisted_link", secret),
        )
        post_letter("opening", letter, reader, event=event, now=now, secret=True)
