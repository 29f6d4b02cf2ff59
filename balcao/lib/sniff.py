"""What a file is, from its first bytes; and how it may be given to a browser.

What the sender claims counts for nothing. Only types that no browser runs have a name here;
everything else is ``application/octet-stream`` (threats G2, G3, I4).
"""

import re

OPAQUE = "application/octet-stream"
HEAD = 4096

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
# Office files are ZIP archives: only then may the extension say which.
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_TEXT_EXTENSIONS = frozenset("txt log csv ini cfg conf sql json md ret".split())
# What makes a browser that guesses see a page: such a head stays opaque, whatever its start.
_MARKUP = re.compile(
    rb"<\s*(?:script|html|head|body|title|svg|iframe|object|embed|img|style|link|meta|form|table|a\s"
    rb"|!doctype|!--|\?xml|\?php|%|xsl:|math|video|audio|base|frameset|br|div|p>|h1)",
    re.IGNORECASE,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_KNOWN = frozenset(
    {kind for _, kind in _SIGNATURES}
    | set(_ZIPPED.values())
    | {"image/webp", "audio/wav", "video/mp4", "text/plain"}
)


def sniff(head: bytes, name: str) -> str:
    """The content type of a file that starts with ``head`` (4 KiB are enough).

    Pictures with a page's markup in their head are polyglots and stay opaque.
    """
    head = head[:HEAD]
    kind = _by_signature(head)
    extension = name.rpartition(".")[2].lower()
    if kind is None:
        return "text/plain" if extension in _TEXT_EXTENSIONS and _is_plain_text(head) else OPAQUE
    if kind == "application/zip":
        return _ZIPPED.get(extension, kind)
    if kind in _INLINE and _MARKUP.search(head):
        return OPAQUE
    return kind


def served_type(content_type: str) -> tuple[str, bool]:
    """How to give a stored file to a browser: the type to send, and whether it may show inline.

    Only raster pictures show inline. An unknown type is sent as opaque bytes. The page that serves
    files adds ``nosniff`` and a sandbox; this function alone already names no active type.
    """
    if content_type == "text/plain":
        return "text/plain; charset=utf-8", False
    if content_type not in _KNOWN:
        return OPAQUE, False
    return content_type, content_type in _INLINE


def _by_signature(head: bytes) -> str | None:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return None


def _is_plain_text(head: bytes) -> bool:
    return not _MARKUP.search(head) and not _CONTROL.search(head)
