"""`balcao work`: everything that happens without a page."""

import signal
import threading
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand

from balcao.channels.email import webhooks
from balcao.channels.email.accounts import accounts
from balcao.channels.email.imap import Fetcher
from balcao.channels.email.listener import Listener
from balcao.channels.email.transport import transport
from balcao.events.queue import Worker
from balcao.events.ticker import Ticker
from balcao.server import preflight

log = structlog.get_logger()


class Command(BaseCommand):
    help = "Run the background work of one node: jobs, deadlines, mail in and out."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        preflight.check_data()
        preflight.check_database()
        transport()  # a way out that cannot work is said now, not when the first mail is due
        stopping = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            stopping.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker = Worker(threads=max(1, settings.ENV.number("BALCAO_WORK_THREADS")))
        ticker = Ticker()
        ways = _ways_in()
        worker.start()
        ticker.start()
        for way in ways:
            way.start()
        while not stopping.wait(1):
            hears = all(way.alive() for way in ways)
            if not (worker.alive() and ticker.is_alive() and hears):
                # Better a fresh process than half a one: the supervisor starts it again.
                log.error("work.thread_died")
                raise SystemExit(1)
        for way in ways:
            way.stop()
        ticker.stop()
        worker.stop()


def _ways_in() -> list[Listener | Fetcher]:
    """The listener, if one is set, and a fetcher for every mailbox; wrong settings are said now."""
    ways: list[Listener | Fetcher] = []
    where = settings.ENV.text("BALCAO_MAIL_LISTEN")
    if where:
        listener = Listener.from_setting(where)
        preflight.check_port(listener.host, listener.port, setting="BALCAO_MAIL_LISTEN")
        ways.append(listener)
    for account in accounts():
        if account.way == "imap":
            ways.append(Fetcher(account))
        elif account.way == "webhook":
            webhooks.check(account)
    return ways
