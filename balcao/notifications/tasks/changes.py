"""What those who keep the policy are told about changes that two of them decide (four eyes)."""

from datetime import datetime

from django.utils.translation import gettext as _

from balcao.events.registry import task
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
from balcao.rulebook.models import Proposal


@task("notifications.change_proposed")
def change_proposed(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """A change of the rules waits: to everybody who may answer it, never to its author."""
    row = queries.change(subject)
    for reader in queries.approvers_of_change(row, now=now):
        _send(row, reader, kind="change_proposed", event=event, now=now)


@task("notifications.change_answered")
def change_answered(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Approved or rejected: to whoever wrote the change."""
    row = queries.change(subject)
    author = queries.reader(row.author_id)
    if author is not None:
        _send(row, author, kind="change_answered", event=event, now=now)


def _send(row: Proposal, reader: Reader, *, kind: str, event: int, now: datetime) -> None:
    policy = rulebook.current()
    with reading(reader.language, policy):
        letter = _letter(row, reader, company=policy.company)
        post_letter(kind, letter, reader, event=event, now=now)


def _letter(row: Proposal, reader: Reader, *, company: Company) -> Letter:
    who, said = row.author_label, row.reason
    if row.state == "waiting":
        heading = _("A change of the support rules waits for you")
    else:
        approved = row.state == "saved"
        heading = (
            _("Your change of the support rules was approved")
            if approved
            else _("Your change of the support rules was not approved")
        )
        who, said = row.decider_label, row.answer
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=(),
        company=company,
        why=for_team(company.name),
        author=_("%(name)s wrote:") % {"name": who} if said else "",
        quote=said,
        button=_("See the change"),
        link=page("rules_change", row.pk),
    )
