"""What an action on a ticket is, and what is asked about it."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from balcao.desk import reserving
from balcao.desk.place import Place
from balcao.desk.serving import Serving
from balcao.policy import access, lifecycle
from balcao.policy.access import Permission, TicketScope
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.queries import Ticket
from balcao.web import words
from balcao.web.addresses import address
from balcao.web.guards import PageRequest

# "get" leads to the address; "post" sends our token there and nothing else; "press" presses what
# carries the same key (data-key) on the page.
Method = Literal["get", "post", "press"]
# Where the page shows it; "page": it stands elsewhere on the page, so only the palette lists it.
Spot = Literal["head", "menu", "page"]


@dataclass(frozen=True, slots=True)
class Offered:
    """One action. With a ``reason`` it cannot be done now. ``key``: the letter that presses it.

    ``way``: what has to be done there, where its name does not say it.
    """

    code: str
    label: str
    icon: str
    key: str = ""
    address: str = ""
    method: Method = "get"
    reason: str = ""
    spot: Spot = "menu"
    way: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """What a reply may do besides; with a ``reason`` it may not."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """The list in its order, and what the composer asks of it."""

    listed: tuple[Offered, ...]
    wait: After
    resolve_after: After

    def named(self, code: str) -> Offered | None:
        """The action with this code; None: not the actor's to do."""
        return next((each for each in self.listed if each.code == code), None)

    @property
    def reply(self) -> Offered | None:
        return self.named("reply")

    @property
    def note(self) -> Offered | None:
        return self.named("note")

    @property
    def head(self) -> list[Offered]:
        """The buttons in plain sight, some with the reason why not."""
        return [each for each in self.listed if each.spot == "head"]

    @property
    def menu(self) -> list[Offered]:
        """What "More" can do now."""
        return [each for each in self.listed if each.spot == "menu" and not each.reason]

    @property
    def not_now(self) -> list[Offered]:
        """What "More" could do at another time."""
        return [each for each in self.listed if each.spot == "menu" and each.reason]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every action is asked about. ``serving``: None for who may not reply at all.

    ``covered``: whether the ticket's customer is.
    """

    request: PageRequest
    ticket: Ticket
    scope: TicketScope
    place: Place
    serving: Serving | None
    covered: bool

    @property
    def state(self) -> State:
        return State(self.ticket.state)

    @property
    def is_open(self) -> bool:
        return self.state in lifecycle.OPEN_STATES

    @property
    def state_reason(self) -> str:
        state = words.state(self.ticket.state, staff=True).text
        return _("Not possible while the ticket is “%(state)s”.") % {"state": state}

    @property
    def reserved(self) -> str:
        """For whom it is reserved and until when, where that forbids what ends or moves it."""
        return reserving.against(self.ticket, self.request.actor, now=self.request.now)

    def can(self, permission: Permission) -> bool:
        return access.can(self.request.actor, permission, self.scope)

    def can_move(self, verb: Verb) -> bool:
        return access.can_move(self.request.actor, verb, self.scope)

    def leads(self, verb: Verb) -> bool:
        previous = State(self.ticket.previous_state) if self.ticket.previous_state else None
        late = lifecycle.too_late(verb, started=self.ticket.started_at is not None)
        return not late and lifecycle.next_state(self.state, verb, previous=previous) is not None

    def at(self, route: str, **query: str) -> str:
        """The address of a ticket's route, with the list it is read beside."""
        more = f"&{urlencode(query)}" if query else ""
        return f"{address(route, self.ticket.number)}{self.place.query}{more}"
