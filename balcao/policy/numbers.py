"""Ticket numbers and user codes: short, impossible to enumerate, hard to mistype."""

import re

from stdnum.iso7064 import mod_11_10

# No 0 O, 1 I L, nor U: what looks alike was never printed, so it need not be guessed.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8

_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]")
_DIGITS = r"([0-9](?:[ .\u00a0-]?[0-9]){9})(?![0-9])"
_IN_SUBJECT = re.compile(
    rf"\[\s?#?\s?{_DIGITS}\s?\]"
    rf"|(?:\bchamado\b|\bn[º°]|#)[\s.:]{{0,3}}(?:n[º°]|#)?[\s.:]{{0,3}}{_DIGITS}",
    re.IGNORECASE,
)

_ANYWHERE = re.compile(rf"(?<![0-9]){_DIGITS}")


def make_number(random9: str) -> str:
    """The ticket number: nine random digits and one check digit (ISO 7064 Mod 11,10).

    Raises ValueError unless ``random9`` is nine ASCII digits.
    """
    if not re.fullmatch(r"[0-9]{9}", random9):
        raise ValueError("a ticket number is made of nine digits")
    return random9 + str(mod_11_10.calc_check_digit(random9))


def is_number(text: str) -> bool:
    """Ten ASCII digits whose check digit is right, and nothing else."""
    return re.fullmatch(r"[0-9]{10}", text) is not None and bool(mod_11_10.is_valid(text))


def parse_number(text: str) -> str | None:
    """The number a person wrote, with or without spaces, dots and dashes; None if it is none."""
    digits = _SEPARATORS.sub("", text)
    return digits if is_number(digits) else None


def part_of_number(text: str) -> str:
    """Six to nine digits in a row of a ticket number, as somebody remembers them; empty for
    anything else.
    """
    digits = _SEPARATORS.sub("", text.strip().lstrip("#"))
    return digits if re.fullmatch(r"[0-9]{6,9}", digits) else ""


def show_number(number: str) -> str:
    """The number as people read it: ``482 719 3059``."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def make_code(random: bytes) -> str:
    """A user code (S4): eight characters of an unambiguous alphabet.

    ``random`` must hold at least eight random bytes, or ValueError is raised; sixteen make the
    choice even to one part in 10^26.
    """
    if len(random) < CODE_LENGTH:
        raise ValueError("a user code needs at least eight random bytes")
    left = int.from_bytes(random, "big")
    code = ""
    for _ in range(CODE_LENGTH):
        left, place = divmod(left, len(ALPHABET))
        code += ALPHABET[place]
    return code


def normalise_code(text: str) -> str:
    """A user code as it is stored and compared: upper case, without spaces, dots and dashes.

    Look-alikes (0 O, 1 I L, U) are left as typed: the alphabet has none of them, so there is
    nothing to translate them to, and a code that was given by hand may hold them. Only ASCII
    letters change case, so that no other letter ever folds into a code.
    """
    kept = _SEPARATORS.sub("", text)
    return "".join(sign.upper() if sign.isascii() else sign for sign in kept)


def find_subject_number(subject: str) -> str | None:
    """The ticket number in a mail's subject (R12), or None.

    It counts only in the subject's tag (``[482 719 3059]``, ``[#4827193059]``) or after
    "chamado", "nº", "n°" or "#": ten digits alone are also a telephone. The first valid one wins.
    """
    return _first(_IN_SUBJECT, subject)


def find_answered_number(text: str) -> str | None:
    """The ticket number in an answer to the question for it (R12), or None.

    Who was asked for the number of their one-off writes it as they like: there ten digits whose
    check digit is right are no telephone.
    """
    return _first(_ANYWHERE, text)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    groups = (group or "" for match in pattern.finditer(text) for group in match.groups())
    return next((number for group in groups if (number := parse_number(group))), None)
