"""Amounts of money in whole cents, as people in Brazil and elsewhere write them."""

import re

MOST_CENTS = 100_000_000
"""A million: more is a slip of the finger."""

_BRAZILIAN = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]{1,2}))?")
_ENGLISH = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?")


def parse_cents(text: str) -> int:
    """``1.250,50``, ``R$ 1250,5`` or ``1250.50`` as cents. A point with three digits after it is
    Brazil's thousands. Raises ValueError for anything else, and for more than ``MOST_CENTS``.
    """
    plain = text.strip().removeprefix("R$").strip()
    found = _BRAZILIAN.fullmatch(plain) or _ENGLISH.fullmatch(plain)
    if not found:
        raise ValueError("no amount of money")
    whole = int(re.sub(r"[.,]", "", found[1]))
    cents = whole * 100 + int((found[2] or "").ljust(2, "0"))
    if cents > MOST_CENTS:
        raise ValueError("too much money")
    return cents


def plain_amount(cents: int) -> str:
    """Cents as a program reads them: ``1250.50``."""
    return f"{cents // 100}.{cents % 100:02d}"
