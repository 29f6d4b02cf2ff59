"""Words as the index keeps them, and what a person asks for in the same words.

The database gets ASCII letters and digits only, so that both engines cut a text alike, whatever
stands in it: accents are folded, words are stemmed, and a word of another script is written as the
hexadecimal digits of its UTF-8.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import Stemmer

MAX_WORDS = 10_000
MAX_TERMS = 12
MAX_PHONES = 200
MAX_ASKED = 400
MIN_PREFIX = 3
_LONGEST = 48
_SHORTENED = 5
_READ = 20_000

# Eight to thirteen digits as telephones are written.
_GAP = r"[ .()\-\u00a0\u2010-\u2015]{0,2}"
_PHONE = re.compile(rf"(?<![0-9])\(?\+?[0-9](?:{_GAP}[0-9]){{7,12}}(?![0-9])")
_PHONE_END = 8
_WORD = re.compile(r"[^\W_]+")
_ASKED = re.compile(r'(-?)"([^"]*)"|(\S+)')
# Too common to tell one text from another. Not "nao": what does not work is what people look for.
STOP_WORDS = frozenset(
    "a as o os e em de da das do dos no na nos nas um uma ao aos por pela pelo para com que se"
    " the of and to in is it for on".split()
)
_PLURALS = (("oes", "ao"), ("ais", "al"), ("eis", "el"), ("ns", "m"))
_local = threading.local()


def fold(text: str) -> str:
    """Lower case, without accents: ``Configuração`` becomes ``configuracao``."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _stemmer() -> "Stemmer.Stemmer":
    """One for each thread: it keeps state between words."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("portuguese")
    return _local.stemmer


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word: ``configuracoes``, ``configurar`` and ``configuracao`` share it.

    What Snowball misses without accents is helped first: plurals, and words in -ção.
    """
    if not word.isascii():
        return "u" + word.encode().hex()[: _LONGEST - 1]
    word = _singular(word)
    if word.endswith("cao"):
        word = f"{word[:-3]}ção"
    return _safe(fold(_stemmer().stemWord(word)))


def _singular(word: str) -> str:
    """``ligacoes``, ``ramais``, ``paineis``, ``ordens`` and ``erros`` in the singular."""
    for ending, instead in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + instead
    short_plural = len(word) in (5, 6) and word.endswith(("as", "es", "os"))
    return word[:-1] if short_plural else word


def _safe(word: str) -> str:
    """A word that no engine cuts: one that begins with a digit could be read as a number."""
    return f"n{word}"[:_LONGEST] if word[0].isdigit() else word[:_LONGEST]


def words_of(text: str) -> Iterator[str]:
    """The stems of a text in their order, without stop words."""
    for word in _WORD.findall(fold(text)):
        if word not in STOP_WORDS:
            yield stem(word)


@lru_cache(maxsize=50_000)
def _stems_in(word: str) -> tuple[str, ...]:
    """The stems of one word of a text, which may be several once it is folded."""
    return tuple(words_of(word))


def phones_of(text: str) -> Iterator[str]:
    """A word for each telephone in a text, however it is written: its last eight digits, which it
    has with its area code, country code and ninth digit, or without them.
    """
    for match in _PHONE.finditer(text):
        yield _phone(match[0])


def _phone(written: str) -> str:
    return f"zzphone{re.sub(r'[^0-9]', '', written)[-_PHONE_END:]}"


def normalise(text: str) -> str:
    """The text as the index keeps it: at most MAX_WORDS stems, then at most MAX_PHONES phones."""
    words = islice(words_of(text), MAX_WORDS)
    return " ".join((*words, *islice(phones_of(text), MAX_PHONES)))


def owned_by(owner: int) -> str:
    """The word that the index adds to every text of an owner.

    It saves the engine from reading other owners' texts. It grants nothing: what may be seen is
    asked of the rows found.
    """
    return f"zzowner{owner}"


