"""Access tokens for mailboxes that take no password (XOAUTH2: Microsoft 365, Google)."""

import time
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_SECONDS = 20
_ADDRESSES = {
    "google": "https://oauth2.googleapis.com/token",
    "microsoft": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
}
_SCOPES = {"microsoft": "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access"}
# A token that ends within this many seconds is not begun with.
_SPARE = 60


class NoToken(Exception):
    """No access token was given; the text is what the provider said."""


@dataclass(slots=True)
class Tokens:
    """The access token of one account, renewed with its refresh token when it runs out.

    ``settings``: oauth (google or microsoft), client_id, client_secret, refresh_token, and for
    Microsoft tenant; token_url instead of the provider's own.
    """

    settings: dict[str, Any] = field(repr=False)
    _token: str = field(default="", repr=False)
    _ends: float = 0

    def current(self) -> str:
        """A token that is good now. Raises NoToken."""
        if time.monotonic() >= self._ends:
            self._renew()
        return self._token

    def forget(self) -> None:
        """The server did not take it: the next one is new."""
        self._ends = 0

    def _renew(self) -> None:
        import requests  # noqa: PLC0415 - 3 MiB that only such a mailbox needs

        provider = str(self.settings.get("oauth", ""))
        form = {
            "grant_type": "refresh_token",
            "client_id": str(self.settings.get("client_id", "")),
            "refresh_token": str(self.settings.get("refresh_token", "")),
        }
        if secret := self.settings.get("client_secret"):
            form["client_secret"] = str(secret)
        if scope := _SCOPES.get(provider):
            form["scope"] = scope
        try:
            answer = requests.post(
                self._address(provider), data=form, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise NoToken(f"no answer to the request for a token: {error}") from error
        token = said.get("access_token") if isinstance(said, dict) else None
        if answer.status_code != 200 or not isinstance(token, str):
            words = said.get("error_description") or said.get("error") if said else ""
            raise NoToken(f"no token was given: {str(words)[:200] or answer.status_code}")
        self._token = token
        self._ends = time.monotonic() + float(said.get("expires_in", 300)) - _SPARE

    def _address(self, provider: str) -> str:
        own = str(self.settings.get("token_url", ""))
        tenant = str(self.settings.get("tenant", "common"))
        return own or _ADDRESSES[provider].format(tenant=tenant)
