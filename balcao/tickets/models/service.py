"""What the team does besides writing: calls, remote sessions, time, and passing over a ticket."""

from django.db import models
from django.db.models import Q

from balcao.people.models import Organisation, User
from balcao.tickets.models.tickets import DOORS, Message, Ticket


class RemoteSession(models.Model):
    """A remote access to the customer's machine: the tool, its session id, consent; no password.

    ``consent``: who gave it, ``consent_door``: by which way. ``message``: how the customer sees it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="remote_sessions")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tool = models.CharField(max_length=40)
    session = models.CharField(max_length=60, default="")
    consent = models.CharField(max_length=120)
    consent_door = models.CharField(max_length=10, choices=DOORS)
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="remote_session")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at=None), name="remote_session_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"remote session {self.pk}"


class TimeSpent(models.Model):
    """Minutes somebody worked on a ticket; the ticket carries their sum.

    ``key`` makes noting them idempotent (a form sent twice).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="times")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=200, default="")
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticket", "key"], name="time_spent_once"),)
        indexes = (models.Index(fields=["-at", "-id"], name="time_spent_list"),)

    def __str__(self) -> str:
        return f"{self.minutes} minutes"


class CallOutcome(models.TextChoices):
    """How a call ended. OPEN: still on the line."""

    OPEN = "open"
    SERVED = "served"
    NUMBER_SENT = "number_sent"
    ASSISTED = "assisted"
    TO_SALES = "to_sales"
    TAKEN_DOWN = "taken_down"
    WITHOUT_TICKET = "without_ticket"


class Call(models.Model):
    """One telephone call as the person who took it notes it (R14, R15). One at a time.

    ``phone``: as typed, normalised where it can be. ``misses``: numbers that were refused.
    ``reason``: why it had no ticket, a code of policy.calls.
    """

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=20, default="")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="calls")
    outcome = models.CharField(max_length=16, choices=CallOutcome.choices, default=CallOutcome.OPEN)
    reason = models.CharField(max_length=200, default="")
    misses = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["agent"], condition=Q(ended_at=None), name="call_one_open"
            ),
        )
        indexes = (models.Index(fields=["-began_at", "-id"], name="call_list"),)

    def __str__(self) -> str:
        return f"call {self.pk}"


class Skip(models.Model):
    """Somebody passed over the next ticket in line, and why (R24). The ticket keeps its place."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="skips")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    place = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["-at", "-id"], name="skip_list"),
            models.Index(fields=["agent", "ticket"], name="skip_mine"),
        )

    def __str__(self) -> str:
        return f"skip {self.pk}"
