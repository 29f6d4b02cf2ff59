"""Lists of tickets that somebody named, to come back to them."""

from django.db import models

from balcao.people.models import User


class SavedView(models.Model):
    """A list of the desk under a name of its own; without an owner it is the whole team's.

    ``query`` is the list's address, read anew and checked whenever it is followed.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=models.Q(owner__isnull=False),
                name="saved_view_own_name",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(owner__isnull=True),
                name="saved_view_shared_name",
            ),
        )

    def __str__(self) -> str:
        return self.name
