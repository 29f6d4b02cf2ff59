"""`make check`: every static check, two at a time, each reported by name and with its time.

`python -m tools.check rooms types` runs only those.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = (sys.executable, "-W", "error::DeprecationWarning")
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One command that must end with 0, and what it adds to the environment."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


CHECKS = (
    # The slowest first.
    Check("types", (str(BIN / "mypy"), "--no-error-summary")),
    Check("style", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Check("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Check("rooms", (str(BIN / "lint-imports"),)),
    Check("templates", (*PYTHON, "-m", "tools.templates")),
    Check("translations", (sys.executable, "-m", "tools.translations")),
    Check("migrations", (*PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run")),
    Check(
        "deployment",
        (*PYTHON, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"),
        {
            "BALCAO_BASE_URL": "https://portal.example.com",
            "BALCAO_DATABASE_URL": "postgresql://balcao@127.0.0.1/balcao",
        },
    ),
)


def main(names: Sequence[str]) -> int:
    """Run the named checks, or all; 1 when one fails, 2 for a name that does not exist."""
    known = {check.name for check in CHECKS}
    if unknown := [name for name in names if name not in known]:
        print(f"No such check: {', '.join(unknown)}. There are: {', '.join(sorted(known))}.")
        return 2
    chosen = [check for check in CHECKS if not names or check.name in names]
    with tempfile.TemporaryDirectory(prefix="balcao-check-") as data:
        base = _environment(data)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = [pool.submit(_run, check, base) for check in chosen]
            failed = [name for done in as_completed(results) if (name := _report(*done.result()))]
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def _environment(data: str) -> dict[str, str]:
    """The caller's environment without their own Balcão settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BALCAO_")}
    return own | {
        "BALCAO_DATA": data,
        "BALCAO_SECRET_KEY": secrets.token_urlsafe(64),
        "DJANGO_SETTINGS_MODULE": "balcao.server.settings",
    }


def _run(check: Check, base: Mapping[str, str]) -> tuple[Check, float, int, str]:
    start = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**base, **check.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return check, time.monotonic() - start, done.returncode, done.stdout


def _report(check: Check, seconds: float, code: int, output: str) -> str:
    """Print one line, and the output of a failure; the name of a failed check, or nothing."""
    print(f"{'ok  ' if code == 0 else 'FAIL'}  {check.name:<13} {seconds:5.1f} s", flush=True)
    if code == 0:
        return ""
    print(output.rstrip(), flush=True)
    return check.name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
