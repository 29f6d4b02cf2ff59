"""Text that people write in mails: out of HTML, apart from what they quote."""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

import quotequail

# Quoting patterns compare line with line; beyond these sizes a text is shown whole.
_FOLD_LINES = 1000
_FOLD_LINE_CHARACTERS = 300
_MAX_HTML = 1_000_000
_ORIGINAL = re.compile(
    r"^\s*-{2,}\s*(?:mensagem original|mensagem encaminhada|original message|forwarded message)\b",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r"(?:escreveu|wrote|escribió)\s?:\s*$", re.IGNORECASE)

_FROM = re.compile(r"\s*\*{0,2}(?:de|from|remetente):", re.IGNORECASE)
_ABOUT = re.compile(
    r"\s*\*{0,2}(?:enviad[oa]s?(?: em)?|sent|data|date|para|to|cc|cco|c[óo]pia|assunto|subject"
    r"|fecha|asunto|enviado el):",
    re.IGNORECASE,
)
# Words of every introduction that quotequail knows, or a quoted line: without one it need not look.
_HINT = re.compile(
    r"^\s*>|wrote|escreveu|escribi|schrieb|écrit|написал|skrev|schreef|geschreven|message|mensa"
    r"|nachricht|bericht|meddelande|сообщение|e-mail|\d{4}/\d",
    re.IGNORECASE,
)
_WRAPPED = 4
_FIELD = re.compile(r"^(\*?[-\w ]+):(?=.)")
_SEPARATOR = re.compile(r"\s*[-_=*]{0,80}\s*")

_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table tbody tr ul".split()
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})")
_SILENT = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "title", "template")
}
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_BLANKS = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """Text that any database stores and any page shows: no controls but tab and newline, NFC."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", lines))


# Unicode's Cc and Cs.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


_ANSWERED = re.compile(
    r"^\s*(?:(?:re|fwd?|enc|res|resp)\s*:\s*|\[[#\d\s]{10,18}\]\s*)+", re.IGNORECASE
)
_REPLIED = re.compile(r"\s*(?:\[[#\d\s]{10,18}\]\s*)?(?:re|res|resp)\s*:", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\s*(?:chamado|n[º°]|#)?[\s:]*(?:n[º°]|#)?"
    r"\s*(?<!\d)\d{3}[ .-]?\d{3}[ .-]?\d{4}(?!\d)[\s:,.-]*",
    re.IGNORECASE,
)


def is_answer(subject: str) -> bool:
    """Whether a mail's subject says that it answers another one: "Re:", "RES:"."""
    return _REPLIED.match(subject) is not None


def plain_subject(subject: str) -> str:
    """A mail's subject without what answering added to it: "Re:", our tag, a ticket's number."""
    return _NUMBERED.sub(" ", _ANSWERED.sub("", subject)).strip(" :-–")


