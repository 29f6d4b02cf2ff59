"""Our own mark on what leaves: DKIM (RFC 6376), where the installation signs by itself."""

import binascii

import dkim
from django.conf import settings

# What a reader sees or answers to; From twice, so that nobody adds another one on the way.
_SIGNED = (
    *(b"from", b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"),
    *(b"auto-submitted", b"mime-version", b"content-type", b"content-transfer-encoding"),
)


class Unsigned(Exception):
    """The key cannot be used; the text says so."""


def signed(content: bytes) -> bytes:
    """The message with our signature on top, or as it is where no selector and key are set.

    Raises Unsigned: a mail whose readers expect a signature never leaves without it.
    """
    selector = settings.ENV.text("BALCAO_DKIM_SELECTOR").strip()
    key = settings.ENV.text("BALCAO_DKIM_KEY").strip()
    if not selector and not key:
        return content
    domain = settings.ENV.text("BALCAO_DKIM_DOMAIN").strip() or _domain_of(content)
    try:
        mark = dkim.sign(
            content,
            selector.encode("ascii"),
            domain.encode("ascii"),
            key.encode("ascii"),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(_SIGNED),
        )
    except (dkim.DKIMException, binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise Unsigned(
            f"DKIM: the mail could not be signed ({type(error).__name__}); look at"
            " BALCAO_DKIM_SELECTOR, BALCAO_DKIM_DOMAIN and BALCAO_DKIM_KEY_FILE"
        ) from error
    return bytes(mark) + content


def _domain_of(content: bytes) -> str:
    """The domain of our From, which compose() wrote as the first line."""
    line = content.partition(b"\r\n")[0].decode("ascii")
    return line.rpartition("@")[2].rstrip(">").strip()
