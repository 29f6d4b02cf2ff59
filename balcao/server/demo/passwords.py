"""The demo's passwords: made from the installation's secret key, so that no two demos share them.

Nothing keeps them in clear: who holds the key can print them again, and the database has hashes.
"""

from django.utils.crypto import salted_hmac

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _LETTERS = 3, 4


def password_of(code: str) -> str:
    """The password of the person with this code, about 58 bits, easy to type."""
    digest = salted_hmac("balcao.demo.password", code, algorithm="sha256").digest()
    left = int.from_bytes(digest, "big")
    letters = []
    for _ in range(_GROUPS * _LETTERS):
        left, place = divmod(left, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    text = "".join(letters)
    return "-".join(text[at : at + _LETTERS] for at in range(0, len(text), _LETTERS))
