"""Days on which Brazil, Pernambuco and Recife may rest, to be offered and then copied.

Whoever copies one keeps date and name: what this module says next year changes nothing of theirs.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

# Recife's own days by law, besides those of the country and the state.
_RECIFE = (
    (6, 24, "São João (Recife)"),
    (7, 16, "Nossa Senhora do Carmo (Recife)"),
    (12, 8, "Nossa Senhora da Conceição (Recife)"),
)
# Ash Wednesday is worked in the afternoon.
_HALF = {"Quarta-feira de Cinzas": ("13:00-18:00",)}
FIRST, LAST = 2000, 2099


@dataclass(frozen=True, slots=True)
class Festivity:
    """A day with its Portuguese name; ``spans``: the hours usually worked all the same."""

    day: date
    name: str
    spans: tuple[str, ...] = ()


def public(year: int) -> tuple[Festivity, ...]:
    """Holidays by law of Brazil and Pernambuco, in order. None outside of 2000 to 2099."""
    return _found(year, "public")


def optional(year: int) -> tuple[Festivity, ...]:
    """Days that a company may choose to rest: carnival, Corpus Christi, Recife's own, and so on."""
    if not FIRST <= year <= LAST:
        return ()
    fixed = {festivity.day for festivity in public(year)}
    own = [Festivity(date(year, month, day), name) for month, day, name in _RECIFE]
    found = [*_found(year, "optional"), *own]
    return tuple(sorted((f for f in found if f.day not in fixed), key=lambda f: f.day))


@lru_cache(maxsize=32)
def _found(year: int, category: str) -> tuple[Festivity, ...]:
    if not FIRST <= year <= LAST:
        return ()
    import holidays  # noqa: PLC0415 - a tenth of a start, for a page that few ever open

    days = holidays.country_holidays(
        "BR", subdiv="PE", years=year, categories=(category,), language="pt_BR"
    )
    return tuple(Festivity(day, name, _HALF.get(name, ())) for day, name in sorted(days.items()))
