"""The ticker: once a second it raises what is due, by asking indexed ``next_at`` columns."""

import threading
from datetime import datetime

import structlog
from django.db import close_old_connections, connection
from django.utils import timezone

from balcao.events.registry import ticks

log = structlog.get_logger()

INTERVAL_SECONDS = 1.0


def beat(now: datetime) -> None:
    """Call every handler once; one that fails is logged and does not stop the others."""
    for name, handler in ticks().items():
        try:
            handler(now)
        except Exception:  # one faulty handler must not stop deadlines from being raised
            log.exception("ticker.failed", handler=name)
            connection.close()


class Ticker(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="ticker", daemon=True)
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(INTERVAL_SECONDS):
            close_old_connections()
            beat(timezone.now())
        connection.close()

    def stop(self) -> None:
        self._stopping.set()
