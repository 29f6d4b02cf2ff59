"""Mail whose sender nobody proved, told once for the story of a desk's life (R9)."""

from datetime import datetime, timedelta

from balcao.channels import actions as channels
from balcao.channels import intake
from balcao.channels.models import Confirmation
from balcao.tickets.models import Ticket
from tests.cast import Customer


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
