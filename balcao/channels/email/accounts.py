"""The accounts mail comes in by, as the operator wrote them down (``BALCAO_MAIL_ACCOUNTS``)."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from balcao.lib.mail.trust import Trust, Truster

DEFAULT = "mail"
"""The account of the listener and of `balcao mail receive`, which is always there."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_WAYS = ("imap", "webhook")


@dataclass(frozen=True, slots=True)
class Account:
    """One way in.

    ``way``: "listener", "imap" or "webhook". ``settings``: what its way needs, as written in the
    file, secrets already read from the files named there.
    """

    name: str
    way: str
    truster: Truster
    settings: dict[str, Any] = field(default_factory=dict, repr=False)


def accounts() -> tuple[Account, ...]:
    """The default account first, then those of the file by name.

    Raises ImproperlyConfigured with one sentence that says what to mend.
    """
    path = settings.ENV.text("BALCAO_MAIL_ACCOUNTS")
    return (_default(), *(_read(path) if path else ()))


def account(name: str) -> Account:
    """The account of that name; one that is gone from the file proves nobody's mail."""
    return next(
        (row for row in accounts() if row.name == name),
        Account(name=name, way="", truster=Truster()),
    )


def address_of(account: Account, support: str) -> str:
    """Where mail for it is sent: what the file says, the name it signs in with, or ``support``."""
    for key in ("address", "user"):
        value = str(account.settings.get(key, ""))
        if "@" in value:
            return value
    return support if account.way == "listener" else ""


def _default() -> Account:
    server = settings.ENV.text("BALCAO_MAIL_AUTHSERV_ID").strip().lower()
    return Account(
        name=DEFAULT,
        way="listener",
        truster=truster_of(server) if server else Truster(),
    )


def truster_of(value: str) -> Truster:
    """From "microsoft", "ours", "nobody" or the name of a mail server."""
    word = value.strip().lower()
    if word in {Trust.MICROSOFT, Trust.OURS, Trust.NOBODY}:
        return Truster(Trust(word))
    return Truster(Trust.AUTHSERV, word)


@lru_cache(maxsize=4)
def _read(path: str) -> tuple[Account, ...]:
    try:
        with Path(path).expanduser().open("rb") as file:
            written = tomllib.load(file)
    except OSError as error:
        raise ImproperlyConfigured(
            f"BALCAO_MAIL_ACCOUNTS: {path} cannot be read: {error.strerror}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"BALCAO_MAIL_ACCOUNTS: {path} is not TOML: {error}.") from error
    return tuple(_account(path, name, written[name]) for name in sorted(written))


def _account(path: str, name: str, table: Any) -> Account:
    where = f"BALCAO_MAIL_ACCOUNTS: {path}: [{name}]"
    if not isinstance(table, dict) or not _NAME.fullmatch(name) or name == DEFAULT:
        raise ImproperlyConfigured(
            f"{where} must be a table named by small letters, digits and hyphens, not {DEFAULT!r}."
        )
    way = table.get("way", "imap")
    if way not in _WAYS:
        raise ImproperlyConfigured(f"{where}: way must be one of {', '.join(_WAYS)}.")
    trusted = table.get("trust", "nobody")
    if not isinstance(trusted, str) or not trusted.strip():
        raise ImproperlyConfigured(
            f"{where}: trust must be a server's name, microsoft, ours or nobody."
        )
    rest = {key: _secret(where, key, value) for key, value in table.items()}
    found = {key.removesuffix("_file"): value for key, value in rest.items()}
    return Account(name=name, way=way, truster=truster_of(trusted), settings=found)


def _secret(where: str, key: str, value: Any) -> Any:
    if not key.endswith("_file"):
        return value
    try:
        return Path(str(value)).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{where}: {key} {value} cannot be read: {error.strerror}."
        ) from error
