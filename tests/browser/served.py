"""A real `balcao serve` with demo data, for the browser tests and the screenshots."""

import email
import json
import os
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any

from tests.postgres import free_port

AUTHSERV = "mx.teste.example"
PEOPLE = "people.json"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo who can sign in."""

    role: str
    code: str
    password: str
    name: str
    address: str
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """A running desk: its address, its people, its mail in and out."""

    url: str
    data: Path
    mail_port: int
    people: dict[str, Person]

    def person(self, code: str) -> Person:
        return self.people[code]

    def one(self, role: str) -> Person:
        """The first person of the demo with that role."""
        return next(person for person in self.people.values() if person.role == role)

    def mails_to(self, address: str) -> list[Message]:
        """What left the desk for ``address``, oldest first."""
        files = sorted((self.data / "mail").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail for mail in found if address in str(mail["To"])]

    def wait_for_mail(self, address: str, *, subject: str, seconds: float = 40) -> Message:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            for mail in self.mails_to(address):
                if subject in str(mail["Subject"]):
                    return mail
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address} about {subject!r} within {seconds} s")

    def deliver(self, mail: EmailMessage, *, authentic: bool) -> None:
        """Bring a mail over SMTP as the trusted relay would, with what it found out."""
        domain = str(mail["From"]).rpartition("@")[2].rstrip(">")
        verdict = "pass" if authentic else "fail"
        header = f"Authentication-Results: {AUTHSERV}; dmarc={verdict} header.from={domain}\r\n"
        with smtplib.SMTP("127.0.0.1", self.mail_port, timeout=20) as smtp:
            smtp.sendmail(
                str(mail["From"]),
                [str(mail["To"])],
                header.encode() + mail.as_bytes(policy=default),
            )


def make(folder: Path, database_url: str = "") -> None:
    """Make the demo once, in ``folder`` and an empty database, for desks that begin as copies."""
    folder.mkdir()
    text = _people(_environment(folder, database_url))
    (folder / PEOPLE).write_text(text, encoding="utf-8")


@contextmanager
def served(
    database_url: str = "", *, made: Path | None = None, undo_seconds: int = 0
) -> Iterator[Served]:
    """Run a desk on ``database_url``, or on SQLite; ends it afterwards.

    ``made``: the folder of `make`, of which this desk gets a copy (and the database is one, too);
    without it the database is empty, and the desk makes its demo itself.
    """
    with tempfile.TemporaryDirectory(prefix="balcao-served-") as folder:
        if made:
            shutil.copytree(made, folder, dirs_exist_ok=True)
        port, mail_port = free_port(), free_port()
        environment = _environment(Path(folder), database_url) | {
            "BALCAO_PORT": str(port),
            "BALCAO_MAIL_LISTEN": f"127.0.0.1:{mail_port}",
            "BALCAO_MAIL_AUTHSERV_ID": AUTHSERV,
            "BALCAO_LOG_LEVEL": "warning",
            "BALCAO_UNDO_SECONDS": str(undo_seconds),
        }
        log = Path(folder) / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "balcao.server", "serve", "--demo"],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            people = Path(folder) / PEOPLE
            text = people.read_text(encoding="utf-8") if made else _people(environment)
            yield Served(url, Path(folder), mail_port, _read(text))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 180
    while time.monotonic() < ends and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError(f"balcao serve did not answer:\n{log.read_text(errors='replace')[-3000:]}")


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    """This process's own, without its settings."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BALCAO_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment["BALCAO_DATA"] = str(folder)
    if database_url:
        environment["BALCAO_DATABASE_URL"] = database_url
    return environment


def _people(environment: dict[str, str]) -> str:
    """The demo's people in JSON; an empty database gets the demo first."""
    return subprocess.run(
        [sys.executable, "-m", "balcao.server", "demo", "--json"],
        env={**environment, "BALCAO_DEMO": "yes"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=180,
    ).stdout


def _read(text: str) -> dict[str, Person]:
    found: list[dict[str, Any]] = json.loads(text)["people"]
    return {row["user_code"]: _person(row) for row in found}


def _person(row: dict[str, Any]) -> Person:
    return Person(
        role=row["role"],
        code=row["user_code"],
        password=row["password"],
        name=row["name"],
        address=row["email"],
        organisations=tuple(row.get("organisations") or ()),
    )
