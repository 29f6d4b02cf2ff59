"""Testing an account for incoming mail: a mail of ours to its own address must come back."""

import secrets
from datetime import datetime, timedelta

from django.db import models, transaction

from balcao.channels.models import AccountState, TestState
from balcao.events.actions import emit, enqueue
from balcao.policy.access import Actor, Duty, may
from balcao.tickets.actions.refusal import require

PATIENCE = timedelta(minutes=2)
"""How long a test may be on its way."""

LATE = "late"


@transaction.atomic
def begin_test(*, actor: Actor, now: datetime, name: str) -> None:
    """Have a mail with a mark of its own sent to the account. Raises NotAllowed.

    A test on its way is not sent again.
    """
    require(may(actor, Duty.KEEP_MAIL_ACCOUNTS))
    row, _ = AccountState.objects.get_or_create(name=name)
    recent = row.tested_at is not None and now < row.tested_at + PATIENCE
    if row.test_state == TestState.SENT and recent:
        return
    mark = secrets.token_hex(16)
    AccountState.objects.filter(pk=row.pk).update(
        tested_at=now, test_state=TestState.SENT, test_mark=mark, test="", test_ended_at=None
    )
    enqueue("channels.test_account", now=now, name=name, mark=mark)
    enqueue("channels.test_overdue", now=now, run_at=now + PATIENCE, mark=mark)
    emit("mail.account_tested", row, actor=actor, now=now)


@transaction.atomic
def test_came_back(mark: str, *, account: str, now: datetime) -> None:
    """The mail with this mark came in by that account; by another one it proves nothing."""
    _on_its_way(mark, name=account).update(
        test_state=TestState.BACK, test_ended_at=now, test_mark=""
    )


@transaction.atomic
def test_failed(mark: str, *, words: str, now: datetime) -> None:
    """It could not be sent (``words``: the server's), or did not come back in time (LATE)."""
    _on_its_way(mark).update(
        test_state=TestState.FAILED, test=words[:300], test_ended_at=now, test_mark=""
    )


def _on_its_way(mark: str, **more: str) -> "models.QuerySet[AccountState]":
    return AccountState.objects.filter(test_mark=mark, test_state=TestState.SENT, **more)
