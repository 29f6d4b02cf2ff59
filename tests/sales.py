"""The cast of sales: who sells, and one-offs as they stand after a sale."""

from datetime import datetime

from django.db import transaction

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import Service
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.policy.entitlement import local_day
from balcao.rulebook.queries import current
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket
from tests.cast import NOW, Customer, a_customer, a_member_of_staff, acting


def a_seller() -> User:
    return a_member_of_staff(Role.SALES, name="Laura Nunes")


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
