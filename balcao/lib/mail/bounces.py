"""What a bounce says about one of our mails: which one came back, and the server's words.

Standard reports (RFC 3464) and the plain ones of qmail, Exim, Exchange, Gmail and Brazilian
providers alike carry the header block of what came back, in a part of its own or in the text. Only
the Message-ID in it is looked for: whether it is one of ours, and signed, is for the caller (E5).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from balcao.lib.mail import headers
from balcao.lib.mail.parts import Leaf
from balcao.lib.text import clean_text

_READ = 64 * 1024
_WORDS = 280
_MAX_IDS = 10
_ID = re.compile(
    rb"^[ \t>|]{0,8}Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>)",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = "message/delivery-status"
_TYPE = re.compile(r"^[A-Za-z0-9-]{1,20}\s*;\s*")
_UNFOLD = re.compile(r"\r?\n[ \t]+")
_FIELD = re.compile(r"^(action|status|diagnostic-code)[ \t]*:[ \t]*(.*)$", re.I | re.M)
# A reply of SMTP, with its enhanced code or without, wherever a program put it.
_CODE = re.compile(r"(?:\b[45]\d\d[ -])?#?\b([45])\.\d{1,3}\.\d{1,3}\b[^\n]{0,250}")
_REPLY = re.compile(r"\b([45])[0-5]\d[ -](?=[^\W\d]|<)[^\n]{0,250}")
_DELAYED = re.compile(
    r"delay|will (?:be )?retr|still (?:be )?trying|warning: message|atrasad|tentando|adiad"
    r"|continuar[áa] tentando|retrasad",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """``mail_ids``: Message-IDs of what came back, as the report has them. ``words``: why.

    ``final``: it was given up; otherwise it only takes longer.
    """

    mail_ids: tuple[str, ...]
    words: str
    final: bool


def read(leaves: Sequence[Leaf], text: str, subject: str) -> Bounce:
    """What a bounce with these parts, this text to read and this subject says."""
    status = "\n\n".join(_text(leaf.content) for leaf in leaves if leaf.kind == _STATUS)
    if status:
        words, final = _by_status(status)
    else:
        words, final = _by_text(text[:_READ])
        final = final and not _DELAYED.search(f"{subject} {text[:2000]}")
    return Bounce(_ids(leaves, text), words[:_WORDS], final)


def _by_status(status: str) -> tuple[str, bool]:
    """The machine's own report: the worst it says of any recipient."""
    said: dict[str, list[str]] = {"action": [], "status": [], "diagnostic-code": []}
    for match in _FIELD.finditer(_UNFOLD.sub(" ", status)):
        said[match[1].lower()].append(match[2].strip())
    failed = any(word.lower().startswith("failed") for word in said["action"])
    final = failed or (not said["action"] and any(one[:1] == "5" for one in said["status"]))
    words = (said["diagnostic-code"] or said["status"] or [""])[0]
    return _line(_TYPE.sub("", words)), final


def _by_text(text: str) -> tuple[str, bool]:
    """A reply of SMTP quoted in the text says it all; without one a bounce is taken for final."""
    found = _CODE.search(text) or _REPLY.search(text)
    if found is None:
        first = next((line for line in text.split("\n") if line.strip()), "")
        return _line(first), True
    return _line(found[0]), found[1] == "5"


def _ids(leaves: Sequence[Leaf], text: str) -> tuple[str, ...]:
    searched = [leaf.content[: 4 * _READ] for leaf in leaves]
    searched.append(text[: 4 * _READ].encode("latin-1", "ignore"))
    found = [match[1].decode("latin-1") for one in searched for match in _ID.finditer(one)]
    return tuple(dict.fromkeys(found))[:_MAX_IDS]


def _text(content: bytes) -> str:
    return headers.decode_bytes(content[:_READ], "")


def _line(words: str) -> str:
    return " ".join(clean_text(words).split())
