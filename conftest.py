"""What every test stands on: one engine, an environment of its own, no network, no fixed order."""

import contextlib
import gc
import ipaddress
import os
import random
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_SETTINGS = "balcao.server.settings"
_RESOURCES = contextlib.ExitStack()

# On a shared machine an example may be slow to make or to run without anything being wrong.
settings.register_profile(
    "shared",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("balcao")
    group.addoption(
        "--engine",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="database the tests run on; postgres is started for the run and ended after it",
    )
    group.addoption("--seed", type=int, default=None, help="order of the test modules")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if "django.conf" in sys.modules and sys.modules["django.conf"].settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests make their own settings.")
    if not _WORKER:
        _prepare_environment(config)
    data = Path(os.environ["BALCAO_DATA"]) / (_WORKER or "main")
    data.mkdir()
    os.environ["BALCAO_DATA"] = str(data)
    if config.pluginmanager.has_plugin(
        "django"
    ):  # the pure rooms are tested without (-p no:django)
        _load_settings(data)
    sys.addaudithook(_refuse_network)
    # The tests themselves fill the heap: looking through it every 700 objects is 5 % of a run.
    gc.set_threshold(20_000, 10, 10)


def pytest_unconfigure(config: pytest.Config) -> None:
    _RESOURCES.close()


def _prepare_environment(config: pytest.Config) -> None:
    """Once a run: forget the developer's own settings, make a data folder, start the engine."""
    for name in [name for name in os.environ if name.startswith("BALCAO_")]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="balcao-tests-")
    _RESOURCES.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["BALCAO_DATA"] = folder
    os.environ["BALCAO_SECRET_KEY"] = "only-for-tests-" * 4
    os.environ["BALCAO_UNDO_SECONDS"] = "0"
    if config.option.engine == "postgres" and not config.option.collectonly:
        from tests.postgres import Unavailable, cluster  # noqa: PLC0415 - psycopg is slow to load

        try:
            os.environ["BALCAO_DATABASE_URL"] = _RESOURCES.enter_context(cluster())
            # Each thread of a race keeps its connection while the race lasts.
            os.environ["BALCAO_DATABASE_POOL"] = "24"
        except Unavailable as error:
            _RESOURCES.close()
            raise pytest.UsageError(str(error)) from None
    seed = config.option.seed
    os.environ["TEST_SEED"] = str(random.randrange(10_000) if seed is None else seed)  # noqa: S311
    # The workers must agree on the order of a set, too: test ids may be made of one.
    os.environ["PYTHONHASHSEED"] = os.environ["TEST_SEED"]


def _load_settings(data: Path) -> None:
    """Load Django's settings now, so that the workers started later load theirs the same way."""
    os.environ["DJANGO_SETTINGS_MODULE"] = _SETTINGS
    from django.conf import settings  # noqa: PLC0415 - only now may the settings be read

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, not memory: threads, other processes and the write-ahead log are then real.
        database.setdefault("TEST", {})["NAME"] = str(data / "test.sqlite3")
    settings.STRICT_TEMPLATES = True
    # Every test client loads the middleware anew; it need not list all static files each time.
    settings.WHITENOISE_AUTOREFRESH = True
    # Argon2 is slow on purpose; the tests sign in hundreds of times.
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    if not _WORKER:
        del os.environ["DJANGO_SETTINGS_MODULE"]


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: no test reaches anything but this machine, whatever library it goes through."""
    if event in {"socket.connect", "socket.sendto"}:
        host = args[1][0] if isinstance(args[1], tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host and not _is_loopback(host):
        raise RuntimeError(f"A test tried to reach {host}; tests never leave this machine.")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified


def pytest_report_header(config: pytest.Config) -> str:
    return f"engine: {config.option.engine}, seed: {os.environ['TEST_SEED']}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Modules in an order that changes from run to run (repeat it with --seed).

    What reaches no database says the same on every engine, and is asked once: on SQLite.
    """
    if config.option.engine == "postgres":
        once = [item for item in items if not _needs_an_engine(item)]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if _needs_an_engine(item)]
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    order = sorted(modules)
    random.Random(os.environ["TEST_SEED"]).shuffle(order)  # noqa: S311
    items[:] = [item for module in order for item in modules[module]]


def _needs_an_engine(item: pytest.Item) -> bool:
    """pytest-django lets only these reach the database; a browser's desk has one of its own."""
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("browser")
    case = getattr(item, "cls", None)
    return bool(asked or marked or (case and issubclass(case, unittest.TestCase)))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """After a test with transactions of its own, SQLite's tables are emptied row by row: what keeps
    rows of the record from being deleted must not stand in the way (its own test makes it anew).
    """
    from django.db import connection  # noqa: PLC0415 - the settings come first

    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            for table in ("events_event", "events_batch", "entitlements_ledgerentry"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stays")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers for a few seconds is of the test before."""
    if loaded := sys.modules.get("balcao.knowledge.queries"):
        loaded.forget_showing()


@pytest.fixture
def installation(db: None) -> None:
    """A database as `balcao setup` leaves it: the shipped policy, one queue, the services."""
    from tests.cast import an_installation  # noqa: PLC0415 - the settings come first

    an_installation()


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a `balcao` process that works on this worker's own test database."""
    from django.db import connection  # noqa: PLC0415 - the settings come first

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = f"{os.environ['BALCAO_DATABASE_URL'].rpartition('/')[0]}/{name}"
    return {**os.environ, "BALCAO_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": _SETTINGS}
