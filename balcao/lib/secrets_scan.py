"""Whether a file seems to hold passwords, keys or open sessions (A9): by shape, not by proof.

A recording of a browser's traffic, a key, a settings file: what people attach without thinking of
what is in it. Nothing is refused for it; whoever sends it and whoever reads it are told.
"""

import re

SCANNED = 4 * 1024 * 1024
"""How many bytes of a file are worth looking at: such files show what they are early."""

_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("har", re.compile(r"\.har$", re.IGNORECASE)),
    (
        "private_key",
        re.compile(
            r"(^|[/\\])id_(rsa|dsa|ecdsa|ed25519)$|\.(ppk|p12|pfx|jks|keystore|key)$", re.IGNORECASE
        ),
    ),
    ("vault", re.compile(r"\.(kdbx?|1pif|agilekeychain)$", re.IGNORECASE)),
    ("settings", re.compile(r"(^|[/\\])\.env(\.[a-z]+)?$|\.env$|(^|[/\\])\.(netrc|pgpass)$", re.I)),
)

_VALUE = rb"(?!\*{3}|x{3}|<|\$\{|\$\(|%\(|\{\{|(?:none|null|true|false|required|changeme)\b)"
_SHAPES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("har", re.compile(rb'"log"\s{0,40}:\s{0,40}\{[^{}]{0,2000}"(?:creator|entries|version)"')),
    (
        "private_key",
        re.compile(
            rb"-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:"
        ),
    ),
    ("vault", re.compile(rb"\A\x03\xd9\xa2\x9a")),
    ("cloud_key", re.compile(rb"\bA(?:KIA|SIA)[0-9A-Z]{16}\b")),
    (
        "token",
        re.compile(
            rb"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[\w-]{20,}"
            rb"|xox[abprs]-[0-9A-Za-z-]{20,}|[sr]k_live_[0-9A-Za-z]{20,}|AIza[\w-]{35}"
            rb"|SG\.[\w-]{16,}\.[\w-]{16,}|EAA[A-Za-z0-9]{60,})"
        ),
    ),
    (
        "token",
        re.compile(
            rb"\b(?:proxy-)?authorization\b[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:bearer|basic|token)\s"
            rb"[A-Za-z0-9+/=._~-]{12,}",
            re.IGNORECASE,
        ),
    ),
    ("jwt", re.compile(rb"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    (
        "session",
        re.compile(
            rb"^(?:set-)?cookie:[^\r\n]{0,400}?(?:sess|token|auth|sid|jwt)[\w.-]{0,40}="
            rb"[^;\s]{12,}",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    ("session", re.compile(rb"\A# (?:Netscape )?HTTP Cookie File")),
    (
        "connection",
        re.compile(rb"\b[a-z][a-z0-9+.-]{2,20}://[^\s:@/'\"<>]{1,64}:[^\s@/'\"<>*]{3,128}@[\w.-]+"),
    ),
    (
        "connection",
        re.compile(
            rb"(?:server|data source|host|dsn)\s?=[^\r\n]{1,300};\s?(?:password|pwd)\s?=\s?"
            + _VALUE
            + rb"[^;\s'\"]{3,}",
            re.IGNORECASE,
        ),
    ),
    (
        "password",
        re.compile(
            rb"^[ \t]{0,20}(?:export\s)?[\w.-]{0,40}(?:password|passwd|pwd|senha|secret|api_?key"
            rb"|access_?key|token)[\w.-]{0,20}\s?=\s?[\"']?"
            + _VALUE
            + rb"[^\s\"'=(){}]{6,}[\"']?[ \t]{0,20}\r?$",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "password",
        re.compile(
            rb"[\"'][\w.-]{0,30}(?:password|passwd|senha|secret|api_?key|access_?token"
            rb"|refresh_?token)[\w.-]{0,10}[\"']\s?[:,=]\s?[\"']"
            + _VALUE
            + rb"[^\"'\r\n]{6,}[\"']",
            re.IGNORECASE,
        ),
    ),
    (
        "password_hash",
        re.compile(rb"^[\w.-]{1,32}:\$(?:1|2[aby]|5|6|y|apr1)\$\S{20,}", re.MULTILINE),
    ),
)
_ZIPPED = re.compile(
    rb"PK\x03\x04.{26}([\w ./\\()@-]{1,120}?\.(?:har|ppk|p12|pfx|kdbx|env|key))", re.DOTALL
)


def secrets_in(content: bytes, name: str) -> tuple[str, ...]:
    """Codes of what the file seems to hold, in order; none for an ordinary one.

    ``content`` is the file or a piece of it; names inside a ZIP archive count, its contents do not.
    """
    found = {code for code, pattern in _NAMES if pattern.search(name)}
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content[2:].replace(b"\x00", b"")
    if not content.startswith(b"PK\x03\x04"):
        found |= {code for code, pattern in _SHAPES if pattern.search(content)}
    for inside in _ZIPPED.findall(content):
        found |= {code for code, one in _NAMES if one.search(inside.decode("ascii", "replace"))}
    return tuple(sorted(found))
