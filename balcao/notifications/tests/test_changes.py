"""What those who keep the policy are told about changes that two of them decide."""

import pytest

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.people.models import User
from balcao.policy.book.changes import Topic
from balcao.rulebook import actions
from balcao.rulebook.models import Proposal
from tests.cast import NOW, a_change, a_policy_change, acting, an_administrator

pytestmark = pytest.mark.usefixtures("installation")


def waiting(author: User, reason: str) -> Proposal:
    """A change by ``author`` that waits for another person."""
    a_policy_change(Topic.EXCEPTIONS, {"change": {"second_approver": True}})
    actor = acting(author)
    change = a_change(actor, Topic.DEADLINES, {"sla": {"start_hours": 8}})
    return actions.submit(actor=actor, now=NOW, proposal_id=change.pk, reason=reason)


def told(user: User) -> list[Delivery]:
    run_pending(NOW)
    return list(Delivery.objects.filter(user_id=user.pk).order_by("pk"))


def test_whoever_may_approve_a_change_is_told_and_then_its_author_the_answer() -> None:
    author, second = an_administrator(), an_administrator()
    change = waiting(author, "Mais rápido.")
    [asked] = told(second)
    assert asked.subject == "Uma mudança das regras do suporte espera por você"
    assert "Mais rápido." in asked.text
    assert f"/mesa/regras/mudancas/{change.pk}" in asked.text
    assert told(author) == []
    actions.approve(actor=acting(second), now=NOW, proposal_id=change.pk, answer="De acordo.")
    [answered] = told(author)
    assert answered.subject == "Sua mudança das regras do suporte foi aprovada"
    assert "De acordo." in answered.text


def test_the_author_is_told_of_a_change_that_was_not_approved() -> None:
    author, second = an_administrator(), an_administrator()
    change = waiting(author, "Mais rápido.")
    actions.reject(actor=acting(second), now=NOW, proposal_id=change.pk, answer="Ainda não.")
    [answered] = told(author)
    assert answered.subject == "Sua mudança das regras do suporte não foi aprovada"
    assert "Ainda não." in answered.text
