"""The named cast of the tests, made through the real actions.

Every builder makes what it needs and nothing is shared between tests: a fresh organisation each, so
that nothing has to be flushed. ``NOW`` is a Friday noon in Recife's business hours.
"""

import email
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.test import Client

from balcao.channels.models import Delivery
from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import Contract, Licence
from balcao.people import actions as people
from balcao.people.actions.second_factor import TOTP_STEP
from balcao.people.models import Organisation, Unit, User
from balcao.people.queries import actor_for
from balcao.policy.access import SYSTEM, Actor, Role
from balcao.policy.book import Policy, parse
from balcao.policy.book.changes import Topic, part_of
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.policy.override import Wanted
from balcao.rulebook import actions as rulebook
from balcao.rulebook.models import PolicyVersion, Proposal
from balcao.rulebook.queries import version
from balcao.server.install import install
from balcao.tickets import actions as tickets
from balcao.tickets.models import Message, Override, Queue, Ticket
from balcao.web.guards import PROVEN

NOW = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 13)
PASSWORD = "balcao-teste-2026"
YEAR = timedelta(days=365)


def an_installation() -> None:
    """The shipped policy, the default queue and the services; once a database."""
    install(now=NOW)


def a_document(changes: Mapping[str, object]) -> dict[str, Any]:
    """The shipped policy's document with fields replaced: ``{"sla.clock": "business"}``."""
    document: dict[str, Any] = rulebook.shipped_document()
    for path, value in changes.items():
        *tables, key = path.split(".")
        table = document
        for name in tables:
            table = table.setdefault(name, {})
        table[key] = value
    return document


def a_draft(changes: Mapping[str, object]) -> Policy:
    """A policy that nobody has saved."""
    return parse(a_document(changes), version=99)


def a_policy_in_force(changes: Mapping[str, object]) -> Policy:
    """The next version of the policy, saved."""
    row = rulebook.save(a_document(changes), reason="Teste", actor=SYSTEM, now=NOW)
    return version(row.number)


@dataclass(frozen=True, slots=True)
class Customer:
    """A registered contact of an organisation, with what entitles it."""

    user: User
    organisation: Organisation
    contract: Contract | None
    licence: Licence | None
    address: str

    @property
    def actor(self) -> Actor:
        """Read anew, as every request does."""
        return actor_for(User.objects.get(pk=self.user.pk), now=NOW)


def an_organisation(*, members_see_all: bool = False) -> Organisation:
    return people.register_organisation(
        actor=SYSTEM,
        now=NOW,
        name=f"Empresa {secrets.token_hex(4)}",
        members_see_all=members_see_all,
    )


def a_contact(
    organisation: Organisation,
    *,
    name: str = "Ana Lima",
    is_admin: bool = False,
    unit: Unit | None = None,
    domain: str = "cliente.example",
) -> tuple[User, str]:
    """A person who acts for ``organisation``, and their registered address."""
    address = f"contato-{secrets.token_hex(4)}@{domain}"
    user = people.register_person(
        actor=SYSTEM, now=NOW, name=name, password=PASSWORD, address=address
    )
    people.join(
        actor=SYSTEM, now=NOW, user=user, organisation=organisation, is_admin=is_admin, unit=unit
    )
    return user, address


def a_contract(
    organisation: Organisation,
    *,
    kind: str = "saas",
    ends: date | None = TODAY + YEAR,
    suspended: bool = False,
) -> Contract:
    return entitlements.register_contract(
        actor=SYSTEM,
        now=NOW,
        organisation=organisation,
        kind=kind,
        reference=f"C-{secrets.token_hex(3)}",
        starts=TODAY - 2 * YEAR,
        ends=ends,
        suspended=suspended,
    )


