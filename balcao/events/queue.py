"""The lease queue: jobs are claimed for a while, and taken again when the worker died.

A claim is one UPDATE on both engines. A job that runs out of attempts is dead and stays visible.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import structlog
from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from balcao.events.changes import Change
from balcao.events.models import Job, JobState
from balcao.events.registry import Dead, Later, find_task
from balcao.events.statements import Statement

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
POLL_SECONDS = 0.2
Clock = Callable[[], datetime]
_serial = count(1)


class LostLease(Exception):
    """Somebody else took the job over; what was done in this transaction is rolled back."""


def worker_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{next(_serial)}"


def claim(now: datetime, *, worker: str, lease: timedelta = LEASE) -> Job | None:
    """Take the most urgent job that is ready, or whose worker stopped renewing its lease."""
    alone = connection.vendor == "sqlite"
    if alone and not _DUE.rows(now, now):
        return None  # an idle queue never takes SQLite's write lock
    skip = "" if alone else " FOR UPDATE SKIP LOCKED"
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (now + lease, now)]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM + skip + _CLAIMED, [worker, *moments, moments[1]])
        found = cursor.fetchone()
    if found is None:
        return None
    pk, task, args, attempts, most = found
    return Job(
        pk=pk,
        task=task,
        args=json.loads(args),
        attempts=attempts,
        max_attempts=most,
        state=JobState.RUNNING,
        worker=worker,
    )


_CLAIM = (
    "UPDATE events_job SET state = 1, worker = %s, lease_until = %s, attempts = attempts + 1"
    " WHERE id = (SELECT id FROM events_job"
    " WHERE (state = 0 AND run_at <= %s) OR (state = 1 AND lease_until < %s)"
    " ORDER BY state DESC, priority, run_at, id LIMIT 1"
)
_CLAIMED = ") RETURNING id, task, args, attempts, max_attempts"
_DUE = Statement(
    lambda ready, alive: Job.objects.filter(
        Q(state=JobState.READY, run_at__lte=ready)
        | Q(state=JobState.RUNNING, lease_until__lt=alive)
    ).values_list("pk")[:1],
    *(datetime, datetime),
)


def run(job: Job, *, now: datetime, clock: Clock) -> None:
    """Run one claimed job and record how it ended. Never raises for a fault of the job."""
    task = find_task(job.task)
    try:
        if task is None:
            raise Dead(f"no task is called {job.task}")
        if job.attempts > job.max_attempts:
            raise Dead("its worker died in the middle of it every time")
        if task.outside:
            task.handler(now=now, **job.args)
            _finish(job, clock())
        else:
            with transaction.atomic():
                task.handler(now=now, **job.args)
                _finish(job, clock())
    except LostLease:
        log.warning("job.lease_lost", job=job.pk, task=job.task)
    except Later as later:
        _give_back(job, run_at=clock() + later.delay, attempts=job.attempts - 1, error="")
    except Dead as dead:
        _bury(job, clock(), str(dead))
    except Exception as error:  # the queue outlives whatever a task raises
        log.exception("job.failed", job=job.pk, task=job.task, attempt=job.attempts)
        text = f"{type(error).__name__}: {error}"[:2000]
        if job.attempts >= job.max_attempts:
            _bury(job, clock(), text)
        else:
            wait = timedelta(seconds=min(2**job.attempts, 3600))
            _give_back(job, run_at=clock() + wait, attempts=job.attempts, error=text)


def _mine(job: Job) -> Q:
    return Q(pk=job.pk, state=JobState.RUNNING, worker=job.worker)


def _finish(job: Job, at: datetime) -> None:
    if not _FINISHED.make(job.pk, job.worker, at):
        raise LostLease


_FINISHED = Change(
    lambda pk, worker, at: (
        Job.objects.filter(pk=pk, state=JobState.RUNNING, worker=worker),
        {"state": JobState.DONE, "done_at": at, "lease_until": None, "error": ""},
    ),
    *(int, str, datetime),
)


def _give_back(job: Job, *, run_at: datetime, attempts: int, error: str) -> None:
    Job.objects.filter(_mine(job)).update(
        state=JobState.READY, run_at=run_at, attempts=attempts, lease_until=None, error=error
    )


def _bury(job: Job, at: datetime, error: str) -> None:
    log.error("job.dead", job=job.pk, task=job.task, error=error)
    Job.objects.filter(_mine(job)).update(
        state=JobState.DEAD, done_at=at, lease_until=None, error=error[:2000]
    )


def run_pending(now: datetime, *, limit: int = 1000) -> int:
    """Run what is ready at ``now`` in this process, at most ``limit`` jobs; how many ran."""
    name = worker_name()
    for done in range(limit):
        job = claim(now, worker=name)
        if job is None:
            return done
        run(job, now=now, clock=lambda: now)
    return limit


class Worker:
    """Threads that claim and run jobs until told to stop, and one that renews their leases."""

    def __init__(
        self, *, threads: int, clock: Clock = timezone.now, lease: timedelta = LEASE
    ) -> None:
        self._clock = clock
        self._lease = lease
        self._stop = threading.Event()
        self._running: dict[int, str] = {}
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._loop, name=f"jobs-{n}", daemon=True)
            for n in range(threads)
        ]
        self._threads.append(threading.Thread(target=self._renew, name="leases", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout)

    def alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def _loop(self) -> None:
        name = worker_name()
        while not self._stop.is_set():
            if not self._step(name):
                self._stop.wait(POLL_SECONDS)
        connection.close()

    def _step(self, name: str) -> bool:
        """One claim and its run; False when there was nothing to do or the database is away."""
        try:
            close_old_connections()
            job = claim(self._clock(), worker=name, lease=self._lease)
            if job is None:
                return False
            with self._lock:
                self._running[job.pk] = name
            try:
                run(job, now=self._clock(), clock=self._clock)
            finally:
                with self._lock:
                    del self._running[job.pk]
            return True
        except Exception:  # the loop outlives a database that went away
            log.exception("worker.step_failed")
            connection.close()
            self._stop.wait(1)
            return False

    def _renew(self) -> None:
        while not self._stop.wait(self._lease.total_seconds() / 3):
            with self._lock:
                running = dict(self._running)
            try:
                for pk, name in running.items():
                    Job.objects.filter(pk=pk, worker=name, state=JobState.RUNNING).update(
                        lease_until=self._clock() + self._lease
                    )
            except Exception:  # a lease that cannot be renewed runs out, which is safe
                log.exception("worker.renew_failed")
                connection.close()
        connection.close()


def settle(*, timeout: float, clock: Clock = timezone.now) -> bool:
    """Wait until no job is ready or running; False when ``timeout`` seconds were not enough."""
    ends = time.monotonic() + timeout
    while time.monotonic() < ends:
        open_jobs = Job.objects.filter(
            Q(state=JobState.RUNNING) | Q(state=JobState.READY, run_at__lte=clock())
        )
        if not open_jobs.exists():
            return True
        time.sleep(0.05)
    return False
