"""Licence keys as people remember them: how they begin, or the last few signs.

What they begin with is looked for sign by sign up to half a key, and further by whole blocks only;
nothing in between is: whoever tries sign after sign learns no key.
"""

import re

SEPARATORS = "- ./_"
END = 3
START = 4
_LONGEST_START = 8
_LONGEST_END = 6
_PART = re.compile(r"[^\W_][\w\-./]{2,59}")
_SPACED = re.compile(r"(?=.*[0-9])(?=.*[^\W\d_])[^\W_]{2,10}(?: [^\W_]{2,10}){1,6}")
_TELLING = re.compile(r"^[….*•·]|[0-9]|[^\W_]{4}")


def is_key_like(text: str) -> bool:
    """Whether ``text`` may be a licence key or a part of one: one word, and if short with a digit
    or dots before it, as we show keys. In several words, as a key is read aloud, it has letters
    and digits.
    """
    if _SPACED.fullmatch(text.strip()):
        return len(plain_key(text)) >= START
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


def start_of_key(text: str) -> str:
    """What a key begins with, without separators: 4 to 8 signs of it, else empty."""
    start = plain_key(text)
    return start if START <= len(start) <= _LONGEST_START else ""


def blocks_of_key(text: str) -> str:
    """The whole blocks that a key begins with, each with a dash after it; empty if too short."""
    blocks = re.split(f"[{re.escape(SEPARATORS)}]+", shown_end(text).upper().rstrip(SEPARATORS))
    return "".join(f"{block}-" for block in blocks) if len(plain_key(text)) >= START else ""


def end_of_key(text: str) -> str:
    """The last signs of a key, without separators: 3 to 6 of them, at least 4 as written."""
    end = plain_key(text)
    return end if len(shown_end(text)) > END and END <= len(end) <= _LONGEST_END else ""
