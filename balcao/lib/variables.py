"""Texts with ``{variables}`` of a closed list. Braces around anything but one word stay text."""

import re
from collections.abc import Collection, Mapping

_VARIABLE = re.compile(r"\{(\w{1,40})\}")


def unknown(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The variables of ``text`` that are not of the list, each once and in their order."""
    found = dict.fromkeys(_VARIABLE.findall(text))
    return tuple(name for name in found if name not in known)


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each variable's value; one without a value stays visible, as ``[name]``."""
    return _VARIABLE.sub(lambda match: values.get(match[1]) or f"[{match[1]}]", text)
