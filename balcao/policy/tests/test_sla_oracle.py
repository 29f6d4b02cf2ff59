"""2,000 generated cases against an independent count, minute by minute (P4)."""

from datetime import timedelta

import pytest

from balcao.policy.sla import DeadlineName, SpanKind, due_of, explain_of, promise
from balcao.policy.tests.oracle import a_case, deadlines

IN_THE_SUITE = 200
ALL = 2000


def differences(seeds: range) -> list[int]:
    """The seeds of cases in which the two counts differ, or the told way does not add up."""
    wrong = []
    for seed in seeds:
        case = a_case(seed)
        promised = promise(case.policy, case.policy)
        found = due_of(case.ticket, promised)
        if (found.start_due, found.resolution_due) != deadlines(case):
            wrong.append(seed)
            continue
        names: tuple[DeadlineName, DeadlineName] = ("start", "resolution")
        for name, due in zip(names, (found.start_due, found.resolution_due), strict=True):
            told = explain_of(
                case.ticket, promised, name, met_at=None, now=case.ticket.submitted_at
            )
            counted = [span for span in told.spans if span.kind is SpanKind.COUNTED]
            total = sum((span.end - span.start for span in counted), timedelta(0))
            if due is not None and (total != told.promised or told.spans[-1].end != due):
                wrong.append(seed)
    return wrong


def test_p4_generated_deadlines_agree_with_a_count_minute_by_minute() -> None:
    assert differences(range(IN_THE_SUITE)) == []


@pytest.mark.stress
def test_p4_two_thousand_generated_deadlines_agree_with_a_count_minute_by_minute() -> None:
    assert differences(range(ALL)) == []


def test_p4_the_cases_have_everything_in_them() -> None:
    cases = [a_case(seed) for seed in range(IN_THE_SUITE)]
    some = [
        [bool(case.policy.suspensions) for case in cases],
        [bool(case.policy.sla.targets) for case in cases],
        [bool(case.ticket.stays) for case in cases],
        [case.ticket.kind.startswith("oneoff") for case in cases],
        [case.policy.sla.clock.value == "business" for case in cases],
        [case.policy.sla.resolution_anchor == "started" for case in cases],
        [len(case.policy.calendar.week[0]) > 1 for case in cases],
        ["Cinzas" in case.policy.calendar.names.values() for case in cases],
        ["Feriado municipal" in case.policy.calendar.names.values() for case in cases],
    ]
    assert all(20 < sum(each) < IN_THE_SUITE for each in some)
