"""Every setting of the book, topic by topic, with the words of its form."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from balcao.policy.book import (
    ASKING_ROLES,
    KINDS,
    PAUSABLE_STATES,
    RETENTION_DAYS,
    SETTABLE_RULES,
)
from balcao.policy.book.changes import Document, Topic, value_at
from balcao.rulebook.forms import selling
from balcao.rulebook.forms.settings import Choices, Setting
from balcao.web.words import tables
from balcao.web.words.hours import WEEKDAYS

if TYPE_CHECKING:
    from balcao.rulebook.forms.settings import Text

Services = Sequence[tuple[str, str]]
"""Slug and name of the catalogue's services."""

_WEEK = tuple(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS, strict=True))
CLOCKS: Choices = (
    ("elapsed", _("Elapsed hours: day and night count")),
    ("business", _("Business hours: only the calendar's hours count")),
)
VERDICTS: Choices = (
    ("allow", _("Covered")),
    ("refuse", _("Not covered")),
    ("ask", _("Ask sales")),
)
MODES: Choices = (
    ("observe", _("Observe: only record what would be refused")),
    ("warn", _("Warn: also show it to the team")),
    ("enforce", _("Enforce: refuse")),
)
STATES: Choices = tuple(
    (state, tables.STAFF_STATES.get(state, tables.STATES[state])) for state in PAUSABLE_STATES
)
RETAINED: "Mapping[str, Text]" = {
    "kept_mail": _("Mail that was not added to a ticket"),
    "drafts": _("What a customer did not open, and what the team did not send"),
    "raw_mail": _("Messages as they arrived"),
    "attachments": _("Files of tickets"),
    "third_party_data": _("Databases of your customers' customers, after the ticket is closed"),
    "decision_facts": _("On which facts the desk decided"),
    "access_log": _("Who saw what"),
    "tickets": _("Tickets"),
    "done_jobs": _("Finished background work"),
}

