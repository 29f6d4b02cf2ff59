"""Ways for a mail to leave: SMTP, or a folder that keeps it (``BALCAO_MAIL_URL``)."""

import contextlib
import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

TIMEOUT_SECONDS = 30


class TryAgain(Exception):
    """Not now; the text is what the server, or the system, said."""


class NoHope(Exception):
    """The server refuses this recipient or this mail for good; the text is what it said."""


class Transport(Protocol):
    """One way out."""

    def send(self, content: bytes, *, sender: str, recipient: str, message_id: str) -> str:
        """Hand one mail over and return the answer. Raises TryAgain or NoHope."""
        ...


def transport() -> Transport:
    """The way named by the settings; the demo never leaves this machine.

    Raises ImproperlyConfigured when the address of the way out is not one.
    """
    url = settings.ENV.text("BALCAO_MAIL_URL")
    default = Path(settings.DATA) / "mail"
    if settings.DEMO or not url:
        return Sink(_sink_folder(url) if url.startswith("sink:") else default)
    parts = urlsplit(url)
    if parts.scheme == "sink":
        return Sink(_sink_folder(url))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            "BALCAO_MAIL_URL must start with smtp://, smtps:// or sink://, and name a host."
        )
    implicit = parts.scheme == "smtps"
    return Smtp(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
    )


def _sink_folder(url: str) -> Path:
    parts = urlsplit(url)
    return Path(unquote(parts.netloc + parts.path)).expanduser().resolve()


@dataclass(frozen=True, slots=True)
class Sink:
    """A folder of .eml files, one a mail; the same Message-ID again replaces its file."""

    folder: Path

    def send(self, content: bytes, *, sender: str, recipient: str, message_id: str) -> str:
        name = re.sub(r"[^A-Za-z0-9._-]", "_", message_id.strip("<>"))[:200]
        target = self.folder / f"{name}.eml"
        partial = target.with_suffix(f".{os.getpid()}.partial")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except OSError as error:
            raise TryAgain(f"{error.strerror}: {target.parent}") from error
        return "kept in the sink"


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server that takes our mail on. A password goes over TLS only."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False

    def send(self, content: bytes, *, sender: str, recipient: str, message_id: str) -> str:
        try:
            with self._session() as session:
                # sendmail() forgets the answer to DATA, which names the mail in the server's log.
                session.ehlo_or_helo_if_needed()
                _expect(session.mail(sender, [f"SIZE={len(content)}"]), 250)
                _expect(session.rcpt(recipient), 250, 251)
                code, words = session.data(content)
                _expect((code, words), 250)
                return f"{code} {_words(words)}"
        except smtplib.SMTPResponseException as error:
            raise _verdict(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryAgain(str(error) or type(error).__name__) from error

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        own_name = settings.ENV.text("BALCAO_MAIL_DOMAIN") or "localhost"
        context = ssl.create_default_context()
        session: smtplib.SMTP
        if self.implicit_tls:
            session = smtplib.SMTP_SSL(
                self.host, self.port, own_name, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            session = smtplib.SMTP(self.host, self.port, own_name, timeout=TIMEOUT_SECONDS)
        try:
            session.ehlo()
            if not self.implicit_tls and session.has_extn("starttls"):
                session.starttls(context=context)
                session.ehlo()
            elif self.user and not self.implicit_tls:
                raise smtplib.SMTPException("the server offers no TLS; the password was not sent")
            if self.user:
                session.login(self.user, self.password)
            yield session
            with contextlib.suppress(smtplib.SMTPException, OSError):
                session.quit()
        finally:
            session.close()


class _Refused(smtplib.SMTPResponseException):
    """The server said no to this mail or its recipient."""


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    if answer[0] not in wanted:
        raise _Refused(*answer)


def _verdict(error: smtplib.SMTPResponseException) -> Exception:
    """A 5xx about the mail is final; one about us (sign-in, greeting) is a setting to be mended."""
    text = f"{error.smtp_code} {_words(error.smtp_error)}"
    final = isinstance(error, _Refused) and 500 <= error.smtp_code < 600
    return NoHope(text) if final else TryAgain(text)


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:280]
