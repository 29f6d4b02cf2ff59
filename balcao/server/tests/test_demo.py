"""`balcao demo`: the invented desk, made once."""

import io
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import TestCase
from django.utils import timezone

from balcao.appointments.models import Appointment, WorkingHours
from balcao.channels.models import Delivery
from balcao.entitlements.models import PrepaidTicket
from balcao.events.models import Event, Job
from balcao.events.registry import reactions_to
from balcao.knowledge.models import Feedback, Notice
from balcao.lib.variables import fill, unknown
from balcao.people.models import Address, Phone, User
from balcao.people.queries import actor_by_code
from balcao.policy.access import Role
from balcao.policy.book import KINDS
from balcao.policy.lifecycle import State
from balcao.sales.models import Enquiry, Order, OrderState
from balcao.server import demo
from balcao.tickets.models import (
    Call,
    Deadline,
    Decision,
    Draft,
    Mention,
    Message,
    RemoteSession,
    SavedReply,
    ScopeQuestion,
    Skip,
    StateSpan,
    Ticket,
    TimeSpent,
)
from balcao.tickets.queries import VARIABLES, visible_to
from tests import cast


def quiet(_line: str) -> None:
    """Progress that nobody watches."""


def printed() -> dict[str, Any]:
    out = io.StringIO()
    call_command("demo", "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def fingerprint() -> list[int]:
    tables = (User, Ticket, Message, Event, Job, Decision, Draft, Deadline, StateSpan, Call, Notice)
    return [model.objects.count() for model in tables]


class TestTheDemo(TestCase):
    """Reads of one demo, made once for all of them."""

    made: dict[str, Any]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.made = printed()

    def test_two_appointments_are_to_come_with_agents_who_have_hours(self) -> None:
        rows = Appointment.objects.filter(state="booked")
        assert rows.count() == 2
        assert {row.ticket.state for row in rows} == {State.SCHEDULED.value}
        assert all(row.begins > timezone.now() for row in rows)
        assert all(WorkingHours.objects.filter(agent=row.agent).exists() for row in rows)

    def test_the_demo_has_everybody_and_every_state_and_a_second_run_changes_nothing(self) -> None:
        before = fingerprint()
        assert printed() == self.made
        assert fingerprint() == before

        people = self.made["people"]
        roles = Counter(person["role"] for person in people)
        assert roles == {
            "agent": 2,
            "sales": 1,
            "supervisor": 2,
            "administrator": 1,
            "org_admin": 4,
            "contact": 8,
        }
        assert len({name for person in people for name in person["organisations"]}) == 7
        assert set(Ticket.objects.values_list("state", flat=True)) == set(State)
        assert Ticket.objects.count() == 50
        told = Ticket.objects.filter(prepaid=None)
        weeks = timezone.now() - told.earliest("submitted_at").submitted_at
        assert timedelta(days=15) < weeks < timedelta(days=28)

    def test_s04_everybody_signs_in_with_the_printed_code_and_password(self) -> None:
        people = self.made["people"]
        for person in people:
            user = authenticate(username=person["user_code"], password=person["password"])
            assert user is not None, person["name"]
        assert len({person["password"] for person in people}) == len(people)
        stored = " ".join(User.objects.values_list("password", flat=True))
        assert not any(person["password"] in stored for person in people)

    def test_s05_the_entitlements_are_the_ones_the_desk_has_to_tell_apart(self) -> None:
        kinds = set(Ticket.objects.values_list("kind", flat=True))
        assert kinds == set(KINDS)
        refused = Decision.objects.filter(verdict="refuse")
        assert set(refused.values_list("reason", flat=True)) == {
            "licence_expired",
            "contract_ended",
            "contract_missing",
        }
        assert Draft.objects.count() == refused.count() == 3
        perpetual = [
            line
            for person in demo.people()
            if person.name == "Vera Andrade"
            for line in person.licences
        ]
        assert [line.valid_until for line in perpetual] == [None]

    def test_the_demo_mails_nobody(self) -> None:
        assert reactions_to("ticket.replied")
        assert not Job.objects.filter(task__startswith="notifications").exists()
        assert Delivery.objects.count() == 0
        assert all(row.address.endswith(".example") for row in Address.objects.all())
        assert all(row.number[5:10] == "90000" for row in Phone.objects.all())

    def test_s30_the_line_of_the_demo_was_kept(self) -> None:
        """Whoever was answered was submitted before everybody who still waits."""
        started = Ticket.objects.filter(started_at__isnull=False).order_by("submitted_at")
        waiting = Ticket.objects.filter(state=State.OPEN.value).order_by("submitted_at")
        assert started.count() > 20
        assert waiting.count() == 9
        assert started.reverse()[0].submitted_at < waiting[0].submitted_at

    def test_s12_some_deadlines_are_past_close_paused_and_comfortable(self) -> None:
        now = timezone.now()
        start = Deadline.objects.filter(kind="start", met_at=None, ticket__state="open")
        assert start.filter(breached_at__isnull=False, due_at__lt=now).exists()
        assert start.filter(due_at__gt=now, due_at__lt=now + timedelta(hours=2)).exists()
        assert start.filter(due_at__gt=now + timedelta(hours=12)).exists()
        assert Deadline.objects.filter(kind="resolution", paused=True).exists()
        assert Event.objects.filter(verb="ticket.reopened").count() == 1
        assert not Event.objects.filter(at__gt=now).exists()

    def test_no_page_of_the_desk_starts_empty(self) -> None:
        assert {row.outcome for row in Call.objects.all()} == {
            "served",
            "to_sales",
            "without_ticket",
        }
        assert {bool(row.owner_id) for row in SavedReply.objects.all()} == {True, False}
        for row in SavedReply.objects.all():
            assert "{" not in fill(row.body, dict.fromkeys(VARIABLES, "x"))
            assert unknown(row.body, VARIABLES) == ()
        assert RemoteSession.objects.filter(ended_at__isnull=False).count() == 1
        assert Mention.objects.filter(seen_at=None).count() == 2
        assert TimeSpent.objects.count() == 5
        assert Skip.objects.count() == 1
        assert Feedback.objects.exclude(comment="").count() == 2
        now = timezone.now()
        begun = Notice.objects.filter(starts_at__lt=now)
        ahead = Notice.objects.filter(starts_at__gt=now)
        # Nothing is over the portal's pages right now.
        assert [row.ends_at < now for row in begun if row.ends_at] == [True]
        assert ahead.count() == 1

    def test_s23_sales_has_orders_and_one_offs_of_every_state(self) -> None:
        assert set(Order.objects.values_list("state", flat=True)) == set(OrderState)
        assert not Order.objects.filter(state=OrderState.OPEN, charged_at=None).exists()
        lasts = set(PrepaidTicket.objects.values_list("last", flat=True))
        assert lasts == {
            *("ordered", "dropped", "sold", "submitted", "consumed"),
            *("returned", "refunded", "expired"),
        }
        assert {row.covered for row in Enquiry.objects.all()} == {None, True, False}
        assert ScopeQuestion.objects.filter(answered_at=None).exists()

    def test_what_happened_was_written_down_in_its_order(self) -> None:
        for ticket in Ticket.objects.all():
            events = Event.objects.filter(subject_kind="tickets.ticket", subject_id=ticket.pk)
            moments = list(events.order_by("pk").values_list("at", flat=True))
            assert moments == sorted(moments)
            spans = list(StateSpan.objects.filter(ticket=ticket).order_by("pk"))
            assert [span.ended for span in spans[:-1]] == [span.began for span in spans[1:]]
            assert spans[-1].state == ticket.state

    def test_another_secret_key_is_noticed(self) -> None:
        with (
            self.settings(SECRET_KEY="another-key-" * 4),
            pytest.raises(CommandError) as caught,
        ):
            demo.prepare(progress=quiet)
        assert caught.value.returncode == 3

    def test_the_administrator_reads_as_auditor_and_a_contact_their_own_alone(self) -> None:
        people = {person.user_code: person for person in demo.people()}
        administrator = actor_by_code("GERENTE2")
        contact = actor_by_code("dara 2222")
        assert administrator is not None
        assert contact is not None
        assert administrator.roles == {Role.ADMINISTRATOR, Role.AUDITOR}
        assert visible_to(administrator).count() == 50
        seen = {ticket.opener.name for ticket in visible_to(contact).select_related("opener")}
        assert seen == {"Dara Menezes"}
        mine = visible_to(contact).filter(number__in=people["DARA2222"].open_tickets)
        assert mine.count() == len(people["DARA2222"].open_tickets) > 0

    def test_one_sign_in_of_each_role_is_announced(self) -> None:
        people = demo.people()
        lines = demo.sign_in_lines()
        announced = [person for person in people if person.user_code in lines]
        assert {role for person in announced for role in person.roles} == set(Role)
        assert all(person.password in lines for person in announced)


class Interrupted(Exception):
    """Somebody ended the first run."""


@pytest.mark.django_db
@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupted_first_run_is_finished_by_the_next(after: int) -> None:
    seen = []

    def end_early(line: str) -> None:
        seen.append(line)
        if len(seen) == after:
            raise Interrupted

    with pytest.raises(Interrupted):
        demo.prepare(progress=end_early)
    assert Ticket.objects.count() < 50
    demo.prepare(progress=quiet)
    assert Ticket.objects.count() == 50
    assert Message.objects.values("ticket", "body").distinct().count() == Message.objects.count()
    assert Draft.objects.count() == Decision.objects.filter(verdict="refuse").count() == 3
    assert Skip.objects.count() == RemoteSession.objects.count() == 1
    assert set(Ticket.objects.values_list("state", flat=True)) == set(State)
    assert Order.objects.count() == 14


@pytest.mark.django_db
def test_a_database_with_other_data_is_left_alone() -> None:
    cast.an_installation()
    cast.a_customer()
    before = fingerprint()
    with pytest.raises(CommandError) as caught:
        demo.prepare(progress=quiet)
    assert caught.value.returncode == 3
    assert "data that is not the demo's" in str(caught.value)
    assert fingerprint() == before
