"""What is searched for its words."""

from django.db import models


class Kind(models.IntegerChoices):
    """What a document is of. Its number is part of the document's id: never change one."""

    MESSAGE = 0
    NOTE = 1


class SearchDoc(models.Model):
    """One text as the engines index it: ``norm`` holds its words, folded and stemmed.

    ``id`` is ``16 * object_id + kind``: the newest text has the highest, and writing one twice is
    writing it once. ``parent_id``: the row that a page shows when this text is found (a message's
    ticket). On PostgreSQL the migration adds the column ``words`` with its GIN index, on SQLite the
    FTS5 table ``search_words``; the database keeps both up to date.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    object_id = models.BigIntegerField()
    parent_id = models.BigIntegerField()
    norm = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["parent_id"], name="searchdoc_parent"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
