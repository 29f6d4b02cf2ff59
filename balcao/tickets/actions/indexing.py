"""What was written is found by its words: kept in the index of search with the message itself."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction

from balcao.search.actions import Text, index
from balcao.search.models import Kind
from balcao.search.queries import known
from balcao.tickets.models import Attachment, Message, MessageKind, Ticket

BATCH = 500


def text_of(message: Message, ticket: Ticket, files: Iterable[str]) -> Text:
    """A message as it is found: by its own words, its ticket's subject and its files' names.

    The subject stands in each of them, so that words of both are found together. What a mail quotes
    is left out: it stands in the message that it quotes.
    """
    note = message.kind == MessageKind.NOTE
    return Text(
        kind=Kind.NOTE if note else Kind.MESSAGE,
        object_id=message.pk,
        parent_id=message.ticket_id,
        owner=ticket.organisation_id,
        words="\n".join((ticket.subject, message.body, *files)),
    )


@transaction.atomic
def index_messages(*, below: int | None = None, again: bool = False) -> int | None:
    """Index the next messages with an id under ``below``, newest first; the last id, or None.

    Those that are indexed already are left, unless ``again``. Done twice it changes nothing.
    """
    rows = Message.objects.select_related("ticket")
    if below is not None:
        rows = rows.filter(pk__lt=below)
    messages = list(rows.order_by("-pk")[:BATCH])
    if not messages:
        return None
    ids = [message.pk for message in messages]
    done = set() if again else known(ids)
    index(_texts([message for message in messages if message.pk not in done]))
    return ids[-1]


def index_again(ticket: Ticket) -> None:
    """All that was written on a ticket, whose subject is another one now."""
    messages = list(Message.objects.filter(ticket=ticket).order_by("pk"))
    for message in messages:
        message.ticket = ticket
    for start in range(0, len(messages), BATCH):
        index(_texts(messages[start : start + BATCH]))


def _texts(messages: list[Message]) -> list[Text]:
    files: defaultdict[int, list[str]] = defaultdict(list)
    ids = [message.pk for message in messages]
    named = Attachment.objects.filter(message__in=ids).values_list("message_id", "file__name")
    for message_id, name in named.order_by("pk"):
        files[message_id].append(name)
    return [text_of(message, message.ticket, files[message.pk]) for message in messages]
