"""What helps to fill a topic's form in: an example computed from it, the page it would make."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override
from markupsafe import Markup

from balcao.desk.rules import company
from balcao.policy import sla
from balcao.policy.book import KINDS, PAGE_PLACEHOLDERS, Policy, PolicyError, parse
from balcao.policy.book.changes import Topic
from balcao.reports.queries import said_no
from balcao.rulebook.actions import PICTURE_BYTES
from balcao.rulebook.forms import TopicForm
from balcao.web import pagetext, words
from balcao.web.guards import PageRequest

_DAYS = 30
_LANGUAGES = (("pt", "pt-br"), ("en", "en"))


@dataclass(frozen=True, slots=True)
class Example:
    """The two deadlines of a ticket opened at ``opened``, for one kind or the standard."""

    label: str
    opened: datetime
    start: datetime | None
    resolution: datetime | None


def aids_of(request: PageRequest, topic: Topic, form: TopicForm) -> dict[str, object]:
    """What the page of ``topic`` shows besides its fields."""
    if topic is Topic.DEADLINES:
        tried = _tried(form)
        return {
            "examples": examples(tried, now=request.now) if tried else [],
            "kinds": [(words.kind(kind), _of_kind(form, kind)) for kind in KINDS],
        }
    if topic is Topic.RULES:
        return {"said": said_no(days=_DAYS, now=request.now), "days": _DAYS}
    if topic is Topic.SCOPE:
        return {"kinds": [(kind, words.kind(kind)) for kind in KINDS], "rows": _services(form)}
    if topic is Topic.COMPANY:
        return {"tried": company.tried(form), "limit": PICTURE_BYTES // 1024}
    if topic is Topic.PAGE:
        policy = _tried(form) or request.policy
        return {"placeholders": PAGE_PLACEHOLDERS, "drawn": _drawn(form, policy)}
    return {}


def _of_kind(form: TopicForm, kind: str) -> list[str]:
    """The fields about one kind of contract or one-off."""
    return [setting.name for setting in form.settings if kind in setting.path]


def _services(form: TopicForm) -> list[tuple[str, str]]:
    """Slug and name of every service of the coverage, "*" last."""
    return list({s.path[2]: str(s.label) for s in form.settings if len(s.path) == 3}.items())


def _tried(form: TopicForm) -> Policy | None:
    """The policy that the form would make; None while something in it is wrong."""
    document = form.document
    if form.is_bound:
        if not form.judge():
            return None
        document = form.drafted()
    try:
        return parse(document, version=1)
    except PolicyError:
        return None


def examples(policy: Policy, *, now: datetime) -> list[Example]:
    """R1's example: opened on a Friday at 17:00. The standard, then the kinds that differ."""
    zone = ZoneInfo(policy.timezone)
    day = now.astimezone(zone).date()
    friday = day + timedelta(days=(4 - day.weekday()) % 7)
    opened = datetime.combine(friday, time(17), tzinfo=zone)
    standard = _example(_("Standard"), None, opened, policy)
    found = [standard]
    for kind in KINDS:
        one = _example(words.kind(kind), kind, opened, policy)
        if (one.start, one.resolution) != (standard.start, standard.resolution):
            found.append(one)
    return found


def _example(label: str, kind: str | None, opened: datetime, policy: Policy) -> Example:
    due = sla.due(
        opened,
        clock=sla.clock_for(policy, kind),
        policy=policy,
        kind=kind,
        started=opened,
        roll=sla.rolls(policy, kind),
    )
    return Example(label, opened, due.start_due, due.resolution_due)


def _drawn(form: TopicForm, policy: Policy) -> list[tuple[str, Markup]]:
    """The page in each language, as far as the form can be read."""
    found = []
    for key, language in _LANGUAGES:
        text = str(form[f"page.{key}"].value() or "")
        with override(language):
            found.append((language, pagetext.render(text, policy) if text.strip() else Markup("")))
    return found
