"""Questions over everything. Nothing here writes."""

from balcao.reports.queries.counts import Said, said_no
from balcao.reports.queries.decisions import Answer
from balcao.reports.queries.preview import Moved, Preview, preview
from balcao.reports.queries.replay import Change, Group, Replay, replay, waiting

__all__ = [
    "Answer",
    "Change",
    "Group",
    "Moved",
    "Preview",
    "Replay",
    "Said",
    "preview",
    "replay",
    "said_no",
    "waiting",
]
