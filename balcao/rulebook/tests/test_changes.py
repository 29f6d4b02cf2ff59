"""Changing the policy: one topic, one version, and four eyes where they are asked."""

from typing import Any

import pytest

from balcao.events.models import Event
from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.book import PolicyError
from balcao.policy.book.changes import Topic, part_of
from balcao.rulebook import actions, queries
from balcao.rulebook.actions import Conflict, NotAllowed
from balcao.rulebook.models import PolicyVersion, Proposal, ProposalState
from tests.cast import (
    NOW,
    a_change,
    a_member_of_staff,
    a_policy_change,
    acting,
    an_administrator,
    an_agent,
)

pytestmark = pytest.mark.usefixtures("installation")

FASTER = {"sla": {"start_hours": 8}}


@pytest.fixture
def admin() -> Actor:
    return acting(an_administrator())


def submit(actor: Actor, change: Proposal, reason: str = "Pedido da diretoria") -> Proposal:
    return actions.submit(actor=actor, now=NOW, proposal_id=change.pk, reason=reason)


def newest() -> PolicyVersion:
    return PolicyVersion.objects.latest("number")


def verbs() -> list[str]:
    events = Event.objects.filter(verb__startswith="policy").order_by("pk")
    return list(events.values_list("verb", flat=True))


def two_must_agree() -> None:
    a_policy_change(Topic.EXCEPTIONS, {"change": {"second_approver": True}})


def test_a_save_is_a_new_version_with_author_reason_and_only_that_topic_changed(
    admin: Actor,
) -> None:
    before = newest()
    saved = submit(admin, a_change(admin, Topic.DEADLINES, FASTER))
    version = newest()
    assert saved.version == version
    assert (version.number, version.reason) == (before.number + 1, "Pedido da diretoria")
    assert (version.author_id, version.topic) == (admin.id, "deadlines")
    assert version.document == {
        **before.document,
        "sla": {**before.document["sla"], **FASTER["sla"]},
    }
    assert queries.current().sla.start.total_seconds() == 8 * 3600
    assert PolicyVersion.objects.get(pk=before.pk).document == before.document
    assert verbs()[-2:] == ["policy.drafted", "policy.saved"]


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_no_change_is_saved_without_a_reason(admin: Actor, reason: str) -> None:
    change = a_change(admin, Topic.DEADLINES, FASTER)
    with pytest.raises(ValueError):
        submit(admin, change, reason)
    assert newest().number == 1


def test_m1_only_who_keeps_the_policy_drafts_a_change_and_only_the_author_saves_it(
    admin: Actor,
) -> None:
    change = a_change(admin, Topic.DEADLINES, FASTER)
    people = [a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AUDITOR), an_agent()]
    for user in people:
        with pytest.raises(NotAllowed):
            a_change(acting(user), Topic.DEADLINES, FASTER)
        with pytest.raises(NotAllowed):
            submit(acting(user), change)
    with pytest.raises(NotAllowed):
        submit(acting(an_administrator()), change)
    with pytest.raises(NotAllowed):
        actions.save(newest().document, reason="x", actor=admin, now=NOW)
    assert newest().number == 1


def test_r4_a_supervisor_suspends_deadlines() -> None:
    actor = acting(a_member_of_staff(Role.SUPERVISOR))
    period = {
        "begins": "2026-11-12T08:00-03:00",
        "ends": "2026-11-12T14:00-03:00",
        "reason": "Chuva",
    }
    submit(actor, a_change(actor, Topic.SUSPENSIONS, {"suspended": {"periods": [period]}}))
    [found] = queries.current().suspensions
    assert found.reason == "Chuva"


def test_a_change_that_cannot_be_enforced_is_no_draft(admin: Actor) -> None:
    with pytest.raises(PolicyError):
        a_change(admin, Topic.DEADLINES, {"sla": {"start_hours": -1}})
    assert not Proposal.objects.exists()


def test_a_change_that_changes_nothing_is_no_draft(admin: Actor) -> None:
    with pytest.raises(Conflict, match="same"):
        a_change(admin, Topic.DEADLINES, {"sla": {"start_hours": 24}})


def test_the_same_draft_written_again_is_the_same_draft(admin: Actor) -> None:
    one, two = (a_change(admin, Topic.DEADLINES, FASTER) for _ in range(2))
    other = a_change(admin, Topic.DEADLINES, {"sla": {"start_hours": 9}})
    assert one == two
    assert one != other


