"""The jobs about people."""

from datetime import datetime

from balcao.events.registry import task
from balcao.people import actions


@task("people.recover")
def recover(*, now: datetime, typed: str) -> None:
    """Find whoever forgot their code or password."""
    actions.recover(now=now, typed=typed)
