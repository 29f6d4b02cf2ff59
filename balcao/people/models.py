"""People, the organisations they act for, and their registered addresses."""

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right
from django.utils.crypto import salted_hmac

from balcao.lib.phones import END
from balcao.policy.accounts import TokenKind
from balcao.policy.addresses import PENDING, ChangeKind, ChangeState


def _end_of(phone: str) -> models.GeneratedField:
    """The last digits of a telephone, by which it is found without its area code. The database
    keeps them.
    """
    return models.GeneratedField(
        expression=Right(phone, END),
        output_field=models.CharField(max_length=END),
        db_persist=True,
    )


class Organisation(models.Model):
    """A customer: a company, or a person who buys in their own name.

    ``tax_id``: CNPJ or CPF without punctuation. ``reference``: the customer's number in the
    vendor's own system. ``phone``: the one that is called back before an address is recovered.
    ``members_see_all``: the organisation's administrator lets colleagues see each other's tickets.
    """

    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, default="")
    tax_id = models.CharField(max_length=14, null=True, unique=True)
    reference = models.CharField(max_length=40, null=True, unique=True)
    phone = models.CharField(max_length=16, default="")
    phone_end = _end_of("phone")
    members_see_all = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["name"], name="organisation_name"),
            models.Index(fields=["folded", "id"], name="organisation_list"),
            models.Index(fields=["phone_end"], name="organisation_phone"),
        )

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A branch of an organisation with its own tax number.

    The number shares the organisation's root, unless ``other_root``: somebody said it is right so.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=200)
    tax_id = models.CharField(max_length=14, null=True, unique=True)
    other_root = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(code=username)


class User(AbstractBaseUser):
    """A person who signs in with a user code and a password (S4); the code is not an address.

    A session holds only while password and ``session_stamp`` are those it began under.
    ``settings``: how this person likes their pages (name -> value), which only pages read.
    """

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=120, default="")
    language = models.CharField(max_length=5, default="pt-br")
    is_active = models.BooleanField(default=True)
    session_stamp = models.PositiveIntegerField(default=0)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "code"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        indexes = (models.Index(fields=["folded", "id"], name="user_list"),)

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session of this person must carry."""
        state = f"{self.password}:{self.session_stamp}"
        return salted_hmac("balcao.people.session", state, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """No other: keys of before are not kept."""
        return iter(())

    @property
    def password_state(self) -> str:
        """A digest that changes with the password, and tells nothing of it."""
        return salted_hmac("balcao.people.state", self.password, algorithm="sha256").hexdigest()


class StaffRoleName(models.TextChoices):
    AGENT = "agent"
    SALES = "sales"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class StaffRole(models.Model):
    """One hat of a member of staff; hats add up."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=14, choices=StaffRoleName.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "role"], name="staff_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=StaffRoleName.values), name="staff_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class Deputy(models.Model):
    """``deputy`` approves in the place of ``giver`` for a period, for one role of the giver's."""

    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_for")
    role = models.CharField(max_length=14, choices=StaffRoleName.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=StaffRoleName.values), name="deputy_role_known"
            ),
            models.CheckConstraint(condition=~Q(giver=F("deputy")), name="deputy_is_another"),
        )
        indexes = (
            models.Index(fields=["deputy", "ends_at"], name="deputy_stands"),
            models.Index(fields=["giver", "ends_at"], name="deputy_given"),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.giver_id}: {self.role}"


class Membership(models.Model):
    """A person acts for an organisation, until ``ended_at``.

    ``known_as`` and ``known_address``: what a colleague typed who added somebody already on file;
    colleagues see these in place of what is registered, and learn nothing more.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    unit = models.ForeignKey(Unit, on_delete=models.SET_NULL, null=True)
    is_admin = models.BooleanField(default=False)
    known_as = models.CharField(max_length=120, default="")
    known_address = models.CharField(max_length=254, default="")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at=None),
                name="membership_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} for {self.organisation_id}"


class Address(models.Model):
    """A registered e-mail address (S8). One address may belong to several people.

    ``address`` is kept in lower case. A retired address stops identifying anyone at once.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="addresses")
    address = models.CharField(max_length=254)
    primary = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "address"],
                condition=Q(retired_at=None),
                name="address_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(retired_at=None, primary=True),
                name="address_one_primary",
            ),
        )
        indexes = (models.Index(fields=["address"], name="address_lookup"),)

    def __str__(self) -> str:
        return self.address


class Phone(models.Model):
    """A registered telephone in E.164 form, Brazil's ninth digit included."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=16)
    end = _end_of("number")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "number"],
                condition=Q(retired_at=None),
                name="phone_once_per_person",
            ),
        )
        indexes = (
            models.Index(fields=["number"], name="phone_lookup"),
            models.Index(fields=["end"], name="phone_end"),
        )

    def __str__(self) -> str:
        return self.number


class Token(models.Model):
    """A link that proves, once, who somebody is. Only a digest of its secret is kept (A3).

    ``state`` is the person's password state when it was made; ``payload`` holds ids and codes of
    what it is for.
    """

    kind = models.CharField(max_length=12)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in TokenKind]), name="token_kind_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class AddressRequest(models.Model):
    """An address that somebody who judges kept mail left with sales, to be registered for a person.

    It changes nothing: sales asks for the recovery, which takes its own proofs (A8), or drops it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="address_requests")
    address = models.CharField(max_length=254)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "address"],
                condition=Q(ended_at=None),
                name="address_request_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}:{self.pk}"


class AddressChange(models.Model):
    """A change of the address on file, on its way (A8): see policy.addresses.

    ``replaces``: the address that is retired when it is applied, none when one is added.
    ``called`` and ``evidence`` (recovery only): the telephone called back, and what was seen.
    ``next_at``: when time alone moves it, none once it ended.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="address_changes")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    address = models.CharField(max_length=254)
    replaces = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    called = models.CharField(max_length=16, default="")
    evidence = models.TextField(default="")
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    held_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=sorted(state.value for state in PENDING)),
                name="address_change_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ChangeKind]),
                name="address_change_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ChangeState]),
                name="address_change_state_known",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"], name="address_change_next", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["kind", "-asked_at", "-id"], name="address_change_list"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"


class InvitationState(models.TextChoices):
    WAITING = "waiting"
    PAUSED = "paused"
    SENT = "sent"
    SKIPPED = "skipped"


class Invitation(models.Model):
    """A person on the list of those who are invited together; each person once.

    ``next_at``: when it is sent, none while it is paused and when it has ended.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="invitation")
    state = models.CharField(max_length=8, choices=InvitationState.choices)
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=InvitationState.values), name="invitation_state_known"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"], name="invitation_next", condition=Q(next_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"