def test_a_colleagues_change_of_another_topic_stays(admin: Actor) -> None:
    mine = a_change(admin, Topic.DEADLINES, FASTER)
    a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": 3}})
    submit(admin, mine)
    policy = queries.current()
    assert (policy.ticket.reopen_days, policy.sla.start.total_seconds()) == (3, 8 * 3600)


def test_a_colleagues_change_of_the_same_topic_is_a_conflict_with_the_difference_shown(
    admin: Actor,
) -> None:
    mine = a_change(admin, Topic.DEADLINES, FASTER)
    a_policy_change(Topic.DEADLINES, {"sla": {"resolution_hours": 30}})
    with pytest.raises(Conflict, match="moved"):
        submit(admin, mine)
    effect = queries.effect_of(mine)
    assert effect.has_moved
    assert (effect.newest.number, effect.policy.version) == (2, 3)
    assert queries.current().sla.resolution.total_seconds() == 30 * 3600


def test_a_change_is_saved_once(admin: Actor) -> None:
    change = a_change(admin, Topic.DEADLINES, FASTER)
    submit(admin, change)
    with pytest.raises(Conflict, match="decided"):
        submit(admin, change)
    assert newest().number == 2


def test_what_a_colleague_saved_already_is_not_saved_again(admin: Actor) -> None:
    mine = a_change(admin, Topic.DEADLINES, FASTER)
    a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": 3}})
    again = a_change(admin, Topic.TICKETS, {"ticket": {"reopen_days": 4}})
    Proposal.objects.filter(pk=again.pk).update(tables=newest().document["ticket"])
    submit(admin, mine)
    Proposal.objects.filter(pk=again.pk).update(tables=part_of(newest().document, Topic.TICKETS))
    with pytest.raises(Conflict, match="same"):
        submit(admin, again)


def test_going_back_is_a_new_version_with_the_old_content(admin: Actor) -> None:
    old = newest()
    a_policy_change(Topic.DEADLINES, FASTER)
    back = actions.draft_of_version(actor=admin, now=NOW, number=old.number)
    submit(admin, back, "Voltar")
    assert newest().number == 3
    assert newest().document == old.document
    assert newest().digest == old.digest
    with pytest.raises(Conflict, match="same"):
        actions.draft_of_version(actor=admin, now=NOW, number=old.number)


def test_with_four_eyes_a_change_waits_for_another_person_and_is_then_its_authors(
    admin: Actor,
) -> None:
    two_must_agree()
    change = submit(admin, a_change(admin, Topic.DEADLINES, FASTER), "Mais rápido")
    assert change.state == ProposalState.WAITING
    assert queries.current().sla.start.total_seconds() == 24 * 3600
    second = acting(an_administrator(name="Bia Reis"))
    done = actions.approve(actor=second, now=NOW, proposal_id=change.pk)
    version = newest()
    assert (done.state, done.version) == (ProposalState.SAVED, version)
    assert (version.author_id, version.approver_id) == (admin.id, second.id)
    assert (version.reason, version.approver_label) == ("Mais rápido", "Bia Reis")
    assert verbs()[-3:] == ["policy.proposed", "policy.approved", "policy.saved"]


def test_with_four_eyes_neither_the_author_nor_a_supervisor_nor_the_system_approves(
    admin: Actor,
) -> None:
    two_must_agree()
    change = submit(admin, a_change(admin, Topic.DEADLINES, FASTER))
    for actor in (admin, acting(a_member_of_staff(Role.SUPERVISOR)), SYSTEM):
        with pytest.raises(NotAllowed):
            actions.approve(actor=actor, now=NOW, proposal_id=change.pk)
        with pytest.raises(NotAllowed):
            actions.reject(actor=actor, now=NOW, proposal_id=change.pk, answer="Não")
    assert newest().number == 2


def test_turning_four_eyes_off_takes_four_eyes(admin: Actor) -> None:
    two_must_agree()
    change = a_change(admin, Topic.EXCEPTIONS, {"change": {"second_approver": False}})
    assert submit(admin, change).state == ProposalState.WAITING
    assert queries.current().change.second_approver
    actions.approve(actor=acting(an_administrator()), now=NOW, proposal_id=change.pk)
    assert not queries.current().change.second_approver


def test_a_rejected_change_says_why_and_is_over(admin: Actor) -> None:
    two_must_agree()
    change = submit(admin, a_change(admin, Topic.DEADLINES, FASTER))
    second = acting(an_administrator())
    with pytest.raises(ValueError):
        actions.reject(actor=second, now=NOW, proposal_id=change.pk, answer=" ")
    done = actions.reject(actor=second, now=NOW, proposal_id=change.pk, answer="Sem equipe")
    assert (done.state, done.answer, done.decider_id) == ("rejected", "Sem equipe", second.id)
    with pytest.raises(Conflict, match="decided"):
        actions.approve(actor=second, now=NOW, proposal_id=change.pk)
    assert newest().number == 2


