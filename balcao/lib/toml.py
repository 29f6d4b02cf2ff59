"""Writing TOML: what the standard library can only read."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dumps(document: Mapping[str, object]) -> str:
    """``document`` as TOML; ``tomllib.loads`` gives it back.

    Texts, numbers, truth values, dates, lists and tables of those; texts of several lines stay
    several lines. A list of tables stands one table a line. Raises TypeError for anything else,
    None among it: TOML has no word for nothing.
    """
    return "\n".join(_table(document, ())).strip() + "\n"


def _table(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    """Plain values before tables, or they would belong to the last of those."""
    inner = [key for key, value in table.items() if isinstance(value, Mapping)]
    plain = [key for key in table if key not in inner]
    if path and (plain or not inner):
        yield f"\n[{'.'.join(map(_key, path))}]"
    for key in plain:
        yield f"{_key(key)} = {_value(table[key])}"
    for key in inner:
        child = table[key]
        assert isinstance(child, Mapping)
        yield from _table(child, (*path, key))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: object) -> str:
    match value:
        case str():
            return _long(value) if "\n" in value else _text(value)
        case bool():
            return "true" if value else "false"
        case datetime() | date() | time():
            return value.isoformat()
        case int():
            return str(value)
        case float():
            return repr(value)
        case list() | tuple():
            if any(isinstance(each, Mapping) for each in value):
                return "[\n" + "".join(f"  {_inline(each)},\n" for each in value) + "]"
            return _inline(value)
        case _:
            raise TypeError(f"TOML cannot say {value!r}")


def _inline(value: object) -> str:
    """On one line."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(each)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return _text(value) if isinstance(value, str) else _value(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long(text: str) -> str:
    """Between three quotes; the first line break after them does not count."""
    lines = (_text(line)[1:-1] for line in text.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'
