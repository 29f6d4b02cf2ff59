"""A small world for the matrix: three customers, people of every kind, objects, tell-tale words.

Whose an object is: "closed" belongs to a company whose people see their own tickets only, "open" to
one whose people see each other's, "foreign" to a third. Everybody is at home in one of the first
two. Each company's tickets, notes and register hold a word found nowhere else.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models

from balcao.channels import intake
from balcao.files import actions as files
from balcao.people import actions as people
from balcao.people.models import Organisation, User
from balcao.people.queries import actor_for
from balcao.policy import access
from balcao.policy.access import ANONYMOUS, SYSTEM, Actor, Duty, Permission, Role, TicketScope
from balcao.tickets import actions as tickets
from balcao.tickets.models import Queue, Ticket
from balcao.tickets.queries import scope_of
from tests import cast
from tests.cast import NOW, Customer, acting
from tests.cast_calls import a_call, a_proposal
from tests.contract.matrix.making import HOMES, Making, add_employee, add_replies, add_rules
from tests.sales import an_enquiry, an_order

TICKET_WORDS = {"closed": "cedroverde", "open": "ipeamarelo", "foreign": "umbuzeiro"}
NOTE_WORDS = {"closed": "jatobanegro", "open": "sucupirapreta", "foreign": "angicovermelho"}
REGISTER_WORDS = {"closed": "caatingabranca", "open": "mataatlantica", "foreign": "zonadamata"}
SECRET = "senha-da-matriz-2026"
PHONE = "+558121219700"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Persona:
    """One kind of person: their browser's session, who they are to the policy, where at home."""

    name: str
    actor: Actor
    home: str
    session: str


@dataclass(frozen=True, slots=True)
class World:
    """What the matrix asks about. ``ids``: kind -> home -> what stands in an address or a form."""

    personas: dict[str, Persona]
    ids: dict[str, dict[str, str]]
    scopes: dict[str, TicketScope]
    organisations: dict[str, int]
    foreign: dict[type[models.Model], list[Any]]
    before: list[Any] = field(default_factory=list)

    def foreign_rows(self) -> list[Any]:
        """All foreign rows as they stand; ``before``: as they were made."""
        return [
            list(model._default_manager.filter(pk__in=pks).order_by("pk").values())
            for model, pks in self.foreign.items()
        ]

    def sees(self, who: Persona, kind: str, home: str) -> bool:
        """Whether the object exists for this person, once the route's guard let them in."""
        return SEES[kind](self, who, home)

    def may(self, who: Persona, permission: str, home: str) -> bool:
        """Whether the one table of policy.access lets them do this to the ticket of ``home``.

        Without a home: whether they may do it at all.
        """
        scope = self.scopes[home] if home else None
        return access.can(who.actor, Permission(permission), scope)

    def forbidden(self, who: Persona) -> tuple[str, ...]:
        """The words that no answer to this person may hold."""
        found = []
        for home in HOMES:
            if not self.may(who, "view", home):
                found.append(TICKET_WORDS[home])
            if not self.may(who, "view_notes", home):
                found.append(NOTE_WORDS[home])
            ours = self.organisations[home] in who.actor.organisations
            if not ours and not who.actor.is_staff:
                found.append(REGISTER_WORDS[home])
        return tuple(found)


Rule = Callable[[World, Persona, str], bool]


def _ticket(world: World, who: Persona, home: str) -> bool:
    return world.may(who, "view", home)


def _customers(world: World, who: Persona, home: str) -> bool:
    """The staff's books hold every customer; a customer's person sees their own companies."""
    return who.actor.is_staff or world.organisations[home] in who.actor.organisations


def _staffs(_world: World, who: Persona, _home: str) -> bool:
    """The catalogue is the vendor's."""
    return who.actor.is_staff


def _opener(_world: World, who: Persona, home: str) -> bool:
    return who.name == "contact" and home == "closed"


def _change(_world: World, who: Persona, home: str) -> bool:
    """A change of the rules that waits is for all who read them; "foreign" is somebody's draft."""
    return home != "foreign" and access.may(who.actor, Duty.VIEW_POLICY)


def _administered(world: World, who: Persona, home: str) -> bool:
    return world.organisations[home] in who.actor.admin_of


def _order(world: World, who: Persona, home: str) -> bool:
    """Those who read sales, who ordered it, and who sees all of the company that did."""
    all_of = who.actor.admin_of | who.actor.sees_all_of
    return (
        access.may(who.actor, Duty.VIEW_SALES)
        or _opener(world, who, home)
        or world.organisations[home] in all_of
    )


