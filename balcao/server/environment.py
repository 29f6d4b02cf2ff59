"""The settings of one installation: environment variables, their defaults and what they mean.

Every name starts with ``BALCAO_``. A secret may also be given as ``NAME_FILE``, the path of a file
that holds it. An unknown ``BALCAO_`` name is an error that suggests the right one: a misspelt
setting that is silently ignored is found on the day it matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

Kind = Literal["text", "bool", "int", "list", "path"]


class SettingError(Exception):
    """A setting that cannot be used; the text says what to do, in one sentence."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One ``BALCAO_*`` variable as docs/settings.md lists it."""

    name: str
    kind: Kind
    default: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("BALCAO_DATA", "path", "var", "Folder of the state: database, files, secret key."),
    Setting(
        "BALCAO_DATABASE_URL",
        "text",
        "",
        "postgresql://user:password@host:port/name, or sqlite:///path; empty means SQLite in"
        " BALCAO_DATA.",
        secret=True,
    ),
    Setting("BALCAO_DATABASE_POOL", "int", "8", "Most PostgreSQL connections of one process."),
    Setting(
        "BALCAO_DATABASE_PREPARE",
        "bool",
        "yes",
        "Let PostgreSQL keep the plans of statements; no behind a PgBouncer older than 1.21.",
    ),
    Setting(
        "BALCAO_SECRET_KEY",
        "text",
        "",
        "Key that signs sessions and reply tokens, at least 32 characters; empty means one made on"
        " the first start and kept in BALCAO_DATA.",
        secret=True,
    ),
    Setting(
        "BALCAO_BASE_URL",
        "text",
        "",
        "Address people use in the browser; links in mail start with it, never with a header. Empty"
        " means http:// with BALCAO_HOST and BALCAO_PORT.",
    ),
    Setting("BALCAO_HOST", "text", "127.0.0.1", "Address the web server listens on."),
    Setting("BALCAO_PORT", "int", "8000", "Port the web server listens on."),
    Setting(
        "BALCAO_TRUSTED_PROXIES",
        "text",
        "",
        "Addresses and networks of reverse proxies, such as 127.0.0.1 or 10.0.0.0/8, whose"
        " X-Forwarded-For says where a visitor comes from; empty means nobody's is believed.",
    ),
    Setting(
        "BALCAO_REQUIRE_MFA",
        "bool",
        "yes",
        "Every member of staff signs in with a second factor; `balcao serve --demo` sets no.",
    ),
    Setting("BALCAO_WEB_WORKERS", "int", "1", "Web processes."),
    Setting("BALCAO_WEB_THREADS", "int", "4", "Threads of each web process that run pages."),
    Setting("BALCAO_DEBUG", "bool", "no", "Development only: error pages with details, /design."),
    Setting("BALCAO_DEMO", "bool", "no", "Demo data: mail goes to the sink, never to an address."),
    Setting("BALCAO_MAX_UPLOAD_MB", "int", "25", "Largest request body and mail, in MiB."),
    Setting(
        "BALCAO_TICKET_QUOTA_MB", "int", "500", "Most that the files of one ticket hold, in MB."
    ),
    Setting(
        "BALCAO_PERSON_QUOTA_MB", "int", "2000", "Most that one person sends in 30 days, in MB."
    ),
    Setting(
        "BALCAO_CLAMD",
        "text",
        "",
        "host:port or socket path of ClamAV's clamd, which is asked about every file from then on;"
        " until it answers a file is held. Empty means none.",
    ),
    Setting(
        "BALCAO_MAIL_LISTEN",
        "text",
        "",
        "host:port where work receives mail by SMTP, or lmtp://host:port; empty means no listener.",
    ),
    Setting(
        "BALCAO_MAIL_AUTHSERV_ID",
        "text",
        "",
        "Name of the mail server whose topmost Authentication-Results header is believed, for mail"
        " that the listener takes; microsoft for Microsoft 365, ours to verify senders here; empty"
        " means nobody's word.",
    ),
    Setting(
        "BALCAO_MAIL_ACCOUNTS",
        "text",
        "",
        "TOML file of the accounts that mail is fetched from or delivered to (docs/email.md); empty"
        " means none but the listener.",
    ),
    Setting(
        "BALCAO_MAIL_URL",
        "text",
        "",
        "Where mail leaves: smtp://user:password@host:587, smtps://host:465, or sink://folder that"
        " keeps it on disk; empty means the sink in BALCAO_DATA.",
        secret=True,
    ),
    Setting(
        "BALCAO_MAIL_DOMAIN",
        "text",
        "",
        "Domain of our Message-IDs; empty means that of the support address.",
    ),
    Setting(
        "BALCAO_DKIM_SELECTOR",
        "text",
        "",
        "Selector of the key that signs our mail (DKIM); empty means that the next server signs.",
    ),
    Setting(
        "BALCAO_DKIM_DOMAIN",
        "text",
        "",
        "Domain that signs our mail; empty means that of the support address.",
    ),
    Setting(
        "BALCAO_DKIM_KEY",
        "text",
        "",
        "Private RSA key of that selector, in PEM.",
        secret=True,
    ),
    Setting(
        "BALCAO_PIX_SECRET",
        "text",
        "",
        "Secret that signs notices of PIX payments (docs/sales.md), at least 16 characters; empty"
        " means that none is taken.",
        secret=True,
    ),
    Setting(
        "BALCAO_UNDO_SECONDS",
        "int",
        "15",
        "How long the sender of a reply may take it back; 0 sends at once.",
    ),
    Setting("BALCAO_WORK_THREADS", "int", "2", "Jobs that one work process runs at the same time."),
    Setting("BALCAO_LOG_LEVEL", "text", "info", "debug, info, warning or error."),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_TRUE = {"1", "yes", "true", "on"}
_FALSE = {"0", "no", "false", "off", ""}


class Environment:
    """The values in force, checked once at start.

    Raises SettingError for an unknown name, a value of the wrong kind or an unreadable secret file.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._values = {s.name: _value(s, environ) for s in SETTINGS}
        for name in environ:
            if name.startswith("BALCAO_"):
                _known(name)

    def text(self, name: str) -> str:
        return self._values[name]

    def number(self, name: str) -> int:
        try:
            number = int(self._values[name])
        except ValueError:
            raise SettingError(f"{name} must be a whole number.") from None
        if number < 0:
            raise SettingError(f"{name} must not be negative.")
        return number

    def flag(self, name: str) -> bool:
        value = self._values[name].strip().lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise SettingError(f"{name} must be yes or no.")

    def path(self, name: str) -> Path:
        return Path(self._values[name]).expanduser().resolve()


def _known(name: str) -> None:
    base = name.removesuffix("_FILE")
    if name in _BY_NAME or (base in _BY_NAME and _BY_NAME[base].secret):
        return
    near = get_close_matches(name, _BY_NAME, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; docs/settings.md lists the names."
    raise SettingError(f"Unknown setting {name}{hint}")


def _value(setting: Setting, environ: Mapping[str, str]) -> str:
    if setting.secret and (file := environ.get(f"{setting.name}_FILE")):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(
                f"{setting.name}_FILE cannot be read: {error.strerror or error}."
            ) from None
    return environ.get(setting.name, setting.default)
