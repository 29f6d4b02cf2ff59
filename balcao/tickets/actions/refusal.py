"""How an action says no, and how the no is kept on record."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from balcao.events.actions import emit
from balcao.policy import gate
from balcao.policy.access import Actor
from balcao.tickets.models import Decision
from balcao.tickets.queries import evidence

P = ParamSpec("P")
R = TypeVar("R")


class NotAllowed(PermissionDenied):
    """The actor's roles do not reach this ticket, or this act."""


class Conflict(Exception):
    """Somebody else was faster; ``code`` says how: taken, state_changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """The gate refused. ``draft_key`` names the draft that keeps what the person wrote, if any."""

    def __init__(
        self,
        judged: "Judged",
        *,
        keep: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(judged.decision.reason or "refused")
        self.judged = judged
        self.keep = keep
        self.draft_key: str | None = None

    @property
    def decision(self) -> gate.Decision:
        """What the gate answered."""
        return self.judged.decision


class Judged:
    """A question put to the gate, its facts and its answer, ready to be recorded."""

    def __init__(
        self,
        request: gate.Request,
        facts: gate.Facts,
        decision: gate.Decision,
        *,
        actor: Actor,
        organisation_id: int | None = None,
        ticket_id: int | None = None,
    ) -> None:
        self.request = request
        self.facts = facts
        self.decision = decision
        self.actor = actor
        self.organisation_id = organisation_id
        self.ticket_id = ticket_id

    def record(self, *, ticket_id: int | None = None) -> Decision:
        """Store the decision with the facts it was taken on (R: stored for replay)."""
        decision = self.decision
        return Decision.objects.create(
            at=decision.at,
            verdict=decision.verdict.value,
            act=decision.act.value,
            door=decision.door.value,
            reason=decision.reason or "",
            rules=list(decision.rules),
            policy_version=decision.policy_version,
            facts=gate.facts_as_data(self.request, self.facts),
            outcome=gate.decision_as_data(decision),
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            organisation_id=self.organisation_id,
            ticket_id=ticket_id or self.ticket_id,
        )


def gated(action: Callable[P, R]) -> Callable[P, R]:
    """Run the action in one transaction; a refusal leaves its record in a second one.

    Raising inside the transaction undoes it, and with it would go the record of the refusal. So the
    record is written after, with what the person wrote, and the refusal is raised again. Gated
    actions do not nest (durable): the record must not hang on somebody else's transaction.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(durable=True):
                return action(*args, **kwargs)
        except Refused as refusal:
            _keep(refusal)
            raise

    return run


@transaction.atomic(durable=True)
def _keep(refusal: Refused) -> None:
    judged = refusal.judged
    row = judged.record()
    if refusal.keep is not None:
        refusal.draft_key = refusal.keep()
    emit(
        "ticket.refused",
        row,
        actor=judged.actor,
        now=judged.decision.at,
        data={
            **evidence.of_decision(row),
            "act": judged.decision.act.value,
            "door": judged.decision.door.value,
            "reason": judged.decision.reason or "",
            "rules": list(judged.decision.rules),
            "ticket": judged.ticket_id,
        },
    )


def require(allowed: bool) -> None:
    """Raise NotAllowed unless the policy said yes."""
    if not allowed:
        raise NotAllowed
