"""Testing an account for incoming mail: what goes out with our mark must come in with it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from balcao.channels.actions import note_account, testing
from balcao.channels.intake import receive
from balcao.channels.models import AccountState, Delivery, Inbound
from balcao.channels.queries.accounts import standings
from balcao.events.queue import run_pending
from balcao.policy.access import Role
from balcao.tickets.actions import NotAllowed
from tests.cast import NOW, a_member_of_staff, acting, an_administrator

pytestmark = pytest.mark.usefixtures("installation")
SECOND = timedelta(seconds=1)


@pytest.fixture
def sink(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": f"sink://{tmp_path}/sink"})
    return tmp_path / "sink"


def _begun(sink: Path) -> bytes:
    """The mail that a test sent."""
    testing.begin_test(actor=acting(an_administrator()), now=NOW, name="mail")
    testing.begin_test(actor=acting(an_administrator()), now=NOW, name="mail")
    run_pending(NOW)
    (sent,) = sink.glob("balcao-test*.eml")
    return sent.read_bytes()


def test_what_comes_back_with_the_mark_says_that_the_account_works(sink: Path) -> None:
    raw = _begun(sink)
    assert b"To: suporte@direction.com.br\r\n" in raw
    assert standings(("mail",))["mail"].testing
    result = receive(raw, now=NOW + 5 * SECOND)
    assert (result.outcome, result.reason, result.ticket) == ("ignored", "own_test", None)
    state = standings(("mail",))["mail"]
    assert (state.test_state, state.test_ended_at) == ("back", NOW + 5 * SECOND)
    run_pending(NOW + timedelta(minutes=3))
    assert standings(("mail",))["mail"].test_state == "back"


def test_what_does_not_come_back_in_two_minutes_failed(sink: Path) -> None:
    raw = _begun(sink)
    run_pending(NOW + timedelta(minutes=2))
    state = standings(("mail",))["mail"]
    assert (state.test_state, state.test) == ("failed", testing.LATE)
    receive(raw, now=NOW + timedelta(minutes=3))
    assert Inbound.objects.get().reason == "automatic"
    assert standings(("mail",))["mail"].test_state == "failed"


def test_a_mark_that_came_by_another_account_or_twice_proves_nothing(sink: Path) -> None:
    raw = _begun(sink)
    receive(raw, now=NOW + SECOND, account="other")
    assert standings(("mail",))["mail"].testing
    receive(raw, now=NOW + 2 * SECOND)
    again = raw + b"=20outra linha\r\n"
    assert receive(again, now=NOW + 3 * SECOND).reason == "automatic"
    assert standings(("mail",))["mail"].test_ended_at == NOW + 2 * SECOND


def test_what_cannot_be_sent_says_so_in_the_servers_words(settings: LazySettings) -> None:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": "smtp://127.0.0.1:9"})
    testing.begin_test(actor=acting(an_administrator()), now=NOW, name="mail")
    run_pending(NOW)
    state = standings(("mail",))["mail"]
    assert state.test_state == "failed"
    assert "refused" in state.test


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.AGENT, Role.SALES])
def test_m1_only_an_administrator_tests_an_account(role: Role) -> None:
    with pytest.raises(NotAllowed):
        testing.begin_test(actor=acting(a_member_of_staff(role)), now=NOW, name="mail")
    assert not AccountState.objects.exists()


def test_administrators_are_told_once_of_an_account_in_trouble() -> None:
    boss = an_administrator()
    for minutes, problem in ((0, "refused"), (1, "refused"), (2, ""), (3, "refused")):
        note_account("caixa", problem=problem, now=NOW + timedelta(minutes=minutes))
        run_pending(NOW + timedelta(minutes=minutes))
    letters = Delivery.objects.filter(kind="account", user=boss)
    assert letters.count() == 1
    assert "caixa" in letters.get().subject
