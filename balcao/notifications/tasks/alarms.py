"""What supervisors and administrators are told at once (A9)."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.channels.queries.accounts import account_name
from balcao.events.actions import spend
from balcao.events.registry import task
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.accounts import letter_to, post_letter
from balcao.notifications.tasks.letters import Letter, for_team, page, reading
from balcao.policy.access import Role
from balcao.policy.book import Policy
from balcao.rulebook import queries as rulebook
from balcao.web import words

_AN_HOUR = timedelta(hours=1)


@task("notifications.alarmed")
def alarmed(
    *, now: datetime, event: int, alarm: str, person: int, count: int, **_data: object
) -> None:
    """Somebody read very many tickets, or took rows out of the desk; everybody else is told."""
    policy = rulebook.current()
    name = queries.name_of(person)
    for reader in queries.wearers_of(Role.SUPERVISOR, Role.ADMINISTRATOR):
        if reader.user_id == person:
            continue
        with reading(reader.language, policy):
            letter = _letter(
                reader, policy, alarm=alarm, name=name, person=person, count=count, now=now
            )
            post_letter("alarm", letter, reader, event=event, now=now)


def _letter(
    reader: Reader,
    policy: Policy,
    *,
    alarm: str,
    name: str,
    person: int,
    count: int,
    now: datetime,
) -> Letter:
    if alarm == "export":
        heading = ngettext(
            "%(name)s took %(num)s row of data out of the desk",
            "%(name)s took %(num)s rows of data out of the desk",
            count,
        )
    else:
        heading = ngettext(
            "%(name)s read %(num)s ticket within an hour",
            "%(name)s read %(num)s tickets within an hour",
            count,
        )
    letter = letter_to(
        reader,
        policy,
        heading % {"name": name, "num": count},
        _("That may be work as usual, or somebody else using this access."),
        _("Ask %(name)s. If it was not they, end their sessions at once.") % {"name": name},
    )
    letter = replace(letter, why=for_team(policy.company.name))
    if not queries.may_see_access_log(reader.user_id, now):
        return letter
    link = f"{page('desk_access')}?pessoa={person}"
    return replace(letter, button=_("See what was read"), link=link)


@task("notifications.record_broken")
def record_broken(*, now: datetime, event: int, wrong: int, **_data: object) -> None:
    """The daily check found that something on record was changed."""
    policy = rulebook.current()
    for reader in queries.wearers_of(Role.ADMINISTRATOR, Role.AUDITOR):
        with reading(reader.language, policy):
            letter = letter_to(
                reader,
                policy,
                ngettext(
                    "The record is not whole: %(num)s place was changed",
                    "The record is not whole: %(num)s places were changed",
                    wrong,
                )
                % {"num": wrong},
                _("The daily check of events, messages, decisions and policy found it."),
                _("“balcao audit verify” on the server names each place. Change nothing before."),
            )
            link, why = page("desk_seals"), for_team(policy.company.name)
            letter = replace(letter, button=_("See the last check"), link=link, why=why)
            post_letter("record", letter, reader, event=event, now=now)


@task("notifications.mail_unread")
def mail_unread(*, now: datetime, event: int, reason: str, **_data: object) -> None:
    """A mail could not be taken apart; it is kept, and somebody must look at it."""
    policy = rulebook.current()
    for reader in queries.wearers_of(Role.SUPERVISOR):
        with reading(reader.language, policy):
            letter = letter_to(
                reader,
                policy,
                _("An e-mail could not be read: it was kept as it came"),
                _("Why: %(reason)s.") % {"reason": words.mail_reason(reason)},
                _("All other e-mails go on as usual. Others within an hour are only listed."),
            )
            link, why = page("desk_kept"), for_team(policy.company.name)
            letter = replace(letter, button=_("See the kept e-mails"), link=link, why=why)
            post_letter("unread", letter, reader, event=event, now=now)


@task("notifications.account_failed")
def account_failed(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Mail does not come in by an account; administrators are told, once an hour at most."""
    if not spend(f"mail.account:{subject}", limit=1, window=_AN_HOUR, now=now):
        return
    policy, name = rulebook.current(), account_name(subject)
    for reader in queries.wearers_of(Role.ADMINISTRATOR):
        with reading(reader.language, policy):
            letter = letter_to(
                reader,
                policy,
                _("No e-mail comes in by the account %(name)s") % {"name": name},
                _("Nothing is lost while it lasts: it waits in its mailbox, and we go on trying."),
                _("The page of accounts says what is wrong."),
            )
            link, why = page("desk_accounts"), for_team(policy.company.name)
            letter = replace(letter, button=_("See the mail accounts"), link=link, why=why)
            post_letter("account", letter, reader, event=event, now=now)
