"""Who came, who did not, what was learnt, and what follows from elsewhere."""

from datetime import timedelta

import pytest

from balcao.appointments import actions
from balcao.appointments.actions import Conflict, NotAllowed
from balcao.appointments.models import Appointment, BookedCell, Offer, Step
from balcao.appointments.queries import appointments_between, appointments_of, feed_of, steps_of
from balcao.events import queue
from balcao.events.models import Event
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.book import Span
from balcao.policy.lifecycle import State, Verb
from balcao.tickets import actions as tickets
from balcao.tickets.models import Deadline, DeadlineKind, Ticket
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_supervisor,
    a_ticket,
    acting,
    an_administrator,
    an_agent,
    an_answer,
)
from tests.cast_appointments import HOUR, SLOT, WEEK, a_booking, a_seller, an_offer, with_hours
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Scene:
    """A customer with an appointment on Monday."""

    def __init__(self) -> None:
        self.agent = with_hours(an_agent())
        self.customer: Customer = a_customer()
        self.ticket = a_ticket(self.customer)
        self.row = a_booking(self.ticket, self.agent)

    def now(self) -> Ticket:
        return Ticket.objects.get(pk=self.ticket.pk)

    def booked(self) -> Appointment:
        return Appointment.objects.get(pk=self.row.pk)


def test_s38_service_starts_when_the_customer_comes() -> None:
    scene = Scene()
    at = SLOT + 2 * MINUTE
    with pytest.raises(NotAllowed):
        actions.attend(actor=acting(a_seller()), now=at, appointment_id=scene.row.pk)
    for _ in range(2):
        actions.attend(actor=acting(scene.agent), now=at, appointment_id=scene.row.pk)
    ticket = scene.now()
    assert (ticket.state, ticket.started_at) == (State.IN_SERVICE.value, at)
    start = Deadline.objects.get(ticket=ticket, kind=DeadlineKind.START)
    assert (start.met_at, start.due_at) == (at, SLOT)
    told = Event.objects.filter(verb="appointment.attended", subject_id=scene.row.pk)
    assert told.count() == 1


def test_nobody_came_long_before_it_begins_and_nobody_missed_it_at_once() -> None:
    scene = Scene()
    with pytest.raises(Conflict, match="too_early"):
        actions.attend(
            actor=acting(scene.agent), now=SLOT - 31 * MINUTE, appointment_id=scene.row.pk
        )
    with pytest.raises(Conflict, match="too_early"):
        actions.miss(actor=acting(scene.agent), now=SLOT + 9 * MINUTE, appointment_id=scene.row.pk)


def test_r28_who_does_not_come_is_counted_and_the_ticket_is_back_in_line() -> None:
    scene = Scene()
    agent, at = acting(scene.agent), SLOT + 10 * MINUTE
    for _ in range(2):
        actions.miss(actor=agent, now=at, appointment_id=scene.row.pk)
    assert scene.booked().state == "missed"
    assert scene.now().state == State.OPEN.value
    assert scene.now().slot_at is None
    assert not BookedCell.objects.exists()
    second = a_booking(scene.now(), scene.agent, begins=SLOT + 7 * DAY, now=at)
    actions.miss(actor=agent, now=SLOT + 7 * DAY + HOUR, appointment_id=second.pk)
    told = Event.objects.filter(verb="appointment.missed").order_by("pk")
    assert [(event.data["missed"], event.data["used"]) for event in told] == [
        (1, False),
        (2, False),
    ]


def test_of_coming_and_not_coming_the_first_word_holds() -> None:
    scene = Scene()
    at = SLOT + HOUR
    actions.attend(actor=acting(scene.agent), now=at, appointment_id=scene.row.pk)
    with pytest.raises(Conflict, match="state_changed"):
        actions.miss(actor=acting(scene.agent), now=at, appointment_id=scene.row.pk)


def test_s40_the_steps_are_gone_through_and_confirmed_with_what_is_left() -> None:
    scene = Scene()
    agent = acting(scene.agent)
    texts = ["Cadastrar ramais", "Tirar um relatório", "Exportar"]
    with pytest.raises(NotAllowed):
        actions.set_steps(
            actor=scene.customer.actor, now=NOW, appointment_id=scene.row.pk, texts=texts
        )
    actions.set_steps(actor=agent, now=NOW, appointment_id=scene.row.pk, texts=texts)
    ids = list(Step.objects.order_by("place").values_list("pk", flat=True))
    with pytest.raises(Conflict, match="state_changed"):
        actions.confirm_steps(
            actor=scene.customer.actor,
            now=NOW,
            appointment_id=scene.row.pk,
            steps=ids,
            doubts="",
        )
    actions.attend(actor=agent, now=SLOT, appointment_id=scene.row.pk, done=tuple(ids[:2]))
    with pytest.raises(NotAllowed):
        actions.confirm_steps(
            actor=a_customer().actor,
            now=SLOT,
            appointment_id=scene.row.pk,
            steps=ids,
            doubts="",
        )
    for doubts in ("Falta exportar.", "Nada."):
        actions.confirm_steps(
            actor=scene.customer.actor,
            now=SLOT + HOUR,
            appointment_id=scene.row.pk,
            steps=ids[:1],
            doubts=doubts,
        )
    row = scene.booked()
    assert (row.doubts, row.confirmed_at) == ("Falta exportar.", SLOT + HOUR)
    assert [(one.done, one.confirmed) for one in steps_of(scene.row.pk)] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    with pytest.raises(Conflict, match="state_changed"):
        actions.set_steps(actor=agent, now=SLOT, appointment_id=scene.row.pk, texts=[])


