"""Deadlines that explain themselves (S11-S13, R1-R5)."""

from balcao.policy.sla.chips import SOON, chip, fraction_left, left
from balcao.policy.sla.counting import due, due_of, stops_of
from balcao.policy.sla.explaining import explain
from balcao.policy.sla.promises import (
    clock_for,
    is_stopped,
    moves,
    promise,
    rolls,
    stopped_states,
    target_for,
)
from balcao.policy.sla.types import (
    ChipState,
    Due,
    ExplainedSpan,
    Interval,
    Promise,
    Rules,
    SpanKind,
    Stay,
    TicketClock,
)

__all__ = [
    "SOON",
    "ChipState",
    "Due",
    "ExplainedSpan",
    "Interval",
    "Promise",
    "Rules",
    "SpanKind",
    "Stay",
    "TicketClock",
    "chip",
    "clock_for",
    "due",
    "due_of",
    "explain",
    "fraction_left",
    "is_stopped",
    "left",
    "moves",
    "promise",
    "rolls",
    "stopped_states",
    "stops_of",
    "target_for",
]
