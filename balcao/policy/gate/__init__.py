"""The one gate: may this be done, through this door, at this moment? Nothing else decides.

``decide`` looks at facts and at the policy and answers allow, refuse or ask sales, with rule ids, a
reason code and the way out. Identity and isolation (S3, S6, S8, S9) are always enforced; the rules
of ``book.SETTABLE_RULES`` are applied as hard as their mode says (R36), and an exception that two
people agreed to lifts them (R14).
"""

from balcao.policy.gate.data import decision_as_data, facts_as_data, facts_from_data
from balcao.policy.gate.deciding import decide
from balcao.policy.gate.objections import OTHER_SERVICE
from balcao.policy.gate.settling import lifted_until
from balcao.policy.gate.types import (
    Act,
    Auth,
    Decision,
    Door,
    Facts,
    Finding,
    Lift,
    OverrideFacts,
    PersonFacts,
    Request,
    SenderFacts,
    TicketFacts,
)

__all__ = [
    "OTHER_SERVICE",
    "Act",
    "Auth",
    "Decision",
    "Door",
    "Facts",
    "Finding",
    "Lift",
    "OverrideFacts",
    "PersonFacts",
    "Request",
    "SenderFacts",
    "TicketFacts",
    "decide",
    "decision_as_data",
    "facts_as_data",
    "facts_from_data",
    "lifted_until",
]