def test_the_author_takes_a_waiting_change_back(admin: Actor) -> None:
    two_must_agree()
    change = submit(admin, a_change(admin, Topic.DEADLINES, FASTER))
    with pytest.raises(NotAllowed):
        actions.withdraw(actor=acting(an_administrator()), now=NOW, proposal_id=change.pk)
    assert actions.withdraw(actor=admin, now=NOW, proposal_id=change.pk).state == "withdrawn"
    with pytest.raises(Conflict):
        actions.withdraw(actor=admin, now=NOW, proposal_id=change.pk)


def test_a_change_approved_after_a_colleagues_goes_on_waiting(admin: Actor) -> None:
    two_must_agree()
    mine = submit(admin, a_change(admin, Topic.DEADLINES, FASTER))
    other = acting(an_administrator())
    theirs = submit(other, a_change(other, Topic.DEADLINES, {"sla": {"start_hours": 4}}))
    actions.approve(actor=admin, now=NOW, proposal_id=theirs.pk)
    with pytest.raises(Conflict, match="moved"):
        actions.approve(actor=other, now=NOW, proposal_id=mine.pk)
    assert Proposal.objects.get(pk=mine.pk).state == ProposalState.WAITING


def test_two_changes_saved_in_the_same_instant_are_not_one() -> None:
    """The second one counted on following version 1, which another follows already."""
    a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": 3}})
    with pytest.raises(Conflict, match="busy"):
        actions._save(actions.shipped_document(), after=1, reason="x", actor=SYSTEM, now=NOW)
    assert queries.current().version == 2
    assert queries.current().ticket.reopen_days == 3


def test_the_author_joins_their_change_with_a_colleagues_of_the_same_topic(admin: Actor) -> None:
    mine = a_change(admin, Topic.DEADLINES, FASTER)
    a_policy_change(Topic.DEADLINES, {"sla": {"resolution_hours": 30}})
    with pytest.raises(NotAllowed):
        actions.join(actor=acting(an_administrator()), now=NOW, proposal_id=mine.pk)
    submit(admin, actions.join(actor=admin, now=NOW, proposal_id=mine.pk))
    sla = queries.current().sla
    assert (sla.start.total_seconds(), sla.resolution.total_seconds()) == (8 * 3600, 30 * 3600)


def test_going_back_is_joined_with_nothing(admin: Actor) -> None:
    a_policy_change(Topic.DEADLINES, FASTER)
    back = actions.draft_of_version(actor=admin, now=NOW, number=1)
    a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": 3}})
    with pytest.raises(Conflict, match="moved"):
        actions.join(actor=admin, now=NOW, proposal_id=back.pk)


def test_b1_a_draft_is_its_authors_alone_and_what_waits_is_for_all_who_read_the_book(
    admin: Actor,
) -> None:
    two_must_agree()
    change = a_change(admin, Topic.DEADLINES, FASTER)
    others: list[Any] = [acting(an_administrator()), acting(a_member_of_staff(Role.AUDITOR))]
    assert queries.proposal_for(admin, change.pk) == change
    for actor in others:
        with pytest.raises(Proposal.DoesNotExist):
            queries.proposal_for(actor, change.pk)
    submit(admin, change)
    for actor in others:
        assert queries.proposal_for(actor, change.pk) == change
        assert queries.waiting_for(actor) == [change]
    agent = acting(an_agent())
    assert queries.waiting_for(agent) == []
    assert queries.versions_for(agent) == []
    with pytest.raises(Proposal.DoesNotExist):
        queries.proposal_for(agent, change.pk)
    with pytest.raises(PolicyVersion.DoesNotExist):
        queries.version_for(agent, 1)


def test_versions_are_listed_newest_first(admin: Actor) -> None:
    a_policy_change(Topic.DEADLINES, FASTER)
    a_policy_change(Topic.TICKETS, {"ticket": {"reopen_days": 3}})
    assert [row.number for row in queries.versions_for(admin)] == [3, 2, 1]
    assert [row.number for row in queries.versions_for(admin, before=3, limit=1)] == [2]
    assert queries.version_for(admin).number == 3
    assert queries.version_for(admin, 2).topic == "deadlines"