SEES: dict[str, Rule] = {
    "ticket": _ticket,
    "file": _ticket,
    "written": _ticket,
    "note_file": lambda world, who, home: world.may(who, "view_notes", home),
    "draft": _opener,
    "proposal": _opener,
    "call": lambda _world, who, _home: access.may(who.actor, Duty.VIEW_CALLS),
    "typed": lambda _world, who, _home: access.may(who.actor, Duty.VIEW_CALLS),
    "organisation": _customers,
    "licence": _customers,
    "change": _change,
    "contract": _customers,
    "product": _staffs,
    "service": _staffs,
    "unit": _customers,
    "own_company": _administered,
    "employee": _staffs,
    "deputy": _staffs,
    "member": _customers,
    "phone": _customers,
    "my_phone": lambda _world, _who, _home: False,  # it is their colleague's
    "recovery": _customers,
    "company_mail": _administered,
    "kept": lambda world, who, home: world.may(who, "view_kept_mail", ""),
    "saved_reply": lambda _world, who, home: who.actor.is_staff and home != "foreign",
    "exception": lambda world, who, home: access.may(who.actor, Duty.VIEW_EXCEPTIONS),
    "order": _order,
    "enquiry": lambda _world, who, _home: access.may(who.actor, Duty.VIEW_SALES),
}
"""Kind of object -> whether it exists for a person. A new kind: a rule here, its ids in build()."""


def build() -> World:
    """Make everybody and everything through the real actions."""
    cast.an_installation()
    made = Making()
    queues = {home: cast.a_queue() for home in HOMES}
    contacts = {home: _company(made, home, queues[home]) for home in ("closed", "open")}
    before = _rows()
    _company(made, "foreign", queues["foreign"])
    add_rules(made)
    add_replies(made)
    foreign = {model: sorted(after - before[model]) for model, after in _rows().items()}
    world = World(
        personas=_personas(contacts["closed"], contacts["open"], queues),
        ids=made.ids,
        scopes=made.scopes,
        organisations=made.organisations,
        foreign={model: pks for model, pks in foreign.items() if pks},
    )
    return replace(world, before=world.foreign_rows())


def _rows() -> dict[type[models.Model], set[Any]]:
    """The keys of all rows of our own tables."""
    ours = [one for one in apps.get_models() if one.__module__.startswith("balcao.")]
    return {model: set(model._default_manager.values_list("pk", flat=True)) for model in ours}


def _company(made: Making, home: str, queue: Queue) -> Customer:
    """A customer with a ticket in ``queue``, a note, files and a draft."""
    word = REGISTER_WORDS[home]
    organisation = people.register_organisation(
        actor=SYSTEM, now=NOW, name=f"Usina {word}", members_see_all=home == "open"
    )
    user, address = cast.a_contact(organisation, name=f"Davi {word}")
    contract = cast.a_contract(organisation)
    licence = cast.a_licence(organisation, contract=contract)
    customer = Customer(user, organisation, contract, licence, address)
    ticket = cast.a_ticket(customer, subject=TICKET_WORDS[home], body=TICKET_WORDS[home])
    Ticket.objects.filter(pk=ticket.pk).update(queue=queue)
    ticket.refresh_from_db()
    _colleague(made, home, organisation)
    made.organisations[home] = organisation.pk
    made.scopes[home] = scope_of(ticket)
    made.add("organisation", home, organisation.pk)
    made.add("own_company", home, organisation.pk)
    made.add("licence", home, licence.pk)
    made.add("contract", home, contract.pk)
    made.add("product", home, licence.product_id)
    made.add("service", home, ticket.service_id)
    made.add("ticket", home, ticket.number)
    _write(made, home, ticket, customer)
    key = secrets.token_hex(16)
    tickets.save_draft(
        actor=customer.actor,
        now=NOW,
        key=key,
        subject=TICKET_WORDS[home],
        body=TICKET_WORDS[home],
        organisation_id=organisation.pk,
    )
    made.add("draft", home, key)
    proposal = a_proposal(cast.an_agent(), customer).pk
    made.add("proposal", home, proposal)
    made.add("typed", home, proposal)
    made.add("call", home, a_call(cast.an_agent(), customer).pk)
    made.add("exception", home, cast.an_override(customer, approved=False).pk)
    made.add("order", home, an_order(customer).pk)
    made.add("enquiry", home, an_enquiry(customer).pk)
    kept = _kept_mail(customer, TICKET_WORDS[home])
    made.add("kept", home, kept)
    made.add("company_mail", home, kept)
    return customer


