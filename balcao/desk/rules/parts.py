"""What the pages of the rules share."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balcao.entitlements import queries as entitlements
from balcao.policy.book.changes import Topic
from balcao.rulebook.forms import TITLES, Services
from balcao.rulebook.queries import PolicyVersion
from balcao.web.guards import PageRequest


def services() -> Services:
    """The catalogue in the reader's language."""
    portuguese = (get_language() or "").startswith("pt")
    return [(row.slug, row.name if portuguese else row.name_en) for row in entitlements.services()]


def today(request: PageRequest) -> date:
    """The date where the policy is at home."""
    return request.now.astimezone(ZoneInfo(request.policy.timezone)).date()


def author_of(version: PolicyVersion) -> str:
    """Who saved it."""
    return version.author_label if version.author_id else _("the system")


def reason_of(version: PolicyVersion) -> str:
    """Why; the words of the version that came with the product are ours to translate."""
    if version.author_id is None and version.reason == "Shipped policy":
        return _("The rules as they come with the product")
    return version.reason


def title_of(topic: str) -> str:
    """A topic in words."""
    return str(TITLES[Topic(topic)])
