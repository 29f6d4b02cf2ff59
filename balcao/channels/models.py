"""What came in from outside, and what goes out."""

from django.db import models
from django.db.models import Q

from balcao.files.models import StoredFile
from balcao.people.models import User
from balcao.tickets.models import Message, Ticket


class Outcome(models.TextChoices):
    """What became of a message from outside."""

    STORED = "stored"
    APPENDED = "appended"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    IGNORED = "ignored"
    DRAFT = "draft"


class Machine(models.TextChoices):
    """Which program wrote a mail that no person wrote."""

    REPLY = "reply"
    BOUNCE = "bounce"
    LIST = "list"
    RECEIPT = "receipt"
    REPORT = "report"
    OTHER = "other"


class Handled(models.TextChoices):
    """What somebody did with a kept mail."""

    ATTACHED = "attached"
    TOLD = "told"
    DISCARDED = "discarded"
    CONFIRMED = "confirmed"
    DISOWNED = "disowned"


class Inbound(models.Model):
    """One message as it came, stored raw before anything reads it. Never deleted by intake.

    ``raw`` is None once its time was over; ``note`` is the written reason of who put it on a ticket
    against the rules ``overridden``.

    ``external_id`` is unique in its account: the same message delivered twice is one row.
    ``sender`` is what From claims, ``mail_id`` the writer's Message-ID, which our answers refer to.
    ``evidence``: what the connection showed where it was our own ("peer", "helo", "from").
    ``auth`` is the proof that was found (a code of policy.gate.Auth), ``machine`` is for what no
    person wrote. ``handled``: what a person did with it since. ``purge_at``: when its original and
    its words go (policy's retention).
    """

    account = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    raw = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.STORED)
    reason = models.CharField(max_length=40, default="")
    rules = models.JSONField(default=list)
    sender = models.CharField(max_length=254, default="")
    subject = models.CharField(max_length=200, default="")
    mail_id = models.CharField(max_length=250, default="")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="inbound")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    evidence = models.JSONField(default=dict)
    auth = models.CharField(max_length=8, default="")
    machine = models.CharField(max_length=8, choices=Machine.choices, default="")
    handled = models.CharField(max_length=10, choices=Handled.choices, default="")
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)
    note = models.TextField(default="")
    overridden = models.JSONField(default=list)
    purge_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "external_id"], name="inbound_once"),
        )
        indexes = (
            models.Index(fields=["outcome", "-received_at"], name="inbound_outcome"),
            models.Index(fields=["sender", "-received_at"], name="inbound_sender"),
            models.Index(
                fields=["purge_at"], name="inbound_purge", condition=Q(purge_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.external_id}"


class Confirmation(models.Model):
    """ "Foi você?": asked of the person on whose registered address a mail's From lays claim (R9).

    ``answer``: "yes" or "no" once given; a link that has run out counts as no answer.
    """

    inbound = models.ForeignKey(Inbound, on_delete=models.PROTECT, related_name="confirmations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=3, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["inbound", "user"], name="confirmation_once"),
        )

    def __str__(self) -> str:
        return f"was mail {self.inbound_id} from {self.user_id}"


class TestState(models.TextChoices):
    """How the test of an account stands: on its way, come back, or not."""

    SENT = "sent"
    BACK = "back"
    FAILED = "failed"


class AccountState(models.Model):
    """How an account for incoming mail stands: when it last worked, and its last trouble's words.

    ``problem`` is empty while all is well. ``tested_at``: when the last test was sent, with
    ``test_mark`` in it; ``test_state``: how it stands, ``test``: the server's words if it failed.
    """

    name = models.CharField(max_length=60, unique=True)
    connected_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, default="")
    problem_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    test = models.CharField(max_length=300, default="")
    test_state = models.CharField(max_length=8, choices=TestState.choices, default="")
    test_mark = models.CharField(max_length=40, default="")
    test_ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Delivery(models.Model):
    """One message to one recipient.

    ``mail_id``, its Message-ID, is made before the first try and never changes. ``key`` says what
    it tells whom ("reply:17:3"), so that the same thing is told once. ``attempts`` counts the tries
    that failed, ``answer`` holds the last one's words. ``settled_at``: somebody of the team saw
    that it failed and leaves it so; ``handled_by``: who did that, or had it tried again.
    ``calendar``: a calendar file that goes with it; ``paper``: a PDF that does.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30)
    recipient = models.CharField(max_length=254)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    mail_id = models.CharField(max_length=250, unique=True)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(default="")
    calendar = models.TextField(default="")
    paper = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    headers = models.JSONField(default=dict)
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    answer = models.CharField(max_length=300, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["created_at"], name="delivery_open", condition=~Q(state="sent")),
            models.Index(fields=["ticket", "id"], name="delivery_ticket"),
            models.Index(
                fields=["-failed_at", "-id"],
                name="delivery_failed",
                condition=Q(state="failed", settled_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.mail_id}"
