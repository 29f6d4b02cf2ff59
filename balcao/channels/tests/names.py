"""A world of name servers for the tests, and mails that are really signed in it."""

import base64
from collections.abc import Mapping
from functools import cache

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from balcao.channels.email.verifying import Unreachable

SELECTOR = "s1"


@cache
def _key() -> tuple[bytes, str]:
    """A private key, and the record that publishes its other half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


class Names:
    """Name servers that know these records; for ``dead`` names nobody answers."""

    def __init__(self, records: Mapping[tuple[str, str], list[str]]) -> None:
        self.records = dict(records)
        self.dead: set[str] = set()
        self.asked: list[str] = []

    def __call__(self, name: str, kind: str) -> list[str]:
        self.asked.append(name)
        if name in self.dead or "*" in self.dead:
            raise Unreachable(name)
        return self.records.get((name.lower(), kind), [])


def names_of(domain: str, *, dmarc: str = "", spf: str = "") -> Names:
    """A domain that signs with our key, sends from 192.0.2.7 and has this DMARC record."""
    records = {
        (f"{SELECTOR}._domainkey.{domain}", "TXT"): [_key()[1]],
        (domain, "TXT"): ["google-site-verification=x", spf or "v=spf1 ip4:192.0.2.7 -all"],
    }
    if dmarc:
        records[f"_dmarc.{domain}", "TXT"] = [dmarc]
    return Names(records)


def signed(
    raw: bytes,
    domain: str,
    *,
    length: bool = False,
    algorithm: bytes = b"rsa-sha256",
) -> bytes:
    """The mail with a DKIM signature of the domain on top."""
    signer = dkim.DKIM(raw, signature_algorithm=algorithm)
    field = signer.sign(
        SELECTOR.encode(),
        domain.encode(),
        _key()[0],
        include_headers=(b"from", b"subject", b"to"),
        length=length,
    )
    return bytes(field) + raw
