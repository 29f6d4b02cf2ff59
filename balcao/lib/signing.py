"""Requests of other programs: signed with a shared secret, and of no use a second time.

The signature is the HMAC-SHA256 of the moment it was made, a point, and the body, in hexadecimal.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

FRESH = timedelta(minutes=5)
"""So far the two clocks may be apart, and so long a copied request is worth anything at all."""

LEAST_SECRET = 16
_SECONDS = re.compile(r"[0-9]{1,12}")


class NotSigned(ValueError):
    """Nothing proves who sent it, or it was sent too long ago."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands beside ``body``, sent at ``timestamp`` (whole seconds since 1970, UTC)."""
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def check(secret: str, timestamp: str, body: bytes, given: str, *, now: datetime) -> None:
    """Raises NotSigned unless ``given`` is the signature and ``timestamp`` is near ``now``.

    A secret shorter than ``LEAST_SECRET`` proves nothing.
    """
    if len(secret) < LEAST_SECRET or not _SECONDS.fullmatch(timestamp):
        raise NotSigned
    right = signature(secret, timestamp, body)
    if not hmac.compare_digest(right.encode(), given.strip().lower().encode()):
        raise NotSigned
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        raise NotSigned
