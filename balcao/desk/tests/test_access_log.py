"""Who saw what is on record, and too much of it is reported (A9)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.desk.tests.desk import LATER, at, desk_of, page
from balcao.events import access, queue
from balcao.events.models import Access, Act, Event
from balcao.events.sealing import seal
from balcao.files.actions import store
from balcao.people.models import User
from balcao.policy.access import SYSTEM, Role
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket
from tests.cast import NOW, a_customer, a_member_of_staff, a_ticket, acting, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def reads(who: User, ticket: Ticket, times: int) -> None:
    for place in range(times):
        access.saw(
            *(Act.VIEWED, access.TICKET, ticket.pk),
            actor=acting(who),
            now=LATER - timedelta(seconds=place),
            address="203.0.113.9",
        )


def alarms() -> list[dict[str, object]]:
    rows = Event.objects.filter(verb="access.alarmed").order_by("pk")
    return list(rows.values_list("data", flat=True))


def test_a9_a_member_of_staff_who_opens_a_ticket_is_on_record_with_when_and_where_from() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    with at():
        desk_of(agent).get(reverse("desk_queue"))
        assert not Access.objects.exists()
        client = desk_of(agent)
        client.defaults["REMOTE_ADDR"] = "2001:db8::9"
        assert page(client, ticket).status_code == 200
        page(client, ticket, HTTP_X_FORWARDED_FOR="198.51.100.1")
    rows = list(Access.objects.values_list("act", "subject_kind", "subject_id", "actor_id", "at"))
    assert rows == [("viewed", "tickets.ticket", ticket.pk, agent.pk, LATER)] * 2
    assert set(Access.objects.values_list("address", flat=True)) == {"2001:db8::9"}


def test_a9_nothing_is_noted_of_a_ticket_that_was_not_shown() -> None:
    ticket = a_ticket(a_customer())
    stranger = a_member_of_staff(Role.AGENT)
    assert page(desk_of(stranger), ticket).status_code == 404
    assert not Access.objects.exists()


def test_a9_every_download_of_a_file_is_on_record_whoever_makes_it() -> None:
    customer, agent, other = a_customer(), an_agent(), a_customer()
    ticket = a_ticket(customer)
    file = store(b"ramal 204", name="ramais.txt", now=NOW)
    tickets.customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="Segue", key="a", files=[file]
    )
    for user, status in ((customer.user, 200), (agent, 200), (other.user, 404)):
        answer = signed_in(user).get(reverse("file", args=[file.pk]))
        assert answer.status_code == status
        assert (b"ramal 204" in answer.getvalue()) == (status == 200)
    rows = Access.objects.order_by("pk").values_list("act", "actor_id", "subject_id", "detail")
    assert list(rows) == [
        ("downloaded", customer.user.pk, ticket.pk, file.pk.hex),
        ("downloaded", agent.pk, ticket.pk, file.pk.hex),
    ]


@pytest.mark.django_db(transaction=True)
def test_q3_a_page_that_cannot_be_noted_is_still_shown() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()

    def full(execute: object, sql: str, *rest: object) -> object:
        if sql.startswith('INSERT INTO "events_access"'):
            raise DatabaseError("database or disk is full")
        return execute(sql, *rest)  # type: ignore[operator]

    with at(), connection.execute_wrapper(full):
        assert page(desk_of(agent), ticket).status_code == 200
    assert not Access.objects.exists()


def test_a9_more_than_200_tickets_read_in_an_hour_are_reported_once_and_200_are_not() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    supervisor = a_member_of_staff(Role.SUPERVISOR, name="Nina Prado")
    administrator = a_member_of_staff(Role.ADMINISTRATOR)
    reads(agent, ticket, 200)
    tickets.watch_access(LATER)
    assert alarms() == []
    reads(agent, ticket, 1)
    for wait in (timedelta(), timedelta(seconds=40), 59 * MINUTE):
        tickets.watch_access(LATER + wait)
    assert alarms() == [{"alarm": "reads", "person": agent.pk, "count": 201}]
    queue.run_pending(LATER)
    mails = Delivery.objects.filter(kind="alarm")
    assert set(mails.values_list("user_id", flat=True)) == {supervisor.pk, administrator.pk}
    assert "201" in mails[0].subject
    assert "?pessoa=" not in mails[0].text, "neither may open the page of the access log"


def test_a9_reads_of_the_hour_before_and_of_others_do_not_add_up() -> None:
    ticket, agent, other = a_ticket(a_customer()), an_agent(), an_agent()
    reads(agent, ticket, 150)
    reads(other, ticket, 150)
    tickets.watch_access(LATER + 30 * MINUTE)
    assert alarms() == []
    reads(agent, ticket, 60)
    tickets.watch_access(LATER + 61 * MINUTE)
    assert alarms() == []


def test_a9_any_export_is_reported_at_once_but_once_an_hour() -> None:
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    other = a_member_of_staff(Role.SUPERVISOR)
    for now in (NOW, NOW + MINUTE, NOW + HOUR + MINUTE):
        access.exported("people.user", rows=7, actor=acting(supervisor), now=now, address=None)
    assert [row["alarm"] for row in alarms()] == ["export", "export"]
    assert Access.objects.filter(act=Act.EXPORTED).count() == 3
    queue.run_pending(NOW + 2 * HOUR)
    told = Delivery.objects.filter(kind="alarm")
    assert set(told.values_list("user_id", flat=True)) == {other.pk}, "not the one who did it"


def test_the_access_log_is_kept_as_long_as_the_policy_says_and_no_longer() -> None:
    old, new = LATER - timedelta(days=181), LATER - timedelta(days=179)
    for when in (old, new):
        access.saw(Act.VIEWED, access.TICKET, 1, actor=SYSTEM, now=when, address=None)
        seal("access", now=when)
    tickets.watch_access(LATER)
    assert list(Access.objects.values_list("at", flat=True)) == [new]


def test_a9_pages_of_customers_and_searches_are_on_record_without_what_was_searched() -> None:
    customer, sales = a_customer(), a_member_of_staff(Role.SALES)
    company, person = customer.organisation.pk, customer.user.pk
    client = desk_of(sales)
    for route, pk in (
        ("desk_organisation", company),
        ("desk_organisation_history", company),
        ("desk_goods", company),
        ("desk_person", person),
    ):
        assert client.get(reverse(route, args=[pk])).status_code == 200
    client.get(reverse("desk_customers"))
    client.get(reverse("desk_customers"), {"q": "Empresa canarinho"})
    rows = Access.objects.order_by("pk").values_list("act", "subject_kind", "subject_id")
    assert list(rows) == [
        *[("viewed", "people.organisation", company)] * 3,
        ("viewed", "people.user", person),
        ("searched", "people.user", None),
    ]
    assert "canarinho" not in str(list(Access.objects.values()))
