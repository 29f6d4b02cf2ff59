"""How allauth works here: a second factor after the password, our own record of sessions.

Its half-finished sign-ins, second factors and rows of sessions are used, behind our own pages. It
sends no mail, registers nobody and has no address of its own.
"""

import base64
import hashlib
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from balcao.events.statements import Statement
from balcao.people.actions import sessions
from balcao.people.models import User
from balcao.people.queries import actor_for, has_second_factor
from balcao.rulebook import queries as rulebook
from balcao.web.guards import PROVEN, SEEN, PageRequest


class Backend(ModelBackend):
    """Django's own, but for the one thing every page asks of it."""

    def get_user(self, user_id: int) -> User | None:
        """Who a session belongs to, while active. One statement."""
        rows = _PERSON.rows(user_id)
        user = User.from_db(DEFAULT_DB_ALIAS, _FIELDS, rows[0]) if rows else None
        return user if user is not None and self.user_can_authenticate(user) else None


_FIELDS = [field.attname for field in User._meta.concrete_fields]
_PERSON = Statement(lambda pk: User.objects.filter(pk=pk).values_list(*_FIELDS), int)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The steps of a sign-in, and what begins with it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves: customers are registered by sales or their administrator."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the password, the second factor; nothing else."""
        return ["balcao.people.backends.SecondFactorStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The machine as the middleware knows it (A4)."""
        return cast(PageRequest, request).client

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail leaves through jobs, to registered addresses."""
        raise NotImplementedError("allauth sends no mail here")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Deactivated between password and second factor: from the start."""
        return redirect("sign_in")

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None = None, **_more: object
    ) -> HttpResponse:
        """Begin the session: how long it lasts, where it is, and that it is on the record."""
        known = cast(PageRequest, request)
        begin_session(known, user)
        return redirect(redirect_url or "home")


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the second factor of whoever has one.

    The session key changes here already: a planted one learns nothing of a half-finished sign-in.
    """

    urlname = "second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send somebody with a second factor to the page that asks for it."""
        user: User = self.login.user
        if not has_second_factor(user.pk):
            return None, True
        self.request.session.cycle_key()
        self.state["password"] = user.password_state
        return redirect("second_factor"), True

    def still_holds(self) -> bool:
        """Whether the person is active and has the password they began with."""
        user: User = self.login.user
        return user.is_active and self.state.get("password") == user.password_state


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names and secrets of second factors: encrypted with the installation's key."""

    def get_totp_label(self, user: User) -> str:
        """What the authenticator app calls it."""
        return user.code

    def get_totp_issuer(self) -> str:
        """Whose it is."""
        return rulebook.current().company.name

    def encrypt(self, text: str) -> str:
        """As the database keeps it."""
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when it was kept under another key."""
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(b"balcao.second-factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def begin_session(request: PageRequest, user: User) -> None:
    """Somebody signed in: staff for twelve hours, a contact for fourteen days."""
    proof = str(request.session.get(PROVEN, ""))
    actor = actor_for(user)
    lasts = sessions.STAFF_SESSION if actor.is_staff else sessions.CONTACT_SESSION
    request.session.set_expiry(lasts)
    request.session[SEEN] = request.now.timestamp()
    if not request.session.session_key:
        request.session.create()
    sessions.begin(
        actor=actor,
        now=request.now,
        user=user,
        session=sessions.Browser(
            key=str(request.session.session_key),
            client=request.client,
            agent=request.headers.get("User-Agent", ""),
        ),
        factor=proof or "none",
    )


def note_session(request: PageRequest) -> None:
    """The session is still used: when, and from where."""
    sessions.note(now=request.now, key=str(request.session.session_key), client=request.client)
