"""Reads that are compiled once give what the QuerySets they are built from give."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from balcao.events.models import Job
from balcao.events.statements import AtLeast, Counts, Slot, Statement, Word, among
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("installation")


def a_job(task: str, run_at: datetime = NOW) -> Job:
    return Job.objects.create(task=task, run_at=run_at)


def due(task: Slot, until: Slot) -> QuerySet[Any, Any]:
    rows = Job.objects.filter(task=task, run_at__lte=until).order_by("pk")
    return rows.values_list("task", "run_at", "state")


DUE = Statement(due, str, datetime)
HELD = Statement(
    lambda pk: (
        Job.objects.select_for_update()
        .annotate(known=Exists(Job.objects.filter(pk=OuterRef("pk"))))
        .filter(pk=pk)
    ),
    int,
)
AMONG = Statement(lambda ids: Job.objects.filter(among("pk", ids)).values_list("pk"), int)


def test_each_time_its_own_values_count_and_moments_come_back_aware() -> None:
    later = NOW + timedelta(hours=1)
    a_job("one"), a_job("one", later), a_job("two")
    assert [row[:2] for row in DUE.rows("one", NOW)] == [("one", NOW)]
    assert [row[1] for row in DUE.rows("one", later)] == [NOW, later]
    assert [row[:2] for row in DUE.rows("two", later)] == [("two", NOW)]
    assert DUE.rows("three", later) == []


def test_nothing_equals_none_and_a_list_of_nothing_asks_nothing() -> None:
    job = a_job("one")
    assert DUE.rows("one", None) == []
    with CaptureQueriesContext(connection) as asked:
        assert AMONG.rows(()) == []
    assert len(asked) == 0
    assert AMONG.rows((job.pk,)) == [(job.pk,)]


def test_lists_of_any_length_find_their_own() -> None:
    ids = [a_job("one").pk for _ in range(40)]
    for length in (1, 2, 16, 17, 40):
        found = AMONG.rows(tuple(ids[:length]))
        assert sorted(row[0] for row in found) == ids[:length]


def test_a_value_is_never_read_as_sql() -> None:
    a_job("one")
    assert DUE.rows("' OR 1=1 --", NOW) == []
    assert DUE.rows("%s", NOW) == []


def test_counts_of_several_are_one_row_and_what_never_changes_stands_in_the_sql() -> None:
    a_job("one"), a_job("one%s"), a_job("two")

    def both(task: Slot) -> list[QuerySet[Any]]:
        return [
            Job.objects.filter(task=task).values("pk")[:2],
            Job.objects.exclude(task="two").values("pk")[:2],
            Job.objects.filter(task="one%s").values("pk")[:2],
        ]

    counted = Counts(both, str)
    assert counted.rows("one") == [(1, 2, 1)]
    assert counted.rows("three") == [(0, 2, 1)]


def test_what_is_held_is_read_within_a_transaction_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = a_job("one")
    assert HELD.objects(job.pk) == [job]
    with monkeypatch.context() as outside, pytest.raises(TransactionManagementError):
        outside.setattr(connections["default"], "in_atomic_block", False)
        HELD.objects(job.pk)


def test_objects_come_with_what_belongs_to_them_whatever_else_was_asked() -> None:
    """What a QuerySet of values only counts or tests has no object to be made of."""
    job = a_job("one")
    tested = Statement(
        lambda pk: Job.objects.filter(pk=pk).values_list("task", Exists(Job.objects.filter(pk=pk))),
        int,
    )
    assert tested.rows(job.pk) == [("one", True)]
    found = HELD.objects(job.pk)[0]
    assert (found.run_at, found.args, found.known) == (NOW, {}, True)


def test_a_word_stands_in_a_pattern_as_django_writes_it_and_means_no_pattern_itself() -> None:
    a_job("50%_off"), a_job("500 off"), a_job("50%_ON")

    def holding(*words: str) -> QuerySet[Any, Any]:
        rows = Job.objects.order_by("pk").values_list("task")
        for word in words:
            rows = rows.filter(task__contains=word)
        return rows

    two = Statement(holding, Word, Word)
    whole = Statement(
        lambda word: Job.objects.order_by("pk").filter(task__iexact=word).values_list("task"), Word
    )
    odd = (("50", "off"), ("%_", "o"), ("_", "5"), ("\\", "5"), ("%s", "\x02"), ("'", ""))
    for words in odd:
        assert two.rows(*words) == list(holding(*words)), words
    assert [task for (task,) in two.rows("0%", "off")] == ["50%_off"]
    assert whole.rows("50%_OFF") == [("50%_off",)]
    assert whole.rows("50%%off") == []


def test_where_a_few_are_enough_nobody_counts_further() -> None:
    for _ in range(4):
        a_job("one")

    def several(task: Slot) -> list[Any]:
        rows = Job.objects.filter(task=task).values("pk")
        return [AtLeast(rows[:2], rows, most) for most in (2, 3)] + [rows[:3]]

    assert Counts(several, str).rows("one") == [(2, 4, 3)]
    assert Counts(several, str).rows("two") == [(0, 0, 0)]
