"""PNG pictures, read as far as one must to trust them (PNG, W3C 2003, sections 5 and 11.2.2)."""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FRAME = 12


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None when it is no whole PNG, or holds anything after its end.

    Every block must have the check sum it says: what passes is a picture and no other kind of file
    in the same bytes.
    """
    if not content.startswith(_SIGNATURE):
        return None
    found, place = None, len(_SIGNATURE)
    while place + _FRAME <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        ends = place + _FRAME + length
        if ends > len(content):
            return None
        body = content[place + 4 : ends - 4]
        if zlib.crc32(body) != struct.unpack(">I", content[ends - 4 : ends])[0]:
            return None
        if found is None:
            if kind != b"IHDR" or length != 13:
                return None
            found = struct.unpack(">II", body[4:12])
        if kind == b"IEND":
            return found if ends == len(content) else None
        place = ends
    return None