def a_licence(
    organisation: Organisation,
    *,
    contract: Contract | None = None,
    valid_until: date | None = TODAY + YEAR,
) -> Licence:
    product = entitlements.register_product(
        actor=SYSTEM, now=NOW, name="Tarifador Direction", slug="tarifador"
    )
    return entitlements.register_licence(
        actor=SYSTEM,
        now=NOW,
        organisation=organisation,
        product=product,
        key=f"DIR-{secrets.token_hex(8)}",
        valid_from=TODAY - 2 * YEAR,
        valid_until=valid_until,
        contract=contract,
    )


def a_customer(
    *,
    contract_ends: date | None = TODAY + YEAR,
    licence_until: date | None = TODAY + YEAR,
    suspended: bool = False,
    with_contract: bool = True,
    with_licence: bool = True,
    members_see_all: bool = False,
    is_admin: bool = False,
    name: str = "Ana Lima",
    domain: str = "cliente.example",
) -> Customer:
    """A customer with an active contract and a valid licence, unless told otherwise."""
    organisation = an_organisation(members_see_all=members_see_all)
    user, address = a_contact(organisation, name=name, is_admin=is_admin, domain=domain)
    contract = (
        a_contract(organisation, ends=contract_ends, suspended=suspended) if with_contract else None
    )
    licence = (
        a_licence(organisation, contract=contract, valid_until=licence_until)
        if with_licence
        else None
    )
    return Customer(user, organisation, contract, licence, address)


def a_unit(customer: Customer) -> Unit:
    return people.save_unit(
        actor=SYSTEM,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name=f"Filial {secrets.token_hex(3)}",
    )


def a_colleague(
    customer: Customer, *, is_admin: bool = False, unit: Unit | None = None
) -> Customer:
    """Another contact of the same organisation, perhaps at one of its units."""
    user, address = a_contact(
        customer.organisation, name="Bruno Reis", is_admin=is_admin, unit=unit
    )
    return Customer(user, customer.organisation, customer.contract, customer.licence, address)


def the_queue() -> Queue:
    """The default queue every installation has."""
    return Queue.objects.get(is_default=True)


def a_queue() -> Queue:
    """A queue of the test's own, so that its line holds no other test's tickets."""
    slug = f"fila-{secrets.token_hex(4)}"
    return tickets.create_queue(actor=SYSTEM, now=NOW, name=slug, slug=slug)


def a_member_of_staff(
    *roles: Role, queues: tuple[Queue, ...] = (), name: str = "Carla Souza"
) -> User:
    user = people.register_person(
        actor=SYSTEM,
        now=NOW,
        name=name,
        password=PASSWORD,
        address=f"equipe-{secrets.token_hex(4)}@suporte.example",
        roles=roles,
    )
    for queue in queues:
        queue.members.add(user)
    return user


def an_agent(*queues: Queue, name: str = "Carla Souza") -> User:
    """An agent of the given queues, or of the default one."""
    return a_member_of_staff(Role.AGENT, queues=queues or (the_queue(),), name=name)


def an_administrator(*, name: str = "Rita Prado") -> User:
    return a_member_of_staff(Role.ADMINISTRATOR, name=name)


def a_change(
    actor: Actor, topic: Topic, tables: Mapping[str, Mapping[str, object]], *, now: datetime = NOW
) -> Proposal:
    """A draft of ``topic`` made from the version in force: each table with these keys replaced."""
    base = PolicyVersion.objects.latest("number")
    part = {name: {**base.document[name], **table} for name, table in tables.items()}
    return rulebook.draft(
        actor=actor,
        now=now,
        topic=topic,
        made_from=base.number,
        tables={**part_of(base.document, topic), **part},
    )


def a_policy_change(
    topic: Topic, tables: Mapping[str, Mapping[str, object]], *, now: datetime = NOW
) -> PolicyVersion:
    """The next version of the policy, saved by an administrator."""
    actor = acting(an_administrator())
    change = a_change(actor, topic, tables, now=now)
    saved = rulebook.submit(actor=actor, now=now, proposal_id=change.pk, reason="Ajuste")
    assert saved.version
    return saved.version


