"""Q2: a worker that is killed loses nothing and doubles nothing."""

import signal
import subprocess
import sys
import time

import pytest
from django.utils import timezone

from balcao.events.actions import enqueue
from balcao.events.models import Allowance, Job, JobState

JOBS = 50


def _start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.jobs", "0.02"],
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"working\n"
    return process


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def _done() -> int:
    return Job.objects.filter(task="faults.count", state=JobState.DONE).count()


def _wait_for(done: int, *, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while _done() < done:
        assert time.monotonic() < ends, f"only {_done()} of {done} jobs were done"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_q2_a_worker_killed_in_the_middle_of_50_jobs_loses_none_and_doubles_none(
    process_environment: dict[str, str],
) -> None:
    now = timezone.now()
    for number in range(JOBS):
        enqueue("faults.count", now=now, number=number)
    for kills in range(1, 4):
        process = _start(process_environment)
        _wait_for(kills * 10, seconds=20)
        _kill(process)
    assert _done() < JOBS, "the worker was killed too late to prove anything"
    process = _start(process_environment)
    try:
        _wait_for(JOBS, seconds=40)
    finally:
        _kill(process)
    rows = Allowance.objects.filter(key__startswith="fault-")
    assert rows.count() == JOBS
    assert set(rows.values_list("count", flat=True)) == {1}
    assert not Job.objects.exclude(state=JobState.DONE).exists()
