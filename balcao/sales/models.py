"""Orders, what was sold by them, notices of payment, and questions that no ticket asks."""

from django.db import models
from django.db.models import Q

from balcao.entitlements.models import PrepaidTicket, Service
from balcao.files.models import StoredFile
from balcao.people.models import Organisation, User
from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.sale import MOST_QUANTITY


class Payment(models.TextChoices):
    """How an order is paid. EARLIER: before this desk, however that was; nothing is sold so."""

    PIX = "pix"
    CARD = "card"
    CASH = "cash"
    BOLETO = "boleto"
    INVOICED = "invoiced"
    EARLIER = "earlier"


class OrderState(models.TextChoices):
    """How an order stands. A refunded one has no one-off left that was not refunded."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Cause(models.TextChoices):
    """Why an order was cancelled or refunded: codes, so that no text speaks of a debt."""

    REQUESTED = "requested"
    UNPAID = "unpaid"
    MISTAKE = "mistake"
    OTHER = "other"


class Order(models.Model):
    """One-offs of one kind for one purpose, bought by a customer for a contact of theirs.

    ``agreed``: sales said that the service is covered (R18). ``unit_cents``: the price of one.
    ``reference``: of the boleto or card, ``purchase_order``: the customer's own number (pedido,
    empenho). ``txid``: what a PIX is recognised by. Both dates are kept (R22); ``bought_on``: the
    local day the months count from, once it is confirmed. ``invoice_*``: the NFS-e, written
    elsewhere. ``boleto_file``: the boleto itself. ``charges``: how many letters told the buyer how
    to pay, the last at ``charged_at``; ``reminded``: the smallest step of ``payment.remind_days``
    that one of them told, ``remind_at``: when the next is due. ``key`` makes an order sent twice
    one order; ``revision`` counts its changes.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="orders")
    contact = models.ForeignKey(User, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=16)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField(default=False)
    quantity = models.PositiveSmallIntegerField()
    unit_cents = models.PositiveIntegerField()
    payment = models.CharField(max_length=10, choices=Payment.choices)
    reference = models.CharField(max_length=60, default="")
    due_on = models.DateField(null=True)
    purchase_order = models.CharField(max_length=60, default="")
    txid = models.CharField(max_length=25, unique=True, null=True)
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.OPEN)
    ordered_at = models.DateTimeField()
    ordered_on = models.DateField()
    confirmed_at = models.DateTimeField(null=True)
    bought_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, default="")
    invoice_number = models.CharField(max_length=40, default="")
    invoice_on = models.DateField(null=True)
    invoice_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+"
    )
    boleto_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+"
    )
    charges = models.PositiveSmallIntegerField(default=0)
    charged_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(null=True)
    remind_at = models.DateTimeField(null=True)
    policy_version = models.PositiveIntegerField()
    key = models.CharField(max_length=64, unique=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ONEOFF_KINDS), name="order_kind_known"),
            models.CheckConstraint(
                condition=Q(payment__in=Payment.values), name="order_payment_known"
            ),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MOST_QUANTITY), name="order_quantity"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "cancelled"], bought_on=None, confirmed_at=None)
                | Q(
                    state__in=["confirmed", "refunded"],
                    bought_on__isnull=False,
                    confirmed_at__isnull=False,
                ),
                name="order_bought_when_confirmed",
            ),
        )
        indexes = (
            models.Index(fields=["state", "-id"], name="order_list"),
            models.Index(fields=["organisation", "-id"], name="order_customer"),
            models.Index(
                fields=["remind_at"], name="order_remind", condition=Q(remind_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"order {self.pk}"

    @property
    def cents(self) -> int:
        """What all of it costs."""
        return self.unit_cents * self.quantity


class OrderItem(models.Model):
    """One of the one-offs of an order, in their ``place`` from 1. Each belongs to one order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    prepaid = models.OneToOneField(PrepaidTicket, on_delete=models.PROTECT, related_name="item")
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "place"], name="order_item_one_a_place"),
        )

    def __str__(self) -> str:
        return f"item {self.place} of order {self.order_id}"


class NoticeOutcome(models.TextChoices):
    """What a notice of payment did."""

    CONFIRMED = "confirmed"
    ALREADY = "already"
    UNKNOWN = "unknown"
    DIFFERS = "differs"
    ENDED = "ended"


class PaymentNotice(models.Model):
    """A PIX that a bank or a program of ours told us of, by its own ``event_id``, once.

    ``order``: whose ``txid`` it names. DIFFERS: another amount, ENDED: of a cancelled or refunded
    order; both wait for somebody of sales.
    """

    event_id = models.CharField(max_length=64, unique=True)
    txid = models.CharField(max_length=25)
    cents = models.PositiveBigIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="notices")
    outcome = models.CharField(max_length=10, choices=NoticeOutcome.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["order", "id"], name="notice_order"),)

    def __str__(self) -> str:
        return f"payment notice {self.pk}"


class Enquiry(models.Model):
    """Whether a service would be covered, asked without a sale and without a ticket (S36, R18).

    ``organisation`` and ``contact``: where they are on file; ``who``: as the person named
    themselves otherwise. ``address``, ``phone``: where the answer reaches them, if they said so.
    ``due_at``: until when sales answers; ``next_at``: when a missing answer is told. ``told_at``:
    when they were called and told the answer. ``order``: the sale that came of it.
    ``forgotten_at``: when its words and its ways went, as the policy's retention says.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="enquiries"
    )
    contact = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="enquiries")
    who = models.CharField(max_length=120, default="")
    address = models.CharField(max_length=254, default="")
    phone = models.CharField(max_length=16, default="")
    kind = models.CharField(max_length=16)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(default="")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    covered = models.BooleanField(null=True)
    reason = models.TextField(default="")
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="enquiries")
    forgotten_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ONEOFF_KINDS), name="enquiry_kind_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None, covered=None)
                | Q(answered_at__isnull=False, covered__isnull=False),
                name="enquiry_answered_with_an_answer",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"], name="enquiry_open", condition=Q(answered_at=None)
            ),
            models.Index(
                fields=["next_at"], name="enquiry_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["-answered_at", "-id"],
                name="enquiry_answered",
                condition=Q(answered_at__isnull=False),
            ),
            models.Index(
                fields=["answered_at"], name="enquiry_kept", condition=Q(forgotten_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"enquiry {self.pk}"