_RULES = tuple(
    Setting(("rules", rule), tables.RULES[rule], "choice", choices=MODES) for rule in SETTABLE_RULES
)
_CALENDAR = (
    Setting(
        ("calendar", "timezone"),
        _("Time zone"),
        "text",
        _("All dates and hours of the rules are local to it, such as America/Recife."),
    ),
    *(Setting(("calendar", "week", key), label, "spans") for key, label in _WEEK),
)
_DEADLINES = (
    Setting(("sla", "clock"), _("What counts"), "choice", choices=CLOCKS),
    Setting(("sla", "start_hours"), _("Service starts within"), "hours", _("Hours."), unit="hours"),
    Setting(
        ("sla", "resolution_hours"), _("It is concluded within"), "hours", _("Hours."), unit="hours"
    ),
    Setting(
        ("sla", "resolution_anchor"),
        _("The conclusion counts from"),
        "choice",
        choices=(("opened", _("the opening")), ("started", _("the first answer of the team"))),
    ),
    Setting(
        ("sla", "pause_states"),
        _("The conclusion stands still while"),
        "many",
        _("The deadline to start never stands still."),
        choices=STATES,
    ),
    Setting(
        ("sla", "due_when_closed"),
        _("A one-off's deadline in closed hours"),
        "choice",
        choices=(("next_opening", _("moves to the next opening")), ("keep", _("stays"))),
    ),
    Setting(
        ("sla", "warn_left_percent"),
        _("The team is warned when this much is left"),
        "whole",
        _("In percent of the time."),
        unit="percent",
    ),
)
_OF_KIND = tuple(
    setting
    for kind in KINDS
    for setting in (
        Setting(
            ("sla", "clock_by_kind", kind),
            _("What counts"),
            "choice",
            choices=CLOCKS,
            optional=True,
            group=tables.KINDS[kind],
        ),
        Setting(
            ("sla", "targets", kind, "start_hours"),
            _("Service starts within"),
            "hours",
            optional=True,
            unit="hours",
            group=tables.KINDS[kind],
        ),
        Setting(
            ("sla", "targets", kind, "resolution_hours"),
            _("It is concluded within"),
            "hours",
            optional=True,
            unit="hours",
            group=tables.KINDS[kind],
        ),
    )
)
_ENTITLEMENT = (
    Setting(
        ("entitlement", "require"),
        _("To open a ticket a customer needs"),
        "choice",
        choices=(
            ("both", _("an active contract and a valid licence")),
            ("contract", _("an active contract")),
            ("licence", _("a valid licence")),
        ),
    ),
    Setting(
        ("entitlement", "on_lapse"),
        _("When it ends while a ticket is open"),
        "choice",
        choices=(
            ("finish", _("the ticket is served to its end")),
            ("freeze", _("service stops")),
        ),
    ),
    Setting(
        ("entitlement", "warn_days"),
        _("The customer is told so many days before an end"),
        "days",
        _("Each number above the last, such as 7, 30, 60."),
        unit="days",
    ),
    Setting(
        ("gate", "number_match"),
        _("By phone, the number that is good enough"),
        "choice",
        choices=(
            ("organisation", _("of an open ticket of the caller's company")),
            ("participants", _("of one that the caller opened or was added to")),
        ),
    ),
)
_TICKETS = (
    Setting(
        ("ticket", "reopen_days"),
        _("A resolved ticket can be reopened for"),
        "whole",
        _("Days; afterwards it is closed."),
        unit="days",
    ),
    Setting(
        ("ticket", "silence_days"),
        _("A silent customer is reminded on these days"),
        "days",
        _("On the last one the ticket is taken as resolved."),
        unit="days",
    ),
    Setting(
        ("ticket", "claim_minutes"),
        _('"Take next" reserves a ticket for'),
        "whole",
        _("Minutes."),
        unit="minutes",
    ),
    Setting(
        ("ticket", "contract_expiry"),
        _("The ticket of a contract expires"),
        "choice",
        _("Expired, it is not reopened; what is in work goes on as with one-off tickets."),
        choices=(
            ("off", _("never")),
            ("12m_from_opening", _("12 months after it was opened")),
        ),
    ),
    Setting(
        ("queue", "order"),
        _("Who is next in a queue"),
        "choice",
        _("The place that customers see follows it. What the public page says is yours to change."),
        choices=(
            ("fifo", _("who was first (first in, first out)")),
            ("due", _("whose first answer is due first")),
        ),
    ),
)
_EMAIL = (
    Setting(
        ("email", "allowed"),
        _("Who may reply from a registered address"),
        "choice",
        choices=(
            ("participants", _("who opened the ticket and who was added to it")),
            ("organisation", _("anybody of the company")),
        ),
    ),
    Setting(
        ("email", "unregistered"),
        _("A reply from an address that is not on file is kept apart, and its sender"),
        "choice",
        choices=(
            ("notify", _("is told once a day, if proved")),
            ("silent", _("is told nothing")),
            ("bounce", _("gets it back")),
        ),
    ),
    Setting(
        ("email", "require_auth"),
        _("What proves a sender"),
        "choice",
        choices=(
            ("aligned_or_token", _("SPF, DKIM or DMARC of the domain, or our reply token")),
            ("aligned", _("SPF, DKIM or DMARC of the domain")),
            ("off", _("nothing: any sender is believed")),
        ),
    ),
    Setting(
        ("email", "new"),
        _("A new mail without a ticket"),
        "choice",
        choices=(
            ("draft_notice", _("waits as a draft in the portal, and a notice says so")),
            ("quarantine", _("is only kept")),
        ),
    ),
    Setting(
        ("email", "block_freemail"),
        _("Replies from free providers do not count, even from a registered address"),
        "flag",
        _("Gmail, Hotmail, Outlook, Yahoo, iCloud, UOL and the like. Off: registered is enough."),
    ),
)
_EXCEPTIONS = (
    Setting(
        ("override", "ask"),
        _("Who may ask for an exception"),
        "many",
        _("Another person always approves it."),
        choices=tuple((role, tables.ROLES[role]) for role in ASKING_ROLES),
    ),
    Setting(
        ("override", "approve_hours"),
        _("Without an answer the question ends after"),
        "whole",
        _("Hours."),
        unit="hours",
    ),
    Setting(
        ("override", "max_days"),
        _("The longest an exception may last"),
        "whole",
        _("Days."),
        unit="days",
    ),
    Setting(
        ("change", "second_approver"),
        _("A change of these rules waits until a second administrator approves it"),
        "flag",
    ),
    Setting(
        ("access", "reads_per_hour"),
        _("Tickets that one person may open in an hour before it is reported"),
        "whole",
    ),
)
_RETENTION = tuple(
    Setting(("retention", name), RETAINED[name], "whole", _("Days."), unit="days")
    for name in RETENTION_DAYS
)
_COMPANY = (
    Setting(("company", "name"), _("Name"), "text", _("On pages and as the sender of mail.")),
    Setting(("company", "portal_url"), _("Address of the portal"), "text"),
    Setting(("company", "support_address"), _("Support e-mail"), "text"),
    Setting(("company", "support_phone"), _("Support telephone and WhatsApp"), "text"),
    Setting(("company", "sales_phone"), _("Sales telephone"), "text"),
    Setting(
        ("company", "colour"),
        _("Colour"),
        "line",
        _("Such as #8a1c4a; one too light to be read is darkened. Empty: Balcão's own."),
    ),
    Setting(("company", "logo"), _("Logo"), "picture"),
)
_PAGE = (
    Setting(("page", "pt"), _("Text in Portuguese"), "long"),
    Setting(("page", "en"), _("Text in English"), "long"),
    Setting(
        ("kb", "feedback"),
        _("Readers may vote on the page and leave a comment"),
        "flag",
    ),
)
_FIXED: Mapping[Topic, tuple[Setting, ...]] = {
    Topic.RULES: _RULES,
    Topic.CALENDAR: _CALENDAR,
    Topic.DEADLINES: (*_DEADLINES, *_OF_KIND),
    Topic.SUSPENSIONS: (),
    Topic.ENTITLEMENT: _ENTITLEMENT,
    Topic.TICKETS: _TICKETS,
    Topic.EMAIL: _EMAIL,
    Topic.ONEOFF: selling.ONEOFF,
    Topic.APPOINTMENTS: selling.APPOINTMENTS,
    Topic.PAYMENT: selling.PAYMENT,
    Topic.EXCEPTIONS: _EXCEPTIONS,
    Topic.RETENTION: _RETENTION,
    Topic.COMPANY: _COMPANY,
    Topic.PAGE: _PAGE,
}
TITLES: "Mapping[Topic, Text]" = {
    Topic.RULES: _("Rules and modes"),
    Topic.CALENDAR: _("Hours and holidays"),
    Topic.DEADLINES: _("Deadlines"),
    Topic.SUSPENSIONS: _("Suspended deadlines"),
    Topic.ENTITLEMENT: _("Right to service"),
    Topic.SCOPE: _("Services and coverage"),
    Topic.TICKETS: _("Open tickets"),
    Topic.EMAIL: _("E-mail"),
    Topic.ONEOFF: _("One-off tickets"),
    Topic.APPOINTMENTS: _("Training and appointments"),
    Topic.PAYMENT: _("Payment"),
    Topic.EXCEPTIONS: _("Exceptions and approvals"),
    Topic.RETENTION: _("Retention"),
    Topic.COMPANY: _("Company"),
    Topic.PAGE: _("Public page"),
    Topic.WHOLE: _("The whole book"),
}


def settings_of(topic: Topic, document: Document, services: Services = ()) -> tuple[Setting, ...]:
    """The settings of ``topic``; those of the coverage name the catalogue's services, and any
    other that the document names.
    """
    if topic is Topic.SCOPE:
        return _scope(document, services)
    return _FIXED[topic]


def _scope(document: Document, services: Services) -> tuple[Setting, ...]:
    rows = dict(services)
    for kind in KINDS:
        row = value_at(document, ("scope", kind))
        for slug in row if isinstance(row, Mapping) else ():
            rows.setdefault(str(slug), str(slug))
    rows.pop("*", None)
    every: tuple[tuple[str, Text], ...] = (*rows.items(), ("*", _("Every other service")))
    found = [
        Setting(
            ("scope", "default"),
            _("What no other line answers"),
            "choice",
            choices=VERDICTS,
        )
    ]
    found += [
        Setting(
            ("scope", kind, slug),
            name,
            "choice",
            choices=VERDICTS,
            optional=True,
            group=tables.KINDS[kind],
        )
        for slug, name in every
        for kind in KINDS
    ]
    return tuple(found)
