"""Copies of what a customer may see, made for them to take along."""

from django.db import models
from django.db.models import Q

from balcao.people.models import Organisation, User


class ExportState(models.TextChoices):
    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


class Export(models.Model):
    """An archive of one person's own data, or of a whole ``organisation`` for its administrator.

    Its bytes are no StoredFile: they stand in a folder of their own, named by the id, and go at
    ``expires_at``. ``next_at``: when the ticker must look: at one never finished, one to remove.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=ExportState)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    size = models.BigIntegerField(default=0)
    tickets = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(state="asked", organisation=None),
                name="export_one_of_mine",
            ),
            models.UniqueConstraint(
                fields=["owner", "organisation"],
                condition=Q(state="asked"),
                name="export_one_of_company",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-id"], name="export_owner"),
            models.Index(
                fields=["next_at"], name="export_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"export {self.pk}"
