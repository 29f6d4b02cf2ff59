"""Products, services, contracts and licences."""

from django.db import models
from django.db.models import F, Q

from balcao.people.models import Organisation, Unit


class Product(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    active = models.BooleanField(default=True)

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

    def __str__(self) -> str:
        return self.name


class ContractKind(models.TextChoices):
    """The four kinds of contract that give support (S2)."""

    LICENSING = "licensing"
    RENTAL = "rental"
    SAAS = "saas"
    IT_SERVICES = "it_services"


class Contract(models.Model):
    """A support contract. ``ends`` is the last covered day, in the policy's time zone."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contracts"
    )
    kind = models.CharField(max_length=12, choices=ContractKind.choices)
    reference = models.CharField(max_length=40)
    starts = models.DateField()
    ends = models.DateField(null=True)
    suspended_at = models.DateTimeField(null=True)
    units = models.ManyToManyField(Unit, blank=True)

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
        )

    def __str__(self) -> str:
        return self.reference


class Licence(models.Model):
    """A licence, or the line of a rental, SaaS or service contract (R6).

    ``valid_until`` is the last valid day in the policy's time zone; none means perpetual.
    ``technical_until`` is the declared technical validity of the version (Lei 9.609/1998).
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
    version = models.CharField(max_length=30, default="")
    extensions = models.PositiveIntegerField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    technical_until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="licence_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"licence {self.pk}"
