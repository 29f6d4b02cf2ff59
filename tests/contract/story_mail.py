"""Mail whose sender nobody proved, and kept mail, told once for a desk's life (R9)."""

import secrets
from datetime import datetime, timedelta

from balcao.channels import actions as channels
from balcao.channels import intake, kept
from balcao.channels.actions import kept as keeping
from balcao.channels.models import Confirmation
from balcao.people.models import User
from balcao.tickets.models import Ticket
from tests import cast
from tests.cast import NOW, Customer, acting

HOUR = timedelta(hours=1)


def tell_of_forged_mail(word: str, ticket: Ticket, customer: Customer, *, now: datetime) -> None:
    """One in the customer's name is recognised, one about the other ticket is not; and a stranger
    writes.
    """
    named, own = f"{word} [{ticket.number}]", customer.address
    later = now + timedelta(hours=25)
    for subject, sender, at in ((named, own, now), (word, own, now), (named, "x@y.example", later)):
        raw = f"From: {word} <{sender}>\nSubject: {subject}\n\n{word}".encode()
        intake.receive(raw, now=at)
    answers = (channels.asking.say_yes, channels.asking.say_no)
    rows = Confirmation.objects.filter(user=customer.user).order_by("pk")
    for row, answer in zip(rows, answers, strict=True):
        answer(actor=customer.actor, now=now, confirmation_id=row.pk)
    intake.confirm(rows[0].pk, now=now)


def tell_of_kept_mail(word: str, ticket: Ticket, customer: Customer, boss: User) -> None:
    """One is put on its ticket, one told of, thrown away, brought back and let go of; one is
    disowned by the company.
    """
    now = NOW + 3 * HOUR
    first, second, third = (_forged(word, ticket, customer) for _ in range(3))
    kept.release(actor=acting(boss), now=now, inbound_id=first, number=ticket.number, note=word)
    later = now + timedelta(days=5)
    keeping.tell_contact(actor=acting(boss), now=later, inbound_id=second)
    keeping.bring_back(actor=acting(boss), now=later, inbound_id=second)
    keeping.discard(actor=acting(boss), now=later, inbound_id=second)
    admin = cast.a_colleague(customer, is_admin=True)
    keeping.disown(actor=admin.actor, now=later, inbound_id=third)
    bare = intake.receive(f"From: {customer.address}\n\n{word}".encode(), now=later).inbound
    keeping.tell_contact(actor=acting(boss), now=later + timedelta(days=2), inbound_id=bare)
    keeping.purge(now + timedelta(days=31))


def _forged(word: str, ticket: Ticket, customer: Customer) -> int:
    lines = (
        f"From: {word} <{customer.address}>",
        f"Subject: Chamado {ticket.number}: {word}",
        f"Message-ID: <{secrets.token_hex(8)}@{word}.example>",
        "",
        word,
    )
    return intake.receive("\r\n".join(lines).encode(), now=NOW + 3 * HOUR).inbound
