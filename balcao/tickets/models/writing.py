"""What the team is still writing, and what it writes often."""

from django.db import models
from django.db.models import Q

from balcao.files.models import StoredFile
from balcao.people.models import User
from balcao.tickets.models.tickets import Message, MessageKind, Ticket


class StaffDraft(models.Model):
    """A reply or note that its author has not sent: one a person and ticket, kept as they type.

    ``version`` counts its changes, so that of two windows the second to save is told. ``seen``: how
    many messages stood on the page it was written on; ``was``: the ticket's state and owner when it
    was sent. ``sends_at``: it is on its way, and until
    then its author may take it back; ``then`` is what follows the reply ("wait", "resolve" or
    nothing). ``key`` makes it one message however often it is sent. ``stopped``: why it could not
    be sent, a code.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="staff_drafts")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    body = models.TextField(default="")
    files = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    key = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    seen = models.PositiveIntegerField(default=0)
    was = models.CharField(max_length=40, default="")
    then = models.CharField(max_length=10, default="")
    sends_at = models.DateTimeField(null=True)
    stopped = models.CharField(max_length=40, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "author"], name="staff_draft_one"),
        )
        indexes = (
            models.Index(
                fields=["sends_at"], name="staff_draft_next", condition=Q(sends_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"draft {self.pk}"


class SavedReply(models.Model):
    """A text written often, with ``{variables}``; without an owner it is the whole team's."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=80)
    shortcut = models.CharField(max_length=40)
    body = models.TextField()
    active = models.BooleanField(default=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                condition=Q(active=True, owner__isnull=False),
                name="saved_reply_own_shortcut",
            ),
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=Q(active=True, owner__isnull=True),
                name="saved_reply_shared_shortcut",
            ),
        )

    def __str__(self) -> str:
        return self.shortcut


class Mention(models.Model):
    """A message called a colleague by name; ``seen_at`` once they opened the ticket."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="mentions")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["message", "user"], name="mention_once"),)
        indexes = (models.Index(fields=["user"], name="mention_unseen", condition=Q(seen_at=None)),)

    def __str__(self) -> str:
        return f"mention {self.pk}"
