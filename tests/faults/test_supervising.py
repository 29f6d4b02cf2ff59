"""`balcao serve`: a part that is killed is back, and nothing outlives the whole."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.processes import family
from tests.cast import an_installation
from tests.postgres import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux counts them")


@contextmanager
def _serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = str(free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "balcao.server", "serve"],
        env={**environment, "BALCAO_PORT": port, "BALCAO_LOG_LEVEL": "critical"},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process, f"http://127.0.0.1:{port}/healthz"
    finally:
        process.kill()
        process.wait()


def _until(held: Callable[[], object]) -> None:
    ends = time.monotonic() + 60
    while not held():
        assert time.monotonic() < ends
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _named(root: int, name: str) -> list[int]:
    """The processes of the tree that call themselves so; a worker of the web has its name, too."""
    return [pid for pid in family(root) if _name(pid) == f"balcao {name}"]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _kill_and_see_it_back(root: int, part: str) -> None:
    """A worker of the web goes with it: it would keep the port."""
    killed = _named(root, part)
    os.kill(killed[0], signal.SIGKILL)
    _until(lambda: _gone(killed) and len(_named(root, part)) == len(killed))


def _gone(pids: list[int]) -> bool:
    return not any(map(_lives, pids))


def _lives(pid: int) -> bool:
    """A zombie has ended: whoever inherited it has not looked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_part_that_is_killed_is_back_and_all_end_together(
    process_environment: dict[str, str],
) -> None:
    an_installation()
    with _serving(process_environment) as (serve, address):
        _until(lambda: _answers(address) and len(_named(serve.pid, "web")) == 2)
        for part in ("web", "work"):
            _kill_and_see_it_back(serve.pid, part)
        _until(lambda: _answers(address))
        everything = family(serve.pid)
        serve.terminate()
        assert serve.wait(30) == 0
        assert _gone(everything)


def test_nothing_outlives_a_supervisor_that_is_killed(
    process_environment: dict[str, str],
) -> None:
    an_installation()
    with _serving(process_environment) as (serve, address):
        _until(lambda: _answers(address) and len(_named(serve.pid, "web")) == 2)
        everything = family(serve.pid)
        serve.kill()
        serve.wait()
        _until(lambda: _gone(everything))


def test_what_is_forked_shares_no_connection_to_the_database(
    process_environment: dict[str, str],
) -> None:
    an_installation()
    with _serving(process_environment) as (serve, address):
        _until(lambda: _answers(address) and len(_named(serve.pid, "web")) == 2)
        master = min(_named(serve.pid, "web"))
        assert (_connections(serve.pid), _connections(master)) == ([], [])


def _connections(pid: int) -> list[str]:
    """The database's file and the sockets to a server that the process holds."""
    rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    connected = {f"socket:[{row[9]}]" for row in rows if row[3] == "01"}
    held = [str(found.readlink()) for found in Path(f"/proc/{pid}/fd").iterdir()]
    return [name for name in held if name in connected or "sqlite3" in name]
