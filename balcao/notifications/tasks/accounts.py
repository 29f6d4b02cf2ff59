"""What people are told about their own access, at the primary registered address only (A5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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

Words = Callable[[Reader, Policy], Letter]


@task("notifications.invited")
def invited(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The user code, and a link to set the first password."""

    def words(reader: Reader, policy: Policy) -> Letter:
        code = queries.code_of(subject)
        secret = make_token(now=now, kind=TokenKind.INVITATION, user_id=subject)
        letter = letter_to(
            reader,
            policy,
            _("Your access to the portal: your code is %(code)s") % {"code": code},
            _("You sign in with this code and a password of your own."),
            _("The link below works once and is good for 72 hours."),
        )
        return replace(
            letter,
            facts=((_("User code"), code),),
            button=_("Create your password (good for 72 h)"),
            link=page("invitation", secret),
        )

    _tell("invitation", subject, words, event=event, now=now, secret=True)


@task("notifications.recovery")
def recovery(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The user code again, and a link to choose a new password."""

    def words(reader: Reader, policy: Policy) -> Letter:
        code = queries.code_of(subject)
        secret = make_token(now=now, kind=TokenKind.RESET, user_id=subject)
        letter = letter_to(
            reader,
            policy,
            _("Recover your access: your code is %(code)s") % {"code": code},
            _("Somebody, we hope you, asked how to get back into the portal."),
            _("If you only forgot the code, there it is: the password stays as it is."),
            _("To choose a new password, use the link below: once, within one hour."),
        )
        return replace(
            letter,
            facts=((_("Name"), reader.name), (_("User code"), code)),
            button=_("Choose a new password"),
            link=page("reset", secret),
        )

    _tell("recovery", subject, words, event=event, now=now, secret=True)


@task("notifications.password_set")
def password_set(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """The password changed: whoever did not do it learns so."""

    def words(reader: Reader, policy: Policy) -> Letter:
        return _warning(
            reader,
            policy,
            _("Your password changed"),
            _("Your password for the portal was changed, and every other session was ended."),
        )

    _tell("password", subject, words, event=event, now=now)


@task("notifications.factor_added")
def factor_added(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """A second factor was added."""

    def words(reader: Reader, policy: Policy) -> Letter:
        return _warning(
            reader,
            policy,
            _("Your second factor is on"),
            _("From now on, signing in asks for a code of your authenticator app, too."),
        )

    _tell("factor", subject, words, event=event, now=now)


@task("notifications.factor_removed")
def factor_removed(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Its owner took it away."""

    def words(reader: Reader, policy: Policy) -> Letter:
        return _warning(
            reader,
            policy,
            _("Your second factor is off"),
            _("Your authenticator app and its recovery codes were removed."),
        )

    _tell("factor", subject, words, event=event, now=now)


@task("notifications.factor_reset")
def factor_reset(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """An administrator took it away."""

    def words(reader: Reader, policy: Policy) -> Letter:
        return _warning(
            reader,
            policy,
            _("An administrator reset your second factor"),
            _("Your sessions were ended. Sign in with your password and add an app again."),
        )

    _tell("factor", subject, words, event=event, now=now)


@task("notifications.recovery_code_used")
def recovery_code_used(
    *, now: datetime, event: int, subject: int, left: int, **_data: object
) -> None:
    """A recovery code was used, and how many are left."""

    def words(reader: Reader, policy: Policy) -> Letter:
        return _warning(
            reader,
            policy,
            _("A recovery code was used"),
            ngettext(
                "Somebody signed in with one of your recovery codes. %(num)s is left.",
                "Somebody signed in with one of your recovery codes. %(num)s are left.",
                left,
            )
            % {"num": left},
        )

    _tell("factor", subject, words, event=event, now=now)


def _warning(reader: Reader, policy: Policy, heading: str, line: str) -> Letter:
    """Something about the person's access changed; it may not have been they."""
    call = _("If it was not you, call us now: %(phone)s.") % {"phone": policy.company.support_phone}
    return letter_to(reader, policy, heading, line, call)


def letter_to(reader: Reader, policy: Policy, heading: str, *lines: str) -> Letter:
    """What every letter about somebody's own access has."""
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=lines,
        company=policy.company,
        why=_("You get this e-mail because it is about your access at %(company)s.")
        % {"company": policy.company.name},
        footer=(
            _("Sales: %(sales)s. Support: %(support)s.")
            % {"sales": policy.company.sales_phone, "support": policy.company.support_phone},
        ),
    )


def _tell(
    kind: str, user_id: int, words: Words, *, event: int, now: datetime, secret: bool = False
) -> None:
    """One mail to the person's primary address, if they are active and have one."""
    reader = queries.reader(user_id)
    if reader is None:
        return
    policy = rulebook.current()
    with reading(reader.language, policy):
        post_letter(kind, words(reader, policy), reader, event=event, now=now, secret=secret)


def post_letter(
    kind: str,
    letter: Letter,
    reader: Reader,
    *,
    event: int | str,
    now: datetime,
    secret: bool = False,
) -> None:
    """Have it sent once to the reader, in whose language it is, for what happened (``event``: its
    id, or what else names it). ``secret``: a link in it proves who they are.
    """
    post(
        kind=kind,
        key=f"{kind}:{event}:{reader.user_id}",
        recipient=reader.address,
        user_id=reader.user_id,
        subject=letter.subject,
        text=as_text(letter),
        html=as_html(letter),
        secret=secret,
        now=now,
    )
