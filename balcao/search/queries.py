"""Finding texts. Nobody's rights are known here: rooms above join what they may show."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from django.db import connection

from balcao.search.models import Kind, SearchDoc
from balcao.search.normaliser import Asked, Term, owned_by

ENOUGH = 5_000
NEWEST = 1_000
RECENT = 100_000
PER_OBJECT = 16
_TABLE = SearchDoc._meta.db_table
_KINDS = frozenset(Kind)


class Look(Enum):
    """How the index is asked. The work of each is bounded, however much was ever written.

    RECENT and ALL take what the index gives, in no order and up to ENOUGH: of the RECENT newest
    texts, or of all. NEWEST walks the texts from the newest on until it has found NEWEST. FTS5
    gives the newest first by itself and knows no other look.
    """

    RECENT = "recent"
    ALL = "all"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Hits:
    """A SELECT of (id, kind, object_id, parent_id) to be joined as a table, with its values.

    ``most``: as many rows as it can have; so many mean that there are more. ``oldest``: texts with
    a lower id were not looked at. ``unordered``: with more texts than that, any of them.
    """

    sql: str
    values: tuple[str, ...]
    most: int
    oldest: int = 0
    unordered: bool = False


def looks() -> tuple[Look, ...]:
    """In which order to ask: for words that stand in few texts, and for those in very many."""
    return tuple(Look) if connection.vendor == "postgresql" else (Look.NEWEST,)


def hits(
    asked: Asked,
    look: Look,
    *,
    kinds: frozenset[Kind] = _KINDS,
    owners: frozenset[int] = frozenset(),
    newest: int = 0,
) -> Hits:
    """The texts that hold what is ``asked``, of these kinds; with ``owners``, of theirs alone.

    ``newest``: the id of about the newest text, where it is known: without it nothing is too old.
    Raises ValueError when nothing is asked.
    """
    if not asked:
        raise ValueError("nothing is asked")
    among = f"kind IN ({', '.join(str(int(kind)) for kind in sorted(kinds))})"
    if connection.vendor != "postgresql":
        sql = (
            f"SELECT d.id, d.kind, d.object_id, d.parent_id FROM search_words w JOIN {_TABLE} d"  # noqa: S608
            f" ON d.id = w.rowid WHERE search_words MATCH %s AND {among}"
            f" ORDER BY w.rowid DESC LIMIT {NEWEST}"
        )
        return Hits(sql, (_fts5(asked, owners),), NEWEST)
    # A number in the statement itself, so that the planner knows how few texts are left by it.
    oldest = 0 if look is Look.ALL else max(0, newest - RECENT * PER_OBJECT)
    found = (
        f"SELECT id, kind, object_id, parent_id FROM {_TABLE}"  # noqa: S608
        f" WHERE words @@ %s::tsquery AND {among} AND id >= {oldest}"
    )
    query = (_tsquery(asked, owners),)
    if look is Look.NEWEST:
        return Hits(f"{found} ORDER BY id DESC LIMIT {NEWEST}", query, NEWEST, oldest)
    return Hits(f"{found} LIMIT {ENOUGH}", query, ENOUGH, oldest, unordered=True)


def _tsquery(asked: Asked, owners: frozenset[int]) -> str:
    """For PostgreSQL, cast as it stands: no parser of the server's reads it."""
    parts = [("!" if term.without else "") + _tsquery_term(term) for term in asked.terms]
    if owners:
        parts.append(f"({' | '.join(owned_by(owner) for owner in sorted(owners))})")
    return " & ".join(parts)


def _tsquery_term(term: Term) -> str:
    before = " <-> ".join(f"'{word}'" for word in term.words)
    if not term.start:
        return f"(({before}) | '{term.phone}')" if term.phone else f"({before})"
    lasts = [f"'{term.start}':*", *(f"'{word}'" for word in term.shorter)]
    last = f"({' | '.join(lasts)})"
    return f"({before} <-> {last})" if before else last


def _fts5(asked: Asked, owners: frozenset[int]) -> str:
    wanted = [_fts5_term(term) for term in asked.wanted]
    if owners:
        wanted.append(f"({' OR '.join(owned_by(owner) for owner in sorted(owners))})")
    without = [f" NOT {_fts5_term(term)}" for term in asked.terms if term.without]
    return f"({' AND '.join(wanted)}){''.join(without)}"


def _fts5_term(term: Term) -> str:
    if not term.start:
        phrase = f'"{" ".join(term.words)}"'
        return f'({phrase} OR "{term.phone}")' if term.phone else phrase
    begins = [f'"{" ".join((*term.words, term.start))}" *']
    ends = (f'"{" ".join((*term.words, word))}"' for word in term.shorter)
    return f"({' OR '.join((*begins, *ends))})"


def doc_id(kind: Kind, object_id: int) -> int:
    """The id of an object's text: see SearchDoc."""
    return object_id * PER_OBJECT + kind


def known(object_ids: Collection[int]) -> set[int]:
    """Those of the messages (notes, too) whose text is in the index. One statement."""
    ids = [doc_id(kind, pk) for pk in object_ids for kind in Kind]
    return set(SearchDoc.objects.filter(pk__in=ids).values_list("object_id", flat=True))


def doc_count() -> int:
    """How many texts the index holds."""
    return SearchDoc.objects.count()
