"""Tickets, their messages, deadlines, decisions, exceptions and drafts."""

from django.db import models
from django.db.models import F, Q

from balcao.entitlements.models import Contract, Licence, Service
from balcao.files.models import StoredFile
from balcao.people.models import Organisation, User
from balcao.policy.gate import Door
from balcao.policy.lifecycle import OPEN_STATES, State
from balcao.policy.override import OverrideState

DOORS = tuple((door.value, door.value) for door in Door)
STATES = tuple((state.value, state.value) for state in State)
OVERRIDE_STATES = tuple((state.value, state.value) for state in OverrideState)


class Queue(models.Model):
    """Where tickets wait for their first answer. One queue is the default."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    is_default = models.BooleanField(default=False)
    members = models.ManyToManyField(User, blank=True, related_name="queues")
    services = models.ManyToManyField(Service, blank=True, related_name="queues")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="queue_one_default"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Ticket(models.Model):
    """One request for help. ``number`` is what people say and type; ids stay inside.

    ``opening_key`` makes opening idempotent: the same key of the same person is the same ticket.
    ``claimed_until``: "Atender próximo" reserved it for ``assignee`` until then, and lets go of it
    unless service started. ``reminded``, ``silent_until``: how many days of silence the customer it
    waits for was reminded of, and until when the last reminder gave them time. ``next_at``: when
    the ticker must look at it (a claim's end, silence, a review, closing).
    """

    number = models.CharField(max_length=10, unique=True)
    subject = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tickets")
    opener = models.ForeignKey(User, on_delete=models.PROTECT, related_name="opened_tickets")
    participants = models.ManyToManyField(User, blank=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets")
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, null=True)
    kind = models.CharField(max_length=16)
    door = models.CharField(max_length=10, choices=DOORS)
    state = models.CharField(max_length=16, choices=STATES)
    previous_state = models.CharField(max_length=16, choices=STATES, default="")
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="assigned_tickets"
    )
    claimed_until = models.DateTimeField(null=True)
    opening_key = models.CharField(max_length=64)
    policy_version = models.PositiveIntegerField()
    submitted_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    message_count = models.PositiveIntegerField(default=0)
    thanked = models.BooleanField(default=False)
    reminded = models.PositiveSmallIntegerField(default=0)
    silent_until = models.DateTimeField(null=True)
    third_party = models.ForeignKey(
        "ThirdPartyWait", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["opener", "opening_key"], name="ticket_opened_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="ticket_state_known"
            ),
        )
        indexes = (
            models.Index(
                fields=["queue", "submitted_at", "id"],
                name="ticket_fifo",
                condition=Q(state=State.OPEN.value),
            ),
            models.Index(
                fields=["queue", "submitted_at", "id"],
                name="ticket_queue_open",
                condition=Q(state__in=sorted(state.value for state in OPEN_STATES)),
            ),
            models.Index(
                fields=["assignee", "submitted_at", "id"],
                name="ticket_mine_open",
                condition=Q(state__in=sorted(state.value for state in OPEN_STATES)),
            ),
            models.Index(fields=["organisation", "-submitted_at", "-id"], name="ticket_customer"),
            models.Index(fields=["opener", "-submitted_at", "-id"], name="ticket_opener"),
            models.Index(
                fields=["next_at"], name="ticket_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.number


class MessageKind(models.TextChoices):
    CUSTOMER = "customer"
    REPLY = "reply"
    NOTE = "note"


class Message(models.Model):
    """What somebody wrote. ``body`` is plain text and never changes.

    ``quoted`` is what a mail quoted below or between the words of its own: folded, never lost.

    ``key`` makes writing idempotent (a form sent twice, a mail delivered twice).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    door = models.CharField(max_length=10, choices=DOORS)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=120)
    body = models.TextField()
    quoted = models.TextField(default="")
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "key"], name="message_written_once"),
        )
        indexes = (models.Index(fields=["ticket", "id"], name="message_thread"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["message", "file"], name="attachment_once"),)

    def __str__(self) -> str:
        return f"{self.message_id}: {self.file_id}"


class StateSpan(models.Model):
    """The ticket was in ``state`` from ``began`` until ``ended``; pauses are read from here."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="spans")
    state = models.CharField(max_length=16, choices=STATES)
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended=None), name="span_one_open"
            ),
        )
        indexes = (models.Index(fields=["ticket", "id"], name="span_ticket"),)

    def __str__(self) -> str:
        return f"{self.state} from {self.began}"


class ThirdPartyWait(models.Model):
    """Whom a ticket waits for, under which protocol of theirs, and when to look again (R4)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="third_parties")
    who = models.CharField(max_length=120)
    protocol = models.CharField(max_length=60, default="")
    review_at = models.DateTimeField()
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended=None), name="third_party_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"wait {self.pk} until {self.review_at}"


