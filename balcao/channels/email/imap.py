"""Mailboxes that mail is fetched from: each in a thread of its own, waiting by IDLE (RFC 2177).

A message leaves the mailbox only after it is stored here: a crash in between fetches it again, and
intake knows it. What cannot be fetched stays where it is and stops nothing behind it.
"""

import contextlib
import imaplib
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from balcao.channels import actions, intake
from balcao.channels.email.accounts import Account
from balcao.channels.email.oauth import NoToken, Tokens

log = structlog.get_logger()

TIMEOUT_SECONDS = 30
# Servers end an IDLE after 29 minutes; asking again sooner finds what was announced in between.
_IDLE_SECONDS = 120
_SLICE_SECONDS = 1.0
_WAITS = (2, 5, 15, 60, 300)
# Marks what is too large to be taken, so that it is not looked at again.
_LEFT = "\\Flagged"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_TROUBLES = (ImapToolsError, imaplib.IMAP4.error, OSError, NoToken, DatabaseError)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What the file of accounts says of one mailbox.

    ``tls``: implicit, starttls, or none, which only a server on this machine may have. ``then``:
    what becomes of a message once it is stored: delete, seen, or move to the folder ``to``.
    """

    host: str
    port: int
    tls: str
    user: str
    password: str = field(repr=False)
    folder: str
    then: str
    to: str
    ca_file: str
    oauth: bool

    @classmethod
    def of(cls, account: Account) -> "Mailbox":
        """Raises ImproperlyConfigured with one sentence that says what to mend."""
        told: dict[str, Any] = account.settings
        tls = str(told.get("tls", "implicit"))
        then, _, to = str(told.get("then", "delete")).partition(":")
        made = cls(
            host=str(told.get("host", "")),
            port=int(told.get("port", 143 if tls in {"starttls", "none"} else 993)),
            tls=tls,
            user=str(told.get("user", "")),
            password=str(told.get("password", "")),
            folder=str(told.get("folder", "INBOX")),
            then=then,
            to=to,
            ca_file=str(told.get("ca_file", "")),
            oauth=bool(told.get("oauth")),
        )
        problem = made._problem(str(told.get("oauth", "")))
        if problem:
            raise ImproperlyConfigured(f"BALCAO_MAIL_ACCOUNTS: [{account.name}]: {problem}.")
        return made

    def _problem(self, oauth: str) -> str:
        if not self.host or not self.user:
            return "host and user must be given"
        if self.oauth and oauth not in {"google", "microsoft"}:
            return "oauth must be google or microsoft"
        if not self.oauth and not self.password:
            return "password_file or oauth must be given"
        if self.tls not in {"implicit", "starttls", "none"}:
            return "tls must be implicit, starttls or none"
        if self.tls == "none" and not _is_here(self.host):
            return "tls may be none only for a server on this machine"
        if self.then not in {"delete", "seen", "move"} or (self.then == "move") != bool(self.to):
            return "then must be delete, seen or move:FOLDER"
        return ""


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class Fetcher:
    """Fetches one account's mail until it is told to stop."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._mailbox = Mailbox.of(account)
        self._tokens = Tokens(account.settings)
        self._stopping = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=f"imap-{account.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A message being stored is finished; who waits for a dead server is left behind."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def alive(self) -> bool:
        """Whether the thread still fetches."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._session() as box:
                    self._failures = 0
                    self._note("")
                    self._serve(box)
            except _TROUBLES as error:
                log.warning("imap.trouble", account=self.account.name, error=words_of(error))
                self._note(words_of(error))
                self._stopping.wait(_WAITS[min(self._failures, len(_WAITS) - 1)])
                self._failures += 1

    def _note(self, problem: str) -> None:
        with contextlib.suppress(DatabaseError):
            actions.note_account(self.account.name, problem=problem, now=timezone.now())
        close_old_connections()

    @contextlib.contextmanager
    def _session(self) -> Iterator[BaseMailBox]:
        box = connect(self._mailbox)
        try:
            sign_in(box, self._mailbox, self._tokens)
            yield box
        finally:
            with contextlib.suppress(*_TROUBLES):
                box.logout()
            with contextlib.suppress(OSError):
                box.client.shutdown()

    def _serve(self, box: BaseMailBox) -> None:
        """Take what is there, then wait for more; returns when told to stop."""
        waits = "IDLE" in abilities(box)
        while not self._stopping.is_set():
            while fetch_all(box, self.account.name, self._mailbox, stopping=self._stopping):
                pass
            if waits:
                self._idle(box)
            else:
                self._stopping.wait(30)
                box.client.noop()

    def _idle(self, box: BaseMailBox) -> None:
        ends = time.monotonic() + _IDLE_SECONDS
        box.idle.start()  # type: ignore[no-untyped-call]
        while not self._stopping.is_set() and time.monotonic() < ends:
            began = time.monotonic()
            lines = box.idle.poll(timeout=_SLICE_SECONDS)
            if any(b"EXISTS" in line for line in lines):
                break
            if not lines and time.monotonic() - began < _SLICE_SECONDS / 2:
                # Readable, and yet nothing to read.
                raise ConnectionResetError("the server ended the connection")
        box.idle.stop()  # type: ignore[no-untyped-call]


def connect(mailbox: Mailbox) -> BaseMailBox:
    """A connection that is not signed in. Raises OSError or imaplib's errors."""
    if mailbox.tls == "none":
        return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=mailbox.ca_file or None)
    kind = MailBoxStartTls if mailbox.tls == "starttls" else MailBox
    return kind(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS, ssl_context=context)


