"""What stands around a ticket: how it was opened for somebody, what it is linked to, its rating."""

from django.db import models
from django.db.models import Q

from balcao.entitlements.models import Licence, Service
from balcao.people.models import Organisation, User
from balcao.tickets.models.service import Call
from balcao.tickets.models.tickets import DOORS, Message, Ticket


class AssistedState(models.TextChoices):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REFUSED = "refused"


class AssistedOpening(models.Model):
    """What an agent typed for a contact, who confirms it and so opens the ticket (R13).

    It runs out at ``expires_at``. ``key`` is the ticket's opening key; ``draft_key`` names the
    contact's draft that keeps the text when the gate refuses. ``call``: on the line while typing.
    """

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, null=True)
    door = models.CharField(max_length=10, choices=DOORS)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    key = models.CharField(max_length=64, unique=True)
    draft_key = models.CharField(max_length=64, default="")
    state = models.CharField(
        max_length=10, choices=AssistedState.choices, default=AssistedState.WAITING
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="+")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["contact", "state"], name="assisted_contact"),)

    def __str__(self) -> str:
        return f"assisted opening {self.pk}"


class ScopeQuestion(models.Model):
    """Sales is asked whether a ticket's service is covered, by ``due_at`` (S36, R18), once a time.

    ``asked_by``: who of the team asked; None: the rules did. ``covered`` and ``reason`` are the
    answer; ``withdrawn``: it ended without one. ``next_at``: when an answer that is missing is told
    to the supervisors.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="scope_questions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    covered = models.BooleanField(null=True)
    withdrawn = models.BooleanField(default=False)
    reason = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(answered_at=None), name="scope_question_one_open"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"], name="scope_question_open", condition=Q(answered_at=None)
            ),
            models.Index(
                fields=["next_at"], name="scope_question_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["-answered_at", "-id"],
                name="scope_question_answered",
                condition=Q(answered_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"scope question {self.pk}"


class TicketLink(models.Model):
    """``ticket`` came out of ``origin``: a second question that got a number of its own (R27)."""

    origin = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_to")
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="link_from")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(origin=models.F("ticket")), name="ticket_link_of_two"
            ),
        )

    def __str__(self) -> str:
        return f"link {self.pk}"


class Rating(models.Model):
    """What a customer thinks of the service on a ticket: 1 to 5, with words. One a ticket."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="rating")
    rater = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="rating_one_to_five"
            ),
        )

    def __str__(self) -> str:
        return f"{self.score} of 5"