@dataclass(frozen=True, slots=True)
class Term:
    """Part of a query: words that follow each other. With ``start``, the last of them only begins
    so, or is one of ``shorter``: stems that are no longer than what was typed. A text that holds
    ``phone`` holds the term, too.
    """

    words: tuple[str, ...]
    start: str = ""
    shorter: tuple[str, ...] = ()
    without: bool = False
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person looks for. Every term must be found, and none of those ``without``."""

    terms: tuple[Term, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.without)

    def __bool__(self) -> bool:
        """Whether anything can be found: what is only excluded would be everything else."""
        return bool(self.wanted)


def parse(text: str, *, unfinished: bool = False) -> Asked:
    """What a search box holds: words, ``"a phrase"``, ``begin*``, ``-without``. Never raises.

    ``unfinished``: somebody is still typing the last word.
    """
    text = text[:MAX_ASKED]
    if _PHONE.fullmatch(text.strip()):
        text = f'"{text}"'
    terms = []
    for minus, phrase, word in _ASKED.findall(text):
        plain = word.strip('"')
        without = bool(minus) or (plain.startswith("-") and len(plain) > 1)
        term = _term(phrase or plain, without=without, begins=plain.endswith("*"))
        if term is not None:
            terms.append(term)
    if unfinished and terms and not terms[-1].without and text[-1:].isalnum():
        last = text.split()[-1].lstrip('"')
        if fold(last) not in STOP_WORDS:
            terms[-1] = _term(last, without=False, begins=True) or terms[-1]
    return Asked(tuple(terms[:MAX_TERMS]))


def _term(text: str, *, without: bool, begins: bool) -> Term | None:
    words = _WORD.findall(fold(text))
    last = words[-1] if words else ""
    if begins and len(last) >= MIN_PREFIX and last.isascii():
        before = tuple(stem(word) for word in words[:-1] if word not in STOP_WORDS)
        start = _safe(last)
        return Term(before, start, _shorter(start, stem(last)), without)
    kept = tuple(stem(word) for word in words if word not in STOP_WORDS)
    phone = _phone(text) if _PHONE.fullmatch(text.strip()) else ""
    return Term(kept, without=without, phone=phone) if kept else None


def _shorter(start: str, stemmed: str) -> tuple[str, ...]:
    """The stems that a word beginning with ``start`` may have: its own, and the shorter ones."""
    shortest = max(MIN_PREFIX + 1, len(start) - _SHORTENED)
    cut = (start[:length] for length in range(len(start) - 1, shortest - 1, -1))
    return tuple(dict.fromkeys((stemmed, *cut)))


def _hits(text: str, asked: Asked) -> Iterator[re.Match[str]]:
    """Each word of the text that was looked for, where it stands."""
    exact, starts, phones = _looked_for(asked)
    spans = [m.span() for m in _PHONE.finditer(text) if _phone(m[0]) in phones] if phones else []
    for match in _WORD.finditer(text):
        stems = _stems_in(match[0])
        found = not exact.isdisjoint(stems) or any(word.startswith(starts) for word in stems)
        if found or any(begin <= match.start() < end for begin, end in spans):
            yield match


@lru_cache(maxsize=64)
def _looked_for(asked: Asked) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Stems, beginnings and telephones: the same for all texts that a search found."""
    wanted = asked.wanted
    return (
        frozenset(word for term in wanted for word in (*term.words, *term.shorter)),
        tuple(term.start for term in wanted if term.start),
        frozenset(term.phone for term in wanted if term.phone),
    )


def marked(text: str, asked: Asked) -> list[tuple[str, bool]]:
    """The text in pieces, and whether each is a word that was looked for."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in _hits(text, asked):
        pieces += [(text[at : match.start()], False), (match[0], True)]
        at = match.end()
    pieces.append((text[at:], False))
    return [piece for piece in pieces if piece[0]]


def snippet(text: str, asked: Asked, *, length: int = 180) -> list[tuple[str, bool]]:
    """About ``length`` signs of the text around the first word that was looked for, in pieces as
    ``marked`` gives them; its beginning when none of the words stands in it.
    """
    plain = " ".join(text[:_READ].split())
    first = next((match.start() for match in _hits(plain, asked)), 0)
    begins = plain.rfind(" ", 0, max(0, first - length // 3)) + 1
    ends = begins + length
    if ends < len(plain):
        ends = max(plain.rfind(" ", begins, ends), begins + length // 2)
    before, after = "… " if begins else "", " …" if ends < len(plain) else ""
    return marked(f"{before}{plain[begins:ends]}{after}", asked)
