"""What the matrix's world is made of beside its companies: the team's own books and people."""

from dataclasses import dataclass, field
from datetime import timedelta

from balcao.people import actions as people
from balcao.policy.access import Role, TicketScope
from balcao.policy.book.changes import Topic
from balcao.rulebook import actions as rulebook
from balcao.tickets import actions as tickets
from tests import cast
from tests.cast import NOW, acting

HOMES = ("closed", "open", "foreign")


@dataclass(slots=True)
class Making:
    """The world while it is being made."""

    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    scopes: dict[str, TicketScope] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, home: str, value: object) -> None:
        self.ids.setdefault(kind, {})[home] = str(value)


def add_rules(made: Making) -> None:
    """Changes of the rules: two wait for a second person, one is its author's draft."""
    author = acting(cast.an_administrator())
    cast.a_policy_change(Topic.EXCEPTIONS, {"change": {"second_approver": True}})
    for number, home in enumerate(HOMES, start=1):
        change = cast.a_change(author, Topic.TICKETS, {"ticket": {"claim_minutes": number}})
        made.add("change", home, change.pk)
        if home != "foreign":
            rulebook.submit(actor=author, now=NOW, proposal_id=change.pk, reason="Teste")


def add_replies(made: Making) -> None:
    """Saved replies: two that the team shares, and somebody's own."""
    keeper = acting(cast.a_member_of_staff(Role.SUPERVISOR))
    for home in HOMES:
        shared = home != "foreign"
        reply = tickets.save_reply(
            actor=keeper, now=NOW, title=home, shortcut=home, body="Vamos ver.", shared=shared
        )
        made.add("saved_reply", home, reply.pk)


def add_employee(made: Making, home: str) -> None:
    """Somebody of the staff, who stands in for a supervisor."""
    employee = cast.a_member_of_staff(Role.AGENT, name="Nair Paiva")
    deputy = people.name_deputy(
        actor=acting(cast.a_member_of_staff(Role.SUPERVISOR)),
        now=NOW,
        deputy_id=employee.pk,
        role=Role.SUPERVISOR,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
    )
    made.add("employee", home, employee.pk)
    made.add("deputy", home, deputy.pk)
