"""A worker process of its own, to be killed: `python -m balcao.channels.tests.worker`."""

import time
from datetime import timedelta

import django

django.setup()

from balcao.events.queue import Worker  # noqa: E402

# A short lease, so that the next worker takes over soon what this one leaves behind.
worker = Worker(threads=2, lease=timedelta(seconds=1))
worker.start()
print("working", flush=True)
while worker.alive():
    time.sleep(0.1)
