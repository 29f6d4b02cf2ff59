"""A throwaway Dovecot for tests: one mailbox on loopback, with a configuration of its own."""

import contextlib
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import free_port

USER, PASSWORD = "suporte@direction.example", "senha-de-teste"
_START_SECONDS = 20.0

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
auth_mechanisms = plain login xoauth2
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
  chroot =
}}
service anvil {{
  chroot =
}}
"""


# Whom a token is for is asked of its provider, which the test plays.
_OAUTH = """
tokeninfo_url = {tokens}
introspection_mode = auth
username_attribute = email
"""


class Unavailable(Exception):
    """No Dovecot can be started here; the text says what to install."""


@dataclass(slots=True)
class Dovecot:
    """A running server: its ports, the certificate to trust, and its mailbox's folder."""

    plain: int
    tls: int
    certificate: Path
    folder: Path
    process: "subprocess.Popen[bytes]"

    def put(self, raw: bytes, name: str) -> None:
        """Deliver a message into the mailbox, as Maildir says: written aside, then moved."""
        aside, inbox = self.folder / "mail" / "tmp" / name, self.folder / "mail" / "new" / name
        aside.write_bytes(raw)
        if os.geteuid() == 0:
            shutil.chown(aside, *_owner())
        aside.rename(inbox)

    def empty(self) -> None:
        """As it was at first."""
        for part in ("new", "cur"):
            for path in (self.folder / "mail" / part).iterdir():
                path.unlink()

    def drop_sessions(self) -> None:
        """End every conversation, as a server that is restarted does; new ones are taken."""
        for line in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError):
                fields = line.read_text().rpartition(")")[2].split()
                name = line.with_name("comm").read_text().strip()
                if int(fields[1]) == self.process.pid and name in {"imap", "imap-login"}:
                    os.kill(int(line.parent.name), signal.SIGKILL)

    def left(self) -> int:
        """How many messages are still in the mailbox."""
        mail = self.folder / "mail"
        return sum(1 for part in ("new", "cur") for _ in (mail / part).iterdir())


@contextlib.contextmanager
def running(*, tokens: str = "http://127.0.0.1:9/?token=") -> Iterator[Dovecot]:
    """Run a server; ends it whatever happens. ``tokens``: where it asks whom an access token is
    for. Raises Unavailable.
    """
    binary = shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")
    if binary is None:
        raise Unavailable("install Dovecot (on Debian: apt install dovecot-imapd)")
    folder = Path(tempfile.mkdtemp(prefix="balcao-dovecot-", dir="/tmp"))
    try:
        server = _start(Path(binary), folder, tokens)
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGTERM)
            try:
                server.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.process.kill()
                server.process.wait()
            assert server.process.stderr is not None
            server.process.stderr.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> tuple[str, str]:
    """Dovecot serves mail of nobody but an unprivileged user."""
    name = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    return name, grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name


def _start(binary: Path, folder: Path, tokens: str) -> Dovecot:
    user, group = _owner()
    _certificate(folder)
    for part in ("tmp", "new", "cur"):
        (folder / "mail" / part).mkdir(parents=True, exist_ok=True)
    plain, tls = free_port(), free_port()
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder, user=user, group=group, password=PASSWORD, plain=plain, tls=tls
        ),
        encoding="utf-8",
    )
    (folder / "oauth2.conf").write_text(_OAUTH.format(tokens=tokens), encoding="utf-8")
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user, group)
    process = subprocess.Popen(
        [binary, "-F", "-c", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    server = Dovecot(plain, tls, folder / "cert.pem", folder, process)
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", tls), timeout=1):
            return server
        time.sleep(0.1)
    process.kill()
    said = process.communicate()[1].decode("utf-8", "replace")
    raise Unavailable(f"Dovecot did not start: {said[-300:]}")


def _certificate(folder: Path) -> None:
    """One for localhost, good for a day and for nobody else."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-keyout", folder / "key.pem", "-out", folder / "cert.pem"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
