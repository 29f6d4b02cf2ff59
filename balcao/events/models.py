"""Tables of what happened and of what must still be done."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One thing that happened. Append-only: no code, and no database, changes or deletes a row.

    ``data`` holds ids, codes and numbers only, never a person's words, address or a token, so that
    privacy can erase people and the record still stands. ``batch`` is set once, when the row is
    sealed (see sealing.py).
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=40)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    batch = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["verb", "at"], name="event_verb"),
            models.Index(fields=["at", "id"], name="event_at"),
            models.Index(fields=["actor_id", "at"], name="event_actor"),
            models.Index(fields=["batch", "id"], name="event_batch"),
            models.Index(fields=["id"], name="event_unsealed", condition=Q(batch=None)),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"


class Act(models.TextChoices):
    """What somebody did with what they saw."""

    VIEWED = "viewed"
    SEARCHED = "searched"
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"


class Access(models.Model):
    """Somebody saw, searched, exported or downloaded something (A9). Append-only, sealed as events.

    Ids and codes only: neither what was searched for nor what was found. ``detail`` tells one thing
    of the subject from another (the file of a ticket, the kind of an export). Kept for the policy's
    ``retention.access_log`` days, then whole batches go.
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=10, choices=Act.choices)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=40, default="")
    address = models.GenericIPAddressField(null=True)
    batch = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "id"], name="access_subject"),
            models.Index(fields=["actor_id", "at"], name="access_actor"),
            models.Index(fields=["at", "id"], name="access_at"),
            models.Index(fields=["batch", "id"], name="access_batch"),
            models.Index(fields=["id"], name="access_unsealed", condition=Q(batch=None)),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.subject_kind} {self.subject_id}"


class Batch(models.Model):
    """A seal over the rows of one log that carry its ``number``, and over all batches before it.

    ``digest`` is over the fingerprints of its rows, ``head`` over the head before (``previous``)
    and this row: whoever noted a head can tell later that nothing before it was changed. ``marks``
    holds 16 bytes a row, its id and the beginning of its fingerprint, to name the row that was.
    """

    log = models.CharField(max_length=8)
    number = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    marks = models.BinaryField()
    sealed_at = models.DateTimeField()
    head = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "number"], name="batch_once"),)

    def __str__(self) -> str:
        return f"{self.log} {self.number}"


class JobState(models.IntegerChoices):
    READY = 0
    RUNNING = 1
    DONE = 2
    DEAD = 3


class Job(models.Model):
    """One piece of work on the lease queue, written in the transaction that asks for it.

    A worker owns it until ``lease_until``; a lease that ran out means the worker died, and the next
    one takes the job again. ``key`` is unique while given: asking twice makes one job.
    """

    task = models.CharField(max_length=100)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)
    priority = models.SmallIntegerField(default=5)
    run_at = models.DateTimeField()
    state = models.SmallIntegerField(choices=JobState.choices, default=JobState.READY)
    attempts = models.SmallIntegerField(default=0)
    max_attempts = models.SmallIntegerField(default=8)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=60, default="")
    error = models.TextField(default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["priority", "run_at"], name="job_ready", condition=Q(state=JobState.READY)
            ),
            models.Index(
                fields=["lease_until"], name="job_running", condition=Q(state=JobState.RUNNING)
            ),
            models.Index(fields=["done_at"], name="job_done", condition=Q(state=JobState.DONE)),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.args}"


class Allowance(models.Model):
    """How often something happened in one window of time (see actions.spend)."""

    key = models.CharField(max_length=120, unique=True)
    window_ends = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["window_ends"], name="allowance_window"),)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
