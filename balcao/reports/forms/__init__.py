"""The shape of what is asked: documents, days, moments, and the simulator's question."""

from balcao.reports.forms.reading import UNSAVED, Unreadable, day, moment, policy_in, timezone
from balcao.reports.forms.simulator import SimulatorForm

__all__ = ["UNSAVED", "SimulatorForm", "Unreadable", "day", "moment", "policy_in", "timezone"]
