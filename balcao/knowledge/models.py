"""Notices to every customer, and the readers' feedback on published pages."""

from django.db import models
from django.db.models import F, Q

from balcao.people.models import User


class NoticeLevel(models.TextChoices):
    OUTAGE = "outage"
    MAINTENANCE = "maintenance"
    INFORMATION = "information"


class Notice(models.Model):
    """A banner over the portal's pages from ``starts_at`` until ``ends_at`` (or until ended).

    ``key`` keeps a form that was sent twice one notice.
    """

    level = models.CharField(max_length=12, choices=NoticeLevel.choices)
    title = models.CharField(max_length=120)
    body = models.TextField(default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="notice_ends_later",
            ),
        )
        indexes = (models.Index(fields=["starts_at"], name="notice_start"),)

    def __str__(self) -> str:
        return self.title


class Feedback(models.Model):
    """A vote on a published page, with words if the reader left any (S45).

    ``page``: which one ("policy"). ``policy_version``: as it read then. ``key`` keeps a form that
    was sent twice one vote. ``user``: none for a reader without sign-in.
    """

    page = models.CharField(max_length=60)
    policy_version = models.PositiveIntegerField(null=True)
    helpful = models.BooleanField()
    comment = models.TextField(default="")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["page", "-at", "-id"], name="feedback_list"),)

    def __str__(self) -> str:
        return f"feedback {self.pk}"
