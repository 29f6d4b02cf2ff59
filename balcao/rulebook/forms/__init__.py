"""The forms that change the book, one a topic, and the book in words."""

from datetime import date
from typing import Any

from balcao.policy.book.changes import Document, Topic
from balcao.rulebook.forms.catalogue import TITLES, Services
from balcao.rulebook.forms.rows import CalendarForm, RowsForm, SuspensionForm, holidays_of
from balcao.rulebook.forms.topic import ReasonForm, TopicForm
from balcao.rulebook.forms.wording import Difference, Line, contents, differences

__all__ = [
    "TITLES",
    "CalendarForm",
    "Difference",
    "Line",
    "ReasonForm",
    "RowsForm",
    "Services",
    "SuspensionForm",
    "TopicForm",
    "contents",
    "differences",
    "form_for",
    "holidays_of",
]


def form_for(
    topic: Topic, document: Document, *, today: date, services: Services = (), **more: Any
) -> TopicForm:
    """The form of ``topic`` made from ``document``; ``data`` is judged, ``typed`` only shown."""
    if topic is Topic.CALENDAR:
        return CalendarForm(document, today=today, services=services, **more)
    if topic is Topic.SUSPENSIONS:
        return SuspensionForm(document, services=services, **more)
    return TopicForm(topic, document, services=services, **more)
