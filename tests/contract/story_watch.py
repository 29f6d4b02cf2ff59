"""The part of the story that tells who saw what, how that is let go of, and how all is checked."""

from datetime import timedelta

from balcao.events import access, sealing, tasks
from balcao.people.models import User
from balcao.tickets.models import Message
from tests.cast import NOW, acting

DAY = timedelta(days=1)


def tell_of_watching(agent: User) -> None:
    """Somebody takes rows out of the desk; what was seen long ago is forgotten; the record is
    checked as it is, and once while somebody's hand is in it.
    """
    actor, address = acting(agent), "203.0.113.9"
    access.exported("people.organisation", rows=7, actor=actor, now=NOW, address=address)
    sealing.seal("access", now=NOW)
    access.forget(before=NOW + DAY, now=NOW + DAY)
    tasks.check_record(now=NOW + DAY)
    message = Message.objects.earliest("pk")
    Message.objects.filter(pk=message.pk).update(author_name="")
    tasks.check_record(now=NOW + DAY)
    Message.objects.filter(pk=message.pk).update(author_name=message.author_name)
