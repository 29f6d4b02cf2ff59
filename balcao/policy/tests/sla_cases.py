"""Policies and moments that the tests of deadlines share."""

from datetime import timedelta

from balcao.policy.book import Clock
from balcao.policy.sla import (
    Interval,
)
from balcao.policy.tests.builders import a_policy, recife

ELAPSED, BUSINESS = Clock.ELAPSED, Clock.BUSINESS
FRIDAY_17 = recife("2026-01-16 17:00")
ZERO = timedelta(0)
NEVER_OPEN = a_policy({"calendar.week": {}, "calendar.days": []})
CINZAS = a_policy(
    {
        "calendar.days": [
            {"date": "2026-02-17", "name": "Carnaval"},
            {"date": "2026-02-18", "name": "Cinzas", "spans": ["13:00-18:00"]},
            {"date": "2026-02-21", "name": "Plantão", "spans": ["08:00-12:00"]},
        ]
    }
)
BERLIN = a_policy({"calendar.timezone": "Europe/Berlin", "calendar.week.sun": ["00:00-06:00"]})


def pause(start: str, end: str | None) -> Interval:
    return Interval(recife(start), recife(end) if end else None)
