"""The desk's menu: the lists of tickets, then the books this person keeps or reads."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from balcao.desk.place import Entry, Place, views
from balcao.policy.access import Actor, Duty, can_enter, may
from balcao.tickets.queries import View
from balcao.web.guards import PageRequest


@dataclass(frozen=True, slots=True)
class Book:
    """A page of the menu. Any one of ``duties`` opens it; ``route`` is its address's name."""

    group: str | Promise
    label: str | Promise
    route: str
    icon: str
    duties: tuple[Duty, ...]


_TEAM = gettext_lazy("Team")

# In the order shown; books of one group stand together.
_RULES = gettext_lazy("Support rules")
_CUSTOMERS = gettext_lazy("Customers")
_WATCH = gettext_lazy("Supervision")
_PUBLISHED = gettext_lazy("To customers")
BOOKS: tuple[Book, ...] = (
    Book(_CUSTOMERS, _CUSTOMERS, "desk_customers", "building-2", (Duty.VIEW_CUSTOMERS,)),
    Book(
        _CUSTOMERS,
        gettext_lazy("Recoveries of access"),
        "desk_recoveries",
        "key-round",
        (Duty.ASK_RECOVERY, Duty.APPROVE_RECOVERY),
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
        gettext_lazy("Products and services"),
        "desk_catalogue",
        icon="package",
        duties=(Duty.KEEP_CATALOGUE,),
    ),
    Book(
        _WATCH,
        gettext_lazy("Refusals"),
        "refusals",
        icon="shield-x",
        duties=(Duty.VIEW_REFUSALS,),
    ),
    Book(
        _WATCH,
        gettext_lazy("Exceptions"),
        "exceptions",
        icon="shield-check",
        duties=(Duty.VIEW_EXCEPTIONS, Duty.APPROVE_OVERRIDE),
    ),
    Book(
        _PUBLISHED,
        gettext_lazy("Notices"),
        "desk_notices",
        icon="megaphone",
        duties=(Duty.KEEP_NOTICES,),
    ),
    Book(
        _PUBLISHED,
        gettext_lazy("Opinions"),
        "desk_feedback",
        icon="message-square-heart",
        duties=(Duty.VIEW_FEEDBACK,),
    ),
    Book(_RULES, gettext_lazy("Support rules"), "rules", icon="scale", duties=(Duty.VIEW_POLICY,)),
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
        gettext_lazy("Audit"),
        gettext_lazy("Events"),
        "desk_events",
        icon="scroll-text",
        duties=(Duty.VIEW_EVENTS,),
    ),
    Book(_TEAM, _TEAM, "desk_team", "users-round", (Duty.KEEP_TEAM,)),
    Book(_TEAM, gettext_lazy("Absences"), "desk_absences", "moon", (Duty.VIEW_ABSENCES,)),
    Book(
        _TEAM,
        gettext_lazy("The team's access"),
        "desk_team_access",
        icon="shield-check",
        duties=(Duty.KEEP_TEAM,),
    ),
    Book(
        _TEAM,
        gettext_lazy("Deputies"),
        "desk_deputies",
        "user-round-check",
        (Duty.APPROVE_OVERRIDE, Duty.APPROVE_POLICY),
    ),
)


def menu(
    actor: Actor,
    *,
    place: Place | None = None,
    counts: dict[View, int] | None = None,
    book: str = "",
) -> list[Entry]:
    """All entries of ``actor``; ``place`` or ``book`` (a route) is where they are."""
    tickets = views(place, counts) if can_enter(actor, "desk") else []
    return [*tickets, *books(actor, book)]


def books(actor: Actor, current: str) -> list[Entry]:
    """The entries of the books that ``actor`` may open."""
    entries, group = [], ""
    for book in BOOKS:
        if not any(may(actor, duty) for duty in book.duties):
            continue
        heading = "" if str(book.group) == group else str(book.group)
        group = str(book.group)
        entries.append(
            Entry(
                label=str(book.label),
                href=reverse(book.route),
                icon=book.icon,
                current=book.route == current,
                group=heading,
            )
        )
    return entries


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
