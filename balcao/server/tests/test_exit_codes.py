"""What a command's exit code says: 0 done, 1 refused, 2 wrong usage, 3 something is missing."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from tests import cast


def balcao(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "balcao.server", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        (("ticket", "open", "--help"), 0),
        ((), 2),
        (("no-such-command",), 2),
        (("ticket",), 2),
        (("ticket", "open", "--no-such-option"), 2),
        (("sla", "explain", "--clock", "lunar"), 2),
        (("demo", "--verbosity", "x"), 2),
    ],
    ids=str,
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = balcao({"BALCAO_DATA": str(tmp_path)}, *arguments)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["demo", "ticket", "sla", "policy", "serve", "mail"])
def test_help_hides_what_only_a_programmer_needs(command: str, tmp_path: Path) -> None:
    done = balcao({"BALCAO_DATA": str(tmp_path)}, command, "--help")
    assert done.returncode == 0, done.stderr
    assert "--settings" not in done.stdout
    assert "--traceback" not in done.stdout


def test_an_unknown_setting_ends_with_3(tmp_path: Path) -> None:
    environment = {"BALCAO_DATA": str(tmp_path), "BALCAO_PROT": "8001"}
    done = balcao(environment, "sla", "explain", "--opened", "2026-11-06T17:00")
    assert done.returncode == 3
    assert "BALCAO_PORT" in done.stderr


def test_a_ticket_opens_or_is_refused_by_the_exit_code(
    process_environment: dict[str, str],
) -> None:
    cast.an_installation()
    later = timezone.now().date() + cast.YEAR
    covered = cast.a_customer(contract_ends=later, licence_until=later)
    lapsed = cast.a_customer(contract_ends=later, licence_until=timezone.now().date() - cast.YEAR)
    for customer, code in ((covered, 0), (lapsed, 1)):
        done = balcao(
            process_environment,
            *("ticket", "open", "--as", customer.user.code, "--service", "incident"),
            *("--subject", "Coletor parado", "--body", "Desde as 8h."),
        )
        assert done.returncode == code, done.stderr
        assert done.stderr == "" if code == 0 else done.stderr.startswith("balcao: ")
