"""Licence keys as people remember them: the first block, or the last few signs.

Nothing in between is looked for: whoever tries sign after sign learns no key.
"""

import re

SEPARATORS = "- ./_"
END = 3
_LONGEST_END = 6
_PART = re.compile(r"[^\W_][\w\-./]{2,59}")
_TELLING = re.compile(r"^[….*•·]|[0-9]|[^\W_]{4}")


def is_key_like(text: str) -> bool:
    """Whether ``text`` may be a licence key or a part of one: one word, and if short with a digit
    or dots before it, as we show keys.
    """
    return bool(_PART.fullmatch(shown_end(text)) and _TELLING.search(text.strip()))


def shown_end(text: str) -> str:
    """What was typed, without the dots that stand for the hidden rest of a key."""
    return text.strip().lstrip("….*•·").strip()


def plain_key(text: str) -> str:
    """A key in capitals without its separators, as two keys are compared."""
    return "".join(sign for sign in shown_end(text).upper() if sign not in SEPARATORS)


def block_of_key(text: str) -> str:
    """``text`` as the first block of a key is kept; empty when it has more than one."""
    block = shown_end(text).upper().rstrip(SEPARATORS)
    return "" if set(block) & set(SEPARATORS) else block


def end_of_key(text: str) -> str:
    """The last signs of a key, without separators: 3 to 6 of them, at least 4 as written."""
    end = plain_key(text)
    return end if len(shown_end(text)) > END and END <= len(end) <= _LONGEST_END else ""
