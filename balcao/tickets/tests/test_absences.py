"""Somebody of the team is away: the line gets its tickets back, the answered ones stay (R24)."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy import routing
from balcao.policy.access import Role
from balcao.policy.lifecycle import State
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    announce_absence,
    assign_to_me,
    end_absence,
    run_absences,
    take_next,
    transfer,
)
from balcao.tickets.models import Absence, Queue, Ticket
from balcao.tickets.queries import (
    absences_for,
    claimable,
    colleagues_for,
    is_absent,
    position_of,
)
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def away(
    user: User,
    *,
    by: User | None = None,
    starts: datetime = NOW,
    ends: datetime | None = None,
    now: datetime = NOW,
) -> Absence:
    return announce_absence(
        actor=acting(by or user), now=now, user_id=user.pk, starts_at=starts, ends_at=ends
    )


def _line(queue: Queue, length: int) -> list[Ticket]:
    customer = a_customer()
    return [a_ticket(customer, queue=queue, now=NOW + n * MINUTE) for n in range(length)]


def test_r24_what_waits_goes_back_to_its_old_place_and_what_was_answered_stays() -> None:
    queue = a_queue()
    line = _line(queue, 5)
    agent = an_agent(queue)
    assign_to_me(actor=acting(agent), now=NOW + HOUR, ticket_id=line[2].pk)
    an_answer(line[4], agent, now=NOW + HOUR)
    claimed = take_next(actor=acting(agent), now=NOW + HOUR)
    assert claimed is not None
    assert claimed.pk == line[0].pk
    row = away(agent, now=NOW + HOUR, starts=NOW + HOUR)
    owners = [Ticket.objects.get(pk=ticket.pk).assignee_id for ticket in line]
    assert owners == [None, None, None, None, agent.pk]
    assert [position_of(Ticket.objects.get(pk=t.pk), order="fifo") for t in line[:4]] == [
        1,
        2,
        3,
        4,
    ]
    assert not Ticket.objects.filter(queue=queue, claimed_until__isnull=False).exists()
    began = Event.objects.get(verb="absence.began", subject_id=row.pk)
    assert began.data == {"user": agent.pk, "returned": 2, "kept": 1}


def test_s20_nobody_who_is_away_is_given_the_next_ticket() -> None:
    queue = a_queue()
    _line(queue, 1)
    agent = an_agent(queue)
    row = away(agent)
    with pytest.raises(Conflict) as refused:
        take_next(actor=acting(agent), now=NOW + HOUR)
    assert refused.value.code == "absent"
    end_absence(actor=acting(agent), now=NOW + HOUR, absence_id=row.pk)
    assert take_next(actor=acting(agent), now=NOW + HOUR) is not None


def test_an_absence_to_come_begins_and_ends_by_the_ticker_once() -> None:
    queue = a_queue()
    ticket = _line(queue, 1)[0]
    agent = an_agent(queue)
    assign_to_me(actor=acting(agent), now=NOW, ticket_id=ticket.pk)
    row = away(agent, starts=NOW + DAY, ends=NOW + 2 * DAY)
    run_absences(NOW + DAY - MINUTE)
    assert Ticket.objects.get(pk=ticket.pk).assignee_id == agent.pk
    assert not is_absent(agent.pk, now=NOW + DAY - MINUTE)
    for _ in range(2):
        run_absences(NOW + DAY)
    assert Ticket.objects.get(pk=ticket.pk).assignee_id is None
    assert is_absent(agent.pk, now=NOW + DAY)
    for _ in range(2):
        run_absences(NOW + 2 * DAY)
    assert not is_absent(agent.pk, now=NOW + 2 * DAY)
    verbs = Event.objects.filter(subject_kind="tickets.absence", subject_id=row.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "absence.announced",
        "absence.began",
        "absence.ended",
    ]


def test_an_absence_called_off_never_begins() -> None:
    agent = an_agent()
    row = away(agent, starts=NOW + DAY)
    end_absence(actor=acting(agent), now=NOW, absence_id=row.pk)
    end_absence(actor=acting(agent), now=NOW, absence_id=row.pk)
    run_absences(NOW + 3 * DAY)
    assert Absence.objects.get(pk=row.pk).began_at is None
    assert Event.objects.filter(verb="absence.ended", subject_id=row.pk).count() == 1


def test_absences_of_one_person_do_not_overlap_or_run_backwards() -> None:
    agent = an_agent()
    away(agent, starts=NOW + DAY, ends=NOW + 3 * DAY)
    for starts, ends in (
        (NOW + 2 * DAY, NOW + 4 * DAY),
        (NOW, None),
        (NOW, NOW + DAY + HOUR),
        (NOW + DAY, NOW + 2 * DAY),
    ):
        with pytest.raises(Conflict, match="overlaps"):
            away(agent, starts=starts, ends=ends)
    for starts, ends in ((NOW, NOW), (NOW + DAY, NOW), (NOW - 2 * DAY, NOW - DAY)):
        with pytest.raises(Conflict, match="backwards"):
            away(agent, starts=starts, ends=ends)
    away(agent, starts=NOW, ends=NOW + DAY)
    away(agent, starts=NOW + 3 * DAY)


@pytest.mark.django_db(transaction=True)
def test_two_announcements_at_once_are_one_absence() -> None:
    agent = an_agent()
    start = threading.Barrier(4)
    refused = []

    def announce() -> None:
        start.wait()
        try:
            away(agent)
        except Conflict as conflict:
            refused.append(conflict.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=announce) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert refused == ["overlaps"] * 3
    assert Absence.objects.filter(user=agent).count() == 1


def test_m1_one_says_it_of_oneself_and_the_keepers_of_everybody() -> None:
    agent, colleague = an_agent(), an_agent()
    supervisor = a_member_of_staff(Role.SUPERVISOR)
    administrator = a_member_of_staff(Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        away(agent, by=colleague)
    row = away(agent, by=supervisor)
    with pytest.raises(NotAllowed):
        end_absence(actor=acting(colleague), now=NOW, absence_id=row.pk)
    end_absence(actor=acting(administrator), now=NOW, absence_id=row.pk)
    for other in (a_member_of_staff(Role.SALES), a_customer().user):
        with pytest.raises(NotAllowed):
            away(other)
        with pytest.raises(NotAllowed):
            away(other, by=supervisor)
        assert absences_for(acting(other)) == []


def test_r24_a_supervisor_hands_over_what_an_absent_agent_keeps() -> None:
    queue = a_queue()
    ticket = _line(queue, 1)[0]
    absent, free, busy = an_agent(queue), an_agent(queue), an_agent(queue)
    outsider, supervisor = an_agent(a_queue()), a_member_of_staff(Role.SUPERVISOR)
    an_answer(ticket, absent, now=NOW)
    an_answer(a_ticket(a_customer(), queue=queue), busy, now=NOW)
    away(absent)
    [row] = [one for one in absences_for(acting(supervisor)) if one.user_id == absent.pk]
    assert row.kept == ((ticket.number, ticket.subject),)
    found = Ticket.objects.get(pk=ticket.pk)
    choices = [one.id for one in colleagues_for(found, now=NOW)]
    assert absent.pk not in choices
    assert outsider.pk not in choices
    assert choices.index(free.pk) < choices.index(busy.pk)
    boss = acting(supervisor)
    for nobody in (outsider.pk, a_customer().user.pk, 0):
        with pytest.raises(NotAllowed):
            transfer(actor=boss, now=NOW, ticket_id=ticket.pk, to_id=nobody)
    with pytest.raises(Conflict, match="absent"):
        transfer(actor=boss, now=NOW, ticket_id=ticket.pk, to_id=absent.pk)
    with pytest.raises(NotAllowed):
        transfer(actor=acting(outsider), now=NOW, ticket_id=ticket.pk, to_id=outsider.pk)
    for _ in range(2):
        transfer(actor=boss, now=NOW, ticket_id=ticket.pk, to_id=free.pk)
    assert Ticket.objects.get(pk=ticket.pk).assignee_id == free.pk
    assert Event.objects.filter(verb="ticket.assigned", subject_id=ticket.pk).count() == 1


def test_s30_who_may_claim_is_one_rule_in_words_and_in_the_database() -> None:
    queue, agent = a_queue(), an_agent()
    customer = a_customer()
    for state in State:
        for owner in (None, agent.pk):
            for until in (None, NOW, NOW + MINUTE):
                ticket = a_ticket(customer, queue=queue)
                Ticket.objects.filter(pk=ticket.pk).update(
                    state=state.value, assignee=owner, claimed_until=until
                )
                found = Ticket.objects.filter(claimable(NOW), pk=ticket.pk).exists()
                assert found is routing.may_claim(
                    state=state, assignee=owner, claimed_until=until, now=NOW
                )
