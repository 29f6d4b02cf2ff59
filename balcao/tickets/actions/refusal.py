"""How an action says no, and how the no is kept on record."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from balcao.events.actions import emit, gathering
from balcao.events.changes import insert
from balcao.policy import gate
from balcao.policy.access import Actor
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Decision, Draft, How, Objection, Ticket
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
        keep: Callable[[], Draft] | None = None,
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
        """Store the decision with the facts it was taken on (for replay), and its objections.

        What an exception allowed stands on the ticket's timeline too (R14).
        """
        decision, about = self.decision, ticket_id or self.ticket_id
        row = Decision(
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
            ticket_id=about,
        )
        insert([row])
        insert(list(_objections(row, decision)))
        if decision.lifted and about and not decision.refused:
            emit(
                "ticket.exception_used",
                Ticket(pk=about),
                actor=self.actor,
                now=decision.at,
                data={
                    "overrides": sorted({lift.override for lift in decision.lifted}),
                    "rules": [lift.finding.rule for lift in decision.lifted],
                    "act": decision.act.value,
                },
            )
        return row


def _objections(row: Decision, decision: gate.Decision) -> Iterator[Objection]:
    """A refusal is counted once, by the rule that spoke; what was let in, by all that objected."""
    found: list[tuple[How, gate.Finding, int | None]] = []
    if decision.refused:
        spoke = gate.Finding(decision.rules[0], decision.reason or "", decision.since)
        found.append((How.REFUSED, spoke, None))
    else:
        found += [(How.WARNED, one, None) for one in decision.warnings]
        found += [(How.OBSERVED, one, None) for one in decision.observed]
        found += [(How.LIFTED, lift.finding, lift.override) for lift in decision.lifted]
    for how, finding, override in found:
        yield Objection(
            decision=row,
            at=row.at,
            how=how,
            rule=finding.rule,
            reason=finding.reason,
            door=row.door,
            organisation_id=row.organisation_id,
            override_id=override,
        )


def gated(action: Callable[P, R]) -> Callable[P, R]:
    """Run the action in one transaction; a refusal leaves its record in a second one.

    Raising inside the transaction undoes it, and with it would go the record of the refusal. So the
    record is written after, with what the person wrote, and the refusal is raised again. Gated
    actions do not nest (durable): the record must not hang on somebody else's transaction. All of
    it is judged by one version of the policy.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic(durable=True), rulebook.one_version(), gathering():
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
        draft = refusal.keep()
        row.objections.update(draft=draft)
        refusal.draft_key = draft.key
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
