"""A picture is taken only when it is one, from its first byte to its last."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.png import size_of


def block(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_png(width: int = 3, height: int = 2) -> bytes:
    """A red rectangle."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\xff\0\0" * width) * height
    whole = block(b"IHDR", head) + block(b"IDAT", zlib.compress(rows)) + block(b"IEND")
    return b"\x89PNG\r\n\x1a\n" + whole


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_picture_says_its_size(width: int, height: int) -> None:
    assert size_of(a_png(width, height)) == (width, height)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        a_png()[:-1],
        a_png() + b"<script>",
        a_png()[:40],
        a_png()[:8],
        a_png().replace(b"IHDR", b"IHDX"),
        b"\x89PNG\r\n\x1a\n" + block(b"IDAT") + block(b"IEND"),
        b"\x89PNG\r\n\x1a\n" + block(b"IHDR", b"x") + block(b"IEND"),
        b"\x89PNG\r\n\x1a\n" + block(b"IHDR", b"0" * 13),
    ],
)
def test_g3_what_is_no_whole_picture_is_none(content: bytes) -> None:
    assert size_of(content) is None


@given(st.integers(0, len(a_png()) - 1), st.integers(1, 255))
def test_g3_one_changed_byte_is_noticed(place: int, change: int) -> None:
    spoilt = bytearray(a_png())
    spoilt[place] ^= change
    assert size_of(bytes(spoilt)) is None
