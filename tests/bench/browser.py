"""A browser without a screen: a kept-alive connection, a session cookie, forms with a token."""

import http.client
import re
import secrets
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from balcao.people.models import User
from balcao.web.guards import PROVEN

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """``user`` is signed in; every call returns the page it led to."""

    def __init__(self, port: int, user: User) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[PROVEN] = "totp"
        session.create()
        self._cookies = {settings.SESSION_COOKIE_NAME: str(session.session_key)}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._token = ""
        self.bytes = 0

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def prepare_forms(self, path: str) -> None:
        """Take the form token of a page; it is good for the whole session."""
        found = _TOKEN.search(self.get(path))
        if found is None:
            raise RuntimeError(f"{path} has no form")
        self._token = found.group(1)

    def post(self, path: str, **fields: str) -> str:
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": self._token, **fields}))

    def _ask(self, method: str, path: str, body: str = "") -> str:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._answer(method, path, body, headers)
        text = response.read()
        self.bytes += len(text)
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name] = value
        if response.status in (301, 302, 303):
            target = urlsplit(response.headers["Location"])
            return self._ask("GET", target.path + (f"?{target.query}" if target.query else ""))
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status}: {text[:300]!r}")
        return text.decode()

    def _answer(
        self, method: str, path: str, body: str, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """A server may end a connection that was idle; a browser then opens another."""
        try:
            self._connection.request(method, path, body=body or None, headers=headers)
            return self._connection.getresponse()
        except http.client.RemoteDisconnected:
            self._connection.close()
            self._connection.request(method, path, body=body or None, headers=headers)
            return self._connection.getresponse()


def new_key() -> str:
    return secrets.token_hex(16)
