"""File names that people send us: made harmless before anything looks at them."""

import unicodedata

MAX_CHARACTERS = 200
MAX_BYTES = 240
_MAX_EXTENSION = 20
_FALLBACK = "file"
# Control, format (zero-width, bidi), lone surrogate, private use, unassigned, line separators.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_REPLACED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
)


def clean_filename(name: str) -> str:
    """A name that is safe to show and to download under, never empty, never a path.

    Characters that cannot be seen go first and the name is composed (NFC) before anything is
    checked, so that a hidden character cannot hide an extension (threats F4). Path parts, leading
    and trailing dots, and the device names of Windows go. At most 200 characters; the extension
    is kept.
    """
    seen = "".join(c for c in name if unicodedata.category(c) not in _DROPPED)
    plain = unicodedata.normalize("NFC", seen).replace("\\", "/")
    last = plain.rstrip("/ .").rsplit("/", 1)[-1].translate(_REPLACED)
    bare = " ".join(last.split()).strip(" .")
    if not bare:
        return _FALLBACK
    if bare.split(".", 1)[0].strip().casefold() in _RESERVED:
        bare = f"_{bare}"
    return _shorten(bare)


def _shorten(name: str) -> str:
    if _fits(name):
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _MAX_EXTENSION:
        stem, dot, extension = name, "", ""
    while not _fits(f"{stem}{dot}{extension}"):
        stem = stem[:-1]
    return f"{stem.rstrip(' .') or _FALLBACK}{dot}{extension}"


def _fits(name: str) -> bool:
    return len(name) <= MAX_CHARACTERS and len(name.encode("utf-8")) <= MAX_BYTES
