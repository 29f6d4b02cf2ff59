"""Mails made to be slow or large when they are taken apart (threats F1, F2)."""


def nested(depth: int) -> bytes:
    raw = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return raw.encode() + b"\nfim"


def flat(count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * count


PART_BOMBS = {
    "1,000 levels": nested(1_000),
    "50,000 levels": nested(50_000),
    "100,000 parts": flat(100_000),
    "25 MB of parts": flat(3_500_000)[: 25 * 1024 * 1024],
    "one boundary for all": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 20_000,
    "20 levels around 24 MB": nested(20)[:-4]
    + b"Content-Type: text/plain\n\n"
    + b"x\n--" * 6_000_000,
    "long boundary": b"Content-Type: multipart/mixed; boundary=" + b"b" * 60_000 + b"\n\nx",
}
HEADER_BOMBS = {
    "8,000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 8_000 + b"\n\nx",
    "20,000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nx",
    "2,000 comments": b"From: " + b"(" * 2_000 + b"a@b.c\n\nx",
    "100,000 fields": b"X: y\n" * 100_000 + b"\nx",
    "one field of 20 MB": b"X: " + b"y" * 20_000_000 + b"\n\nx",
    "continuations": b"X: y\n" + b" z\n" * 40_000 + b"\nx",
    "parameters": b"Content-Type: text/plain" + b"; a*0=x" * 15_000 + b"\n\nx",
    "quotes": b"Content-Type: text/plain; x=" + b'"\\' * 50_000 + b"\n\nx",
    "references": b"References: " + b"<a@b> " * 20_000 + b"\n\nx",
    "broken references": b"References: " + b"<" * 120_000 + b"\n\nx",
    "dates": b"Date: " + b"1 " * 60_000 + b"\n\nx",
    "no end": b"a" * 20_000_000,
}

_WORDS = b"=?utf-8?b?4pi6?= "
_FIELDS = (
    *(b"From", b"To", b"Subject", b"References", b"In-Reply-To", b"Message-ID", b"Date"),
    *(b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding", b"Content-ID"),
    *(b"Authentication-Results", b"Received"),
)
_FILLINGS = {
    "words": _WORDS * 6_000,
    "comments": b"(" * 100_000,
    "quotes": b'"' * 100_001,
    "lines": b"a\n " * 30_000,
}
# Every field that is looked at, filled with what made some parser or other slow.
HEADER_BOMBS |= {
    f"{name.decode()} of {what}": name + b": " + filling + b"\n\nx"
    for name in _FIELDS
    for what, filling in _FILLINGS.items()
}
