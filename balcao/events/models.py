"""Tables of what happened and of what must still be done."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One thing that happened. Append-only: no code changes or deletes a row.

    ``data`` holds ids, codes and numbers only, never a person's words, address or a token, so that
    privacy can erase people and the record still stands.
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=40)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["verb", "at"], name="event_verb"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"


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
