"""Telephone numbers in E.164 form, with Brazil's ninth digit unified (K5).

Since 2016 every Brazilian mobile has nine digits after its area code; networks, handsets and old
registers still give eight. Both forms are one number here, and a landline keeps its eight.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

BRAZIL = 55
END = 8
_OLD_MOBILE = re.compile(r"([1-9][1-9])([6-9][0-9]{7})")
_LOCAL = re.compile(r"9[0-9]{8}|[1-9][0-9]{7}")
_ALLOWED = re.compile(r"[0-9+() .\-/\u00a0\u2010-\u2015]{3,40}")


def parse_phone(text: str) -> str:
    """The number a person typed or a network gave, as it is stored: ``+5581987654321``.

    Without a country code it is Brazilian and needs its area code. Raises ValueError for anything
    that is no complete number.
    """
    plain = text.strip()
    if not _ALLOWED.fullmatch(plain):
        raise ValueError("not a telephone number")
    if plain.startswith("0055"):
        plain = f"+{plain[2:]}"
    try:
        number = _with_ninth_digit(phonenumbers.parse(plain, "BR"))
    except NumberParseException as error:
        raise ValueError("not a telephone number") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a complete telephone number")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _with_ninth_digit(number: PhoneNumber) -> PhoneNumber:
    old = _OLD_MOBILE.fullmatch(str(number.national_number))
    if number.country_code == BRAZIL and old and not number.italian_leading_zero:
        return PhoneNumber(country_code=BRAZIL, national_number=int(f"{old[1]}9{old[2]}"))
    return number


def looks_like_phone(text: str) -> str:
    """``text`` as a stored number when it is one, else empty: for a search, which never raises."""
    try:
        return parse_phone(text)
    except ValueError:
        return ""


def end_of_phone(text: str) -> str:
    """What a telephone without its area code ends with: 9 digits of a mobile, else 8; or empty.

    A mobile without its ninth digit is eight digits, as a landline is: both end so.
    """
    digits = re.sub(r"\D", "", text)
    if not _ALLOWED.fullmatch(text.strip()) or not _LOCAL.fullmatch(digits):
        return ""
    return digits


def show_phone(number: str) -> str:
    """As people read it: ``(81) 98765-4321`` in Brazil, ``+1 650-253-0000`` elsewhere."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    home = parsed.country_code == BRAZIL
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
