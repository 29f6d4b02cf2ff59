"""Readers' opinions on a page (S45): once each, bounded, and read by those who keep it."""

import secrets
from datetime import timedelta

import pytest

from balcao.events.models import Event
from balcao.knowledge import actions, queries
from balcao.knowledge.actions import VOTES_A_DAY, NotAllowed, TooMany
from balcao.knowledge.models import Feedback
from balcao.policy.access import ANONYMOUS, Actor, Role
from tests.cast import NOW, a_customer, a_member_of_staff, a_supervisor, acting, an_agent

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


def leave(
    actor: Actor = ANONYMOUS,
    *,
    helpful: bool = True,
    comment: str = "",
    version: int = 1,
    key: str = "",
    machine: str = "casa",
    after: timedelta = timedelta(0),
) -> Feedback:
    return actions.leave_feedback(
        actor=actor,
        now=NOW + after,
        page="policy",
        policy_version=version,
        helpful=helpful,
        comment=comment,
        key=key or secrets.token_hex(16),
        machine=machine,
    )


def test_s45_a_vote_sent_twice_counts_once_whoever_sends_it() -> None:
    customer = a_customer()
    rows = [leave(customer.actor, key="a-mesma", comment="Faltou o fax") for _ in range(2)]
    assert rows[0].pk == rows[1].pk
    assert rows[0].user_id == customer.user.pk
    assert leave().user_id is None
    assert Event.objects.filter(verb="feedback.left", subject_id=rows[0].pk).count() == 1


def test_s45_one_machine_leaves_some_votes_a_day_and_others_go_on() -> None:
    kept = [leave(key=f"voto-{n}") for n in range(VOTES_A_DAY)]
    with pytest.raises(TooMany):
        leave()
    assert leave(key="voto-0").pk == kept[0].pk
    leave(machine="escritorio")
    leave(after=DAY)
    assert Feedback.objects.count() == VOTES_A_DAY + 2


def test_s45_votes_are_counted_by_the_version_they_were_about() -> None:
    leave(helpful=True)
    leave(helpful=False, comment="Confuso")
    leave(helpful=True, version=2)
    tallies = queries.tallies_for(acting(a_supervisor()), "policy")
    assert [(one.version, one.helpful, one.unhelpful, one.comments) for one in tallies] == [
        (2, 1, 0, 0),
        (1, 1, 1, 1),
    ]


def test_s45_comments_are_read_by_who_keeps_them_and_seen_by_the_auditor() -> None:
    row = leave(comment="Onde fica o WhatsApp?")
    auditor, keeper = acting(a_member_of_staff(Role.AUDITOR)), acting(a_supervisor())
    assert [one.text for one in queries.comments_for(auditor, "policy")] == [row.comment]
    for stranger in (acting(an_agent()), a_customer().actor, ANONYMOUS):
        assert queries.comments_for(stranger, "policy") == []
        assert queries.tallies_for(stranger, "policy") == []
    for actor in (auditor, acting(an_agent()), ANONYMOUS):
        with pytest.raises(NotAllowed):
            actions.mark_read(actor=actor, now=NOW, feedback_id=row.pk)
    for _ in range(2):
        actions.mark_read(actor=keeper, now=NOW, feedback_id=row.pk)
    assert queries.comments_for(keeper, "policy", unread=True) == []
    (seen,) = queries.comments_for(keeper, "policy")
    assert (seen.read_at, bool(seen.read_by)) == (NOW, True)
    assert Event.objects.filter(verb="feedback.read", subject_id=row.pk).count() == 1


def test_comments_come_in_pages() -> None:
    rows = [leave(comment=f"{n}", machine=f"{n}") for n in range(5)]
    keeper = acting(a_supervisor())
    first = queries.comments_for(keeper, "policy", limit=3)
    rest = queries.comments_for(keeper, "policy", before=first[-1].id, limit=3)
    assert [one.id for one in [*first, *rest]] == [row.pk for row in reversed(rows)]
