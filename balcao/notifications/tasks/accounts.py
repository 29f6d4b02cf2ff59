"""What people are told about their own access, at the primary registered address only (A5)."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from balcao.channels.actions import post
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
from balcao.people.actions import make_token
from balcao.policy.accounts import TokenKind
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook


@task("notifications.invited")
def invited(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The user code, and a link to set the first password."""
    reader = queries.reader(subject)
    if reader is None:
        return
    policy = rulebook.current()
    code = queries.code_of(subject)
    secret = make_token(now=now, kind=TokenKind.INVITATION, user_id=subject)
    with reading(reader.language, policy):
        letter = replace(
            _letter(
                reader,
                policy,
                _("Your access to the portal: your code is %(code)s") % {"code": code},
                _("You sign in with this code and a password of your own."),
                _("The link below works once and is good for 72 hours."),
            ),
            facts=((_("User code"), code),),
            button=_("Create your password (good for 72 h)"),
            link=page("invitation", secret),
        )
        _post("invitation", letter, reader, event=event, now=now)


@task("notifications.password_set")
def password_set(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The password changed: whoever did not do it learns so."""
    reader = queries.reader(subject)
    if reader is None:
        return
    policy = rulebook.current()
    with reading(reader.language, policy):
        letter = _letter(
            reader,
            policy,
            _("Your password changed"),
            _("Your password for the portal was changed, and every other session was ended."),
            _("If it was not you, call us now: %(phone)s.")
            % {"phone": policy.company.support_phone},
        )
        _post("password", letter, reader, event=event, now=now)


def _letter(reader: Reader, policy: Policy, heading: str, *lines: str) -> Letter:
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=policy.company.name,
        footer=(
            _("Sales: %(sales)s. Support: %(support)s.")
            % {"sales": policy.company.sales_phone, "support": policy.company.support_phone},
        ),
    )


def _post(kind: str, letter: Letter, reader: Reader, *, event: int, now: datetime) -> None:
    post(
        kind=kind,
        key=f"{kind}:{event}:{reader.user_id}",
        recipient=reader.address,
        user_id=reader.user_id,
        subject=letter.subject,
        text=as_text(letter),
        html=as_html(letter),
        now=now,
    )
