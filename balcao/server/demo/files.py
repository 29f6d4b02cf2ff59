"""The bytes of the demo's attachments: the texts of stories.toml and one small picture."""

import struct
import zlib

_WIDTH, _HEIGHT = 320, 180
_PAPER, _BAR, _LINE, _ALERT = b"\xf4\xf5\xf7", b"\x1f\x4e\x79", b"\xc9\xd0\xd9", b"\xc0\x39\x2b"


def content_of(name: str, texts: dict[str, str]) -> bytes:
    """The file called ``name``. Raises KeyError for a text that no story holds."""
    return _picture() if name.endswith(".png") else texts[name].lstrip("\n").encode()


def _picture() -> bytes:
    """A screen as a PNG: a title bar, a few lines of a table, one of them red."""
    rows = b"".join(b"\0" + _row(y) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _row(y: int) -> bytes:
    if y < 24:
        return _BAR * _WIDTH
    if y % 24 not in range(8, 14):
        return _PAPER * _WIDTH
    ink = _ALERT if 96 <= y < 120 else _LINE
    return _PAPER * 20 + ink * (_WIDTH - 40) + _PAPER * 20


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
