"""Lines that a mail program wrapped and says so (format=flowed, RFC 3676)."""


def unflowed(text: str, *, delsp: bool) -> str:
    """The paragraphs as they were typed, quotation marks kept, line by line in one pass.

    ``delsp``: the space at a wrapped line's end is no part of the text.
    """
    out: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        signature = bare.rstrip("\r") == "-- "
        goes_on = bare.endswith(" ") and not signature
        words = bare[:-1] if goes_on and delsp else bare
        if depth == open_depth and not signature:
            out.append(words)
        else:
            out.append(("\n" if out else "") + _marked(depth, words))
        open_depth = depth if goes_on else -1
    return "".join(out)


def _marked(depth: int, words: str) -> str:
    return f"{'>' * depth} {words}" if depth else words
