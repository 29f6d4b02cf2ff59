"""Whether a sender's domain itself sent a mail, found out here: DKIM, SPF and DMARC (R11).

For accounts whose connection is our own (Trust.OURS). A name server that does not answer proves
nothing either way: then the question is asked again later, and never answered with "verified".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from time import monotonic

import dkim
import dns.exception
import dns.resolver
import spf
from authheaders.dmarc_lookup import DMARCException, PublicSuffixList, lookup_receiver_record
from dkim.util import InvalidTagValueList, parse_tag_value

from balcao.lib.mail.authentication import same_organisation

Ask = Callable[[str, str], list[str]]
"""(name, type of record) -> the records as text; nothing for a name that has none."""

_MAX_SIGNATURES = 5
_LOOKUP_SECONDS = 4
_ALL_SECONDS = 20
_NAME = re.compile(r"[A-Za-z0-9._-]{1,250}")


class Unreachable(Exception):
    """The name servers that must be asked did not answer."""


class Resolver:
    """The machine's own resolver, for one mail: it answers for 20 seconds in all."""

    def __init__(self) -> None:
        self._until = monotonic() + _ALL_SECONDS

    def __call__(self, name: str, kind: str) -> list[str]:
        left = self._until - monotonic()
        if left <= 0:
            raise Unreachable("out of time")
        try:
            answer = dns.resolver.resolve(name, kind, lifetime=min(left, _LOOKUP_SECONDS))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as problem:
            raise Unreachable(type(problem).__name__) from problem
        return [_as_text(record, kind) for record in answer]


def resolver() -> Ask:
    """What asks the name servers for one mail."""
    return Resolver()


def _as_text(record: object, kind: str) -> str:
    if kind == "TXT":
        return b"".join(getattr(record, "strings", ())).decode("ascii", "replace")
    return str(record)


def verified(raw: bytes, domain: str, evidence: Mapping[str, str], ask: Ask) -> bool:
    """Whether ``domain`` (of From) itself sent this mail.

    ``evidence``: "peer", "helo" and "from" of the connection it came by; without a peer only DKIM
    can prove anything. A DKIM signature or SPF of the same organisation must pass, and where the
    domain's DMARC record asks for the very same domain it must be that. Raises Unreachable.
    """
    ask = cache(ask)
    with _asking(ask):
        exact_key, exact_sender = _dmarc(domain, ask)
        for signer in _signers(raw, domain, ask):
            if signer == domain or not exact_key:
                return True
        sender = _sender(domain, evidence)
        return bool(sender) and (sender == domain or not exact_sender)


def _signers(raw: bytes, domain: str, ask: Ask) -> Iterator[str]:
    """Whose signatures hold, of the From domain's organisation; no other one is looked at."""
    message = dkim.DKIM(raw, minkey=1024)
    fields = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
    for place, value in enumerate(fields[:_MAX_SIGNATURES]):
        try:
            tags = parse_tag_value(value)
        except InvalidTagValueList:
            continue
        signer = tags.get(b"d", b"").decode("ascii", "replace").lower()
        if _worth(tags) and _related(signer, domain) and _holds(message, place, ask):
            yield signer


def _worth(tags: Mapping[bytes, bytes]) -> bool:
    """Whether a signature says enough: over From, over the whole body, and not by SHA-1.

    RFC 6376 5.4 and 8.2, RFC 8301. The library checks none of these.
    """
    signed = {name.strip().lower() for name in tags.get(b"h", b"").split(b":")}
    return b"from" in signed and b"l" not in tags and tags.get(b"a") != b"rsa-sha1"


def _holds(message: dkim.DKIM, place: int, ask: Ask) -> bool:
    def key(name: bytes | str, timeout: int = 5) -> str:
        text = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        return next((one for one in ask(text.rstrip("."), "TXT") if "p=" in one), "")

    try:
        return bool(message.verify(idx=place, dnsfunc=key))
    except (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError):
        return False


def _sender(domain: str, evidence: Mapping[str, str]) -> str:
    """The domain of the envelope's sender, where SPF passes and it is of From's organisation."""
    peer, sender = evidence.get("peer", ""), evidence.get("from", "")
    origin = sender.rpartition("@")[2].lower()
    if not peer or not _related(origin, domain):
        return ""
    try:
        result, _why = spf.check2(i=peer, s=sender, h=evidence.get("helo", "") or origin)
    except (ValueError, spf.PermError):
        return ""
    if result == "temperror":
        raise Unreachable("spf")
    return origin if result == "pass" else ""


def _related(one: str, other: str) -> bool:
    """Whether two domains are of one organisation, by the list of public suffixes (RFC 7489 3.2).

    A top level that the list does not know is nobody's: then only what lies below counts.
    """
    if not _NAME.fullmatch(one) or not _NAME.fullmatch(other):
        return False
    organisation = _organisation(one)
    if "." not in organisation:
        return same_organisation(one, other)
    return organisation == _organisation(other)


def _organisation(domain: str) -> str:
    return str(_suffixes().get_public_suffix(domain) or domain)


@cache
def _suffixes() -> PublicSuffixList:
    with (files("authheaders") / "public_suffix_list.txt").open(encoding="utf-8") as file:
        return PublicSuffixList(file)


def _dmarc(domain: str, ask: Ask) -> tuple[bool, bool]:
    """Whether the domain's DMARC record wants the very same domain: of DKIM, of SPF."""

    def record(name: str) -> str:
        found = [text for text in ask(name, "TXT") if text.startswith("v=DMARC1")]
        return found[0] if len(found) == 1 else ""

    try:
        tags = lookup_receiver_record(domain, record) or (
            lookup_receiver_record(_organisation(domain), record)
        )
    except DMARCException:
        # Broken beyond reading: the stricter meaning.
        return True, True
    return tags.get("adkim") == "s", tags.get("aspf") == "s"


# pyspf has one function for the whole process; each thread sets its own here.
_current: ContextVar[Ask] = ContextVar("spf_ask")


@contextmanager
def _asking(ask: Ask) -> Iterator[None]:
    mark = _current.set(ask)
    try:
        yield
    finally:
        _current.reset(mark)


def _for_spf(
    name: str, kind: str, _tcp: object = True, _timeout: object = 0
) -> list[tuple[tuple[str, str], object]]:
    records = _current.get()(name, kind)
    return [((name, kind), _spf_value(text, kind)) for text in records]


def _spf_value(text: str, kind: str) -> object:
    if kind == "MX":
        preference, _, host = text.partition(" ")
        return int(preference), host
    return [text.encode("ascii", "replace")] if kind in {"TXT", "SPF"} else text


spf.DNSLookup = _for_spf
