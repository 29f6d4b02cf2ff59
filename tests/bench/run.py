"""The measuring of one engine; started by the bench with the environment it needs."""

import json
import os
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from balcao.channels import intake  # noqa: E402
from balcao.channels.models import Inbound, Outcome  # noqa: E402
from balcao.events.models import Job, JobState  # noqa: E402
from tests.bench import processes  # noqa: E402
from tests.bench.browser import Browser, new_key  # noqa: E402
from tests.bench.data import RARE, Scene, address_of, prepare  # noqa: E402
from tests.bench.floor import Floor, bare, statements_of, without  # noqa: E402
from tests.bench.urls import NOTHING  # noqa: E402
from tests.cast import signed_in  # noqa: E402
from tests.postgres import free_port  # noqa: E402

Act = Callable[[int], str]
Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """``act(n)`` is the n-th operation; ``sql`` counts the statements of one.

    ``bare``: what those cost that an empty page does not ask; ``requests``: how many pages it is.
    """

    name: str
    act: Act
    browser: Browser
    sql: int
    bare: Floor
    requests: int = 1


def main() -> None:
    engine, tickets, operations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    call_command("migrate", interactive=False, verbosity=0)
    scene = prepare(tickets, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    port, mail_port = free_port(), free_port()
    database = _database_pid() if engine == "postgres" else None
    with _serving(port, mail_port) as serve:
        _wait_for(port)
        _wait_for(mail_port)
        web, work = processes.named(serve, "web"), processes.named(serve, "work")
        rows: list[dict[str, Any]] = []
        page = Floor(0, 0)
        for operation in _operations(port, scene, database):
            row = _measure(operation, operations, web, database)
            if not rows:
                page = Floor(row["app"], row["db"])
            rows.append(_over(row, page * operation.requests + operation.bare))
        rows.append(_mail(scene, operations, mail_port, work, database))
        result = {
            "engine": engine,
            "tickets": tickets,
            "operations": operations,
            "rows": rows,
            "web_mib": processes.memory_mib(web),
            "work_mib": processes.memory_mib(work),
            "all_mib": processes.memory_mib(serve),
        }
    print(json.dumps(result))


@contextmanager
def _serving(port: int, mail_port: int) -> Iterator[int]:
    settings = {"BALCAO_PORT": str(port), "BALCAO_MAIL_LISTEN": f"127.0.0.1:{mail_port}"}
    process = subprocess.Popen(  # what it prints is for people, and goes where they look
        [sys.executable, "-m", "balcao.server", "serve"],
        env={**os.environ, **settings},
        stdout=sys.stderr,
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def _database_pid() -> int:
    """The process all of PostgreSQL's processes descend from."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1])


def _operations(port: int, scene: Scene, database: int | None) -> Iterator[Operation]:
    agent, customer = Browser(port, scene.agent), Browser(port, scene.customer.user)
    numbers = scene.open_numbers
    some = numbers[0]

    def reply(browser: Browser, n: int) -> str:
        number = numbers[n % len(numbers)]
        return browser.post(f"/mesa/{number}/responder", body=f"Resposta {n}", key=new_key())

    def opening() -> dict[str, str]:
        licence = scene.customer.licence
        return {
            "about": f"{scene.customer.organisation.pk}-{licence.pk if licence else ''}",
            "service": "incident",
            "subject": "Sem tom no ramal",
            "body": "O ramal 204 ficou mudo hoje cedo.",
            "key": new_key(),
        }

    agent.prepare_forms(f"/mesa/{some}")
    customer.prepare_forms("/chamados/abrir")
    staff, contact = signed_in(scene.agent), signed_in(scene.customer.user)
    for client in (staff, contact):
        # Django's own test client calls a host that only the tests allow.
        client.defaults["SERVER_NAME"] = "127.0.0.1"
    nothing = {
        client: statements_of(partial(_done, client, NOTHING)) for client in (staff, contact)
    }

    def operation(
        name: str, browser: Browser, act: Act, path: str, form: Callable[[], Form] | None = None
    ) -> Operation:
        client = staff if browser is agent else contact
        sql = _sql(lambda: _done(client, path, form and form()))
        asked = statements_of(lambda: _done(client, path, form and form()))
        # At once: the ids that the database gives next are still those it has just forgotten.
        floor = bare(without(asked, nothing[client]), database)
        return Operation(name, act, browser, sql, floor, requests=1 if form is None else 2)

    yield operation("empty", agent, lambda n: agent.get(NOTHING), NOTHING)
    yield operation("list", agent, lambda n: agent.get("/mesa/"), "/mesa/")
    yield operation(
        "ticket", agent, lambda n: agent.get(f"/mesa/{numbers[n % len(numbers)]}"), f"/mesa/{some}"
    )
    yield operation("mine", customer, lambda n: customer.get("/chamados"), "/chamados")
    found = f"/mesa/busca?q={RARE}"
    yield operation("search", agent, lambda n: agent.get(found), found)
    to_open = "/chamados/abrir"
    yield operation(
        "open", customer, lambda n: customer.post(to_open, **opening()), to_open, opening
    )
    yield operation(
        "reply",
        agent,
        lambda n: reply(agent, n),
        f"/mesa/{some}/responder",
        lambda: {"body": "Resposta", "key": new_key()},
    )


def _done(client: Client, path: str, form: Form | None = None) -> None:
    """One operation and, after a form, the page it leads to."""
    response = client.get(path) if form is None else client.post(path, form, follow=True)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")


def _sql(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([query for query in captured if not query["sql"].startswith("EXPLAIN")])


def _measure(operation: Operation, times: int, web: int, database: int | None) -> dict[str, Any]:
    for n in range(min(20, times)):
        operation.act(n)
    operation.browser.bytes = 0
    app, base = processes.cpu_seconds(web), processes.cpu_seconds(database) if database else 0
    taken = []
    for n in range(times):
        begin = time.perf_counter()
        operation.act(n)
        taken.append((time.perf_counter() - begin) * 1000)
    return _row(
        operation.name,
        taken,
        app=processes.cpu_seconds(web) - app,
        db=(processes.cpu_seconds(database) - base) if database else 0,
        sql=operation.sql,
        kib=operation.browser.bytes / times / 1024,
    )


def _row(
    name: str, taken: list[float], *, app: float, db: float, sql: int, kib: float
) -> dict[str, Any]:
    taken.sort()
    # A long run says what it has found so far.
    print(
        f"{name}: app {app * 1000 / len(taken):.1f} ms, db {db * 1000 / len(taken):.1f} ms,"
        f" p50 {statistics.median(taken):.1f} ms, {sql} SQL",
        file=sys.stderr,
        flush=True,
    )
    return {
        "op": name,
        "per_second": 1000 * len(taken) / sum(taken),
        "p50": statistics.median(taken),
        "p95": taken[int(len(taken) * 0.95) - 1],
        "app": app * 1000 / len(taken),
        "db": db * 1000 / len(taken),
        "sql": sql,
        "kib": kib,
    }


def _over(row: dict[str, Any], floor: Floor) -> dict[str, Any]:
    """The row with its floor, and how many times as much it costs."""
    least = floor.app + floor.database
    cost = row["app"] + row["db"]
    return row | {"floor_app": floor.app, "floor_db": floor.database, "over_floor": cost / least}


def _mail(scene: Scene, times: int, port: int, work: int, database: int | None) -> dict[str, Any]:
    """From the wire to the judged message: half replies by mail, half to be refused.

    There is no page under it: its floor is the statements, half of each kind.
    """
    known, unknown = address_of(scene.customer.user), "alguem@outro.example"
    sql = _sql(lambda: _received(scene, -1, known, Outcome.APPENDED))
    floors = [
        bare(statements_of(partial(_received, scene, *given)), database)
        for given in ((-2, known, Outcome.APPENDED), (-3, unknown, None))
    ]
    _settle(time.monotonic() + 300)
    before = Inbound.objects.count()
    app, base = processes.cpu_seconds(work), processes.cpu_seconds(database) if database else 0
    begin = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for n in range(times):
            sender = unknown if n % 2 else known
            smtp.sendmail(sender, ["suporte@direction.com.br"], _message(scene, n, sender))
    while Inbound.objects.exclude(outcome=Outcome.STORED).count() < before + times:
        if time.perf_counter() - begin > 300:
            raise RuntimeError("mail was not judged within 300 s")
        time.sleep(0.05)
    seconds = time.perf_counter() - begin
    row = _row(
        "mail",
        [seconds * 1000 / times] * times,
        app=processes.cpu_seconds(work) - app,
        db=(processes.cpu_seconds(database) - base) if database else 0,
        sql=sql,
        kib=len(_message(scene, 0, known)) / 1024,
    )
    return _over(row, (floors[0] + floors[1]) * 0.5)


def _received(scene: Scene, n: int, sender: str, outcome: str | None) -> None:
    judged = intake.receive(_message(scene, n, sender), now=timezone.now())
    if outcome and judged.outcome != outcome:
        raise RuntimeError(f"the bench's own mail became {judged}")


def _settle(ends: float) -> None:
    while Job.objects.filter(state__in=(JobState.READY, JobState.RUNNING)).filter(
        run_at__lte=timezone.now() + timedelta(seconds=5)
    ):
        if time.monotonic() > ends:
            raise RuntimeError("the queue did not run dry within 300 s")
        time.sleep(0.1)


def _message(scene: Scene, n: int, sender: str) -> bytes:
    number = scene.customer_numbers[n % len(scene.customer_numbers)]
    domain = sender.partition("@")[2]
    return (
        f"Authentication-Results: mx.bench.example; dmarc=pass header.from={domain}\r\n"
        f"From: <{sender}>\r\nTo: suporte@direction.com.br\r\n"
        f"Subject: Re: [{number}] Sem tom\r\nMessage-ID: <bench-{n}@{domain}>\r\n"
        "Date: Fri, 20 Nov 2026 12:00:00 -0300\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"\r\nSegue a informação pedida, número {n}.\r\n"
    ).encode()


if __name__ == "__main__":
    main()
