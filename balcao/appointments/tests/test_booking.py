"""Offering, choosing, moving and calling off: once each, in time, by whoever may."""

import secrets
from datetime import datetime, timedelta

import pytest

from balcao.appointments import actions
from balcao.appointments.actions import Conflict, NotAllowed, TokenRefused
from balcao.appointments.models import Appointment, BookedCell, Offer
from balcao.appointments.queries import free_times, open_offer_of
from balcao.events.models import Event
from balcao.policy.booking import CLOSED, FURTHEST, NOT_WORKING, TAKEN, TOO_SOON, Mode
from balcao.policy.lifecycle import State, Verb
from balcao.rulebook import queries as rulebook
from balcao.tickets import actions as tickets
from balcao.tickets.models import Deadline, DeadlineKind, Ticket
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_policy_in_force,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.cast_appointments import (
    HOUR,
    SLOT,
    a_booking,
    a_booking_link,
    a_seller,
    an_offer,
    time_of,
    with_hours,
)

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


def state_of(ticket: Ticket) -> str:
    return Ticket.objects.values_list("state", flat=True).get(pk=ticket.pk)


def start_of(ticket: Ticket) -> Deadline:
    return Deadline.objects.get(ticket=ticket, kind=DeadlineKind.START)


def test_s42_sales_offers_and_the_customer_chooses() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    offer = an_offer(ticket, agent)
    row = actions.book(actor=customer.actor, now=NOW, time_id=time_of(offer, 1))
    assert (row.begins, row.ends, row.agent_id) == (SLOT + 2 * HOUR, SLOT + 3 * HOUR, agent.pk)
    assert row.contact_id == customer.user.pk
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee_id) == (State.SCHEDULED.value, agent.pk)
    assert open_offer_of(ticket, policy=rulebook.current(), now=NOW) is None
    verbs = Event.objects.filter(data__ticket=ticket.pk, verb__startswith="appointment.")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "appointment.offered",
        "appointment.booked",
    ]


def test_s42_an_agent_does_not_offer_and_a_supervisor_does() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    with pytest.raises(NotAllowed):
        an_offer(ticket, agent, seller=agent)
    assert an_offer(ticket, agent, seller=a_supervisor()).closed_at is None


def test_s42_sales_takes_the_time_for_a_customer_on_the_telephone() -> None:
    agent, customer, seller = with_hours(an_agent()), a_customer(), a_seller()
    ticket = a_ticket(customer)
    offer = an_offer(ticket, agent, seller=seller)
    row = actions.book(actor=acting(seller), now=NOW, time_id=time_of(offer))
    assert row.contact_id == customer.user.pk
    with pytest.raises(NotAllowed):
        actions.book(actor=a_customer().actor, now=NOW, time_id=time_of(offer))


@pytest.mark.parametrize(
    ("begins", "reason"),
    [
        (NOW + HOUR, TOO_SOON),
        (SLOT - 2 * HOUR, CLOSED),
        (SLOT + 3 * HOUR, NOT_WORKING),
        (SLOT + 9 * HOUR, CLOSED),
        (SLOT + 5 * DAY, CLOSED),
        (SLOT + 52 * 7 * DAY, "too_far"),
    ],
)
def test_s37_only_times_in_business_hours_are_offered(begins: datetime, reason: str) -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    with pytest.raises(Conflict, match=reason):
        an_offer(ticket, agent, begins=[begins])
    assert not Offer.objects.filter(ticket=ticket).exists()


def test_s41_nobody_is_booked_outside_their_own_hours_or_while_away() -> None:
    agent = with_hours(an_agent(), [[], *([[]] * 6)])
    ticket = a_ticket(a_customer())
    with pytest.raises(NotAllowed):
        an_offer(ticket, agent)
    with_hours(agent)
    tickets.announce_absence(
        actor=acting(agent), now=NOW, user_id=agent.pk, starts_at=SLOT, ends_at=SLOT + HOUR
    )
    with pytest.raises(Conflict, match=TAKEN):
        an_offer(ticket, agent)
    (chance,) = free_times(ticket, policy=rulebook.current(), now=NOW, agent_id=agent.pk)
    begins = {one.begins for one in chance.times}
    assert SLOT not in begins
    assert SLOT + HOUR in begins


def test_an_agent_of_another_queue_is_not_offered() -> None:
    ticket = a_ticket(a_customer())
    other = with_hours(an_agent(name="Davi Luz"))
    other.queues.clear()
    with pytest.raises(NotAllowed):
        an_offer(ticket, other)


def test_s42_a_time_is_given_away_once() -> None:
    agent = with_hours(an_agent())
    one, two = a_ticket(a_customer()), a_ticket(a_customer())
    offers = [an_offer(ticket, agent) for ticket in (one, two)]
    actions.book(actor=acting(one.opener), now=NOW, time_id=time_of(offers[0]))
    with pytest.raises(Conflict, match=TAKEN):
        actions.book(actor=acting(two.opener), now=NOW, time_id=time_of(offers[1]))
    left = open_offer_of(two, policy=rulebook.current(), now=NOW)
    assert left
    assert [time.free for time in left.times] == [False, True]
    row = actions.book(actor=acting(two.opener), now=NOW, time_id=time_of(offers[1], 1))
    assert row.begins == SLOT + 2 * HOUR


