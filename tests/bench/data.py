"""The data of the bench: as many tickets as asked for, written in bulk.

200 tickets a customer, three messages each, one ticket in five open, five queues, ten agents. The
rows are those the actions write, without the work of writing them one by one.
"""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from balcao.entitlements.models import Contract, Licence, Service
from balcao.events.models import Event
from balcao.events.queue import run_pending
from balcao.events.sealing import seal_due
from balcao.people.models import Address, User
from balcao.policy.access import SYSTEM
from balcao.policy.numbers import make_number
from balcao.server.install import install
from balcao.tickets import actions as tickets
from balcao.tickets.actions.indexing import index_messages
from balcao.tickets.models import Deadline, Message, Queue, StateSpan, Ticket
from tests.cast import Customer, a_customer, an_agent

TICKETS_A_CUSTOMER = 200
MESSAGES = 3
QUEUES = 5
AGENTS = 10
SPAN = timedelta(days=730)
BATCH = 2000
RARE = "paralelepipedo"
"""A word that stands in one message of two hundred, as the search of the bench looks for."""

_RARELY = 0.005
_STATES = ((0.08, "open"), (0.16, "in_service"), (0.19, "waiting_customer"), (0.2, "waiting_third"))
_SYLLABLES = (
    "ra mal li ga ta ri fa cen tral tron co ser vi dor se nha fal gra va usu con fi gu re de si nal"
    " cha ma da e qui pa men to ins la er ro te do por que com na um os"
).split()


@dataclass(frozen=True, slots=True)
class Scene:
    """Who the bench acts as, and which tickets they act on."""

    agent: User
    customer: Customer
    open_numbers: tuple[str, ...]
    customer_numbers: tuple[str, ...]
    tickets: int


