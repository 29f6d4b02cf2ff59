"""The process that takes mails apart: `python -m balcao.channels.reading.child BYTES MEMORY`.

It knows neither the database nor a secret, opens no file and starts nothing. Whatever goes wrong
ends it; its parent starts another.
"""

import codecs
import contextlib
import encodings
import pkgutil
import resource
import signal
import sys
from typing import BinaryIO

from balcao.lib.mail import wire
from balcao.lib.mail.parsing import ParsedMail, Unparseable, parse

SECONDS = 2.0
"""Processor time for one mail."""


def main() -> None:
    """Read mails from standard input, each after its length, and answer each, until it ends."""
    max_bytes, memory = int(sys.argv[1]), int(sys.argv[2])
    _learn_charsets()
    _limit(memory)
    while data := _received(sys.stdin.buffer, max_bytes):
        _allow(SECONDS)
        for piece in wire.encoded(_read(data, max_bytes)):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


def _received(source: BinaryIO, max_bytes: int) -> bytes:
    size = int.from_bytes(source.read(8), "big")
    return source.read(min(size, max_bytes))


def _read(data: bytes, max_bytes: int) -> ParsedMail | Unparseable:
    try:
        return parse(data, max_bytes=max_bytes)
    except Unparseable as problem:
        return problem
    except (MemoryError, RecursionError):
        return Unparseable("too_costly")


def _learn_charsets() -> None:
    """Every character set there is: Python reads one from disk when it is first asked for, and
    later no file can be opened.
    """
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError, LookupError):
            codecs.lookup(module.name)


def _limit(memory: int) -> None:
    """Nothing is opened, written or started from here on; little memory is taken."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def _allow(seconds: float) -> None:
    """So much processor time from now; the kernel ends what wants more."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
