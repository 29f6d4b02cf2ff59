"""The jobs that follow from events of other rooms."""

from datetime import datetime

from balcao.events.actions import enqueue
from balcao.events.registry import task
from balcao.tickets import actions


@task("tickets.hand_over")
def hand_over(*, now: datetime, subject: int, organisation: int, to: int, **_data: object) -> None:
    """Somebody leaves: their open tickets in the organisation go on with a colleague."""
    actions.hand_over(now=now, organisation_id=organisation, from_id=subject, to_id=to)


@task("tickets.send_code")
def send_code(*, now: datetime, number: str, browser: str) -> None:
    """Somebody typed the number of a one-off. Sent again after a crash, the code before still opens
    it: each is good for ten minutes.
    """
    actions.send_code(now=now, number=number, browser=browser)


@task("tickets.send_oneoffs")
def send_oneoffs(*, now: datetime, address: str) -> None:
    """Somebody typed their address to learn their numbers. Once, also after a crash."""
    actions.send_oneoffs(now=now, address=address)


@task("tickets.index")
def index_messages(*, now: datetime, below: int | None = None, **_data: object) -> None:
    """Make what was written before there was an index findable, the next messages under ``below``.

    Each part is one transaction with the order for the next, as above.
    """
    last = actions.index_messages(below=below)
    if last is not None:
        enqueue("tickets.index", now=now, key=f"tickets.index:{last}", priority=9, below=last)


@task("tickets.recompute")
def recompute(*, now: datetime, number: int, after: int = 0, **_data: object) -> None:
    """Bring open tickets up to date with policy version ``number``, the next ones above ``after``.

    Each part is one transaction with the order for the next: killed anywhere, it goes on there.
    """
    last = actions.recompute(now=now, number=number, after=after)
    if last is not None:
        key = f"tickets.recompute:{number}:{last}"
        enqueue("tickets.recompute", now=now, key=key, number=number, after=last)


@task("tickets.send", outside=True)
def send(*, now: datetime, draft: int, version: int) -> None:
    """The moment of a reply has come. Safe to run twice: the key makes it one message."""
    actions.send_due(now=now, draft_id=draft, version=version)


@task("tickets.export", outside=True)
def export(*, now: datetime, subject: int, **_data: object) -> None:
    """A customer asked for a copy of their data."""
    actions.make_export(now=now, export_id=subject)
