"""The part of the story that tells who saw what, and how that is let go of."""

from datetime import timedelta

from balcao.events import access, sealing
from balcao.people.models import User
from tests.cast import NOW, acting

DAY = timedelta(days=1)


def tell_of_watching(agent: User) -> None:
    """Somebody takes rows out of the desk; what was seen long ago is forgotten."""
    actor, address = acting(agent), "203.0.113.9"
    access.exported("people.organisation", rows=7, actor=actor, now=NOW, address=address)
    sealing.seal("access", now=NOW)
    access.forget(before=NOW + DAY, now=NOW + DAY)
