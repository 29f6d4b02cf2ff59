"""What the gate answered, the exceptions to it, and what people wrote that was refused."""

from django.db import models
from django.db.models import F, Q

from balcao.entitlements.models import Licence, Service
from balcao.files.models import StoredFile
from balcao.people.models import Organisation, User
from balcao.policy.override import OverrideState
from balcao.tickets.models.tickets import DOORS, Ticket

OVERRIDE_STATES = tuple((state.value, state.value) for state in OverrideState)


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
    """What a customer wrote and could not open yet; nothing typed is ever lost.

    ``discarded_at``: its owner threw it away, and may still change their mind for a while.
    """

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
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["owner", "key"], name="draft_once"),)
        indexes = (
            models.Index(fields=["owner", "-changed_at"], name="draft_owner"),
            models.Index(
                fields=["discarded_at"],
                name="draft_discarded",
                condition=Q(discarded_at__isnull=False),
            ),
        )

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
