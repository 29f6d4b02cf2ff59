"""Who may change the book of rules, and when a second person must agree (four eyes)."""

from balcao.policy.access import Actor, Duty, may
from balcao.policy.book import Policy
from balcao.policy.book.changes import Topic


def may_change(actor: Actor, topic: Topic) -> bool:
    """Whether ``actor`` may save or propose a change of ``topic``.

    Who keeps the policy changes all of it; suspending deadlines is a duty of its own (R4).
    """
    if topic is Topic.SUSPENSIONS and may(actor, Duty.SUSPEND_DEADLINES):
        return True
    return may(actor, Duty.KEEP_POLICY)


def needs_approval(policy: Policy) -> bool:
    """Whether a change waits for a second person: the version in force says so.

    Turning that off is therefore a change that waits too; turning it on is not.
    """
    return policy.change.second_approver


def may_answer(actor: Actor, *, author: int | None) -> bool:
    """Whether ``actor`` may approve or reject a change that ``author`` proposed: never the author.

    A deputy counts by the duties lent to them.
    """
    return may(actor, Duty.APPROVE_POLICY) and actor.id is not None and actor.id != author


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` reads the book, its versions and the changes that wait."""
    return may(actor, Duty.VIEW_POLICY)
