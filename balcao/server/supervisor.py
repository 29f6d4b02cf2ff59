"""One tree of processes: a part that dies is started again, all end together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

import structlog

log = structlog.get_logger()

_PR_SET_PDEATHSIG = 1
WORKER_SECONDS = 10
"""How long a web worker has to finish its requests; then its master kills it."""

GRACE_SECONDS = 15
"""How long a part has to end: more than a worker has, so that its master is there to kill it."""


def die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it is gone, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Starts each part as a process of its own and keeps it running until told to stop.

    A part that dies at once again and again is started at most once a second.
    """

    def __init__(self, parts: Mapping[str, Sequence[str]], *, on_ready: Callable[[], None]) -> None:
        self._parts = parts
        self._on_ready = on_ready
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for name in self._parts:
            self._start(name)
        threading.Thread(target=self._on_ready, daemon=True).start()
        while not self._stopping.wait(0.5):
            self._revive()
        self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _start(self, name: str) -> None:
        environment = {**os.environ, "BALCAO_SUPERVISED": "yes"}
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", "balcao.server", *self._parts[name]],
            env=environment,
            start_new_session=True,
        )

    def _revive(self) -> None:
        for name, process in list(self._running.items()):
            if process.poll() is not None and not self._stopping.is_set():
                log.error("part.died", part=name, code=process.returncode)
                time.sleep(1)
                self._start(name)

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        ends = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
