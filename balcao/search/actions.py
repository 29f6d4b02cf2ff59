"""Keeping the index. It repeats what other rows say, so nothing is emitted here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from balcao.events.changes import insert
from balcao.search.models import Kind, SearchDoc
from balcao.search.normaliser import normalise, owned_by
from balcao.search.queries import doc_id


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be found: ``words`` of the object, shown with the row ``parent_id`` of ``owner``
    (a customer's organisation).
    """

    kind: Kind
    object_id: int
    parent_id: int
    owner: int
    words: str


def index(texts: Iterable[Text]) -> None:
    """Put these texts into the index, in the place of what it held of them. One statement.

    Called in the transaction that writes what they say, so that it is found once it is committed.
    """
    rows = [
        SearchDoc(
            id=doc_id(text.kind, text.object_id),
            kind=text.kind,
            object_id=text.object_id,
            parent_id=text.parent_id,
            norm=f"{owned_by(text.owner)} {normalise(text.words)}",
        )
        for text in texts
    ]
    insert(rows, replace=True)


def forget(kind: Kind, object_ids: Collection[int]) -> None:
    """Take what was erased out of the index, in the same transaction."""
    SearchDoc.objects.filter(pk__in=[doc_id(kind, pk) for pk in object_ids]).delete()
