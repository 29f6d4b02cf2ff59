"""The SMTP or LMTP server that takes mail from the relay in front of Balcão.

It answers 250 only after the message is on disk and its row committed, and 451 when that fails, so
the relay keeps what we could not. It listens for a trusted relay, which speaks to the world and
writes Authentication-Results, or to the world itself, where senders are verified here; what the
connection showed is kept with the message. It relays nothing.
"""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from balcao.channels import intake

log = structlog.get_logger()

_MAX_LINE = 1024 * 1024
_MAX_RECIPIENTS = 100
_IDLE_SECONDS = 120
_WRITERS = 2


class _Smtp(SMTP):
    # Many honest programs send lines longer than the 998 octets of RFC 5321.
    line_length_limit = _MAX_LINE


class _Lmtp(LMTP):
    line_length_limit = _MAX_LINE


class _Intake:
    """What aiosmtpd asks about each message."""

    def __init__(self, *, lmtp: bool) -> None:
        self._lmtp = lmtp
        self.writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="mail-in")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        # LMTP answers DATA once per recipient; with one recipient both protocols agree.
        if len(envelope.rcpt_tos) >= (1 if self._lmtp else _MAX_RECIPIENTS):
            return "452 4.5.3 Too many recipients; send the rest next"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        shown = {
            "peer": str(session.peer[0]) if session.peer else "",
            "helo": (session.host_name or "")[:255],
            "from": (envelope.mail_from or "")[:254],
        }
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.writers, _keep, content, shown)

    async def handle_exception(self, error: Exception) -> str:
        # Whatever went wrong, the relay must keep the message and come again.
        log.error("mail.session_failed", error=repr(error))
        return "451 4.3.0 Local trouble; try again later"


def _keep(content: bytes, evidence: dict[str, str]) -> str:
    close_old_connections()
    try:
        inbound = intake.store(content, now=timezone.now(), evidence=evidence)
    except (OSError, DatabaseError) as error:
        log.error("mail.not_stored", error=str(error))
        return "451 4.3.0 The message could not be stored; try again later"
    finally:
        close_old_connections()
    return f"250 2.0.0 Kept as {inbound}"


@dataclass(slots=True)
class _Running:
    loop: asyncio.AbstractEventLoop
    server: asyncio.Server


class Listener:
    """A mail server in a thread of its own. ``port`` 0 takes a free one (see ``start``)."""

    def __init__(self, host: str, port: int, *, lmtp: bool = False) -> None:
        self.host = host
        self.port = port
        self.lmtp = lmtp
        self._handler = _Intake(lmtp=lmtp)
        self._thread: threading.Thread | None = None
        self._running: _Running | None = None
        self._ready = threading.Event()
        self._problem: OSError | None = None

    @classmethod
    def from_setting(cls, where: str) -> "Listener":
        """From ``host:port``, ``smtp://host:port`` or ``lmtp://host:port``.

        Raises ImproperlyConfigured for anything else.
        """
        parts = urlsplit(where if "://" in where else f"smtp://{where}")
        try:
            port = parts.port
        except ValueError:
            port = None
        if parts.scheme not in {"smtp", "lmtp"} or not parts.hostname or port is None:
            raise ImproperlyConfigured(
                "BALCAO_MAIL_LISTEN must look like 127.0.0.1:8025 or lmtp://127.0.0.1:8024."
            )
        return cls(parts.hostname, port, lmtp=parts.scheme == "lmtp")

    def start(self) -> None:
        """Listen; returns once connections are taken. Raises OSError for a taken address."""
        # aiosmtpd tells every step of every conversation, addresses included.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._ready.clear()
        self._thread = threading.Thread(target=self._run, name="mail-listener", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._problem:
            raise self._problem

    def stop(self) -> None:
        """Take no more mail; messages being stored are finished."""
        running = self._running
        if running is not None:
            running.loop.call_soon_threadsafe(running.loop.stop)
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._handler.writers.shutdown(wait=True)

    def alive(self) -> bool:
        """Whether the thread still serves."""
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        try:
            server = loop.run_until_complete(
                loop.create_server(lambda: self._session(loop), self.host, self.port)
            )
        except OSError as problem:
            self._problem = problem
            loop.close()
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._running = _Running(loop, server)
        self._ready.set()
        try:
            loop.run_forever()
        finally:
            server.close()
            loop.run_until_complete(_end_sessions())
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _session(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        kind = _Lmtp if self.lmtp else _Smtp
        return kind(
            self._handler,
            hostname="balcao",
            ident="Balcao",
            data_size_limit=settings.MAX_UPLOAD,
            enable_SMTPUTF8=True,
            decode_data=False,
            timeout=_IDLE_SECONDS,
            loop=loop,
        )


async def _end_sessions() -> None:
    """Cancel the open conversations; a relay that got no 250 sends its message again."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
