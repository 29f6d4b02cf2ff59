"""Who still has to be invited, and how far the list is."""

from django.db.models import Count, Exists, OuterRef, QuerySet

from balcao.events.models import Event
from balcao.people.models import Address, Invitation, Membership, User


def uninvited(*, organisation_id: int | None = None) -> QuerySet[User]:
    """Everybody active who acts for a customer, has an address, no password, and no invitation."""
    acting = Membership.objects.filter(
        user=OuterRef("pk"), ended_at=None, organisation__active=True
    )
    if organisation_id is not None:
        acting = acting.filter(organisation=organisation_id)
    invited = Event.objects.filter(
        verb="person.invited", subject_kind="people.user", subject_id=OuterRef("pk")
    )
    return User.objects.filter(
        Exists(acting),
        Exists(Address.objects.filter(user=OuterRef("pk"), primary=True, retired_at=None)),
        ~Exists(Invitation.objects.filter(user=OuterRef("pk"))),
        ~Exists(invited),
        is_active=True,
        password__startswith="!",
    ).order_by("pk")


def invitation_counts() -> dict[str, int]:
    """State -> how many people of the list are in it."""
    rows = Invitation.objects.order_by().values_list("state").annotate(count=Count("pk"))
    return dict(rows)
