"""The desk's menu: the lists of tickets, then the books this person keeps or reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from balcao.desk.place import Entry, Place, shown, views
from balcao.policy.access import Actor, Duty, Permission, can, can_enter, may
from balcao.tickets.queries import ViewRow
from balcao.web.addresses import address
from balcao.web.guards import PageRequest
from balcao.web.memory import by_language


@dataclass(frozen=True, slots=True)
class Book:
    """A page of the menu. Any one of ``duties`` opens it, or the ``permission`` over every ticket;
    ``route`` is its address's name. ``asks``: what it counts wants an answer. ``title``: what is
    counted.
    """

    group: str | Promise
    label: str | Promise
    route: str
    icon: str
    duties: tuple[Duty, ...] = ()
    permission: Permission | None = None
    key: str = ""
    asks: bool = False
    title: str | Promise = ""

    def opens_to(self, actor: Actor) -> bool:
        """Whether ``actor`` may open it."""
        if self.permission is not None and can(actor, self.permission, None):
            return True
        return any(may(actor, duty) for duty in self.duties)


_SERVING = gettext_lazy("Serving")
_CUSTOMERS = gettext_lazy("Customers")
_SALES = gettext_lazy("Sales")
_WATCH = gettext_lazy("Supervision")
_RULES = gettext_lazy("Support rules")
_TEAM = gettext_lazy("Team and audit")
# Opened rarely: folded in a long menu, where more than one stands in it.
_FOLDED = (_RULES, _TEAM)
_LONG = 10

# In the order shown, the most used first; books of one group stand together.
BOOKS: tuple[Book, ...] = (
    Book(
        _SERVING,
        gettext_lazy("Calls"),
        "desk_calls",
        icon="phone-call",
        duties=(Duty.TAKE_CALLS, Duty.VIEW_CALLS),
        key="g l",
    ),
    Book(
        _SERVING,
        gettext_lazy("Agenda"),
        "desk_agenda",
        icon="calendar-days",
        duties=(Duty.VIEW_AGENDA, Duty.OWN_AGENDA),
    ),
    Book(
        _SERVING,
        gettext_lazy("Saved replies"),
        "desk_replies",
        icon="message-square-quote",
        duties=(Duty.KEEP_OWN_REPLIES, Duty.KEEP_SAVED_REPLIES),
    ),
    Book(
        _SERVING,
        gettext_lazy("My drafts"),
        "desk_drafts",
        icon="pencil",
        duties=(Duty.KEEP_OWN_REPLIES,),
        asks=True,
        title=gettext_lazy("Replies that were not sent"),
    ),
    Book(
        _SALES,
        gettext_lazy("Sales at a glance"),
        "desk_sales_glance",
        icon="store",
        duties=(Duty.VIEW_SALES,),
        key="g v",
    ),
    Book(
        _SALES,
        gettext_lazy("New sale"),
        "desk_sale_new",
        icon="shopping-cart",
        duties=(Duty.KEEP_SALES,),
    ),
    Book(
        _SALES,
        gettext_lazy("Sales and orders"),
        "desk_sales",
        icon="receipt-text",
        duties=(Duty.VIEW_SALES,),
    ),
    Book(
        _SALES,
        gettext_lazy("Questions about coverage"),
        "desk_questions",
        icon="shield-question-mark",
        duties=(Duty.VIEW_SALES,),
    ),
    Book(
        _SALES,
        gettext_lazy("Expiring one-offs"),
        "desk_expiring",
        icon="hourglass",
        duties=(Duty.VIEW_SALES,),
    ),
    Book(
        _CUSTOMERS,
        _CUSTOMERS,
        "desk_customers",
        "building-2",
        (Duty.VIEW_CUSTOMERS,),
        key="g e",
    ),
    Book(
        _CUSTOMERS,
        gettext_lazy("Contracts and licences"),
        "desk_contracts",
        icon="file-badge",
        duties=(Duty.VIEW_CUSTOMERS,),
    ),
    Book(
        _CUSTOMERS,
        gettext_lazy("Recoveries of access"),
        "desk_recoveries",
        "key-round",
        (Duty.ASK_RECOVERY, Duty.APPROVE_RECOVERY),
    ),
    Book(
        _CUSTOMERS,
        gettext_lazy("Notices"),
        "desk_notices",
        icon="megaphone",
        duties=(Duty.KEEP_NOTICES,),
    ),
    Book(
        _CUSTOMERS,
        gettext_lazy("Opinions"),
        "desk_feedback",
        icon="message-square-heart",
        duties=(Duty.VIEW_FEEDBACK,),
    ),
    Book(
        _WATCH,
        gettext_lazy("Kept mail"),
        "desk_kept",
        icon="mail-warning",
        permission=Permission.VIEW_KEPT_MAIL,
        asks=True,
        title=gettext_lazy("Mail that was kept apart"),
    ),
    Book(
        _WATCH,
        gettext_lazy("Undelivered mail"),
        "desk_undelivered",
        icon="mail-x",
        duties=(Duty.VIEW_UNDELIVERED,),
        asks=True,
        title=gettext_lazy("E-mails that did not arrive"),
    ),
    Book(
        _WATCH,
        gettext_lazy("Refusals"),
        "refusals",
        icon="shield-x",
        duties=(Duty.VIEW_REFUSALS,),
        title=gettext_lazy("Refusals of the last 24 hours"),
    ),
    Book(
        _WATCH,
        gettext_lazy("Exceptions"),
        "exceptions",
        icon="shield-check",
        duties=(Duty.VIEW_EXCEPTIONS, Duty.APPROVE_OVERRIDE),
        asks=True,
        title=gettext_lazy("Exceptions that wait for your answer"),
    ),
    Book(
        _WATCH,
        gettext_lazy("Skips and turns"),
        "desk_skips",
        icon="skip-forward",
        duties=(Duty.VIEW_SKIPS,),
    ),
    Book(_WATCH, gettext_lazy("Time spent"), "desk_times", "timer", (Duty.VIEW_TIMES,)),
    Book(_RULES, gettext_lazy("Support rules"), "rules", icon="scale", duties=(Duty.VIEW_POLICY,)),
    Book(
        _RULES,
        gettext_lazy("Hours and holidays"),
        "rules_calendar",
        icon="calendar-days",
        duties=(Duty.VIEW_POLICY,),
    ),
    Book(
        _RULES,
        gettext_lazy("Services and coverage"),
        "rules_scope",
        icon="table-properties",
        duties=(Duty.VIEW_POLICY,),
    ),
    Book(
        _RULES,
        gettext_lazy("Suspended deadlines"),
        "rules_suspensions",
        icon="circle-pause",
        duties=(Duty.VIEW_POLICY,),
    ),
    Book(
        _RULES,
        gettext_lazy("Products and services"),
        "desk_catalogue",
        icon="package",
        duties=(Duty.KEEP_CATALOGUE,),
    ),
    Book(
        _RULES,
        gettext_lazy("Simulator"),
        "desk_simulator",
        icon="flask-conical",
        duties=(Duty.SIMULATE,),
    ),
    Book(
        _RULES,
        gettext_lazy("Replay"),
        "desk_replay",
        icon="history",
        duties=(Duty.VIEW_POLICY,),
    ),
    Book(_TEAM, gettext_lazy("Absences"), "desk_absences", "moon", (Duty.VIEW_ABSENCES,)),
    Book(_TEAM, gettext_lazy("Team"), "desk_team", "users-round", (Duty.KEEP_TEAM,)),
    Book(
        _TEAM,
        gettext_lazy("The team's access"),
        "desk_team_access",
        icon="shield-check",
        duties=(Duty.KEEP_TEAM,),
    ),
    Book(
        _TEAM,
        gettext_lazy("Mail accounts"),
        "desk_accounts",
        icon="mailbox",
        duties=(Duty.VIEW_MAIL_ACCOUNTS,),
    ),
    Book(
        _TEAM,
        gettext_lazy("Deputies"),
        "desk_deputies",
        "user-round-check",
        (Duty.APPROVE_OVERRIDE, Duty.APPROVE_POLICY),
    ),
    Book(
        _TEAM,
        gettext_lazy("Events"),
        "desk_events",
        icon="scroll-text",
        duties=(Duty.VIEW_EVENTS,),
    ),
)


def menu(
    actor: Actor,
    *,
    place: Place | None = None,
    counts: dict[str, int] | None = None,
    saved: Sequence[ViewRow] = (),
    book: str = "",
) -> tuple[Entry, ...]:
    """All entries of ``actor``; ``place`` or ``book`` (a route) is where they are. ``counts``: by
    view and by route, where they are known. ``saved``: the lists with a name of their own.
    """
    tickets = views(place, counts, saved) if can_enter(actor, "desk") else ()
    return (*tickets, *books(actor, book, counts))


def books(actor: Actor, current: str, counts: dict[str, int] | None = None) -> tuple[Entry, ...]:
    """The entries of the books that ``actor`` may open; rarely used groups are folded."""
    counts, entries = counts or {}, []
    mine = _open_to(actor)
    for group, found in groupby(mine, key=lambda book: book.group):
        rows = list(found)
        here = any(book.route == current for book in rows)
        folds = group in _FOLDED and len(mine) > _LONG and len(rows) > 1
        fold = ("open" if here else "closed") if folds else ""
        entries += [
            _entry(
                book.route,
                counts.get(book.route),
                begins=book is rows[0],
                current=book.route == current,
                fold=fold,
            )
            for book in rows
        ]
    return tuple(entries)


# Roles seldom change, and every page asks: those of 256 people are remembered.
@lru_cache(maxsize=256)
def _open_to(actor: Actor) -> tuple[Book, ...]:
    return tuple(book for book in BOOKS if book.opens_to(actor))


@by_language
def _entry(route: str, found: int | None, *, begins: bool, current: bool, fold: str) -> Entry:
    """The line of a book; ``begins``: it is the first of its group."""
    book = _BY_ROUTE[route]
    return Entry(
        label=str(book.label),
        href=address(route),
        icon=book.icon,
        current=current,
        key=book.key,
        count=shown(found),
        unread=book.asks and bool(found),
        title=str(book.title) if found is not None else "",
        group=str(book.group) if begins else "",
        fold=fold,
    )


_BY_ROUTE = {book.route: book for book in BOOKS}


def show(
    request: PageRequest,
    template: str,
    context: dict[str, object],
    *,
    book: str,
    status: int = 200,
) -> HttpResponse:
    """A page of the desk that is no ticket (it extends web/staff.html), with its menu."""
    return render(
        request, template, {"views": menu(request.actor, book=book), **context}, status=status
    )