def _kept_mail(customer: Customer, word: str) -> int:
    """Mail that claims to be the contact's and cannot prove it."""
    lines = (
        f"From: {customer.address}",
        f"Subject: {word}",
        f"Message-ID: <{word}@x.example>",
        "",
        word,
    )
    return intake.receive("\r\n".join(lines).encode(), now=NOW).inbound


def _colleague(made: Making, home: str, organisation: Organisation) -> None:
    """Another person of the company, with a telephone and a recovery under way, and a branch."""
    word = REGISTER_WORDS[home]
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=organisation.pk,
        name=organisation.name,
        tax_id=None,
        reference=None,
        phone=PHONE,
    )
    unit = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=organisation.pk, name=word)
    member, _address = cast.a_contact(organisation, name=f"Rute {word}")
    phone = people.add_phone(actor=SYSTEM, now=NOW, user_id=member.pk, number="81 98765-4321")
    recovery = people.ask_address_recovery(
        actor=acting(cast.a_member_of_staff(Role.SALES)),
        now=NOW,
        user_id=member.pk,
        address=f"{word}@outro.example",
        called=PHONE,
        evidence=word,
    )
    add_employee(made, home)
    for kind, row in (("unit", unit), ("member", member), ("phone", phone), ("recovery", recovery)):
        made.add(kind, home, row.pk)
    made.add("my_phone", home, phone.pk)


def _write(made: Making, home: str, ticket: Ticket, customer: Customer) -> None:
    """A message and a note, each with a file."""
    for kind, word in (("file", TICKET_WORDS[home]), ("note_file", NOTE_WORDS[home])):
        file = files.store(word.encode(), name=f"{word}.txt", now=NOW)
        made.add(kind, home, file.pk)
        said: Any = {"ticket_id": ticket.pk, "body": word, "key": word, "files": [file], "now": NOW}
        if kind == "file":
            html = f"<p>{word}</p>"
            message = tickets.customer_message(actor=customer.actor, html=html, **said)
            made.add("written", home, message.pk)
            continue
        author = cast.a_member_of_staff(Role.SUPERVISOR, name="Nina Prado")
        tickets.note(actor=acting(author), **said)


def _personas(closed: Customer, shared: Customer, queues: dict[str, Queue]) -> dict[str, Persona]:
    """Everybody who may come to an address, signed in."""
    outside = cast.an_organisation()
    elsewhere = cast.a_queue()
    users: dict[str, tuple[User, str]] = {
        "contact": (closed.user, "closed"),
        "colleague": (_joined(closed.organisation), "closed"),
        "colleague_seeing_all": (_joined(shared.organisation), "open"),
        "org_admin": (_joined(closed.organisation, is_admin=True), "closed"),
        "outsider": (_joined(outside, is_admin=True), "closed"),
        "former_contact": (_left(closed.organisation), "closed"),
        "agent": (cast.an_agent(queues["closed"]), "closed"),
        "agent_elsewhere": (cast.an_agent(elsewhere), "closed"),
        **{
            role.value: (cast.a_member_of_staff(role), "closed")
            for role in (Role.SALES, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
        },
        "deactivated": (cast.an_agent(queues["closed"]), "closed"),
    }
    sessions = {name: _session(user) for name, (user, _home) in users.items()}
    people.deactivate(actor=SYSTEM, now=NOW, user=users["deactivated"][0])
    found = {
        name: Persona(name, actor_for(User.objects.get(pk=user.pk)), home, sessions[name])
        for name, (user, home) in users.items()
    }
    gone = found["deactivated"]
    found["deactivated"] = Persona(gone.name, ANONYMOUS, gone.home, gone.session)
    found["anonymous"] = Persona("anonymous", ANONYMOUS, "closed", "")
    return found


PERSONAS = (
    "anonymous",
    "contact",
    "colleague",
    "colleague_seeing_all",
    "org_admin",
    "outsider",
    "former_contact",
    "agent",
    "agent_elsewhere",
    "sales",
    "supervisor",
    "administrator",
    "auditor",
    "deactivated",
)
"""Everybody of ``build``, named here so that the tests exist before the world does."""


def _joined(organisation: Organisation, *, is_admin: bool = False) -> User:
    return cast.a_contact(organisation, name="Lia Melo", is_admin=is_admin)[0]


def _left(organisation: Organisation) -> User:
    user = _joined(organisation)
    people.leave(actor=SYSTEM, now=NOW, user=user, organisation=organisation)
    return user


def _session(user: User) -> str:
    """The cookie of somebody signed in."""
    return cast.signed_in(user).cookies["balcao_session"].value