def a_supervisor(*, name: str = "Nina Prado") -> User:
    return a_member_of_staff(Role.SUPERVISOR, name=name)


def an_override(
    customer: Customer,
    *,
    rules: tuple[str, ...] = ("S5",),
    begins: datetime = NOW,
    ends: datetime = NOW + timedelta(days=1),
    ticket: Ticket | None = None,
    door: Door | None = None,
    service: str | None = None,
    asker: User | None = None,
    now: datetime = NOW,
    approved: bool = True,
) -> Override:
    """An exception for the customer's organisation, approved by a second supervisor."""
    row = tickets.ask_override(
        actor=acting(asker or a_supervisor()),
        now=now,
        organisation_id=customer.organisation.pk,
        wanted=Wanted(rules=rules, begins=begins, ends=ends, reason="Renovação em andamento."),
        key=secrets.token_hex(16),
        ticket_id=ticket.pk if ticket else None,
        door=door,
        service=service,
    )
    if not approved:
        return row
    return tickets.answer_override(
        actor=acting(a_supervisor(name="Otto Braga")), now=now, override_id=row.pk, approve=True
    )


def acting(user: User, *, now: datetime = NOW) -> Actor:
    """Who the person is at ``now``, read anew."""
    return actor_for(User.objects.get(pk=user.pk), now=now)


def a_ticket(
    customer: Customer,
    *,
    now: datetime = NOW,
    subject: str = "O tarifador não grava as ligações",
    body: str = "Desde ontem nenhuma ligação aparece no relatório.",
    service: str = "incident",
    queue: Queue | None = None,
    key: str | None = None,
) -> Ticket:
    """A ticket opened by the customer through the gate, in ``queue`` when given."""
    ticket = tickets.open_ticket(
        actor=customer.actor,
        now=now,
        organisation_id=customer.organisation.pk,
        service=service,
        licence_id=customer.licence.pk if customer.licence else None,
        subject=subject,
        body=body,
        key=key or secrets.token_hex(16),
    )
    if queue is not None:
        Ticket.objects.filter(pk=ticket.pk).update(queue=queue)
        ticket.refresh_from_db()
    return ticket


def an_answer(
    ticket: Ticket,
    agent: User,
    *,
    now: datetime = NOW + timedelta(hours=1),
    body: str = "Vamos verificar agora.",
    then: Verb | None = None,
) -> Message:
    """A public reply by ``agent``."""
    return tickets.staff_reply(
        actor=acting(agent),
        now=now,
        ticket_id=ticket.pk,
        body=body,
        key=secrets.token_hex(16),
        then=then,
    )


def app_code(secret: str, now: datetime) -> str:
    """What an authenticator app that holds ``secret`` shows."""
    return str(format_hotp_value(hotp_value(secret, int(now.timestamp()) // TOTP_STEP)))


def a_second_factor(user: User, *, now: datetime = NOW) -> str:
    """An authenticator app of ``user``; the secret it holds."""
    secret = str(generate_totp_secret())
    code = app_code(secret, now)
    assert people.add_factor(now=now, user_id=user.pk, secret=secret, code=code)
    return secret


def mail_text(delivery: Delivery) -> str:
    """The text of a mail as it left: the database forgets one that holds a link."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", delivery.mail_id.strip("<>"))
    file = Path(settings.DATA) / "mail" / f"{name}.eml"
    mail = email.message_from_bytes(file.read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def signed_in(user: User, *, csrf: bool = False) -> Client:
    """A browser in which ``user`` is signed in, with the second factor that staff need (A9)."""
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    session = client.session
    session[PROVEN] = "totp"
    session.save()
    return client


def nights(count: int = 100) -> list[datetime]:
    """Moments between 00:00 and 03:00 UTC, when it is still the day before in Recife."""
    first = datetime(2026, 11, 14, tzinfo=UTC)
    edges = (0, 1, 59, 90, 178, 179)
    return [
        first + timedelta(days=place * 3, minutes=edges[place % len(edges)])
        for place in range(count)
    ]
