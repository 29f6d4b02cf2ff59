"""A static BR Code: what a PIX payment begins with, as a text to copy or behind a QR picture.

Fields of an identifier, a length of two digits and a value (EMV QRCPS, merchant presented mode), as
the Banco Central's "Manual de Padrões para Iniciação do Pix" asks for; the last field is a CRC-16
of everything before it, with the polynomial 0x1021 from 0xFFFF (CCITT-FALSE).
"""

import re
import unicodedata
from uuid import UUID

from balcao.lib.phones import parse_phone
from balcao.lib.tax_ids import parse_tax_id

NAME_LENGTH = 25
CITY_LENGTH = 15
TXID_LENGTH = 25
NO_TXID = "***"
_GUI = "br.gov.bcb.pix"
_EMAIL = re.compile(r"[a-z0-9.!#$&'*+/=?^_`{|}~-]+@[a-z0-9.-]+\.[a-z0-9-]+")
_EMAIL_LENGTH = 77
_TXID = re.compile(rf"[A-Za-z0-9]{{1,{TXID_LENGTH}}}|\*\*\*")
_CENTS = 100
_MOST_CENTS = 10**12
_LAST = "6304"


def parse_key(text: str) -> str:
    """The PIX key a person typed, as the payload carries it: a CNPJ or CPF without punctuation, an
    e-mail in small letters, a telephone as ``+5581...``, or a random key.

    A telephone needs its plus sign: without it eleven digits are a CPF. Raises ValueError.
    """
    plain = text.strip()
    if "@" in plain:
        found = plain.lower()
        if len(found) <= _EMAIL_LENGTH and _EMAIL.fullmatch(found):
            return found
        raise ValueError("not an e-mail address")
    if plain.startswith("+"):
        return parse_phone(plain)
    if re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", plain):
        return str(UUID(plain))
    return parse_tax_id(plain)


def static(*, key: str, name: str, city: str, cents: int | None = None, txid: str = NO_TXID) -> str:
    """The payload that pays ``cents`` (None: the payer says how much) to ``key``.

    ``name`` and ``city`` lose their accents and what does not fit (25 and 15 signs). ``txid``: up
    to 25 letters and digits, that come back with the payment. Raises ValueError.
    """
    if not _TXID.fullmatch(txid):
        raise ValueError("a transaction id is 1 to 25 letters and digits")
    if cents is not None and not 0 < cents < _MOST_CENTS:
        raise ValueError("no amount that can be paid")
    names = plain(name, NAME_LENGTH), plain(city, CITY_LENGTH)
    if not all(names):
        raise ValueError("neither name nor city may be empty")
    fields = [
        _field("00", "01"),
        _field("26", _field("00", _GUI) + _field("01", parse_key(key))),
        _field("52", "0000"),
        _field("53", "986"),
    ]
    if cents is not None:
        fields.append(_field("54", f"{cents // _CENTS}.{cents % _CENTS:02d}"))
    fields += [_field("58", "BR"), _field("59", names[0]), _field("60", names[1])]
    body = "".join([*fields, _field("62", _field("05", txid)), _LAST])
    return body + crc(body)


def plain(text: str, most: int) -> str:
    """``text`` in the signs every bank reads: ASCII without accents, single blanks, cut to fit."""
    apart = unicodedata.normalize("NFKD", text)
    signs = "".join(sign for sign in apart if " " <= sign <= "~")
    return " ".join(signs.split())[:most].strip()


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE of ``text`` in UTF-8: four hexadecimal digits in capitals."""
    found = 0xFFFF
    for byte in text.encode():
        found ^= byte << 8
        for _bit in range(8):
            found = (found << 1) ^ 0x1021 if found & 0x8000 else found << 1
            found &= 0xFFFF
    return f"{found:04X}"


def read(payload: str) -> dict[str, str]:
    """The fields of a payload by identifier, those inside 26 and 62 as ``26.01``.

    Raises ValueError for one that is cut, changed or longer than its lengths say.
    """
    if payload[-8:-4] != _LAST or crc(payload[:-4]) != payload[-4:].upper():
        raise ValueError("the check does not agree")
    found = {}
    for name, value in _fields(payload):
        found[name] = value
        if name in ("26", "62"):
            found |= {f"{name}.{inner}": text for inner, text in _fields(value)}
    return found


def _field(name: str, value: str) -> str:
    return f"{name}{len(value):02d}{value}"


def _fields(text: str) -> list[tuple[str, str]]:
    found = []
    while text:
        name, length, rest = text[:2], text[2:4], text[4:]
        if not (name.isdecimal() and length.isdecimal() and len(rest) >= int(length)):
            raise ValueError("not fields of identifier, length and value")
        found.append((name, rest[: int(length)]))
        text = rest[int(length) :]
    return found
