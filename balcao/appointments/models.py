"""Working hours, times that were offered, what was booked, and the steps of a training."""

from django.db import models
from django.db.models import F, Q

from balcao.people.models import User
from balcao.policy.booking import Mode, Stand
from balcao.tickets.models import Ticket

MODES = tuple((mode.value, mode.value) for mode in Mode)
STANDS = tuple((stand.value, stand.value) for stand in Stand)


class WorkingHours(models.Model):
    """When somebody can be booked: on ``weekday`` (0: Monday), minutes from local midnight."""

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["agent", "weekday", "start"], name="working_hours_once"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, end__gt=F("start"), end__lte=1440),
                name="working_hours_of_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.weekday}: {self.start}-{self.end}"


class Feed(models.Model):
    """The private address at which a calendar reads its owner's appointments: its digest only."""

    agent = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed {self.pk}"


class Offer(models.Model):
    """Times among which a ticket's customer chooses; one offer is open a ticket.

    ``provider`` and ``link``: of an online meeting (S39, R30). ``key`` makes a form sent twice one.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="offers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, choices=MODES)
    provider = models.CharField(max_length=40, default="")
    link = models.CharField(max_length=500, default="")
    minutes = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "key"], name="offer_once"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(closed_at=None), name="offer_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"offer {self.pk}"


class OfferedTime(models.Model):
    """One time of an offer, with who would be there."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="times")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begins = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["offer", "begins"], name="offered_time_once"),
        )

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.begins}"


class Appointment(models.Model):
    """A time that was agreed on (S42). A new time is the same row: calendars know it by ``uid`` and
    take what has the higher ``sequence``.

    ``contact``: the customer who comes. ``next_at``: when the ticker reminds of it.
    ``confirmed_at``: the customer said what is clear, and which ``doubts`` were left (S40).
    ``people``: how many took part in a training, and why more than one is for (R28).
    ``forgotten_at``: when its words went, as the policy's retention says.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="appointments")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, choices=MODES)
    provider = models.CharField(max_length=40, default="")
    link = models.CharField(max_length=500, default="")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STANDS)
    uid = models.CharField(max_length=36, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    doubts = models.TextField(default="")
    people = models.PositiveSmallIntegerField(null=True)
    people_reason = models.CharField(max_length=200, default="")
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(state=Stand.BOOKED.value),
                name="appointment_one_booked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[stand.value for stand in Stand]),
                name="appointment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")), name="appointment_ends_later"
            ),
        )
        indexes = (
            models.Index(fields=["begins", "id"], name="appointment_week"),
            models.Index(fields=["agent", "begins"], name="appointment_agent"),
            models.Index(
                fields=["next_at"], name="appointment_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["ends"], name="appointment_kept", condition=Q(forgotten_at=None)),
        )

    def __str__(self) -> str:
        return f"appointment {self.pk}"


class BookedCell(models.Model):
    """A quarter of an hour that an agent has given away: nobody else gets it, on every engine."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="cells")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begins = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["agent", "begins"], name="booked_cell_once"),
        )

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.begins}"


class Step(models.Model):
    """One step of what is explained; the agent did it, and the customer says so too (S40)."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["appointment", "place"], name="step_one_a_place"),
        )

    def __str__(self) -> str:
        return f"step {self.place} of {self.appointment_id}"
