"""Whether the mail server in front of us vouches for a sender's domain (RFC 8601, R11).

Only the topmost Authentication-Results field counts, and only as the account's operator said: when
its first word is the server named by them, or when it is written as Microsoft 365 writes it, which
names no server. A sender may ship as many of his own as he likes (threats D3).
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import authres
import authres.core

from balcao.lib.mail import headers
from balcao.lib.mail.trust import Trust, Truster

_Results = list[tuple[str, str, dict[str, str]]]

_MAX_VALUE = 8192
# Second-level names under which anybody registers; "com.br" is not an organisation.
_SHARED_SECOND = frozenset(
    "ac adm adv agr am app art blog bio co com coop ecn eco edu emp eng esp etc eti far flog fm fnd"
    " fot fst g12 go gob gov ind inf info jor jus leg lel log med mil mp ne net nom not ntr odo or"
    " org ppg pro psc psi qsl radio rec seg slg srv taxi teo tmp trd tur tv vet wiki zlg".split()
)


def aligned(raw_headers: bytes, truster: Truster, from_domain: str) -> bool:
    """Whether the server that ``truster`` believes says that ``from_domain`` itself sent this mail.

    True for dmarc=pass of that domain, or else dkim=pass or spf=pass of a domain of the same
    organisation. A dmarc=fail outweighs the others. Anything odd is False, and so is an account
    that believes no server's word (Trust.OURS, Trust.NOBODY).
    """
    read = _READERS.get(truster.trust)
    if read is None:
        return False
    try:
        found = headers.strict(raw_headers)
    except headers.Malformed:
        return False
    topmost = next((f for f in found if f.name == "authentication-results"), None)
    if topmost is None or not topmost.exact or len(topmost.value) > _MAX_VALUE:
        return False
    return _vouched(read(topmost.value, truster.server), from_domain.lower())


def _vouched(results: _Results, domain: str) -> bool:
    dmarc = [pairs for method, result, pairs in results if method == "dmarc" and result == "pass"]
    if any(method == "dmarc" and result == "fail" for method, result, _ in results):
        return False
    if any(pairs.get("header.from") == domain for pairs in dmarc):
        return True
    return any(
        result == "pass" and same_organisation(_signer(method, pairs), domain)
        for method, result, pairs in results
    )


@lru_cache(maxsize=64)
def _named(value: bytes, server: str) -> _Results:
    """(method, result, properties) of each result, all in lower case; none when another server
    than ``server`` wrote them.

    Remembered, because reading it costs a millisecond and it is asked when a mail is kept and when
    it is judged: 64 of them, of ``_MAX_VALUE`` bytes at most.
    """
    try:
        text = value.decode("ascii")
        parsed = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except (UnicodeDecodeError, authres.core.AuthResError, RecursionError):
        return []
    if (parsed.authserv_id or "").lower() != server:
        return []
    return [
        (
            (result.method or "").lower(),
            (result.result or "").lower(),
            {
                f"{prop.type}.{prop.name}".lower(): (prop.value or "").lower()
                for prop in result.properties
            },
        )
        for result in parsed.results
    ]


_COMMENT = re.compile(r"\([^()]{0,500}\)")
_PLAIN = re.compile(r"[a-z0-9 \t;=@.,_+/:-]*")
_ONCE = frozenset({"spf", "dmarc", "compauth"})


def _microsoft(value: bytes, _server: str) -> _Results:
    """The same of a field as Microsoft 365 writes it, which names no server.

    Its older form puts "protection.outlook.com" or the recipient's domain between the results.
    Nothing but plain words is expected in it: quotes, nested comments and a second verdict of one
    kind, by which somebody could add a result of their own, make it worth nothing. So does the
    composite verdict compauth=fail.
    """
    text = _COMMENT.sub(" ", value.decode("latin-1").lower())
    if not _PLAIN.fullmatch(text):
        return []
    found: _Results = []
    for segment in text.split(";"):
        words = [word.partition("=") for word in segment.split()]
        if not words or not words[0][1]:
            continue
        (method, _, result), *more = words
        found.append((method, result, {name: said for name, _, said in more}))
    kinds = [method for method, _, _ in found if method in _ONCE]
    failed = any((method, result) == ("compauth", "fail") for method, result, _ in found)
    return [] if failed or len(kinds) != len(set(kinds)) else found


_READERS: Mapping[Trust, Callable[[bytes, str], _Results]] = {
    Trust.AUTHSERV: _named,
    Trust.MICROSOFT: _microsoft,
}


def _signer(method: str, pairs: dict[str, str]) -> str:
    if method == "dkim":
        return pairs.get("header.d") or pairs.get("header.i", "").rpartition("@")[2]
    if method == "spf":
        return pairs.get("smtp.mailfrom", "").rpartition("@")[2]
    return ""


def same_organisation(one: str, other: str) -> bool:
    """Whether two domains are the same, or one lies below the other ("relaxed" of DMARC).

    Two sisters below one parent do not count: without a list of all public suffixes that is the
    careful reading. The upper one must be somebody's own, so "com.br" aligns with nobody.
    """
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    if not one or not other:
        return False
    upper, lower = sorted((one, other), key=len)
    return _is_own(upper) and (upper == lower or lower.endswith(f".{upper}"))


def _is_own(domain: str) -> bool:
    labels = domain.split(".")
    if len(labels) < 2 or not all(re.fullmatch(r"[a-z0-9-]{1,63}", label) for label in labels):
        return False
    return len(labels) > 2 or len(labels[1]) > 2 or labels[0] not in _SHARED_SECOND
