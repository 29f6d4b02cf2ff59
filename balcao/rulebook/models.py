"""The policy, one row a version, the changes that were tried or wait, and the pictures it names."""

from django.db import models

from balcao.policy.book.changes import Topic

TOPICS = [(topic.value, topic.value) for topic in Topic]


class PolicyVersion(models.Model):
    """One saved version of the policy. Never changed afterwards: decisions refer to it.

    ``topic`` is what changed since the one before; ``approver_*`` the second person, if one had to
    agree.
    """

    number = models.PositiveIntegerField(unique=True)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    topic = models.CharField(max_length=20, choices=TOPICS, default=Topic.WHOLE.value)
    reason = models.CharField(max_length=300)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=80)
    approver_id = models.BigIntegerField(null=True)
    approver_label = models.CharField(max_length=80, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy version {self.number}"


class ProposalState(models.TextChoices):
    """Where a change stands: being looked at by its author, waiting for another person, decided."""

    DRAFT = "draft"
    WAITING = "waiting"
    SAVED = "saved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Proposal(models.Model):
    """A change of one topic: its tables, and the version it was made from."""

    topic = models.CharField(max_length=20, choices=TOPICS)
    base = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    tables = models.JSONField()
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT
    )
    reason = models.CharField(max_length=300, default="")
    author_id = models.BigIntegerField()
    author_label = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    decider_id = models.BigIntegerField(null=True)
    decider_label = models.CharField(max_length=80, default="")
    answer = models.CharField(max_length=300, default="")
    decided_at = models.DateTimeField(null=True)
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="proposals", null=True
    )

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"change {self.pk} of {self.topic}"


class Picture(models.Model):
    """A picture that a version of the policy may name, by its fingerprint. It never changes, and
    everybody may see it.
    """

    digest = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"picture of {self.width} x {self.height}"
