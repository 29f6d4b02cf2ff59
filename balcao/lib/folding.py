"""Words as they are compared in a search: without accents, case and punctuation."""

import re
import unicodedata

_GAPS = re.compile(r"[^0-9a-z]+")
_SMALL = frozenset("a as da das de do dos e o os".split())


def fold(text: str) -> str:
    """``Clínica Vale-Verde`` becomes ``clinica vale verde``."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _GAPS.sub(" ", plain).strip()


def search_words(text: str) -> list[str]:
    """The words of a search, folded; small words go unless nothing else is left. At most eight."""
    words = fold(text).split()
    return [word for word in words if word not in _SMALL][:8] or words[:8]
