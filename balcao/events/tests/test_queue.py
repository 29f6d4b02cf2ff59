"""The lease queue, job by job."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from balcao.events import queue, registry
from balcao.events.actions import enqueue
from balcao.events.models import Allowance, Job, JobState

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tasks() -> Iterator[None]:
    """Tasks of this module, forgotten afterwards."""
    before = dict(registry._tasks)

    @registry.task("test.mark")
    def leave_mark(*, now: datetime, mark: str) -> None:
        Allowance.objects.create(key=mark, window_ends=now, count=1)

    @registry.task("test.fail")
    def fail(*, now: datetime, mark: str) -> None:
        Allowance.objects.create(key=mark, window_ends=now, count=1)
        raise OSError("the disk is away")

    @registry.task("test.later", outside=True)
    def later(*, now: datetime) -> None:
        raise registry.Later(timedelta(minutes=5))

    @registry.task("test.dead")
    def dead(*, now: datetime) -> None:
        raise registry.Dead("nobody lives there")

    yield
    registry._tasks.clear()
    registry._tasks.update(before)


def _only_job() -> Job:
    return Job.objects.get()


def test_a_job_runs_once_and_is_done() -> None:
    enqueue("test.mark", now=NOW, mark="a")
    assert queue.run_pending(NOW) == 1
    assert queue.run_pending(NOW) == 0
    assert _only_job().state == JobState.DONE
    assert Allowance.objects.get(key="a").count == 1


def test_a_job_asked_for_twice_under_one_key_is_one_job_even_after_it_was_done() -> None:
    enqueue("test.mark", now=NOW, key="one", mark="a")
    queue.run_pending(NOW)
    enqueue("test.mark", now=NOW, key="one", mark="a")
    enqueue("test.mark", now=NOW, key="other", mark="b")
    assert queue.run_pending(NOW) == 1
    assert Job.objects.count() == 2


def test_a_rolled_back_change_leaves_no_job() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("test.mark", now=NOW, mark="a")
        raise RuntimeError
    assert not Job.objects.exists()


def test_a_job_does_not_run_before_its_time() -> None:
    enqueue("test.mark", now=NOW, run_at=NOW + timedelta(seconds=10), mark="a")
    assert queue.run_pending(NOW + timedelta(seconds=9)) == 0
    assert queue.run_pending(NOW + timedelta(seconds=10)) == 1


def test_the_urgent_job_runs_before_the_older_one() -> None:
    enqueue("test.mark", now=NOW, mark="old")
    enqueue("test.mark", now=NOW, priority=1, mark="urgent")
    first = queue.claim(NOW, worker="w")
    assert first is not None
    assert first.args == {"mark": "urgent"}


def test_a_failed_job_is_undone_and_tried_again_later_until_it_is_dead() -> None:
    enqueue("test.fail", now=NOW, max_attempts=2, mark="a")
    assert queue.run_pending(NOW) == 1
    job = _only_job()
    assert (job.state, job.run_at) == (JobState.READY, NOW + timedelta(seconds=2))
    assert not Allowance.objects.exists(), "what the failed try did must be rolled back"
    assert queue.run_pending(NOW + timedelta(seconds=2)) == 1
    assert _only_job().state == JobState.DEAD
    assert "the disk is away" in _only_job().error


def test_later_is_no_fault_and_costs_no_attempt() -> None:
    enqueue("test.later", now=NOW, max_attempts=1)
    queue.run_pending(NOW)
    job = _only_job()
    assert (job.state, job.attempts, job.run_at) == (
        JobState.READY,
        0,
        NOW + timedelta(minutes=5),
    )


def test_a_job_that_cannot_succeed_is_dead_at_once() -> None:
    enqueue("test.dead", now=NOW)
    queue.run_pending(NOW)
    assert (_only_job().state, _only_job().error) == (JobState.DEAD, "nobody lives there")


def test_a_job_nobody_knows_is_dead_and_says_so() -> None:
    enqueue("test.unknown", now=NOW)
    queue.run_pending(NOW)
    assert (_only_job().state, "test.unknown" in _only_job().error) == (JobState.DEAD, True)


def test_q2_a_lease_that_ran_out_is_claimed_again_and_the_first_worker_can_no_longer_finish() -> (
    None
):
    enqueue("test.mark", now=NOW, mark="a")
    first = queue.claim(NOW, worker="first")
    assert first is not None
    assert queue.claim(NOW + timedelta(seconds=29), worker="second") is None
    after = NOW + timedelta(seconds=31)
    second = queue.claim(after, worker="second")
    assert second is not None
    assert second.pk == first.pk
    queue.run(first, now=after, clock=lambda: after)
    assert not Allowance.objects.exists(), "the worker that lost its lease must leave no trace"
    queue.run(second, now=after, clock=lambda: after)
    assert Allowance.objects.get(key="a").count == 1
    assert _only_job().state == JobState.DONE


def test_q5_a_job_whose_worker_always_dies_is_buried_after_its_attempts() -> None:
    enqueue("test.mark", now=NOW, max_attempts=2, mark="a")
    Job.objects.update(
        state=JobState.RUNNING, attempts=2, lease_until=NOW - timedelta(seconds=1), worker="gone"
    )
    assert queue.run_pending(NOW) == 1
    assert _only_job().state == JobState.DEAD
    assert not Allowance.objects.exists()
