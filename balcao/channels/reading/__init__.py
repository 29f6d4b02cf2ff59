"""Taking mail apart in processes of their own: what one mail does to them, the next does not feel.

A reader lives for some hundred mails, so that an ordinary one costs a message to and fro and no
start of a process. It may use little memory and two seconds of processor time a mail, and opens
nothing (threats F1, F2). It dies of what is too much; the mail is then said to be unreadable.
"""

import atexit
import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time

from balcao.lib.mail import wire
from balcao.lib.mail.parsing import ParsedMail, Unparseable, check_size

COSTLY = "too_costly"
UNREADABLE = "unreadable"

LIFE = 500
"""How many mails a reader takes apart before another takes its place."""
PATIENCE = 20.0
"""Seconds until a reader is ended that says nothing: far more than its share of the processor."""
_MEMORY = 256 * 1024 * 1024
_TRIES = 2
_ENDED_BY_LIMIT = {-signal.SIGPROF, -signal.SIGXCPU}
_STEP = 1024 * 1024


class _Died(Exception):
    """The reader ended; ``limit``: it used up what it may use."""

    def __init__(self, *, limit: bool) -> None:
        super().__init__()
        self.limit = limit


class _Reader:
    """One process that takes mails apart, one after the other."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.left = LIFE
        limits = (str(max_bytes), str(_memory(max_bytes)))
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", f"{__name__}.child", *limits],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        self._socket = ours

    def read(self, raw: bytes) -> ParsedMail:
        """Raises Unparseable as lib.mail does, _Died, or wire.Garbled."""
        self.left -= 1
        until = time.monotonic() + PATIENCE
        try:
            self._socket.settimeout(PATIENCE)
            self._socket.sendall(wire.length(len(raw)))
            self._socket.sendall(raw)
            size = int.from_bytes(self._received(8, until), "big")
            if size > 4 * self.max_bytes + _STEP:
                raise wire.Garbled
            return wire.decoded(self._received(size, until))
        except TimeoutError:
            self.end()
            raise _Died(limit=True) from None
        except (OSError, EOFError):
            raise _Died(limit=self._died_of_limit()) from None

    def _received(self, size: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._socket.settimeout(max(0.001, until - time.monotonic()))
            piece = self._socket.recv(min(_STEP, size - len(data)))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def _died_of_limit(self) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=1) in _ENDED_BY_LIMIT
        return False

    def end(self) -> None:
        """Let go of the process."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


def _memory(max_bytes: int) -> int:
    """Address space of a reader: 256 MiB, or what the largest mail needs in its several shapes."""
    return max(_MEMORY, 96 * 1024 * 1024 + 6 * max_bytes)


_idle: list[_Reader] = []
_lock = threading.Lock()


def read(raw: bytes, *, max_bytes: int) -> ParsedMail:
    """Take a message apart. Raises Unparseable with the reason why that could not be done, OSError
    when no reader can be started.
    """
    check_size(raw, max_bytes=max_bytes)
    for _try in range(_TRIES):
        reader = _taken(max_bytes)
        try:
            mail = reader.read(raw)
        except Unparseable as problem:
            if problem.reason == COSTLY:
                reader.end()
            else:
                _give_back(reader)
            raise
        except wire.Garbled:
            reader.end()
            raise Unparseable(UNREADABLE) from None
        except _Died as death:
            reader.end()
            if death.limit:
                raise Unparseable(COSTLY) from None
            # Something else may have ended it: the mail is given to another one.
            continue
        _give_back(reader)
        return mail
    raise Unparseable(UNREADABLE)


def _taken(max_bytes: int) -> _Reader:
    with _lock:
        while _idle:
            reader = _idle.pop()
            if reader.max_bytes == max_bytes:
                return reader
            reader.end()
    return _Reader(max_bytes)


def _give_back(reader: _Reader) -> None:
    if reader.left <= 0:
        reader.end()
        return
    with _lock:
        _idle.append(reader)


@atexit.register
def close() -> None:
    """End the idle readers of this process; those at work end with their socket."""
    with _lock:
        while _idle:
            _idle.pop().end()
