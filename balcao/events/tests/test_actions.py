"""Events hold no person's words; allowances are exact."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.events.actions import emit, gathering, give_back, refund, spend, sweep
from balcao.events.models import Allowance, Event, Job
from balcao.policy.access import SYSTEM

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_an_event_keeps_ids_codes_and_numbers() -> None:
    subject = Allowance.objects.create(key="x", window_ends=NOW)
    event = emit(
        "test.happened",
        subject,
        actor=SYSTEM,
        now=NOW,
        data={"id": 3, "state": "waiting_customer", "rules": ["S5", "S6"], "none": None},
    )
    assert Event.objects.get(pk=event.pk).data["rules"] == ["S5", "S6"]


def test_what_is_gathered_is_recorded_at_the_end_in_order_and_with_its_jobs() -> None:
    subject = Allowance.objects.create(key="x", window_ends=NOW)
    verbs = ["ticket.replied", "test.happened", "ticket.reopened"]
    with CaptureQueriesContext(connection) as statements, gathering():
        for verb in verbs:
            emit(verb, subject, actor=SYSTEM, now=NOW, data={"verb": verb})
        assert not statements.captured_queries
    assert len(statements) == 2
    events = list(Event.objects.order_by("pk"))
    assert [event.verb for event in events] == verbs
    for event in (events[0], events[2]):
        (job,) = Job.objects.filter(args__event=event.pk)
        assert job.args == {"event": event.pk, "subject": subject.pk, "verb": event.verb}
    assert Job.objects.count() == 2


def test_of_what_failed_nothing_that_was_gathered_is_recorded() -> None:
    subject = Allowance.objects.create(key="x", window_ends=NOW)
    with pytest.raises(ValueError, match="no"), gathering():
        emit("ticket.replied", subject, actor=SYSTEM, now=NOW)
        raise ValueError("no")
    assert not Event.objects.exists()
    emit("ticket.replied", subject, actor=SYSTEM, now=NOW)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    ["A impressora parou", "maria@example.com", "x" * 121, ["S5", "two words"], {"a": 1}],
)
def test_an_event_refuses_a_persons_words_and_addresses(words: object) -> None:
    subject = Allowance.objects.create(key="x", window_ends=NOW)
    with pytest.raises(ValueError, match="must be an id, a code or a number"):
        emit("test.happened", subject, actor=SYSTEM, now=NOW, data={"text": words})
    assert not Event.objects.exists()


def test_a6_a_sliding_window_goes_on_until_nothing_was_used_for_its_length() -> None:
    uses = [
        spend("k", limit=2, window=MINUTE, now=NOW + timedelta(seconds=second), sliding=True)
        for second in (0, 50, 70, 109, 110, 169, 170)
    ]
    assert uses == [True, True, False, False, True, True, False]


def test_an_allowance_is_used_up_and_comes_back_with_the_next_window() -> None:
    used = [spend("k", limit=3, window=MINUTE, now=NOW) for _ in range(4)]
    assert used == [True, True, True, False]
    assert not spend("k", limit=3, window=MINUTE, now=NOW + MINUTE - timedelta(seconds=1))
    assert spend("k", limit=3, window=MINUTE, now=NOW + MINUTE)
    assert spend("another", limit=3, window=MINUTE, now=NOW)


def test_a_refund_gives_the_allowance_back() -> None:
    assert spend("k", limit=1, window=MINUTE, now=NOW)
    assert not spend("k", limit=1, window=MINUTE, now=NOW)
    refund("k")
    assert spend("k", limit=1, window=MINUTE, now=NOW)


def test_the_sweep_forgets_windows_that_ended_and_no_others() -> None:
    spend("old", limit=1, window=MINUTE, now=NOW)
    spend("new", limit=1, window=2 * MINUTE, now=NOW)
    sweep(NOW + MINUTE + timedelta(seconds=1), keep_done=timedelta(days=7))
    assert list(Allowance.objects.values_list("key", flat=True)) == ["new"]


def test_what_was_honest_gives_one_allowance_back_and_no_more() -> None:
    for _ in range(2):
        assert spend("k", limit=2, window=MINUTE, now=NOW)
    give_back("k")
    assert spend("k", limit=2, window=MINUTE, now=NOW)
    assert not spend("k", limit=2, window=MINUTE, now=NOW)
    give_back("nobody")
    assert not Allowance.objects.filter(key="nobody").exists()
