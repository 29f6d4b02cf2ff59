"""Files kept on disk: attachments and raw mail."""

import uuid

from django.db import models


class Scan(models.TextChoices):
    """What the virus scanner said. Nothing: none was asked when the file came."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class StoredFile(models.Model):
    """A file at ``BALCAO_DATA/files/aa/<uuid>``; the name a person gave it is only ever data.

    ``content_type`` is what we found in the bytes, not what the sender claimed. ``flagged`` holds
    codes of lib.secrets_scan: it seems to hold passwords, keys or open sessions (A9). ``owner_id``:
    whose quota it counts against (I5); none for what nobody attached. ``meant_for``: the ticket it
    was sent for, whose quota it takes up before it is attached.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    flagged = models.CharField(max_length=150, default="")
    created_at = models.DateTimeField()
    owner_id = models.BigIntegerField(null=True)
    scan = models.CharField(max_length=8, choices=Scan.choices, default="")
    meant_for = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["owner_id", "created_at"],
                name="file_owner",
                condition=models.Q(owner_id__isnull=False),
            ),
            models.Index(
                fields=["meant_for"],
                name="file_meant_for",
                condition=models.Q(meant_for__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def held(self) -> str:
        """Why nobody gets it ("waiting", "infected"); empty when it may be handed out (I3)."""
        return self.scan if self.scan in (Scan.WAITING, Scan.INFECTED) else ""
