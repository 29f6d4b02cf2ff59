"""One tree of processes: a part that dies is started again, all end together.

Everything is imported once, here, and the parts are forked from it: they share that memory, and one
that dies is back at once. So this process holds no thread and no connection, and whatever needs one
is done aside.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkProcess
from types import FrameType

import structlog

log = structlog.get_logger()

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
WORKER_SECONDS = 10
"""How long a web worker has to finish its requests; then its master kills it."""

GRACE_SECONDS = 15
"""How long a part has to end: more than a worker has, so that its master is there to kill it."""

Work = Callable[[], int]
"""What a process of its own does; returns its exit code."""


def die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it is gone, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(name: str, work: Work, *, alone: bool = True, daemon: bool = False) -> ForkProcess:
    """Do ``work`` in a process of its own, which shares what is in memory so far.

    ``alone``: Ctrl+C does not reach it. ``daemon``: it ends with this process at the latest, and
    starts none of its own.
    """
    gc.freeze()  # the collector would write to every object, and a page that is written is copied
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_run, args=(name, work, alone), name=name, daemon=daemon)
    process.start()
    return process


def _run(name: str, work: Work, alone: bool) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if alone:
        os.setsid()
    die_with_parent()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"balcao {name}".encode())
    raise SystemExit(work())


class Supervisor:
    """Starts each part as a process of its own and keeps it running until told to stop.

    A part that dies at once again and again is started at most once a second. ``on_ready`` is done
    aside, once the parts are started.
    """

    def __init__(self, parts: Mapping[str, Work], *, on_ready: Work) -> None:
        self._parts = parts
        self._on_ready = on_ready
        self._running: dict[str, ForkProcess] = {}
        self._stopping = threading.Event()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for name in self._parts:
            self._start(name)
        start("ready", self._on_ready, daemon=True)
        while not self._stopping.wait(0.5):
            self._revive()
        self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _start(self, name: str) -> None:
        self._running[name] = start(name, self._parts[name])

    def _revive(self) -> None:
        for name, process in list(self._running.items()):
            if not process.is_alive() and not self._stopping.is_set():
                log.error("part.died", part=name, code=process.exitcode)
                time.sleep(1)
                self._start(name)

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        ends = time.monotonic() + GRACE_SECONDS
        for process in self._running.values():
            process.join(max(0.1, ends - time.monotonic()))
            if process.is_alive():
                process.kill()