def headline(text: str, *, most: int = 80) -> str:
    """The first line that says something, shortened at a word: a subject for what has none."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= most:
        return line
    whole = line[:most].rpartition(" ")[0] or line[:most]
    return f"{whole.rstrip(' ,;:.-')}…"


def html_to_text(html: str) -> str:
    """The words of an HTML mail, one line a block, quotations marked with ``>``.

    Scripts, styles and comments go with what they hold. One pass, linear in the size whatever the
    markup (html5ever needs minutes for 200,000 nested tags). Markup beyond a million characters is
    left out: the whole message is kept elsewhere.
    """
    words = _Words()
    for tag, closing, data in _tokens(html[:_MAX_HTML]):
        if data:
            words.add(data)
        elif closing:
            words.close(tag)
        else:
            words.open(tag)
    return words.text()


def _tokens(html: str) -> Iterator[tuple[str, bool, str]]:
    """(tag, closing, "") for each tag and ("", False, text) for what stands between them."""
    at = 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            start = len(html)
        if start > at:
            yield "", False, unescape(html[at:start])
        if html.startswith("<!--", start):
            at = _after(html.find("-->", start + 4), 3, html)
            continue
        at = _after(html.find(">", start), 1, html)
        tag = _TAG.match(html, start)
        if tag is None:
            continue
        name = tag[2].lower()
        yield name, bool(tag[1]), ""
        if name in _SILENT and not tag[1]:
            end = _SILENT[name].search(html, at)
            at = end.start() if end else len(html)


def _after(found: int, length: int, html: str) -> int:
    return found + length if found >= 0 else len(html)


class _Words:
    """Lines of text, each with how deep it is quoted."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, list[str]]] = [(0, [])]
        self._depth = 0

    def open(self, tag: str) -> None:
        if tag == "br":
            self._break()
        elif tag in {"td", "th"}:
            self.add(" ")
        elif tag in _BLOCKS:
            self._end_block()
        if tag == "blockquote":
            self._depth += 1

    def close(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag == "blockquote":
            self._depth = max(0, self._depth - 1)
        if tag == "p":
            self._break()

    def add(self, data: str) -> None:
        words = _SPACES.sub(" ", data)
        line = self._lines[-1][1]
        if not line:
            words = words.lstrip()
            self._lines[-1] = (self._depth, line)
        if words:
            line.append(words)

    def _break(self) -> None:
        self._lines.append((self._depth, []))

    def _end_block(self) -> None:
        if self._lines[-1][1]:
            self._break()

    def text(self) -> str:
        marked = (
            f"{'>' * min(depth, 8)} {''.join(words)}".strip() if depth else "".join(words).rstrip()
            for depth, words in self._lines
        )
        return _BLANKS.sub("\n\n", clean_text("\n".join(marked))).strip()


def fold_quotes(text: str) -> tuple[str, str]:
    """Part a mail into what its writer says and what it quotes; together they are the whole text.

    For display only: the first part is never empty when the text is not. Answers written between
    the quoted lines count as said.
    """
    lines = text.split("\n")
    start = _quotation_starts(lines)
    if start is None:
        return text.strip(), ""
    while start and _SEPARATOR.fullmatch(lines[start - 1]):
        start -= 1
    said = "\n".join(lines[:start]).strip()
    quoted = "\n".join(lines[start:]).strip()
    if not said:
        said = _between(lines[start:])
    return (said, quoted) if said and said != quoted else (text.strip(), "")


def _quotation_starts(lines: list[str]) -> int | None:
    head = [line[:_FOLD_LINE_CHARACTERS].rstrip() for line in lines[:_FOLD_LINES]]
    marked = next((n for n, line in enumerate(head) if _is_mark(head, n, line)), None)
    if marked is not None:
        head = head[:marked]
    hint = next((n for n, line in enumerate(head) if _HINT.search(line)), None)
    if hint is None:
        return marked
    # An introduction may be wrapped: the search begins some lines above what hints at it. What
    # merely looks like the fields of a mail ("Erro: ...") is for our own rule alone.
    first = max(0, hint - _WRAPPED)
    looked_at = head[first:]
    found = quotequail.unwrap("\n".join(_FIELD.sub(r"\1;", line) for line in looked_at))
    if found is None:
        return marked
    top: str = found.get("text_top", "")
    blank = next(n for n, line in enumerate(looked_at) if line.strip())
    if not top:
        return first + blank if first else 0
    return first + blank + top.count("\n") + 1


def _is_mark(head: list[str], n: int, line: str) -> bool:
    """Whether an older mail begins here: a line that says so, or its From and two fields more."""
    if _ORIGINAL.match(line):
        return True
    if not _FROM.match(line):
        return False
    return sum(bool(_ABOUT.match(one)) for one in head[n + 1 : n + 9]) >= 2


def _between(lines: list[str]) -> str:
    """What stands between quoted lines, without the line that introduces the quotation."""
    kept = [line for line in lines if not line.lstrip().startswith(">")]
    while kept and (not kept[0].strip() or _INTRODUCTION.search(kept[0])):
        kept.pop(0)
    return _BLANKS.sub("\n\n", "\n".join(kept)).strip()


_THANKS = frozenset(
    "obrigado obrigada obrigados obrigadas obg obgd grato grata agradeço agradecemos agradecido"
    " agradecida valeu vlw thanks thank thx".split()
)
_POLITE = _THANKS | frozenset(
    "muito muitissimo muitíssimo mesmo pela pelo por a o e de do da ajuda atenção atencao retorno"
    " resposta suporte rapidez agilidade atendimento apoio tudo certo ok okay blz beleza perfeito"
    " perfeita ótimo otimo ótima excelente show funcionou resolvido resolveu deu já ja está esta"
    " bom boa dia tarde noite oi olá ola equipe pessoal você vocês voce voces you very much so for"
    " the your help support again a lot great perfect it works all good now everyone team hi hello"
    " desde mais uma vez um abraço abraços todos todas".split()
)
_SIGN_OFF = re.compile(
    r"^\s*(?:att\b|atte\b|atenciosamente|cordialmente|abs\b|abraços?|grat[oa]\s*[,.]?\s*$|--\s*$"
    r"|best\b|regards|kind regards|enviado d[oe] meu|sent from my)",
    re.IGNORECASE,
)


def is_thanks(reply: str) -> bool:
    """Whether a reply (without its quotation) says thank you and nothing else (R5).

    Cautious: any word outside a short polite vocabulary makes it a real message, but for up to two
    capitalised words inside a sentence (a name).
    """
    lines: list[str] = []
    for line in reply.strip().split("\n"):
        if lines and _SIGN_OFF.match(line):
            break
        lines.append(line)
    text = " ".join(lines)
    words = list(re.finditer(r"[^\W\d_]+", text))
    if not words or len(words) > 25 or re.search(r"[?\d@]", text):
        return False
    if not any(word[0].lower() in _THANKS for word in words):
        return False
    unknown = [n for n, word in enumerate(words) if word[0].lower() not in _POLITE]
    return len(unknown) <= 2 and all(_is_name(words, n, text) for n in unknown)


def _is_name(words: list[re.Match[str]], n: int, text: str) -> bool:
    """A capitalised word that goes on with the sentence before it, as in "Obrigado, João"."""
    word = words[n][0]
    between = text[words[n - 1].end() : words[n].start()] if n else "."
    return word[0].isupper() and not word.isupper() and not re.search(r"[.!;:\n]", between)


def mask_address(address: str) -> str:
    """``m…@cliente.example``: enough for its owner to know it, and no more."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"
