"""The policy, one row a version."""

from django.db import models


class PolicyVersion(models.Model):
    """One saved version of the policy. Never changed afterwards: decisions refer to it."""

    number = models.PositiveIntegerField(unique=True)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy version {self.number}"
