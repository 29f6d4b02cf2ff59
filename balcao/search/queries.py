"""Finding texts. Nobody's rights are known here: rooms above join what they may show."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from balcao.search.models import Kind, SearchDoc
from balcao.search.normaliser import Asked, Term, owned_by

ENOUGH = 5_000
NEWEST = 1_000
_WINDOW = 60_000
PER_OBJECT = 16
_TABLE = SearchDoc._meta.db_table
_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Hits:
    """A SELECT of (id, kind, object_id, parent_id) to be joined as a table, with its values.

    ``newest``: the words are so common that only the newest texts are looked through.
    """

    sql: str
    values: tuple[str, ...]
    newest: bool

    @property
    def most(self) -> int:
        """As many rows as it can have. So many mean that there are more."""
        return NEWEST if self.newest else ENOUGH


def hits(
    asked: Asked,
    *,
    kinds: frozenset[Kind] = _KINDS,
    owners: frozenset[int] = frozenset(),
    newest: bool = False,
) -> Hits:
    """The texts that hold what is ``asked``, of these kinds; with ``owners``, of theirs alone.

    The work is bounded whatever is asked. On PostgreSQL a first look takes what the index gives, in
    no order: whoever finds ``most`` rows in it asks again for the ``newest``, which walks the texts
    themselves from the newest on, a fixed stretch of them. FTS5 gives the newest first anyway.
    Raises ValueError when nothing is asked.
    """
    if not asked:
        raise ValueError("nothing is asked")
    among = f"kind IN ({', '.join(str(int(kind)) for kind in sorted(kinds))})"
    if connection.vendor == "postgresql":
        return _postgresql(_tsquery(asked, owners), among, newest=newest)
    sql = (
        f"SELECT d.id, d.kind, d.object_id, d.parent_id FROM search_words w JOIN {_TABLE} d"  # noqa: S608
        f" ON d.id = w.rowid WHERE search_words MATCH %s AND {among}"
        f" ORDER BY w.rowid DESC LIMIT {NEWEST}"
    )
    return Hits(sql, (_fts5(asked, owners),), newest=True)


def _postgresql(query: str, among: str, *, newest: bool) -> Hits:
    found = (
        f"SELECT id, kind, object_id, parent_id FROM {_TABLE}"  # noqa: S608
        f" WHERE words @@ %s::tsquery AND {among}"
    )
    if not newest:
        return Hits(f"{found} LIMIT {ENOUGH}", (query,), newest=False)
    far = f"(SELECT MAX(id) FROM {_TABLE}) - {_WINDOW * PER_OBJECT}"  # noqa: S608
    return Hits(f"{found} AND id > {far} ORDER BY id DESC LIMIT {NEWEST}", (query,), newest=True)


def _tsquery(asked: Asked, owners: frozenset[int]) -> str:
    """For PostgreSQL, cast as it stands: no parser of the server's reads it."""
    parts = [("!" if term.without else "") + _tsquery_term(term) for term in asked.terms]
    if owners:
        parts.append(f"({' | '.join(owned_by(owner) for owner in sorted(owners))})")
    return " & ".join(parts)


def _tsquery_term(term: Term) -> str:
    before = " <-> ".join(f"'{word}'" for word in term.words)
    if not term.start:
        return f"({before})"
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
        return f'"{" ".join(term.words)}"'
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
