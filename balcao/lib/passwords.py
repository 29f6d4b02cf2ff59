"""Whether a short text seems to hold a password (A9): by its words and its shape, not by proof.

Session numbers of remote access are digits, capitals or names; a one-time password beside them
mixes small letters and digits, or brings signs that no number has.
"""

import re

_NAMED = re.compile(r"\b(?:senha|password|passwd|pwd|pass|pin|clave|contrase[nñ]a)\b", re.I)
_SIGNS = re.compile(r"[!#$%&*+=?^~<>|\\{}\[\]\"`;]")
_MIXED = re.compile(r"(?=[^\W_]*[a-z])(?=[^\W_]*[0-9])[^\W_]{6,}\Z")


def looks_like_password(text: str) -> bool:
    """Whether ``text`` names a password, or a word of it looks like one."""
    if _NAMED.search(text) or _SIGNS.search(text):
        return True
    return any(_MIXED.match(word) for word in re.split(r"[\s,()]+", text))
