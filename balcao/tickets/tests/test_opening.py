"""Opening a ticket: who may, what is kept when they may not, and that it happens once."""

import secrets
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from balcao.events.models import Event, Job
from balcao.policy.gate import Door
from balcao.policy.numbers import is_number
from balcao.tickets.actions import NotAllowed, Refused, open_ticket
from balcao.tickets.models import Deadline, Decision, Draft, Message, StateSpan, Ticket
from tests.cast import NOW, TODAY, YEAR, Customer, a_customer, a_ticket

pytestmark = pytest.mark.usefixtures("installation")


def _open(customer: Customer, **changes: Any) -> Ticket:
    """What the opening page asks for, with some of it changed."""
    wanted: dict[str, Any] = {
        "actor": customer.actor,
        "now": NOW,
        "organisation_id": customer.organisation.pk,
        "service": "incident",
        "licence_id": customer.licence.pk if customer.licence else None,
        "subject": "Sem tom de discagem",
        "body": "O ramal 204 não tem tom.",
        "key": secrets.token_hex(16),
    }
    return open_ticket(**(wanted | changes))


def test_an_opened_ticket_has_number_message_deadlines_span_decision_and_event() -> None:
    customer = a_customer()
    ticket = a_ticket(customer, body="O ramal 204 não tem tom.")
    assert is_number(ticket.number)
    assert ticket.state == "open"
    assert Message.objects.get(ticket=ticket).body == "O ramal 204 não tem tom."
    assert Deadline.objects.filter(ticket=ticket).count() == 2
    assert StateSpan.objects.get(ticket=ticket).state == "open"
    assert Decision.objects.get(ticket=ticket).verdict == "allow"
    assert Event.objects.filter(verb="ticket.opened", subject_id=ticket.pk).count() == 1


def test_s11_every_ticket_has_the_standard_deadlines_from_birth() -> None:
    ticket = a_ticket(a_customer())
    due = dict(Deadline.objects.filter(ticket=ticket).values_list("kind", "due_at"))
    assert due == {"start": NOW + timedelta(hours=24), "resolution": NOW + timedelta(hours=40)}


def test_s03_a_person_who_no_longer_acts_for_the_customer_opens_nothing() -> None:
    customer, other = a_customer(), a_customer()
    _open(customer)
    with pytest.raises(NotAllowed):
        _open(customer, organisation_id=other.organisation.pk, licence_id=None)
    assert not Ticket.objects.filter(organisation=other.organisation).exists()


@pytest.mark.parametrize(
    ("lacks", "reason", "rule"),
    [
        ({"licence_until": TODAY - timedelta(days=1)}, "licence_expired", "S5"),
        ({"with_licence": False}, "licence_missing", "S5"),
        (
            {"contract_ends": TODAY - timedelta(days=1), "licence_until": None},
            "contract_ended",
            "S2",
        ),
        ({"with_contract": False, "licence_until": None}, "contract_missing", "S2"),
        ({"suspended": True}, "contract_suspended", "S2"),
    ],
)
def test_s05_opening_is_refused_without_a_valid_licence_and_an_active_contract(
    lacks: dict[str, Any], reason: str, rule: str
) -> None:
    assert _open(a_customer()).pk
    customer = a_customer(**lacks)
    with pytest.raises(Refused) as refusal:
        _open(customer, subject="Não perca isto", body="O que escrevi")
    assert refusal.value.decision.reason == reason
    assert rule in refusal.value.decision.rules
    assert not Ticket.objects.filter(organisation=customer.organisation).exists()
    row = Decision.objects.get(organisation=customer.organisation)
    assert (row.verdict, row.reason) == ("refuse", reason)
    assert Event.objects.filter(verb="ticket.refused", subject_id=row.pk).exists()
    draft = Draft.objects.get(owner=customer.user)
    assert (draft.subject, draft.body) == ("Não perca isto", "O que escrevi")
    assert refusal.value.draft_key == draft.key


def test_s05_a_licence_that_ends_today_still_opens_and_yesterdays_does_not() -> None:
    assert _open(a_customer(licence_until=TODAY)).pk
    with pytest.raises(Refused):
        _open(a_customer(licence_until=TODAY - timedelta(days=1)))


def test_s06_a_ticket_is_born_in_the_portal_and_by_no_other_door() -> None:
    customer = a_customer()
    for door in Door:
        if door in (Door.PORTAL, Door.API):
            assert _open(customer, door=door).pk
            continue
        with pytest.raises(Refused) as refusal:
            _open(customer, door=door)
        assert "S6" in refusal.value.decision.rules
    assert Ticket.objects.filter(organisation=customer.organisation).count() == 2


def test_b5_organisation_licence_and_service_of_others_are_not_accepted() -> None:
    mine, other = a_customer(), a_customer()
    assert other.licence
    for foreign in (
        {"organisation_id": other.organisation.pk},
        {"licence_id": other.licence.pk},
        {"service": "no-such-service"},
    ):
        with pytest.raises(NotAllowed):
            _open(mine, **foreign)
    assert _open(mine).organisation_id == mine.organisation.pk
    assert not Ticket.objects.filter(organisation=other.organisation).exists()


def test_o2_the_same_key_three_times_is_one_ticket_and_one_event() -> None:
    customer = a_customer()
    made = {_open(customer, key="the-same-key").pk for _ in range(3)}
    assert len(made) == 1
    assert Message.objects.filter(ticket__in=made).count() == 1
    assert Event.objects.filter(verb="ticket.opened", subject_id__in=made).count() == 1


def test_o2_two_people_may_use_the_same_key() -> None:
    assert _open(a_customer(), key="k").pk != _open(a_customer(), key="k").pk


def test_opening_asks_for_its_jobs_in_the_same_transaction() -> None:
    told = Job.objects.filter(task__startswith="notifications")
    before = told.count()
    customer = a_customer(licence_until=TODAY - YEAR)
    with pytest.raises(Refused):
        _open(customer)
    assert told.count() == before


def _race(number: int, work: Any) -> list[Exception]:
    """Run ``work(n)`` in that many threads at once; what they raised."""
    failed: list[Exception] = []
    gate = threading.Barrier(number)

    def run(n: int) -> None:
        gate.wait()
        try:
            work(n)
        except Exception as error:  # noqa: BLE001 - reported by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


@pytest.mark.django_db(transaction=True)
def test_o2_the_same_opening_sent_by_eight_threads_at_once_is_one_ticket() -> None:
    customer = a_customer()
    numbers: list[str] = []
    failed = _race(8, lambda n: numbers.append(_open(customer, key="double-click").number))
    assert failed == []
    assert len(numbers) == 8
    assert len(set(numbers)) == 1
    assert Ticket.objects.filter(organisation=customer.organisation).count() == 1


@pytest.mark.django_db(transaction=True)
def test_o5_parallel_openings_get_distinct_numbers() -> None:
    customers = [a_customer() for _ in range(8)]

    def open_ten(n: int) -> None:
        for _ in range(10):
            _open(customers[n])

    assert _race(8, open_ten) == []
    numbers = list(
        Ticket.objects.filter(opener__in=[c.user.pk for c in customers]).values_list(
            "number", flat=True
        )
    )
    assert len(numbers) == len(set(numbers)) == 80
