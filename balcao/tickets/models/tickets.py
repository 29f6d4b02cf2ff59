"""Tickets, their messages, states, deadlines, and who serves them."""

from django.db import models
from django.db.models import CharField, Func, Q

from balcao.entitlements.models import Contract, Licence, PrepaidTicket, Service
from balcao.files.models import StoredFile
from balcao.people.models import Organisation, Unit, User
from balcao.policy import routing
from balcao.policy.gate import Door
from balcao.policy.lifecycle import OPEN_STATES, State

DOORS = tuple((door.value, door.value) for door in Door)
STATES = tuple((state.value, state.value) for state in State)
# Open, and neither in the line nor in service: the views of few tickets among many open ones.
_WAITING = sorted(state.value for state in OPEN_STATES - {State.OPEN, State.IN_SERVICE})


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


END_OF_NUMBER = 6


def number_end() -> Func:
    """The last six digits of a ticket's number, written as its index is: without parameters."""
    return Func("number", template="SUBSTR(%(expressions)s, 5)", output_field=CharField())


def number_from(place: int) -> Func:
    """Six digits of a ticket's number, the first of them the one at ``place``; as its index is."""
    template = f"SUBSTR(%(expressions)s, {place:d}, {END_OF_NUMBER:d})"
    return Func("number", template=template, output_field=CharField())


MIDDLES = (2, 3, 4)
"""Where six digits of a number begin that neither begin nor end it."""


class Ticket(models.Model):
    """One request for help. ``number`` is what people say and type; ids stay inside.

    ``unit``: where the opener worked when opening it, and whose colleagues see it; None is of the
    whole organisation. It never changes.

    ``opening_key`` makes opening idempotent: the same key of the same person is the same ticket.
    ``claimed_until``: "Atender próximo" reserved it for ``assignee`` until then, and lets go of it
    unless service started. ``reminded``, ``silent_until``: how many days of silence the customer it
    waits for was reminded of, and until when the last reminder gave them time. ``next_at``: when
    the ticker must look at it (a claim's end, silence, a review, closing). ``slot_at``: the time
    that was agreed on, and ``slot_starts``: service is to start then (R29). ``times_offered``: its
    customer has times to choose from. ``remote``: the remote access that is going on.
    ``answer_due``: when its first answer is due, or routing.NEVER, for a line in that order (R24).
    ``spent_minutes``: the sum of the time spent on it. ``prepaid``: the one-off whose number it is.
    """

    number = models.CharField(max_length=10, unique=True)
    subject = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tickets")
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True, related_name="+")
    opener = models.ForeignKey(User, on_delete=models.PROTECT, related_name="opened_tickets")
    participants = models.ManyToManyField(User, blank=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets")
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, null=True)
    prepaid = models.OneToOneField(
        PrepaidTicket, on_delete=models.PROTECT, null=True, related_name="ticket"
    )
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
    slot_at = models.DateTimeField(null=True)
    slot_starts = models.BooleanField(default=False)
    answer_due = models.DateTimeField(default=routing.NEVER)
    times_offered = models.BooleanField(default=False)
    message_count = models.PositiveIntegerField(default=0)
    thanked = models.BooleanField(default=False)
    reminded = models.PositiveSmallIntegerField(default=0)
    silent_until = models.DateTimeField(null=True)
    third_party = models.ForeignKey(
        "ThirdPartyWait", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    remote = models.ForeignKey(
        "RemoteSession", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    spent_minutes = models.PositiveIntegerField(default=0)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["opener", "opening_key"], name="ticket_opened_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="ticket_state_known"
            ),
        )
        indexes = (
            models.Index(number_end(), name="ticket_number_end"),
            *(models.Index(number_from(n), name=f"ticket_number_{n}") for n in MIDDLES),
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
            # Over several queues at once the order comes first: the oldest fifty of all of them.
            models.Index(
                fields=["submitted_at", "id"],
                name="ticket_line",
                condition=Q(state=State.OPEN.value),
            ),
            # The same two for a line in the order of what is due.
            models.Index(
                fields=["queue", "answer_due", "submitted_at", "id"],
                name="ticket_due",
                condition=Q(state=State.OPEN.value),
            ),
            models.Index(
                fields=["answer_due", "submitted_at", "id"],
                name="ticket_line_due",
                condition=Q(state=State.OPEN.value),
            ),
            models.Index(
                fields=["submitted_at", "id"],
                name="ticket_open",
                condition=Q(state__in=sorted(state.value for state in OPEN_STATES)),
            ),
            models.Index(
                fields=["assignee", "submitted_at", "id"],
                name="ticket_mine_open",
                condition=Q(state__in=sorted(state.value for state in OPEN_STATES)),
            ),
            models.Index(
                fields=["state", "submitted_at", "id"],
                name="ticket_waits",
                condition=Q(state__in=_WAITING),
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


class Layout(models.TextChoices):
    """How a message that has HTML is laid out: with what came along, or with pictures outside."""

    WHOLE = "whole"
    REMOTE = "remote"


class Message(models.Model):
    """What somebody wrote. ``body`` is plain text and never changes.

    ``quoted`` is what a mail quoted below or between the words of its own: folded, never lost.
    ``html`` is a mail as it was laid out, sanitised (lib.html), its pictures named ``part:`` and
    the hex digits of their file; ``layout``: whether it has one, and whether that names pictures
    from outside.

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
    html = models.TextField(default="")
    layout = models.CharField(max_length=6, choices=Layout.choices, default="")

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
            models.Index(
                fields=["due_at"], name="deadline_due", condition=Q(met_at=None, paused=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at}"


class Absence(models.Model):
    """Somebody of the team is away: from when until when, and when it began and ended indeed.

    ``ends_at`` none: until they say that they are back. ``next_at``: when the ticker must look.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_at"], name="absence_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["user"], name="absence_open", condition=Q(ended_at=None)),
        )

    def __str__(self) -> str:
        return f"absence {self.pk} of {self.user_id}"
