"""Products, services, contracts and licences."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Left, Replace, Right, StrIndex, Substr, Upper

from balcao.lib import keys
from balcao.people.models import Organisation, Unit, User
from balcao.policy.book import ONEOFF_KINDS
from balcao.policy.prepaid import Entry


class Product(models.Model):
    """What licences are of and services are about. ``revision`` counts the changes of the row."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    active = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=100)
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """A kind of help a customer can ask for. Whether it is covered stands in the policy."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, default="")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True)
    active = models.BooleanField(default=True)
    place = models.PositiveSmallIntegerField(default=100)
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class ContractKind(models.TextChoices):
    """The four kinds of contract that give support (S2)."""

    LICENSING = "licensing"
    RENTAL = "rental"
    SAAS = "saas"
    IT_SERVICES = "it_services"


class SuspensionReason(models.TextChoices):
    """Why a contract is suspended: codes, so that no text ever speaks of a debt (CDC art. 42)."""

    REQUESTED = "requested"
    RENEWAL = "renewal"
    REVIEW = "review"
    OTHER = "other"


class EndReason(models.TextChoices):
    """Why a contract or licence ends before its time."""

    REQUESTED = "requested"
    REPLACED = "replaced"
    MISTAKE = "mistake"
    OTHER = "other"


class Foretold(models.Model):
    """What both a contract and a licence have: an end that is foretold, and changes one at a time.

    ``next_at``: when the ticker looks whether to foretell the end. ``warned_days`` was the last
    step told, for the end ``warned_end``. ``revision`` counts the changes of the row.
    """

    end_reason = models.CharField(max_length=12, choices=EndReason.choices, default="")
    next_at = models.DateTimeField(null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)
    warned_end = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Contract(Foretold):
    """A support contract. ``ends`` is the last covered day, in the policy's time zone.

    ``units`` count only while ``all_units`` is false. A suspension runs from ``suspended_from`` to
    ``suspended_until``, both included, and without the latter until it is resumed. ``replaces`` is
    the contract that this one follows.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contracts"
    )
    kind = models.CharField(max_length=12, choices=ContractKind.choices)
    reference = models.CharField(max_length=40)
    starts = models.DateField()
    ends = models.DateField(null=True)
    all_units = models.BooleanField(default=True)
    units = models.ManyToManyField(Unit, blank=True)
    suspended_from = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    suspension_reason = models.CharField(
        max_length=12, choices=SuspensionReason.choices, default=""
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replacement"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "reference"], name="contract_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ContractKind.values), name="contract_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="contract_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(suspended_until=None) | Q(suspended_until__gte=F("suspended_from")),
                name="contract_suspended_in_order",
            ),
        )
        indexes = (
            models.Index(fields=["ends", "id"], name="contract_ends"),
            models.Index(
                fields=["next_at"], name="contract_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.reference


def key_with(separator: str) -> Func:
    """The key in capitals, with this in the place of each of its separators."""
    key: Func = Upper("key")
    for sign in keys.SEPARATORS:
        key = Replace(key, Value(sign), Value(separator))
    return key


class Licence(Foretold):
    """A licence, or the line of a rental, SaaS or service contract (R6).

    ``valid_until`` is the last valid day in the policy's time zone; none means perpetual.
    ``technical_until`` is the declared technical validity of the version (Lei 9.609/1998).
    ``key_block``, ``key_start`` and ``key_end``: its first block, first and last signs in capitals,
    by which a key is found; the database keeps them. ``extensions``: telephone extensions (ramais);
    ``equipment``: what it runs on. ``replaces`` is the licence that this one follows.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="licences"
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, related_name="licences"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True)
    key = models.CharField(max_length=60, unique=True)
    key_block = models.GeneratedField(
        expression=Substr(
            key_with("-"),
            1,
            StrIndex(Concat(key_with("-"), Value("-")), Value("-")) - Value(1),
        ),
        output_field=models.CharField(max_length=60),
        db_persist=True,
    )
    key_start = models.GeneratedField(
        expression=Left(key_with(""), keys.START),
        output_field=models.CharField(max_length=keys.START),
        db_persist=True,
    )
    key_end = models.GeneratedField(
        expression=Right(key_with(""), keys.END),
        output_field=models.CharField(max_length=keys.END),
        db_persist=True,
    )
    version = models.CharField(max_length=30, default="")
    extensions = models.PositiveIntegerField(null=True)
    equipment = models.CharField(max_length=120, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    technical_until = models.DateField(null=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replacement"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="licence_ends_after_start",
            ),
        )
        indexes = (
            models.Index(fields=["valid_until", "id"], name="licence_ends"),
            models.Index(fields=["key_block"], name="licence_key_block"),
            models.Index(fields=["key_start"], name="licence_key_start"),
            models.Index(fields=["key_end"], name="licence_key_end"),
            models.Index(
                fields=["next_at"], name="licence_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"licence {self.pk}"


ENTRIES = tuple((entry.value, entry.value) for entry in Entry)
_RUNNING = sorted(entry.value for entry in (Entry.SOLD, Entry.RETURNED, Entry.EXTENDED))


class PrepaidTicket(models.Model):
    """A one-off (chamado avulso): good for one service of its ``kind`` until ``last_day`` (S28).

    ``holder``: the contact it was sold to. ``service``: what it was bought for; ``agreed``: sales
    said that this is covered, so it is not asked again (R18). ``place``, ``last`` and ``last_day``
    are what the ledger says, kept beside it for lists; only what appends to the ledger writes them.
    ``reminded``: the smallest number of days before its end that its holder was told. ``next_at``:
    when the ticker looks at it, to remind, or to note that it has expired.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="prepaid_tickets"
    )
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="prepaid_tickets")
    kind = models.CharField(max_length=16)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField(default=False)
    bought_on = models.DateField(null=True)
    last_day = models.DateField(null=True)
    last = models.CharField(max_length=10, choices=ENTRIES)
    place = models.PositiveSmallIntegerField()
    reminded = models.PositiveSmallIntegerField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ONEOFF_KINDS), name="prepaid_kind_known"),
            models.CheckConstraint(
                condition=Q(last__in=[entry.value for entry in Entry]), name="prepaid_last_known"
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "-id"], name="prepaid_customer"),
            models.Index(fields=["last", "last_day", "id"], name="prepaid_ends"),
            models.Index(fields=["holder"], name="prepaid_unused", condition=Q(last__in=_RUNNING)),
            models.Index(
                fields=["last_day", "id"], name="prepaid_usable", condition=Q(last__in=_RUNNING)
            ),
            models.Index(
                fields=["next_at"], name="prepaid_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"prepaid ticket {self.pk}"


class LedgerEntry(models.Model):
    """One line of a one-off's ledger; lines are added, and never changed or removed.

    ``place`` counts them from 1: two that would both be the next are one too many, on every engine
    (O1). ``last_day``: told by a sale and by an extension. ``cause``: a code, where there are
    several reasons.
    """

    prepaid = models.ForeignKey(PrepaidTicket, on_delete=models.PROTECT, related_name="entries")
    place = models.PositiveSmallIntegerField()
    entry = models.CharField(max_length=10, choices=ENTRIES)
    at = models.DateTimeField()
    last_day = models.DateField(null=True)
    cause = models.CharField(max_length=20, default="")
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["prepaid", "place"], name="ledger_one_line_a_place"),
            models.UniqueConstraint(
                fields=["prepaid", "entry"],
                condition=Q(entry__in=["ordered", "dropped", "sold", "refunded"]),
                name="ledger_once_each",
            ),
            models.CheckConstraint(
                condition=Q(entry__in=[entry.value for entry in Entry]), name="ledger_entry_known"
            ),
            models.CheckConstraint(
                condition=Q(entry__in=["sold", "extended"], last_day__isnull=False)
                | (~Q(entry__in=["sold", "extended"]) & Q(last_day=None)),
                name="ledger_last_day_told",
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry} {self.prepaid_id}:{self.place}"