class DeadlineKind(models.TextChoices):
    START = "start"
    RESOLUTION = "resolution"


class Deadline(models.Model):
    """A promise with a moment (S12, S13).

    ``warn_at`` is when the team is warned. ``next_at`` is when the ticker must look at it: to warn,
    then to say that it has passed; none once it was met, stands still or has passed.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=10, choices=DeadlineKind.choices)
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "kind"], name="deadline_one_of_a_kind"),
        )
        indexes = (
            models.Index(
                fields=["next_at"], name="deadline_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at}"


class Decision(models.Model):
    """What the gate answered, under which version of the policy, on which facts (for replay)."""

    at = models.DateTimeField()
    verdict = models.CharField(max_length=8)
    act = models.CharField(max_length=10)
    door = models.CharField(max_length=10, choices=DOORS)
    reason = models.CharField(max_length=40, default="")
    rules = models.JSONField(default=list)
    policy_version = models.PositiveIntegerField()
    facts = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ticket = models.ForeignKey(
        Ticket, on_delete=models.SET_NULL, null=True, related_name="decisions"
    )

    class Meta:
        indexes = (
            models.Index(fields=["verdict", "-at"], name="decision_verdict"),
            models.Index(fields=["ticket", "id"], name="decision_ticket"),
            models.Index(fields=["-at", "-id"], name="decision_at"),
        )

    def __str__(self) -> str:
        return f"{self.verdict} {self.act} by {self.door}"


class Draft(models.Model):
    """What a customer wrote and could not open yet; nothing typed is ever lost."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True)
    service = models.ForeignKey(Service, on_delete=models.SET_NULL, null=True)
    licence = models.ForeignKey(Licence, on_delete=models.SET_NULL, null=True)
    door = models.CharField(max_length=10, choices=DOORS)
    subject = models.CharField(max_length=200, default="")
    body = models.TextField(default="")
    files = models.ManyToManyField(StoredFile, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="draft_once"),)
        indexes = (models.Index(fields=["owner", "-changed_at"], name="draft_owner"),)

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Override(models.Model):
    """An exception by two people (R14): ``rules`` are lifted for an organisation, for a while.

    ``ticket``, ``door`` and ``service`` narrow it. ``decided_by`` approved or rejected it,
    ``ended_by`` took it back. ``next_at``: until when it can be answered, then when it is over.
    ``key`` makes asking idempotent.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="overrides"
    )
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, related_name="overrides"
    )
    door = models.CharField(max_length=10, choices=DOORS, default="")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True)
    rules = models.JSONField(default=list)
    reason = models.TextField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OVERRIDE_STATES)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(default="")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["asked_by", "key"], name="override_asked_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OverrideState]),
                name="override_state_known",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="override_ends_later"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="override_four_eyes",
            ),
        )
        indexes = (
            models.Index(
                fields=["organisation"],
                name="override_in_force",
                condition=Q(state=OverrideState.APPROVED.value),
            ),
            models.Index(
                fields=["next_at"], name="override_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["state", "-asked_at", "-id"], name="override_list"),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class How(models.TextChoices):
    """What became of an objection: it refused, was only noted (R36), or an exception lifted it."""

    REFUSED = "refused"
    WARNED = "warned"
    OBSERVED = "observed"
    LIFTED = "lifted"


class Objection(models.Model):
    """One thing a rule had against what a decision was about: what refusals are counted by.

    A refusal has one, by the rule that spoke first; what was let in has one for each rule that
    would have refused it (R36), or that ``override`` lifted (R14). ``draft`` keeps what a refused
    person wrote, while it waits.
    """

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="objections")
    at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How.choices)
    rule = models.CharField(max_length=4)
    reason = models.CharField(max_length=40)
    door = models.CharField(max_length=10, choices=DOORS)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    override = models.ForeignKey(Override, on_delete=models.PROTECT, null=True, related_name="uses")
    draft = models.ForeignKey(Draft, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=["how", "-at", "-id"], name="objection_list"),
            models.Index(fields=["organisation", "how", "-at", "-id"], name="objection_customer"),
        )

    def __str__(self) -> str:
        return f"{self.how} by {self.rule}"
