"""Brazil's tax numbers: CNPJ of companies (letters too, from July 2026 on) and CPF of people.

Stored without punctuation, in upper case; shown with it.
"""

from stdnum.br import cnpj, cpf
from stdnum.exceptions import ValidationError

_ROOT = 8
_CNPJ_LENGTH = 14


def parse_tax_id(text: str) -> str:
    """The CNPJ or CPF a person typed, as it is stored: 14 or 11 characters.

    Raises ValueError when its length, its characters or its check digits are wrong.
    """
    for number in (cnpj, cpf):
        try:
            found = str(number.validate(text)).upper()
        except ValidationError:
            continue
        if len(set(found)) > 1:  # one digit repeated has right check digits, and is nobody's
            return found
    raise ValueError("neither a CNPJ nor a CPF")


def show_tax_id(tax_id: str | None) -> str:
    """As people read it: ``12.ABC.345/01DE-35`` or ``529.982.247-25``; empty for none."""
    if not tax_id:
        return ""
    return str(cnpj.format(tax_id) if len(tax_id) == _CNPJ_LENGTH else cpf.format(tax_id))


def looks_like_tax_id(text: str) -> str:
    """``text`` as a stored number when it is one, else empty: for a search, which never raises."""
    try:
        return parse_tax_id(text)
    except ValueError:
        return ""


def same_root(one: str | None, other: str | None) -> bool:
    """Whether two numbers are branches of one company: CNPJs whose first eight signs agree."""
    return (
        one is not None
        and other is not None
        and len(one) == len(other) == _CNPJ_LENGTH
        and one[:_ROOT] == other[:_ROOT]
    )
