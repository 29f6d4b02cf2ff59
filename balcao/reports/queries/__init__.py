"""Questions over everything. Nothing here writes."""

from balcao.reports.queries.counts import Said, said_no
from balcao.reports.queries.decisions import Answer
from balcao.reports.queries.preview import Moved, Preview, preview
from balcao.reports.queries.record import Record, Sent, record_of
from balcao.reports.queries.replay import Change, Group, Names, Replay, names_of, replay, waiting
from balcao.reports.queries.simulation import Case, Outcome, Situation, case_of, judge
from balcao.reports.queries.who import NOBODY, Company, Unknown, Who, find_who
from balcao.tickets.queries import NotFound

__all__ = [
    "NOBODY",
    "Answer",
    "Case",
    "Change",
    "Company",
    "Group",
    "Moved",
    "Names",
    "NotFound",
    "Outcome",
    "Preview",
    "Record",
    "Replay",
    "Said",
    "Sent",
    "Situation",
    "Unknown",
    "Who",
    "case_of",
    "find_who",
    "judge",
    "names_of",
    "preview",
    "record_of",
    "replay",
    "said_no",
    "waiting",
]
