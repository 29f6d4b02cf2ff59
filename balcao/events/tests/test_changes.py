"""Writes that are compiled once do what the calls of Django do that they stand for."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from balcao.events.changes import Change, insert, store
from balcao.events.models import Allowance, Job, JobState
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("installation")
HOUR = timedelta(hours=1)


def a_job(task: str = "one", key: str | None = None, **args: Any) -> Job:
    return Job(task=task, args=args, key=key, run_at=NOW)


def stored(row: Any) -> dict[str, Any]:
    """The row as the database has it, without its id."""
    found = type(row).objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in found.items() if name != "id"}


def test_what_is_inserted_is_what_django_would_have_created() -> None:
    ours, theirs = a_job(mail=3, words=["a", 'b"'], late=None), a_job(mail=3)
    theirs.args = dict(ours.args)
    insert([ours])
    theirs.save()
    assert stored(ours) == stored(theirs)
    ours.run_at += HOUR
    ours.save()  # an object that is stored: Django changes its row
    assert stored(ours)["run_at"] == NOW + HOUR


def test_several_rows_are_one_statement_and_each_has_its_own_id() -> None:
    rows = [a_job(f"task-{n}") for n in range(5)]
    with CaptureQueriesContext(connection) as asked:
        assert insert(rows) == 5
    assert len(asked) == 1
    assert [Job.objects.get(pk=row.pk).task for row in rows] == [row.task for row in rows]
    with CaptureQueriesContext(connection) as asked:
        assert insert([]) == 0
    assert len(asked) == 0


def test_more_rows_than_a_statement_takes_go_in_several_and_each_has_its_own_id() -> None:
    rows = [Allowance(key=f"many:{n}", window_ends=NOW, count=n) for n in range(1001)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert insert(rows) == 1001
    assert len(asked) == 3
    kept = Allowance.objects.filter(key__startswith="many:").values_list("count", flat=True)
    assert sorted(kept) == list(range(1001))
    jobs = [Job(task="x", run_at=NOW) for _ in range(501)]
    insert(jobs)
    assert len({job.pk for job in jobs}) == 501
    assert not insert([])


def test_a_row_that_is_there_is_left_out_where_that_was_asked_for_and_raises_otherwise() -> None:
    insert([a_job(key="once")])
    again = a_job("two", key="once")
    assert insert([again], unless_there=True) == 0
    assert Job.objects.get(key="once").task == "one"
    assert insert([again, a_job("three", key="other")], unless_there=True) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([again])


def test_after_an_insert_that_failed_nothing_more_is_written_in_its_transaction() -> None:
    insert([a_job(key="once")])
    with transaction.atomic(), pytest.raises(TransactionManagementError):
        with pytest.raises(IntegrityError):
            insert([a_job(key="once")])
        insert([a_job(key="other")])
    transaction.set_rollback(False)
    assert not Job.objects.filter(key="other").exists()


def test_only_the_fields_that_are_named_are_stored_and_all_where_none_is() -> None:
    job = a_job()
    insert([job])
    job.task, job.attempts, job.args = "two", 3, {"a": 1}
    store(job, ("attempts",))
    assert (stored(job)["task"], stored(job)["attempts"]) == ("one", 3)
    store(job)
    assert (stored(job)["task"], stored(job)["args"]) == ("two", {"a": 1})
    Job.objects.all().delete()
    with pytest.raises(DatabaseError):
        store(job, ("attempts",))


USED = Change(
    lambda key, now, limit: (
        Allowance.objects.filter(key=key, window_ends__gt=now, count__lt=limit),
        {"count": F("count") + 1},
    ),
    *(str, datetime, int),
)
ENDED = Change(
    lambda task, at, worker: (
        Job.objects.filter(task=task),
        {"state": JobState.DONE, "done_at": at, "worker": worker},
    ),
    *(str, datetime, str),
)


def test_a_change_reaches_the_rows_that_fulfil_its_condition_and_tells_how_many() -> None:
    insert([Allowance(key=key, window_ends=NOW + HOUR) for key in ("a", "b")])
    assert [USED.make("a", NOW, 2) for _ in range(3)] == [1, 1, 0]
    assert USED.make("a", NOW + HOUR, 9) == 0
    assert dict(Allowance.objects.values_list("key", "count")) == {"a": 2, "b": 0}


def test_each_change_writes_its_own_values_and_none_of_it_is_read_as_sql() -> None:
    insert([a_job(), a_job(), a_job("two")])
    assert ENDED.make("one", NOW, "x' OR 1=1 --%s") == 2
    assert ENDED.make("two", None, "") == 1
    found = Job.objects.filter(task__in=["one", "two"]).order_by("pk")
    assert list(found.values_list("state", "done_at", "worker")) == [
        (2, NOW, "x' OR 1=1 --%s")
    ] * 2 + [(2, None, "")]
