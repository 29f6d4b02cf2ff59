"""What a cell of a table says: days, whole numbers, yes or no. Raises ValueError for anything else.

An empty cell is None.
"""

import re
from datetime import date

from balcao.lib.folding import fold

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_BRAZILIAN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YES = frozenset({"sim", "s", "x", "1", "yes", "y", "true", "verdadeiro"})
_NO = frozenset({"nao", "n", "0", "no", "false", "falso"})


def parse_day(text: str) -> date | None:
    """``31/12/2027`` or ``2027-12-31``."""
    plain = text.strip()
    if not plain:
        return None
    if found := _ISO.fullmatch(plain):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _BRAZILIAN.fullmatch(plain):
        return date(int(found[3]), int(found[2]), int(found[1]))
    raise ValueError("not a day")


def parse_whole(text: str) -> int | None:
    """Digits, with the dots of thousands or without: ``1.200``."""
    plain = text.strip()
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2}", plain):
        raise ValueError("not a whole number")
    return int(plain.replace(".", ""))


def parse_flag(text: str) -> bool | None:
    """``sim``, ``não``, ``x``, ``1``, ``yes``, ``no``."""
    plain = fold(text)
    if not text.strip():
        return None
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise ValueError("neither yes nor no")


def parse_list(text: str) -> tuple[str, ...]:
    """Names apart by ``|`` or ``;``."""
    return tuple(name.strip() for name in re.split(r"[|;]", text) if name.strip())
