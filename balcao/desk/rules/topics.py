"""The topics as the menu and the overview name them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from balcao.policy.book.changes import Topic
from balcao.rulebook.forms import TITLES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Page:
    """A topic's page: its place in addresses, its icon, its purpose; ``files``: it takes some."""

    topic: Topic
    slug: str
    icon: str
    lead: "_StrPromise"
    files: bool = False

    @property
    def title(self) -> str:
        return str(TITLES[self.topic])

    @property
    def route(self) -> str:
        return f"rules_{self.topic.value}"


PAGES = (
    Page(
        Topic.RULES,
        "modos",
        icon="shield-check",
        lead=_("How hard each rule is applied: only recorded, shown to the team, or refused."),
    ),
    Page(
        Topic.CALENDAR,
        "horarios",
        icon="calendar-days",
        lead=_("Business hours, holidays and half days. Deadlines in business hours count them."),
    ),
    Page(
        Topic.DEADLINES,
        "prazos",
        icon="timer",
        lead=_("The SLA (service level agreement): what is promised, and what counts for it."),
    ),
    Page(
        Topic.SUSPENSIONS,
        "suspensoes",
        icon="circle-pause",
        lead=_("Periods in which every deadline stands still: a strike, a storm, an outage."),
    ),
    Page(
        Topic.ENTITLEMENT,
        "direito",
        icon="badge-check",
        lead=_("What a customer needs to open a ticket, and when they are told of its end."),
    ),
    Page(
        Topic.SCOPE,
        "cobertura",
        icon="table-properties",
        lead=_("For each kind of contract and one-off: covered, not covered, or asked of sales."),
    ),
    Page(
        Topic.TICKETS,
        "chamados",
        icon="inbox",
        lead=_("Reopening, silence of the customer, and who takes the next one."),
    ),
    Page(
        Topic.EMAIL,
        "email",
        icon="mail",
        lead=_("Whose mail goes on a ticket, and what happens to other mail."),
    ),
    Page(
        Topic.ONEOFF,
        "avulsos",
        icon="ticket",
        lead=_("How long a one-off ticket is good, where it is used, and how sales is asked."),
    ),
    Page(
        Topic.APPOINTMENTS,
        "agendamentos",
        icon="calendar-clock",
        lead=_("Length of a training, moving it, not coming, and what meetings are held with."),
    ),
    Page(
        Topic.PAYMENT,
        "pagamento",
        icon="qr-code",
        lead=_("Where a PIX is paid to."),
    ),
    Page(
        Topic.EXCEPTIONS,
        "excecoes",
        icon="users-round",
        lead=_("Exceptions by two people, four eyes on these rules, and who reads how much."),
    ),
    Page(
        Topic.RETENTION,
        "guarda",
        icon="archive",
        lead=_("How many days what is written is kept."),
    ),
    Page(
        Topic.COMPANY,
        "empresa",
        icon="building-2",
        lead=_("How texts and pages name you, your colour and your logo."),
        files=True,
    ),
    Page(
        Topic.PAGE,
        "pagina",
        icon="globe",
        lead=_('Your own text of "How our support works", filled in from these rules.'),
    ),
)
BY_TOPIC = {page.topic: page for page in PAGES}
# Topics with an entry of their own in the menu.
IN_MENU = (Topic.CALENDAR, Topic.SCOPE, Topic.SUSPENSIONS)


def book_of(topic: Topic) -> str:
    """The menu's entry that a page of ``topic`` belongs to."""
    return BY_TOPIC[topic].route if topic in IN_MENU else "rules"
