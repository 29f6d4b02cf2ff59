"""What the team and its customers are told about exceptions by two people (R14)."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.utils import timezone
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
from balcao.policy.book import Policy
from balcao.policy.override import OverrideState
from balcao.rulebook import queries as rulebook
from balcao.tickets import queries as tickets
from balcao.tickets.models import Draft, Override
from balcao.web import format, words


@task("notifications.override_asked")
def override_asked(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Somebody asks for an exception: to everybody who may approve it, never to the asker."""
    row = queries.override(subject)
    for reader in queries.approvers(row, now=now):
        _send(row, reader, kind="override_asked", event=event, now=now)


@task("notifications.override_answered")
def override_answered(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Approved, rejected, or nobody answered in time: to whoever asked."""
    row = queries.override(subject)
    for reader in queries.asker_of(row):
        _send(row, reader, kind="override_answered", event=event, now=now)


@task("notifications.drafts_let_in")
def drafts_let_in(*, now: datetime, event: int, subject: int, **_data: object) -> None:
    """Approved: to each customer whose refused text waits as a draft that it lets in."""
    row, policy = queries.override(subject), rulebook.current()
    if row.state != OverrideState.APPROVED:
        return
    for owner, drafts in tickets.drafts_let_in(row, policy=policy, now=now).items():
        reader = queries.reader(owner)
        if reader is not None:
            with reading(reader.language, policy):
                letter = _let_in(row, reader, drafts, policy, now=now)
                post_letter("draft_let_in", letter, reader, event=event, now=now)


def _let_in(
    row: Override, reader: Reader, drafts: Sequence[Draft], policy: Policy, *, now: datetime
) -> Letter:
    zone, link = timezone.get_current_timezone(), page("drafts")
    if len(drafts) == 1:
        link = f"{page('ticket_new')}?{urlencode({'rascunho': drafts[0].key})}"
    facts = [(_("Subject"), draft.subject) for draft in drafts if draft.subject]
    if row.begins > now:
        facts.append((_("From"), format.full(row.begins, tz=zone)))
    facts.append((_("Until"), format.full(row.ends, tz=zone)))
    line = _("We made an exception for %(company)s: what you wrote is kept, and can be sent.")
    return Letter(
        subject=_("You can open your request"),
        heading=_("You can open your request"),
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=(line % {"company": row.organisation.name},),
        company=policy.company,
        why=_("You get this e-mail because what you wrote could not be opened before."),
        facts=tuple(facts),
        button=_("See what I wrote"),
        link=link,
    )


def _send(row: Override, reader: Reader, *, kind: str, event: int, now: datetime) -> None:
    policy = rulebook.current()
    with reading(reader.language, policy):
        letter = _letter(row, reader, policy)
        post_letter(kind, letter, reader, event=event, now=now)


def _letter(row: Override, reader: Reader, policy: Policy) -> Letter:
    zone = timezone.get_current_timezone()
    asked = row.state == "asked"
    heading = words.override_heading(row.state, row.organisation.name)
    facts = [
        (_("Rules"), " ".join(words.rule(rule) for rule in row.rules)),
        (_("From"), format.full(row.begins, tz=zone)),
        (_("Until"), format.full(row.ends, tz=zone)),
    ]
    if asked and row.next_at:
        facts.append((_("Answer by"), format.full(row.next_at, tz=zone)))
    if row.decided_by:
        facts.append((_("Answered by"), row.decided_by.name))
    who, said = row.asked_by.name, row.reason
    if not asked and row.decided_by and row.note:
        who, said = row.decided_by.name, row.note
    return Letter(
        subject=heading,
        heading=heading,
        greeting=_("Hello, %(name)s.") % {"name": first_name(reader.name)},
        lines=(),
        company=policy.company,
        why=for_team(policy.company.name),
        facts=tuple(facts),
        author=_("%(name)s wrote:") % {"name": who},
        quote=said,
        button=_("See the exception"),
        link=page("exception", row.pk),
    )