def test_a_ticket_that_ends_otherwise_ends_its_appointment_and_its_offer() -> None:
    scene = Scene()
    an_offer(scene.now(), scene.agent, begins=[SLOT + DAY])
    an_answer(scene.ticket, scene.agent, then=Verb.RESOLVE)
    for _ in range(2):
        actions.follow(now=NOW + HOUR, ticket_id=scene.ticket.pk)
    assert (scene.booked().state, scene.booked().sequence) == ("cancelled", 1)
    assert not Offer.objects.filter(closed_at=None).exists()
    assert not BookedCell.objects.exists()


@pytest.mark.parametrize("verb", [Verb.RESOLVE, Verb.CANCEL])
def test_r18_an_appointment_ends_with_the_one_off_that_its_customer_calls_off(verb: Verb) -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    ticket = a_sold_ticket(customer, kind="oneoff_install", service="remote_install")
    row = a_booking(ticket, with_hours(an_agent()))
    tickets.change_state(actor=customer.actor, now=NOW + HOUR, ticket_id=ticket.pk, verb=verb)
    assert Ticket.objects.get(pk=ticket.pk).state == State.SOLD.value
    queue.run_pending(NOW + HOUR)
    assert Appointment.objects.get(pk=row.pk).state == "cancelled"
    assert not BookedCell.objects.exists()
    assert Event.objects.filter(verb="appointment.cancelled", subject_id=row.pk).exists()


def test_served_by_hand_at_its_time_it_was_kept_and_before_it_is_called_off() -> None:
    for now, state in ((SLOT + HOUR, "attended"), (NOW + HOUR, "cancelled")):
        scene = Scene()
        tickets.change_state(
            actor=acting(scene.agent), now=now, ticket_id=scene.ticket.pk, verb=Verb.ATTEND
        )
        actions.follow(now=now, ticket_id=scene.ticket.pk)
        assert scene.booked().state == state
        people.deactivate(actor=SYSTEM, now=NOW, user=scene.agent)


def test_a_scheduled_ticket_keeps_its_appointment() -> None:
    scene = Scene()
    actions.follow(now=NOW, ticket_id=scene.ticket.pk)
    assert scene.booked().state == "booked"


def test_it_is_tomorrow_is_said_once() -> None:
    scene = Scene()
    # Monday's appointment is told of on Sunday at nine in Recife.
    sunday = SLOT - 24 * HOUR
    assert scene.row.next_at == sunday
    assert actions.remind(sunday - MINUTE) == 0
    assert [actions.remind(sunday), actions.remind(sunday)] == [1, 0]


def test_one_that_was_called_off_is_not_reminded_of() -> None:
    scene = Scene()
    actions.cancel(actor=scene.customer.actor, now=NOW, appointment_id=scene.row.pk)
    assert actions.remind(SLOT) == 0


def test_hours_are_kept_by_whom_they_are_of_and_by_supervisors() -> None:
    agent, other = an_agent(), an_agent(name="Davi Luz")
    for who, allowed in ((agent, True), (a_supervisor(), True), (other, False)):
        act = acting(who)
        if allowed:
            actions.keep_hours(actor=act, now=NOW, agent_id=agent.pk, week=WEEK)
            continue
        with pytest.raises(NotAllowed):
            actions.keep_hours(actor=act, now=NOW, agent_id=agent.pk, week=WEEK)
    crossed = [[Span(480, 720), Span(700, 800)], *([[]] * 6)]
    with pytest.raises(Conflict, match="hours"):
        actions.keep_hours(actor=acting(agent), now=NOW, agent_id=agent.pk, week=crossed)


def test_a_feed_is_its_owners_alone_and_a_new_address_ends_the_old_one() -> None:
    scene = Scene()
    first = actions.make_feed(actor=acting(scene.agent), now=NOW)
    found = feed_of(first, now=NOW)
    assert found
    assert [row.id for row in found[1]] == [scene.row.pk]
    second = actions.make_feed(actor=acting(scene.agent), now=NOW)
    assert feed_of(first, now=NOW) is None
    assert feed_of(second, now=NOW)
    people.deactivate(actor=SYSTEM, now=NOW, user=scene.agent)
    assert feed_of(second, now=NOW) is None
    with pytest.raises(NotAllowed):
        actions.make_feed(actor=acting(an_administrator()), now=NOW)


def test_a_feed_that_was_dropped_shows_nothing() -> None:
    agent = an_agent()
    secret = actions.make_feed(actor=acting(agent), now=NOW)
    for _ in range(2):
        actions.drop_feed(actor=acting(agent), now=NOW)
    assert feed_of(secret, now=NOW) is None
    assert Event.objects.filter(verb="person.feed_dropped").count() == 1


def test_the_week_shows_everybody_to_sales_and_an_agent_their_own() -> None:
    scene = Scene()
    other = with_hours(an_agent(name="Davi Luz"))
    theirs = a_booking(a_ticket(a_customer()), other, begins=SLOT + DAY)
    span = (SLOT - DAY, SLOT + 3 * DAY)
    rows = {
        name: {row.id for row in appointments_between(acting(who), *span)}
        for name, who in (("sales", a_seller()), ("boss", a_supervisor()), ("one", scene.agent))
    }
    both = {scene.row.pk, theirs.pk}
    assert both <= rows["sales"]
    assert both <= rows["boss"]
    assert rows["one"] == {scene.row.pk}
    assert [row.id for row in appointments_of(scene.ticket)] == [scene.row.pk]
