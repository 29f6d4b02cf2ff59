"""Texts with ``{variables}`` of a closed list. Braces around anything but one word stay text.

``{{name}}``, as other desks write it, is the same.
"""

import re
from collections.abc import Collection, Mapping

_VARIABLE = re.compile(r"\{(?:\{(\w{1,40})\}|(\w{1,40}))\}")


def unknown(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The variables of ``text`` that are not of the list, each once and in their order."""
    found = dict.fromkeys(double or single for double, single in _VARIABLE.findall(text))
    return tuple(name for name in found if name not in known)


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each variable's value; one without a value stays visible, as ``[name]``."""

    def put(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return values.get(name) or f"[{name}]"

    return _VARIABLE.sub(put, text)
