"""A worker process of its own, to be killed: `python -m tests.faults.jobs SECONDS_PER_JOB`."""

import sys
import time
from datetime import datetime, timedelta

import django

django.setup()

from balcao.events.models import Allowance  # noqa: E402
from balcao.events.queue import Worker  # noqa: E402
from balcao.events.registry import task  # noqa: E402

PAUSE = float(sys.argv[1])


@task("faults.count")
def count(*, now: datetime, number: int) -> None:
    """Leave one row a job; a job done twice would break the unique key, or count to two."""
    Allowance.objects.create(key=f"fault-{number}", window_ends=now, count=1)
    time.sleep(PAUSE)


worker = Worker(threads=2, lease=timedelta(seconds=1))
worker.start()
print("working", flush=True)
while worker.alive():
    time.sleep(0.1)
