"""The cast of sales: who sells, orders, questions, and one-offs as they stand after a sale."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import LedgerEntry, Service
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.entitlement import local_day
from balcao.rulebook.queries import current
from balcao.sales import actions as sales
from balcao.sales.models import Enquiry, Order
from balcao.tickets import actions as tickets
from balcao.tickets.models import Message, Ticket
from tests.cast import NOW, Customer, a_customer, a_member_of_staff, acting

LATER = NOW + timedelta(days=30)
# What is bought at NOW is good until the end of 13 November 2027, in Recife.
OVER = datetime(2027, 11, 14, 3, tzinfo=UTC)


def a_seller(*, name: str = "Laura Nunes") -> User:
    return a_member_of_staff(Role.SALES, name=name)


def an_order(
    customer: Customer,
    *,
    kind: str = "oneoff_install",
    service: str = "remote_install",
    quantity: int = 1,
    unit_cents: int = 25000,
    payment: str = "cash",
    paid: bool = False,
    seller: User | None = None,
    now: datetime = NOW,
    **more: Any,
) -> Order:
    """An order of one-offs for the customer, with numbers when it is ``paid``."""
    return sales.place_order(
        actor=acting(seller or a_seller()),
        now=now,
        buyer=sales.Buyer(organisation=customer.organisation.pk, contact=customer.user.pk),
        sale=sales.Sale(
            kind=kind,
            service=service,
            quantity=quantity,
            unit_cents=unit_cents,
            payment=payment,
            despite_contract=True,
            **more,
        ),
        key=secrets.token_hex(16),
        paid=paid,
    )


def an_enquiry(
    customer: Customer, *, seller: User | None = None, question: str = "Cobre?", now: datetime = NOW
) -> Enquiry:
    """A question that the customer's contact asks before buying anything."""
    return sales.ask_enquiry(
        actor=acting(seller or a_seller()),
        now=now,
        asked=sales.Question(
            kind="oneoff_problem",
            service="incident",
            question=question,
            organisation=customer.organisation.pk,
            contact=customer.user.pk,
        ),
        key=secrets.token_hex(16),
    )


def a_sold_ticket(
    customer: Customer | None = None,
    *,
    kind: str = "oneoff_problem",
    service: str = "incident",
    agreed: bool = True,
    now: datetime = NOW,
) -> Ticket:
    """A one-off that was bought at ``now`` by a customer without contract, and not used yet.

    ``agreed``: sales said that it covers the service.
    """
    customer = customer or a_customer(with_contract=False, with_licence=False)
    actor = acting(a_seller(), now=now)
    policy = current()
    with transaction.atomic():
        prepaid = entitlements.order_prepaid(
            actor=actor,
            now=now,
            organisation_id=customer.organisation.pk,
            holder_id=customer.user.pk,
            kind=kind,
            service_id=Service.objects.get(slug=service).pk,
            agreed=agreed,
        )
        bought_on = local_day(now, policy.timezone)
        entitlements.sell_prepaid(
            prepaid, bought_on=bought_on, policy_now=policy, actor=actor, now=now
        )
        return tickets.sell_oneoff(prepaid, actor=actor, now=now)


def described(
    ticket: Ticket,
    *,
    body: str = "O gravador parou de gravar.",
    now: datetime = LATER,
    subject: str = "Gravador parado",
    service: str = "",
) -> Message:
    """What the holder writes, signed in: the first time it submits the one-off."""
    return tickets.customer_message(
        actor=acting(ticket.opener, now=now),
        now=now,
        ticket_id=ticket.pk,
        body=body,
        key=secrets.token_hex(8),
        subject=subject,
        service=service,
    )


def ledger_of(ticket: Ticket) -> list[str]:
    """The entries of the ticket's one-off, oldest first."""
    rows = LedgerEntry.objects.filter(prepaid=ticket.prepaid_id).order_by("place")
    return [row.entry for row in rows]


def read_anew(ticket: Ticket) -> Ticket:
    """The ticket as it stands now, with its one-off."""
    return Ticket.objects.select_related("prepaid").get(pk=ticket.pk)
