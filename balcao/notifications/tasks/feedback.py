"""What supervisors are told about readers' comments on a page (S45): one mail for half an hour."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balcao.events.actions import enqueue
from balcao.events.registry import task
from balcao.knowledge.queries import Comment, comments_between, left_at
from balcao.notifications import queries
from balcao.notifications.queries import Reader
from balcao.notifications.tasks.accounts import post_letter
from balcao.notifications.tasks.letters import (
    Letter,
    first_name,
    for_team,
    page,
    reading,
)
from balcao.policy.book.types import Company
from balcao.rulebook import queries as rulebook
from balcao.web import format

_SPAN = timedelta(minutes=30)
_SHOWN = 10
_PAGE = "policy"


@task("notifications.feedback")
def feedback(*, now: datetime, subject: int, commented: bool, **_data: object) -> None:
    """Somebody left an opinion: with words, it is told when this half hour is over."""
    if not commented:
        return
    at = left_at(subject)
    begins = at - (at - datetime.min.replace(tzinfo=UTC)) % _SPAN
    enqueue(
        "notifications.feedback_digest",
        now=now,
        key=f"notifications.feedback_digest:{begins.isoformat()}",
        run_at=begins + _SPAN,
        begins=begins.isoformat(),
    )


@task("notifications.feedback_digest")
def feedback_digest(*, now: datetime, begins: str) -> None:
    """All comments of half an hour in one mail to every supervisor."""
    start = datetime.fromisoformat(begins)
    found = comments_between(_PAGE, start, start + _SPAN)
    if not found:
        return
    policy = rulebook.current()
    for reader in queries.supervisors():
        with reading(reader.language, policy):
            letter = _letter(found, reader, company=policy.company)
            post_letter("feedback", letter, reader, event=begins, now=now)


def _letter(found: list[Comment], reader: Reader, *, company: Company) -> Letter:
    count = len(found)
    heading = ngettext(
        "%(count)d comment on “How support works”",
        "%(count)d comments on “How support works”",
        count,
    ) % {"count": count}
    more = _("Here are the first %(count)d.") % {"count": _SHOWN} if count > _SHOWN else ""
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=(more,) if more else (),
        company=company,
        why=for_team(company.name),
        facts=tuple((_label(one), one.text) for one in found[:_SHOWN]),
        button=_("See the opinions"),
        link=page("desk_feedback"),
    )


def _label(one: Comment) -> str:
    said = _("It helped") if one.helpful else _("Something is missing")
    when = format.time(one.at, tz=timezone.get_current_timezone())
    return f"{said} ({one.by}, {when})" if one.by else f"{said} ({when})"
