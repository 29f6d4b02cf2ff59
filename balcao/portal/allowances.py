"""How often somebody may guess (A6): by account, by browser and by machine.

A browser that signed in with a code before has an allowance of its own, so that somebody guessing
elsewhere cannot lock its owner out; it is not counted by machine either.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from balcao.events.actions import give_back, refund, spend
from balcao.lib.clients import neighbourhood
from balcao.web.guards import PageRequest

WINDOW = timedelta(minutes=15)
TRIES_PER_CODE = 10
TRIES_PER_DEVICE = 10
TRIES_PER_ADDRESS = 100
DEVICE_COOKIE = "balcao_device"
DEVICE_AGE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Try:
    """One guess that was allowed, and where it was counted."""

    key: str
    own: bool
    machine: str = ""

    def succeeded(self) -> None:
        """It was no guess. Only the owner's own browser gets all its tries back: a success
        elsewhere must not buy a guesser new ones.
        """
        if self.own:
            refund(self.key)
        else:
            give_back(self.key)
            give_back(self.machine)


def take(request: PageRequest, what: str, code: str) -> Try | None:
    """Count one try of ``what`` for the account with this code; None when none is left.

    Exact under parallel tries, and counted before anything is compared. No quarter of an hour holds
    more than ten tries, wherever it begins.
    """
    now = request.now
    if device := _device(request, code):
        key = f"{what}:device:{digest(device)}"
        allowed = spend(key, limit=TRIES_PER_DEVICE, window=WINDOW, now=now, sliding=True)
        return Try(key, own=True) if allowed else None
    machine = machine_key(request, what)
    if not spend(machine, limit=TRIES_PER_ADDRESS, window=WINDOW, now=now):
        return None
    key = f"{what}:code:{digest(code)}"
    allowed = spend(key, limit=TRIES_PER_CODE, window=WINDOW, now=now, sliding=True)
    return Try(key, own=False, machine=machine) if allowed else None


def machine_key(request: PageRequest, what: str) -> str:
    """Where what comes from one machine is counted."""
    return f"{what}:address:{digest(neighbourhood(request.client))}"


def remember(request: PageRequest, response: HttpResponse, code: str) -> None:
    """Somebody signed in with ``code`` here: the browser is known from now on."""
    device = _device(request, code) or secrets.token_urlsafe(16)
    response.set_signed_cookie(
        DEVICE_COOKIE,
        f"{digest(code)}:{device}",
        salt=DEVICE_COOKIE,
        max_age=int(DEVICE_AGE.total_seconds()),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: PageRequest, code: str) -> str | None:
    """The secret this browser got when it last signed in with ``code``."""
    try:
        kept = request.get_signed_cookie(
            DEVICE_COOKIE, salt=DEVICE_COOKIE, max_age=int(DEVICE_AGE.total_seconds())
        )
    except (KeyError, signing.BadSignature):
        return None
    owner, _sep, device = (kept or "").partition(":")
    return device if owner == digest(code) and device else None


def digest(text: str) -> str:
    """What stands in the name of an allowance instead of a code or an address."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
