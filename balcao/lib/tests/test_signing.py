"""Signed requests."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.signing import FRESH, NotSigned, check, signature

SECRET = "um-segredo-de-teste-bem-longo"
NOW = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))


def test_a_signed_request_is_taken_for_five_minutes() -> None:
    given = signature(SECRET, STAMP, b"{}")
    for apart in (timedelta(0), FRESH, -FRESH):
        check(SECRET, STAMP, b"{}", given.upper(), now=NOW + apart)
    for apart in (FRESH + timedelta(seconds=1), -FRESH - timedelta(seconds=1)):
        with pytest.raises(NotSigned):
            check(SECRET, STAMP, b"{}", given, now=NOW + apart)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_body_needs_another_signature(one: bytes, other: bytes) -> None:
    sent = signature(SECRET, STAMP, one)
    if one == other:
        check(SECRET, STAMP, other, sent, now=NOW)
    else:
        with pytest.raises(NotSigned):
            check(SECRET, STAMP, other, sent, now=NOW)


@pytest.mark.parametrize(
    ("secret", "stamp", "given"),
    [
        ("", STAMP, signature("", STAMP, b"{}")),
        ("curto", STAMP, signature("curto", STAMP, b"{}")),
        (SECRET, STAMP, ""),
        (SECRET, STAMP, "é"),
        (SECRET, "", signature(SECRET, "", b"{}")),
        (SECRET, "-5", signature(SECRET, "-5", b"{}")),
        (SECRET, "9" * 30, signature(SECRET, "9" * 30, b"{}")),
    ],
)
def test_what_proves_nothing_is_refused(secret: str, stamp: str, given: str) -> None:
    with pytest.raises(NotSigned):
        check(secret, stamp, b"{}", given, now=NOW)


def test_the_moment_is_signed_too() -> None:
    later = str(int(NOW.timestamp()) + 60)
    with pytest.raises(NotSigned):
        check(SECRET, later, b"{}", signature(SECRET, STAMP, b"{}"), now=NOW)
