"""Finding people called by name in a text: an "@" and the name as it is registered."""

import re
from collections.abc import Iterable


def named_in(text: str, people: Iterable[tuple[int, str]]) -> list[int]:
    """The ids of those whose whole name follows an "@", in order; namesakes are all called.

    The longest name counts: "@Ana Lima Prado" does not call Ana Lima. Case and line ends between
    the words do not matter; an "@" inside a word (an address) calls nobody.
    """
    ids: dict[str, list[int]] = {}
    for pk, name in people:
        ids.setdefault(_plain(name), []).append(pk)
    if not ids:
        return []
    names = sorted(ids, key=len, reverse=True)
    spaced = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
    found: dict[int, None] = {}
    for match in re.finditer(rf"(?<!\w)@({spaced})(?!\w)", text, re.IGNORECASE):
        found.update(dict.fromkeys(ids[_plain(match[1])]))
    return sorted(found)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
