"""Addresses that look like one on file and are another: a warning for the reader, never a proof.

It decides nothing (threats D6, D7): such mail is kept like any other that is not on file, and this
says why it must not be let in by a glance.
"""

import contextlib
import re
import unicodedata
from collections.abc import Iterable

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:\"]{1,253}")
# Letters of other scripts that are drawn like Latin ones, and digits like letters.
_DRAWN = str.maketrans(
    "авеёкмнорстухѕіјԁһԛԝӏαβγεικνορτυχωɑɡɩı0135l|",
    "abeekmhopctyxsijdhqwiabyeikvoptuxwagiioiesii",
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
_MOST = 320


def lookalike_of(claimed: str, registered: Iterable[str]) -> str | None:
    """The registered address that ``claimed`` (what From shows) could be taken for, if any.

    Drawn alike in any script, punycode included; one letter more, less, changed or swapped; the
    domain below, above or beside it (another ending, another subdomain); a plus-tag or dots that
    some providers ignore. The very same address is no lookalike.
    """
    known = [one.lower() for one in registered]
    for seen in _ADDRESS.findall(claimed[:2000])[:10]:
        address = seen.strip(".'").lower()
        if address in known:
            continue
        for one in known:
            if _alike(address, one):
                return one
    return None


def _alike(seen: str, known: str) -> bool:
    local, _, domain = seen.rpartition("@")
    own, _, own_domain = known.rpartition("@")
    drawn, own_drawn = _drawn(local), _drawn(own)
    place, own_place = _drawn(_unicode(domain)), _drawn(own_domain)
    if (drawn, place) == (own_drawn, own_place):
        return True
    if place == own_place:
        return _plain(drawn) == _plain(own_drawn) or _near(drawn, own_drawn)
    if drawn != own_drawn and _plain(drawn) != _plain(own_drawn):
        return False
    return _near(place, own_place) or _beside(place, own_place)


def _beside(one: str, other: str) -> bool:
    """One domain below the other, wherever, or both of one name with another ending."""
    if f".{other}" in f".{one}" or f".{one}" in f".{other}":
        return True
    name, own = one.split(".")[0], other.split(".")[0]
    if name == own:
        return True
    if min(len(name), len(own)) > 4 and (own in name.split("-") or name in own.split("-")):
        return True
    joined, whole = (text.replace("-", "").replace(".", "") for text in (one, other))
    return min(len(joined), len(whole)) > 7 and (
        joined.startswith(whole) or whole.startswith(joined)
    )


def _unicode(domain: str) -> str:
    labels = []
    for label in domain.split("."):
        if label.startswith("xn--"):
            with contextlib.suppress(UnicodeError, ValueError):
                label = label[4:].encode("ascii").decode("punycode")
        labels.append(label)
    return ".".join(labels)


def _drawn(text: str) -> str:
    """What it looks like at a glance: Latin letters without marks, one for all that are alike."""
    seen = unicodedata.normalize("NFKD", text.lower())[:_MOST]
    kept = "".join(c for c in seen if unicodedata.category(c)[0] not in "MC")
    drawn = kept.translate(_DRAWN)
    for two, one in _PAIRS:
        drawn = drawn.replace(two, one)
    return drawn


def _plain(local: str) -> str:
    """Without what some providers ignore."""
    return local.partition("+")[0].replace(".", "")


def _near(one: str, other: str) -> bool:
    """At most one letter more, less or changed, or two neighbours swapped; never for short names,
    where that is simply another one.
    """
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 5:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[2:] == others[2:] and rest[:2] == others[1::-1])
    )
