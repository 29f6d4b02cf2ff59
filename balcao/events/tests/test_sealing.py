"""Rows are sealed once, in a chain, whatever the order of their ids and the number of tickers."""

import importlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from balcao.events.access import saw
from balcao.events.actions import emit
from balcao.events.models import Access, Act, Allowance, Batch, Event
from balcao.events.sealing import START, seal, seal_due
from balcao.policy.access import SYSTEM

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def happen(times: int = 1) -> list[Event]:
    about = Allowance.objects.create(key=f"x{Event.objects.count()}", window_ends=NOW)
    return [emit("test.was", about, actor=SYSTEM, now=NOW, data={"n": n}) for n in range(times)]


@pytest.mark.django_db
def test_each_batch_follows_the_one_before_and_takes_what_has_none() -> None:
    assert seal("events", now=NOW) is None
    happen(3)
    first = seal("events", now=NOW, limit=2)
    second = seal("events", now=NOW, limit=2)
    assert first
    assert second
    assert (first.number, first.count, first.previous) == (1, 2, START)
    assert (second.number, second.count, second.previous) == (2, 1, first.head)
    assert list(Event.objects.order_by("pk").values_list("batch", flat=True)) == [1, 1, 2]
    assert seal("events", now=NOW) is None


@pytest.mark.django_db
def test_a_row_with_an_older_id_that_comes_later_is_sealed_next() -> None:
    late, early = happen(2)
    Event.objects.filter(pk=early.pk).update(batch=1)
    Batch.objects.create(
        log="events",
        number=1,
        previous=START,
        count=1,
        marks=b"",
        sealed_at=NOW,
        head="a",
    )
    taken = seal("events", now=NOW)
    assert taken
    assert (taken.number, taken.previous) == (2, "a")
    assert Event.objects.get(pk=late.pk).batch == 2


@pytest.mark.django_db
def test_every_log_has_a_chain_of_its_own_and_a_long_past_is_sealed_in_pieces() -> None:
    happen(2)
    saw(Act.VIEWED, "tickets.ticket", 4, actor=SYSTEM, now=NOW, address="203.0.113.9")
    assert seal_due(NOW) == 2
    assert list(Batch.objects.order_by("log").values_list("log", "number")) == [
        ("access", 1),
        ("events", 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_tickers_at_once_seal_every_row_once() -> None:
    happen(40)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(20):
            seal("events", now=NOW, limit=5)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batches = list(Batch.objects.order_by("number"))
    assert [one.number for one in batches] == list(range(1, 9))
    assert sum(one.count for one in batches) == 40
    assert not Event.objects.filter(batch=None).exists()
    assert [one.previous for one in batches[1:]] == [one.head for one in batches[:-1]]


@pytest.fixture
def triggers() -> None:
    """The triggers as every installation has them."""
    made = importlib.import_module("balcao.events.migrations.0003_append_only")
    editor = connection.SchemaEditorClass(connection, atomic=False)
    made.unprotect(None, editor)
    made.protect(None, editor)


@pytest.mark.django_db
@pytest.mark.usefixtures("triggers")
def test_m3_the_database_itself_refuses_to_change_what_is_on_record() -> None:
    event = happen()[0]
    saw(Act.VIEWED, "tickets.ticket", 4, actor=SYSTEM, now=NOW, address=None)
    seal_due(NOW)
    unsealed = happen()[0]
    rows = Event.objects.filter(pk=event.pk)
    fresh = Event.objects.filter(pk=unsealed.pk)
    refused: list[Callable[[], object]] = [
        lambda: rows.update(verb="test.other"),
        lambda: rows.update(batch=None),
        lambda: rows.update(batch=7),
        lambda: fresh.update(at=NOW - timedelta(days=1)),
        lambda: fresh.update(verb="test.other", batch=1),
        rows.delete,
        fresh.delete,
        lambda: Access.objects.update(actor_id=9),
        lambda: Batch.objects.update(head="a"),
        lambda: Batch.objects.filter(log="events").delete(),
    ]
    for change in refused:
        with pytest.raises(DatabaseError, match="are never changed"), transaction.atomic():
            change()
    assert fresh.update(batch=2) == 1


@pytest.mark.django_db
def test_the_triggers_are_there_after_all_migrations() -> None:
    """A table that a later migration makes anew on SQLite would lose them in silence."""
    event = happen()[0]
    with pytest.raises(DatabaseError, match="are never changed"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="test.other")
    seal_due(NOW)
    with pytest.raises(DatabaseError, match="are never changed"), transaction.atomic():
        Batch.objects.update(count=9)
