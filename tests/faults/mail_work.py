"""The listener and the worker in a process of their own, to be killed: `python -m ... PORT`."""

import sys
import time
from datetime import timedelta

import django

django.setup()

from balcao.channels.email.listener import Listener  # noqa: E402
from balcao.events.queue import Worker  # noqa: E402

# A short lease, so that the next worker takes over soon what this one leaves behind.
worker = Worker(threads=2, lease=timedelta(seconds=1))
worker.start()
listener = Listener("127.0.0.1", int(sys.argv[1]))
listener.start()
print("working", flush=True)
while worker.alive() and listener.alive():
    time.sleep(0.1)