def test_what_was_offered_and_cannot_be_had_any_more_is_said() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    offer = an_offer(ticket, agent)
    with_hours(agent, [[], *([[]] * 6)])
    with pytest.raises(Conflict, match=NOT_WORKING):
        actions.book(actor=acting(ticket.opener), now=NOW, time_id=time_of(offer))


def test_a_new_offer_takes_the_place_of_the_old_one() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    first = an_offer(ticket, agent)
    an_offer(ticket, agent, begins=[SLOT + DAY])
    with pytest.raises(Conflict, match="offer_closed"):
        actions.book(actor=acting(ticket.opener), now=NOW, time_id=time_of(first))


def test_an_offer_sent_twice_is_one() -> None:
    agent, seller = with_hours(an_agent()), a_seller()
    ticket, key = a_ticket(a_customer()), secrets.token_hex(16)
    terms = actions.Terms(mode=Mode.PHONE, minutes=30)
    made = [
        actions.offer(
            actor=acting(seller),
            now=NOW,
            ticket_id=ticket.pk,
            terms=terms,
            times=[(agent.pk, SLOT)],
            key=key,
        ).pk
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_an_offer_that_was_taken_back_is_not_chosen_from() -> None:
    agent, seller = with_hours(an_agent()), a_seller()
    ticket = a_ticket(a_customer())
    offer = an_offer(ticket, agent, seller=seller)
    with pytest.raises(NotAllowed):
        actions.withdraw_offer(actor=acting(agent), now=NOW, offer_id=offer.pk)
    actions.withdraw_offer(actor=acting(seller), now=NOW, offer_id=offer.pk)
    with pytest.raises(Conflict, match="offer_closed"):
        actions.book(actor=acting(ticket.opener), now=NOW, time_id=time_of(offer))


def test_r30_a_meeting_keeps_its_provider_and_link_and_no_other_way_has_one() -> None:
    agent = with_hours(an_agent())
    link = "https://reuniao.example/abc"
    one = an_offer(a_ticket(a_customer()), agent, mode=Mode.MEETING, provider="Zoom", link=link)
    two = an_offer(a_ticket(a_customer()), agent, mode=Mode.PHONE, provider="Zoom", link=link)
    assert (one.provider, one.link) == ("Zoom", link)
    assert (two.provider, two.link) == ("", "")


@pytest.mark.parametrize("mode", list(Mode))
def test_s39_it_is_held_by_remote_access_by_telephone_or_at_a_meeting(mode: Mode) -> None:
    agent = with_hours(an_agent())
    link = "https://reuniao.example/abc"
    row = a_booking(a_ticket(a_customer()), agent, mode=mode, provider="Skype", link=link)
    assert row.mode == mode.value
    assert bool(row.link) is (mode is Mode.MEETING)


def test_g4_a_meetings_link_that_is_none_is_never_kept() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    with pytest.raises(NotAllowed):
        an_offer(ticket, agent, mode=Mode.MEETING, link="javascript:alert(1)")


def test_r28_a_customer_moves_it_until_24_hours_before_and_sales_at_any_time() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    row = a_booking(a_ticket(customer), agent)
    other = SLOT + 2 * DAY
    moved = actions.reschedule(
        actor=customer.actor, now=SLOT - DAY, appointment_id=row.pk, begins=other
    )
    assert (moved.begins, moved.uid, moved.sequence) == (other, row.uid, row.sequence + 1)
    late = other - DAY + timedelta(seconds=1)
    with pytest.raises(Conflict, match="too_late"):
        actions.reschedule(actor=customer.actor, now=late, appointment_id=row.pk, begins=SLOT)
    with pytest.raises(Conflict, match="too_late"):
        actions.cancel(actor=customer.actor, now=late, appointment_id=row.pk)
    again = other + 2 * HOUR
    by_sales = actions.reschedule(
        actor=acting(a_seller()), now=late, appointment_id=row.pk, begins=again
    )
    assert by_sales.begins == again
    assert BookedCell.objects.filter(agent=agent, appointment=row).count() == 4


def test_r28_the_hours_are_the_policys() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    row = a_booking(a_ticket(customer), agent)
    a_policy_in_force({"training.reschedule_hours": 48})
    with pytest.raises(Conflict, match="too_late"):
        actions.cancel(actor=customer.actor, now=SLOT - 48 * HOUR + HOUR, appointment_id=row.pk)
    row = actions.cancel(actor=customer.actor, now=SLOT - 48 * HOUR, appointment_id=row.pk)
    assert row.state == "cancelled"


def test_its_own_time_does_not_stand_in_the_way_of_half_an_hour_later() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    row = a_booking(a_ticket(customer), agent)
    half = SLOT + timedelta(minutes=30)
    actions.reschedule(actor=customer.actor, now=NOW, appointment_id=row.pk, begins=half)
    assert BookedCell.objects.filter(agent=agent).count() == 4


def test_called_off_the_ticket_is_back_in_line_and_the_time_is_free() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    row = a_booking(ticket, agent)
    for _ in range(2):
        row = actions.cancel(actor=customer.actor, now=NOW, appointment_id=row.pk)
    assert (row.state, row.sequence) == ("cancelled", 1)
    assert state_of(ticket) == State.OPEN.value
    assert not BookedCell.objects.filter(agent=agent).exists()
    with pytest.raises(Conflict, match="state_changed"):
        actions.reschedule(actor=customer.actor, now=NOW, appointment_id=row.pk, begins=SLOT + DAY)


def test_a_wait_for_the_customer_ends_with_their_choice() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, agent, then=Verb.WAIT_CUSTOMER)
    a_booking(ticket, agent, now=NOW + 2 * HOUR)
    assert state_of(ticket) == State.SCHEDULED.value


