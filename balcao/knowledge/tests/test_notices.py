"""Notices to every customer: when they are up, who keeps them, and two hands on one."""

import secrets
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from balcao.events.models import Event
from balcao.knowledge import actions, queries
from balcao.knowledge.actions import Conflict, NotAllowed, Said
from balcao.knowledge.models import Notice
from balcao.policy.access import Actor, Role
from tests.cast import NOW, a_customer, a_member_of_staff, a_supervisor, acting, an_agent
from tests.notices import a_notice

pytestmark = pytest.mark.usefixtures("installation")
HOUR = timedelta(hours=1)


def said(title: str = "Portal lento", ends: datetime | None = None) -> Said:
    return Said("maintenance", title, "", NOW, ends)


def a_keeper() -> Actor:
    return acting(a_supervisor())


def titles(now: datetime) -> list[str]:
    queries.forget_showing()
    return [row.title for row in queries.showing(now)]


def test_a_notice_is_up_from_its_beginning_and_not_at_its_end() -> None:
    a_notice(title="Manutenção", level="maintenance", starts=NOW + HOUR, ends=NOW + 2 * HOUR)
    tick = timedelta(microseconds=1)
    assert titles(NOW + HOUR - tick) == []
    assert titles(NOW + HOUR) == ["Manutenção"]
    assert titles(NOW + 2 * HOUR - tick) == ["Manutenção"]
    assert titles(NOW + 2 * HOUR) == []


def test_the_gravest_notice_stands_first() -> None:
    for level in ("information", "outage", "maintenance"):
        a_notice(level=level, title=level)
    assert titles(NOW) == ["outage", "maintenance", "information"]


def test_a_page_asks_for_notices_once_in_a_few_seconds(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    a_notice(title="Fora do ar")
    with django_assert_num_queries(1):
        for second in range(5):
            assert [row.title for row in queries.showing(NOW + timedelta(seconds=second))]
    late = NOW + queries.KEPT_FOR + timedelta(seconds=1)
    Notice.objects.update(title="Voltando")
    assert [row.title for row in queries.showing(late)] == ["Voltando"]


def test_whoever_changes_a_notice_sees_it_at_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    row = a_notice(title="Fora do ar")
    assert queries.showing(NOW)
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_notice(actor=a_keeper(), now=NOW, notice_id=row.pk)
    assert queries.showing(NOW) == ()


def test_supervisors_and_administrators_keep_notices_and_nobody_else_does() -> None:
    row = a_notice()
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        keeper = acting(a_member_of_staff(role))
        assert queries.notices_for(keeper)
        actions.publish_notice(actor=keeper, now=NOW, said=said(), key=secrets.token_hex(16))
    others = [acting(a_member_of_staff(role)) for role in (Role.SALES, Role.AUDITOR)]
    for actor in (*others, acting(an_agent()), a_customer().actor):
        assert queries.notices_for(actor) == []
        with pytest.raises(Notice.DoesNotExist):
            queries.notice_for(actor, row.pk)
        with pytest.raises(NotAllowed):
            actions.publish_notice(actor=actor, now=NOW, said=said(), key=secrets.token_hex(16))
        with pytest.raises(NotAllowed):
            actions.end_notice(actor=actor, now=NOW, notice_id=row.pk)


def test_a_form_sent_twice_puts_one_notice_up() -> None:
    keeper = a_keeper()
    rows = [actions.publish_notice(actor=keeper, now=NOW, said=said(), key="1") for _ in range(2)]
    assert rows[0].pk == rows[1].pk
    assert Event.objects.filter(verb="notice.published", subject_id=rows[0].pk).count() == 1


def test_two_who_change_one_notice_do_not_write_over_each_other() -> None:
    row, keeper = a_notice(), a_keeper()
    seen, later = row.changed_at, NOW + HOUR
    actions.change_notice(
        actor=keeper, now=later, notice_id=row.pk, said=said("Primeiro"), seen=seen
    )
    with pytest.raises(Conflict) as told:
        actions.change_notice(
            actor=keeper, now=later, notice_id=row.pk, said=said("Segundo"), seen=seen
        )
    assert told.value.code == "changed"
    assert Notice.objects.get(pk=row.pk).title == "Primeiro"


def test_the_same_words_change_nothing() -> None:
    row = a_notice(level="maintenance", title="Portal lento")
    actions.change_notice(
        actor=a_keeper(), now=NOW + HOUR, notice_id=row.pk, said=said(), seen=row.changed_at
    )
    assert Notice.objects.get(pk=row.pk).changed_at == row.changed_at
    assert not Event.objects.filter(verb="notice.changed", subject_id=row.pk).exists()


@pytest.mark.parametrize("ends", [NOW, NOW - HOUR])
def test_a_notice_ends_after_it_begins_and_not_in_the_past(ends: datetime) -> None:
    with pytest.raises(Conflict) as told:
        actions.publish_notice(actor=a_keeper(), now=NOW, said=said(ends=ends), key="1")
    assert told.value.code == "backwards"


def test_a_notice_that_was_called_off_never_shows_and_is_over() -> None:
    row, keeper = a_notice(starts=NOW + HOUR), a_keeper()
    actions.end_notice(actor=keeper, now=NOW, notice_id=row.pk)
    assert titles(NOW) == titles(NOW + 2 * HOUR) == []
    with pytest.raises(Conflict) as told:
        actions.change_notice(actor=keeper, now=NOW, notice_id=row.pk, said=said(), seen=NOW)
    assert told.value.code == "ended"
    actions.end_notice(actor=keeper, now=NOW + HOUR, notice_id=row.pk)
    assert Notice.objects.get(pk=row.pk).ends_at == NOW
