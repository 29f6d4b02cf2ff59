"""Can the desk start here? Each problem is one sentence that says what to do."""

import errno
import os
import shutil
import socket
from contextlib import closing
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

ENVIRONMENT = 3
MIN_FREE = 64 * 1024 * 1024


def problem(text: str) -> CommandError:
    return CommandError(text, returncode=ENVIRONMENT)


def check_data() -> None:
    """The data folder takes a file and has room for more."""
    folder = Path(settings.DATA)
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        probe.write_bytes(b"\0" * 65536)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(folder) from None
        raise problem(
            f"The data folder {folder} cannot be written ({error.strerror}):"
            " give it to this user or set BALCAO_DATA to another folder."
        ) from None
    finally:
        probe.unlink(missing_ok=True)
    if free < MIN_FREE:
        raise _full(folder)


def _full(folder: Path) -> CommandError:
    return problem(
        f"The disk of the data folder {folder} is full:"
        " free at least 64 MiB there, then start again."
    )


def check_database(*, migrated: bool = True) -> None:
    """The database answers and, unless told otherwise, has every migration."""
    name = connection.settings_dict["NAME"]
    try:
        _reach()
        plan = _missing_migrations()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
        raise problem(
            f"The database {name} cannot be opened ({reason}):"
            " check BALCAO_DATABASE_URL, that the server runs and that this user may use it."
        ) from None
    if migrated and plan:
        raise problem(f"The database {name} is not ready: run `balcao setup` first.")


def let_go() -> None:
    """Keep no connection, and no pool of them, before a fork: what is forked would share the
    sockets, and wait for ever for the pool's threads, which a fork leaves behind.
    """
    open_here = connections[connection.alias]
    open_here.close()
    if isinstance(open_here, DatabaseWrapper):
        open_here.close_pool()


def _reach() -> None:
    """One plain connection first: the pool would try for ten seconds before it says why."""
    if connection.vendor == "postgresql":
        parameters = {**connection.get_connection_params(), "connect_timeout": 5}
        with connection.wrap_database_errors:
            psycopg.connect(**parameters).close()
    connection.ensure_connection()


def _missing_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def check_port(host: str, port: int, *, setting: str) -> None:
    """The address can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise problem(
                    f"Port {port} on {host} is taken by another program:"
                    f" end it or set {setting} to a free port."
                ) from None
            raise problem(
                f"{host}:{port} cannot be listened on ({error.strerror}): change {setting}."
            ) from None
