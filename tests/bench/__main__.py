"""`make bench`: what the main operations cost, in CPU and in SQL statements.

    python -m tests.bench [--tickets N] [--engine sqlite|postgres|both] [--operations N] [--json]

One closed-loop client, signed in, against `balcao serve` on loopback; CPU per operation is that of
the web process and of the database's processes. Mail goes over SMTP into its work process. Each
operation stands beside its floor: an empty page, and its own statements without the ORM.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.postgres import cluster

_COLUMNS = ("ops/s", "p50 ms", "p95 ms", "app CPU", "db CPU", "floor", "times", "SQL", "KiB")
HEAD = f"{'op':<8}" + "".join(f"{name:>9}" for name in _COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--operations", type=int, default=300, help="of each kind")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    engines = ("sqlite", "postgres") if options.engine == "both" else (options.engine,)
    results = [_run(engine, options.tickets, options.operations) for engine in engines]
    if options.json:
        print(json.dumps(results, indent=1))
        return
    for result in results:
        print(
            f"\n{result['engine']}, {result['tickets']} tickets, {result['operations']} operations"
        )
        print(HEAD)
        for row in result["rows"]:
            floor = row["floor_app"] + row["floor_db"]
            figures = (row["per_second"], row["p50"], row["p95"], row["app"], row["db"], floor)
            numbers = "".join(f"{figure:>9.2f}" for figure in figures)
            over = row["over_floor"]
            print(f"{row['op']:<8}{numbers}{over:>9.1f}{row['sql']:>9}{row['kib']:>9.1f}")
        parts = f"web {result['web_mib']:.0f} MiB, work {result['work_mib']:.0f} MiB"
        print(f"memory: {parts}, with their supervisor {result['all_mib']:.0f} MiB")


def _run(engine: str, tickets: int, operations: int) -> dict[str, Any]:
    """Measure one engine in a process of its own: Django reads its settings once."""
    with ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="balcao-bench-")
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("BALCAO_")}
        environment |= {
            "BALCAO_DATA": folder,
            "BALCAO_SECRET_KEY": "only-for-the-bench-" * 3,
            "BALCAO_MAIL_AUTHSERV_ID": "mx.bench.example",
            "BALCAO_LOG_LEVEL": "warning",
            "BALCAO_UNDO_SECONDS": "0",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        }
        if engine == "postgres":
            environment["BALCAO_DATABASE_URL"] = stack.enter_context(cluster())
        output = subprocess.run(
            [sys.executable, "-m", "tests.bench.run", engine, str(tickets), str(operations)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=Path(__file__).resolve().parents[2],
        ).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