def prepare(count: int, *, now: datetime) -> Scene:
    """Fill an empty, migrated database and return the scene. ``now``: the newest moment in it."""
    install(now=now)
    run_pending(now)
    chance = random.Random(4827)  # the same data every time
    queues = [
        tickets.create_queue(actor=SYSTEM, now=now, name=f"Fila {n}", slug=f"fila-{n}")
        for n in range(QUEUES)
    ]
    agents = [an_agent(*queues) for _ in range(AGENTS)]
    customers = [a_customer() for _ in range(max(1, count // TICKETS_A_CUSTOMER))]
    phrases = _phrases(chance)
    made: list[Ticket] = []
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        made += _batch(start, size, count, customers, queues, agents, chance, now, phrases)
    _finish(now)
    mine = [row for row in made if row.opener_id == customers[0].user.pk]
    return Scene(
        agent=agents[0],
        customer=customers[0],
        open_numbers=tuple(row.number for row in made if row.state == "in_service")[-500:],
        customer_numbers=tuple(row.number for row in mine if row.state == "in_service"),
        tickets=count,
    )


def _finish(now: datetime) -> None:
    """What a desk has done by the next day: every text found by its words, every event sealed."""
    below: int | None = None
    while (below := index_messages(below=below)) is not None:
        pass
    while seal_due(now):
        pass


def _batch(
    start: int,
    size: int,
    count: int,
    customers: list[Customer],
    queues: list[Queue],
    agents: list[User],
    chance: random.Random,
    now: datetime,
    phrases: list[str],
) -> list[Ticket]:
    service = Service.objects.get(slug="incident")
    rows = []
    for n in range(start, start + size):
        customer = customers[n % len(customers)]
        submitted = now - SPAN + SPAN * (n / count)
        rows.append(
            _ticket(
                customer,
                service,
                chance.choice(queues),
                chance.choice(agents),
                submitted,
                n,
                chance,
                phrases,
            )
        )
    Ticket.objects.bulk_create(rows)
    Message.objects.bulk_create(
        (message for row in rows for message in _messages(row, chance, phrases)), batch_size=1000
    )
    StateSpan.objects.bulk_create(
        (StateSpan(ticket=row, state=row.state, began=row.submitted_at) for row in rows),
        batch_size=1000,
    )
    Deadline.objects.bulk_create((d for row in rows for d in _deadlines(row, now)), batch_size=1000)
    Event.objects.bulk_create((e for row in rows for e in _events(row)), batch_size=1000)
    return rows


def _ticket(
    customer: Customer,
    service: Service,
    queue: Queue,
    agent: User,
    submitted: datetime,
    place: int,
    chance: random.Random,
    phrases: list[str],
) -> Ticket:
    roll = chance.random()
    state = next((name for below, name in _STATES if roll < below), "closed")
    contract: Contract | None = customer.contract
    licence: Licence | None = customer.licence
    return Ticket(
        number=make_number(f"{place * 7919 % 10**9:09d}"),
        subject=_text(chance, phrases, 50),
        organisation=customer.organisation,
        opener=customer.user,
        queue=queue,
        service=service,
        contract=contract,
        licence=licence,
        kind="saas",
        door="portal",
        state=state,
        assignee=None if state == "open" else agent,
        opening_key=secrets.token_hex(16),
        policy_version=1,
        submitted_at=submitted,
        started_at=None if state == "open" else submitted + timedelta(hours=1),
        resolved_at=submitted + timedelta(hours=5) if state == "closed" else None,
        closed_at=submitted + timedelta(days=8) if state == "closed" else None,
        changed_at=submitted,
        message_count=MESSAGES,
    )


def _messages(ticket: Ticket, chance: random.Random, phrases: list[str]) -> Iterator[Message]:
    for place, kind in enumerate(("customer", "reply", "customer")[:MESSAGES]):
        staff = kind == "reply"
        yield Message(
            ticket=ticket,
            kind=kind,
            door="portal",
            author=ticket.assignee if staff else ticket.opener,
            author_name="Carla Souza" if staff else "Ana Lima",
            body=_body(chance, phrases),
            key=f"bench:{place}",
            created_at=ticket.submitted_at + timedelta(hours=place),
        )


def _deadlines(ticket: Ticket, now: datetime) -> Iterator[Deadline]:
    """Those that passed were said to be late when they did: a desk does that once, day by day."""
    for kind, hours in (("start", 24), ("resolution", 40)):
        due = ticket.submitted_at + timedelta(hours=hours)
        met = ticket.started_at if kind == "start" else ticket.resolved_at
        paused = ticket.state == "waiting_customer"
        late, ahead = (met is None and not paused and past for past in (due <= now, due > now))
        yield Deadline(
            ticket=ticket,
            kind=kind,
            due_at=due,
            met_at=met,
            paused=paused,
            breached_at=due if late else None,
            next_at=due if ahead else None,
        )


def _events(ticket: Ticket) -> Iterator[Event]:
    for place, verb in enumerate(("ticket.opened", "ticket.started", "ticket.replied")):
        yield Event(
            at=ticket.submitted_at + timedelta(hours=place),
            actor_kind="user",
            actor_id=ticket.opener_id,
            actor_label="contact",
            verb=verb,
            subject_kind="tickets.ticket",
            subject_id=ticket.pk,
            data={},
        )


def _phrases(chance: random.Random) -> list[str]:
    """5,000 runs of eight to fourteen words, from 20,000 words as frequent as words are (Zipf)."""
    words = list(
        dict.fromkeys(
            "".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(60_000)
        )
    )[:20_000]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    return [
        " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(8, 14)))
        for _ in range(5_000)
    ]


def _text(chance: random.Random, phrases: list[str], length: int) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append(chance.choice(phrases))
    return " ".join(parts)[:length]


def _body(chance: random.Random, phrases: list[str]) -> str:
    text = _text(chance, phrases, chance.randint(400, 1500))
    return f"{RARE} {text}" if chance.random() < _RARELY else text


def address_of(user: User) -> str:
    return Address.objects.get(user=user, retired_at=None, primary=True).address
