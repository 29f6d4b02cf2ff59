"""How somebody likes their pages."""

import pytest

from balcao.events.models import Event
from balcao.people.actions import keep_setting
from balcao.people.models import User
from tests.cast import NOW, a_queue, acting, an_agent

pytestmark = pytest.mark.usefixtures("installation")


def _kept(user: User) -> dict[str, object]:
    user.refresh_from_db()
    kept: dict[str, object] = user.settings
    return kept


def _keep(user: User, name: str, value: object) -> None:
    keep_setting(actor=acting(user), now=NOW, user_id=user.pk, name=name, value=value)


def test_a_setting_is_kept_for_its_person_alone_and_noted_without_its_value() -> None:
    queue = a_queue()
    mine, other = an_agent(queue), an_agent(queue)
    _keep(mine, "thread", "talk")
    _keep(mine, "columns", ["number", "state"])
    _keep(mine, "thread", "talk")
    assert _kept(mine) == {"thread": "talk", "columns": ["number", "state"]}
    assert _kept(other) == {}
    told = Event.objects.filter(verb="person.setting_kept").order_by("pk")
    assert [row.data for row in told] == [{"name": "thread"}, {"name": "columns"}]
    _keep(mine, "columns", None)
    _keep(mine, "never", None)
    assert _kept(mine) == {"thread": "talk"}


def test_nobody_keeps_more_than_pages_ask_for() -> None:
    agent = an_agent(a_queue())
    with pytest.raises(ValueError, match="thread"):
        _keep(agent, "thread", "x" * 5000)
    for number in range(60):
        _keep(agent, f"n{number}", 1)
    with pytest.raises(ValueError, match="thread"):
        _keep(agent, "thread", "talk")
    assert len(_kept(agent)) == 60
