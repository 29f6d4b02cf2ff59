"""How the accounts for incoming mail stand, and the test that is on its way."""

import re
from dataclasses import dataclass
from datetime import datetime

from balcao.channels.models import AccountState, Inbound, TestState

_MARK = re.compile(r"<balcao-test\.([0-9a-f]{32})@[^<>@\s]{1,200}>")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one account; times are UTC, None: never, or not now."""

    connected_at: datetime | None = None
    received_at: datetime | None = None
    problem: str = ""
    problem_at: datetime | None = None
    tested_at: datetime | None = None
    test_state: str = ""
    test: str = ""
    test_ended_at: datetime | None = None

    @property
    def testing(self) -> bool:
        """A test is on its way."""
        return self.test_state == TestState.SENT.value


def standings(names: tuple[str, ...]) -> dict[str, Standing]:
    """By name, for all of them. One statement, and one for each account's last mail."""
    rows = {row.name: row for row in AccountState.objects.filter(name__in=names)}
    return {name: _standing(rows.get(name), _last(name)) for name in names}


def _last(name: str) -> datetime | None:
    rows = Inbound.objects.filter(account=name).order_by("-pk")
    return rows.values_list("received_at", flat=True).first()


def _standing(row: AccountState | None, received_at: datetime | None) -> Standing:
    if row is None:
        return Standing(received_at=received_at)
    return Standing(
        connected_at=row.connected_at,
        received_at=received_at,
        problem=row.problem,
        problem_at=row.problem_at,
        tested_at=row.tested_at,
        test_state=row.test_state,
        test=row.test,
        test_ended_at=row.test_ended_at,
    )


def account_name(state_id: int) -> str:
    """The account's name. Raises AccountState.DoesNotExist."""
    return AccountState.objects.values_list("name", flat=True).get(pk=state_id)


def test_id(mark: str, domain: str) -> str:
    """The Message-ID of the test with this mark."""
    return f"<balcao-test.{mark}@{domain}>"


def test_marked(message_id: str) -> str:
    """The mark of the test that is on its way with this Message-ID; empty for any other mail."""
    found = _MARK.fullmatch(message_id)
    if found is None:
        return ""
    waiting = AccountState.objects.filter(test_mark=found[1], test_state=TestState.SENT)
    return found[1] if waiting.exists() else ""
