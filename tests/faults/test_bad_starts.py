"""Each start that cannot work says in one sentence what to do, and exits with 3."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.postgres import free_port

MISSPELT = "BALCAO_PORT".replace("PORT", "PROT")


def _balcao(*arguments: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "BALCAO" not in name}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "balcao.server", *arguments],
        env={**environment, "BALCAO_DATA": str(data), **settings},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after `balcao setup`, to be copied."""
    folder = tmp_path_factory.mktemp("ready")
    assert _balcao("setup", data=folder).returncode == 0
    return folder


def _one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    lines = result.stderr.strip().splitlines()
    assert result.returncode == 3, result.stderr
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("balcao: ")
    for word in words:
        assert word in lines[0]


def test_a_busy_port_names_the_port_and_the_setting(tmp_path: Path, ready: Path) -> None:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "web"):
            result = _balcao(command, data=tmp_path, BALCAO_PORT=port)
            _one_sentence(result, f"Port {port}", "BALCAO_PORT")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BALCAO_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, ("cannot be opened",)),
        ({"BALCAO_DATABASE_URL": "mysql://x"}, ("postgresql://", "sqlite:///")),
        ({"BALCAO_DATABASE_URL": "postgresql://u:p@127.0.0.1:9/x"}, ("cannot be",)),
        ({MISSPELT: "1"}, (MISSPELT, "did you mean BALCAO_PORT")),
        ({"BALCAO_PORT": "many"}, ("BALCAO_PORT must be a whole number",)),
        ({"BALCAO_SECRET_KEY": "short"}, ("BALCAO_SECRET_KEY", "32")),
        ({"BALCAO_BASE_URL": "portal"}, ("BALCAO_BASE_URL",)),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    tmp_path: Path, settings: Mapping[str, str], words: tuple[str, ...]
) -> None:
    given = {"BALCAO_PORT": str(free_port()), **settings}
    _one_sentence(_balcao("web", data=tmp_path, **given), *words)


def test_a_way_out_for_mail_that_cannot_work_is_named(tmp_path: Path, ready: Path) -> None:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    result = _balcao("work", data=tmp_path, BALCAO_MAIL_URL="pigeon://loft")
    _one_sentence(result, "BALCAO_MAIL_URL", "smtp://")


def test_a_database_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "balcao.sqlite3").write_bytes(b"this is not a database" * 100)
    result = _balcao("web", data=tmp_path, BALCAO_PORT=str(free_port()))
    _one_sentence(result, "cannot be opened", "BALCAO_DATABASE_URL")


def test_a_database_before_setup_says_to_run_setup(tmp_path: Path) -> None:
    for command in ("web", "work", "serve"):
        result = _balcao(command, data=tmp_path, BALCAO_PORT=str(free_port()))
        _one_sentence(result, "run `balcao setup` first")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_full_disk_says_to_free_space(tmp_path: Path, ready: Path) -> None:
    """The probe's own file is the device that is always full."""
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    code = (
        "import os, sys; from pathlib import Path;"
        f"Path({str(tmp_path)!r}, f'.probe-{{os.getpid()}}').symlink_to('/dev/full');"
        "from balcao.server.cli import main; main(['web'])"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if "BALCAO" not in name},
        "BALCAO_DATA": str(tmp_path),
        "BALCAO_PORT": str(free_port()),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    _one_sentence(result, "is full", "free at least")


@pytest.mark.parametrize("arguments", [["nonsense"], []])
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: list[str]) -> None:
    assert _balcao(*arguments, data=tmp_path).returncode == 2