def sign_in(box: BaseMailBox, mailbox: Mailbox, tokens: Tokens) -> None:
    """Sign in and open the folder. Raises NoToken or imap_tools' errors."""
    if not mailbox.oauth:
        box.login(mailbox.user, mailbox.password, initial_folder=mailbox.folder)
        return
    try:
        box.xoauth2(mailbox.user, tokens.current(), initial_folder=mailbox.folder)
    except ImapToolsError:
        tokens.forget()
        raise


def abilities(box: BaseMailBox) -> frozenset[str]:
    """What the server can do for somebody signed in: it may say less before."""
    known: frozenset[str] | None = getattr(box, "abilities", None)
    if known is None:
        words = b" ".join(_answer(box.client.capability())).decode("ascii", "replace")
        known = frozenset(words.upper().split())
        box.abilities = known  # type: ignore[attr-defined]
    return known


def fetch_all(box: BaseMailBox, name: str, mailbox: Mailbox, *, stopping: threading.Event) -> int:
    """Store what is in the folder, and take each away once it is stored; how many were."""
    wanted = f"UNFLAGGED{' UNSEEN' if mailbox.then == 'seen' else ''}"
    taken = 0
    for uid in box.uids(wanted):
        if stopping.is_set():
            break
        raw = _raw(box, uid)
        if raw is None:
            continue
        intake.store(raw, now=timezone.now(), account=name)
        close_old_connections()
        _put_away(box, uid, mailbox)
        taken += 1
    return taken


def _raw(box: BaseMailBox, uid: str) -> bytes | None:
    """The message as it is, or None for one that is gone or too large, which is marked and left."""
    size = _answer(box.client.uid("FETCH", uid, "(RFC822.SIZE)"))
    found = _SIZE.search(b" ".join(part for part in size if isinstance(part, bytes)))
    if found is None:
        return None
    if int(found[1]) > settings.MAX_UPLOAD:
        log.warning("imap.too_large", uid=uid, size=int(found[1]))
        box.flag(uid, _LEFT, True)
        return None
    parts = _answer(box.client.uid("FETCH", uid, "(BODY.PEEK[])"))
    return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)


def _answer(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, parts = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"the server said {kind}")
    return parts


def _put_away(box: BaseMailBox, uid: str, mailbox: Mailbox) -> None:
    if mailbox.then == "seen":
        box.flag(uid, "\\Seen", True)
    elif mailbox.then == "move":
        box.move(uid, mailbox.to)
    else:
        box.flag(uid, "\\Deleted", True)
        if "UIDPLUS" in abilities(box):
            # Only this one: what somebody else marked in the same folder is theirs.
            box.client.uid("EXPUNGE", uid)
        else:
            box.expunge()


def words_of(error: Exception) -> str:
    """What went wrong, on one line, without a password."""
    if isinstance(error, socket.gaierror):
        return f"the server's name is not known: {error.strerror}"
    text = str(error) or type(error).__name__
    return " ".join(text.split())[:300]