def test_nothing_is_offered_for_a_ticket_that_is_over() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    an_answer(ticket, agent, then=Verb.RESOLVE)
    with pytest.raises(Conflict, match="state_changed"):
        an_offer(ticket, agent, now=NOW + 2 * HOUR)


def test_a_colleague_of_the_customer_who_sees_the_ticket_chooses_and_another_does_not() -> None:
    agent, customer = with_hours(an_agent()), a_customer(is_admin=True)
    ticket = a_ticket(a_colleague(customer))
    offer = an_offer(ticket, agent)
    with pytest.raises(NotAllowed):
        actions.book(actor=a_colleague(customer).actor, now=NOW, time_id=time_of(offer))
    row = actions.book(actor=customer.actor, now=NOW, time_id=time_of(offer))
    assert row.contact_id == customer.user.pk


def test_a3_a_link_acts_once_for_its_person_and_its_ticket() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket, other = a_ticket(customer), a_ticket(customer)
    secret = a_booking_link(ticket, customer.user)
    strange = an_offer(other, agent, begins=[SLOT + 2 * HOUR])
    with pytest.raises(TokenRefused):
        actions.book(actor=customer.actor, now=NOW, time_id=time_of(strange), secret=secret)
    offer = an_offer(ticket, agent)
    stranger = a_customer()
    with pytest.raises(NotAllowed):
        actions.book(actor=stranger.actor, now=NOW, time_id=time_of(offer), secret=secret)
    row = actions.book(actor=customer.actor, now=NOW, time_id=time_of(offer), secret=secret)
    with pytest.raises(TokenRefused):
        actions.cancel(actor=customer.actor, now=NOW, appointment_id=row.pk, secret=secret)
    assert Appointment.objects.get(pk=row.pk).state == "booked"


def test_r29_the_agreed_time_is_the_deadline_until_it_is_called_off() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    usual = start_of(ticket).due_at
    row = a_booking(ticket, agent, begins=SLOT + 7 * DAY)
    start = start_of(ticket)
    assert (start.due_at, start.met_at) == (SLOT + 7 * DAY, None)
    assert Deadline.objects.get(ticket=ticket, kind=DeadlineKind.RESOLUTION).paused
    actions.reschedule(
        actor=customer.actor, now=NOW + HOUR, appointment_id=row.pk, begins=SLOT + 8 * DAY
    )
    assert start_of(ticket).due_at == SLOT + 8 * DAY
    tickets.raise_deadlines(SLOT + 7 * DAY + HOUR)
    assert start_of(ticket).breached_at is None
    actions.cancel(actor=customer.actor, now=NOW + 2 * DAY, appointment_id=row.pk)
    assert usual
    assert start_of(ticket).due_at == usual + 2 * DAY


def test_r29_kept_deadlines_are_the_usual_ones() -> None:
    a_policy_in_force({"appointment.sla": "keep"})
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    usual = start_of(ticket).due_at
    a_booking(ticket, agent, begins=SLOT + 7 * DAY)
    assert start_of(ticket).due_at == usual


def test_nobody_is_booked_further_ahead_than_anybody_plans() -> None:
    agent = with_hours(an_agent())
    ticket = a_ticket(a_customer())
    (chance,) = free_times(ticket, policy=rulebook.current(), now=NOW, agent_id=agent.pk)
    assert chance.times[-1].ends <= NOW + FURTHEST


def test_r29_a_second_time_after_service_began_moves_no_start() -> None:
    agent, customer = with_hours(an_agent()), a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, agent)
    before = start_of(ticket)
    a_booking(ticket, agent, begins=SLOT + 7 * DAY, now=NOW + 2 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.slot_at, ticket.slot_starts) == (SLOT + 7 * DAY, False)
    row = rulebook.current()
    tickets.recompute(now=NOW + 3 * HOUR, number=row.version)
    after = start_of(ticket)
    assert after.met_at == before.met_at
    assert after.breached_at is None
