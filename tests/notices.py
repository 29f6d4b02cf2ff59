"""Notices to every customer, for the tests."""

import secrets
from datetime import datetime

from balcao.knowledge import actions as knowledge
from balcao.knowledge.models import Notice
from tests.cast import NOW, a_supervisor, acting


def a_notice(
    *,
    level: str = "outage",
    title: str = "Central de atendimento sem telefone",
    body: str = "",
    starts: datetime = NOW,
    ends: datetime | None = None,
    now: datetime = NOW,
) -> Notice:
    """A notice to every customer, put up by a supervisor."""
    return knowledge.publish_notice(
        actor=acting(a_supervisor()),
        now=now,
        said=knowledge.Said(level, title, body, starts, ends),
        key=secrets.token_hex(16),
    )
