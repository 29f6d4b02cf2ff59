"""Deadlines that explain themselves (S11-S13, R1-R5)."""

from balcao.policy.sla.chips import chip, day_ends, due_before, left, next_look
from balcao.policy.sla.counting import due, due_of, stops_of
from balcao.policy.sla.explaining import explain, explain_of
from balcao.policy.sla.promises import (
    cause_of,
    clock_for,
    is_stopped,
    moves,
    promise,
    rolls,
    stopped_states,
    target_for,
    turns,
)
from balcao.policy.sla.types import (
    ChipState,
    DeadlineName,
    Due,
    ExplainedSpan,
    Explanation,
    Interval,
    Promise,
    Rules,
    SpanKind,
    Stay,
    TicketClock,
)

__all__ = [
    "ChipState",
    "DeadlineName",
    "Due",
    "ExplainedSpan",
    "Explanation",
    "Interval",
    "Promise",
    "Rules",
    "SpanKind",
    "Stay",
    "TicketClock",
    "cause_of",
    "chip",
    "clock_for",
    "day_ends",
    "due",
    "due_before",
    "due_of",
    "explain",
    "explain_of",
    "is_stopped",
    "left",
    "moves",
    "next_look",
    "promise",
    "rolls",
    "stopped_states",
    "stops_of",
    "target_for",
    "turns",
]
