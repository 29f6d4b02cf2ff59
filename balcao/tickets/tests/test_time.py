"""What time alone brings: warnings, reminders, reviews, and jumps of the clock."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from balcao.events.models import Event
from balcao.policy.lifecycle import State, Verb
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    change_state,
    customer_message,
    raise_deadlines,
    run_due,
    wait_third,
)
from balcao.tickets.models import Deadline, StateSpan, ThirdPartyWait, Ticket
from balcao.tickets.queries import deadlines_of
from tests.cast import (
    NOW,
    Customer,
    a_customer,
    a_policy_in_force,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def said(ticket: Ticket, *verbs: str) -> list[tuple[str, object]]:
    """Verb and deadline, or reminder, of the ticket's events of these verbs."""
    rows = Event.objects.filter(verb__in=[f"ticket.{verb}" for verb in verbs], subject_id=ticket.pk)
    return [
        (row.verb.partition(".")[2], row.data.get("deadline", row.data.get("reminder")))
        for row in rows.order_by("pk")
    ]


# ------------------------------------------------------------------- warnings


def test_s12_s13_each_deadline_is_warned_of_once_and_then_breached_once() -> None:
    ticket = a_ticket(a_customer())
    for hours in range(50):
        for _ in range(2):
            raise_deadlines(NOW + hours * HOUR)
    assert said(ticket, "deadline_warned", "deadline_breached") == [
        ("deadline_warned", "start"),
        ("deadline_breached", "start"),
        ("deadline_warned", "resolution"),
        ("deadline_breached", "resolution"),
    ]
    rows = {row.kind: row for row in Deadline.objects.filter(ticket=ticket)}
    assert rows["start"].warned_at == NOW + 18 * HOUR
    assert rows["resolution"].warned_at == NOW + 30 * HOUR


def test_the_chip_turns_soon_when_the_team_is_warned() -> None:
    ticket = a_ticket(a_customer())
    for moment, chip in ((18 * HOUR - SECOND, "ok"), (18 * HOUR, "soon")):
        assert deadlines_of(ticket, now=NOW + moment)["start"].chip == chip


def test_a_deadline_that_passed_while_the_ticker_was_away_is_only_breached() -> None:
    ticket = a_ticket(a_customer())
    raise_deadlines(NOW + 60 * HOUR)
    assert said(ticket, "deadline_warned", "deadline_breached") == [
        ("deadline_breached", "start"),
        ("deadline_breached", "resolution"),
    ]


def test_r4_a_wait_for_the_customer_moves_the_warning_too() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW + HOUR, then=Verb.WAIT_CUSTOMER)
    raise_deadlines(NOW + 35 * HOUR)
    customer_message(
        actor=customer.actor, now=NOW + 36 * HOUR, ticket_id=ticket.pk, body="Feito.", key="a"
    )
    raise_deadlines(NOW + 65 * HOUR - SECOND)
    assert said(ticket, "deadline_warned") == []
    raise_deadlines(NOW + 65 * HOUR)
    assert said(ticket, "deadline_warned") == [("deadline_warned", "resolution")]


def test_r4_resolved_out_of_a_wait_is_not_late() -> None:
    ticket = a_ticket(a_customer())
    agent = an_agent()
    an_answer(ticket, agent, now=NOW + HOUR, then=Verb.WAIT_CUSTOMER)
    change_state(actor=acting(agent), now=NOW + 90 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    row = deadlines_of(ticket, now=NOW + 91 * HOUR)["resolution"]
    assert (row.chip, row.breached_at) == ("met", None)
    assert row.due_at == NOW + 129 * HOUR


# -------------------------------------------------------------------- silence


def _asked() -> tuple[Customer, Ticket]:
    customer = a_customer()
    ticket = a_ticket(customer)
    an_answer(ticket, an_agent(), now=NOW, then=Verb.WAIT_CUSTOMER)
    return customer, ticket


def test_r5_a_silent_customer_is_reminded_on_days_2_and_5_and_resolved_on_day_7() -> None:
    _, ticket = _asked()
    seen = []
    for hours in range(8 * 24):
        run_due(NOW + hours * HOUR)
        row = Ticket.objects.get(pk=ticket.pk)
        seen.append((row.state, row.reminded))
    assert seen.index(("waiting_customer", 1)) == 2 * 24
    assert seen.index(("waiting_customer", 2)) == 5 * 24
    assert seen.index(("resolved", 2)) == 7 * 24
    assert said(ticket, "customer_reminded", "resolved") == [
        ("customer_reminded", 1),
        ("customer_reminded", 2),
        ("resolved", None),
    ]
    last = Event.objects.get(verb="ticket.resolved", subject_id=ticket.pk)
    assert (last.data["cause"], last.actor_kind) == ("silence", "system")
    told = Event.objects.filter(verb="ticket.customer_reminded", subject_id=ticket.pk)
    assert {row.data["until"] for row in told} == {(NOW + 7 * DAY).isoformat()}


def test_r5_any_message_of_the_customer_stops_the_reminders() -> None:
    customer, ticket = _asked()
    run_due(NOW + 2 * DAY)
    customer_message(
        actor=customer.actor, now=NOW + 3 * DAY, ticket_id=ticket.pk, body="Obrigada!", key="a"
    )
    run_due(NOW + 30 * DAY)
    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.state, row.next_at) == (State.IN_SERVICE.value, None)
    assert said(ticket, "customer_reminded", "resolved") == [("customer_reminded", 1)]
    an_answer(ticket, an_agent(), now=NOW + 31 * DAY, then=Verb.WAIT_CUSTOMER)
    run_due(NOW + 33 * DAY)
    assert Ticket.objects.get(pk=ticket.pk).reminded == 1


def test_r5_after_a_week_without_a_ticker_one_reminder_goes_out_and_a_day_is_given() -> None:
    _, ticket = _asked()
    back = NOW + 9 * DAY
    for _ in range(3):
        run_due(back)
    assert said(ticket, "customer_reminded", "resolved") == [("customer_reminded", 2)]
    run_due(back + DAY - SECOND)
    assert Ticket.objects.get(pk=ticket.pk).state == State.WAITING_CUSTOMER.value
    run_due(back + DAY)
    assert Ticket.objects.get(pk=ticket.pk).state == State.RESOLVED.value


def test_r5_the_days_are_those_of_the_policy_in_force() -> None:
    _, ticket = _asked()
    a_policy_in_force({"ticket.silence_days": [4, 6]})
    run_due(NOW + 2 * DAY)
    assert said(ticket, "customer_reminded") == []
    run_due(NOW + 4 * DAY)
    assert said(ticket, "customer_reminded") == [("customer_reminded", 1)]


def test_r5_a_resolved_ticket_closes_by_the_policy_in_force() -> None:
    ticket = a_ticket(a_customer())
    an_answer(ticket, an_agent(), now=NOW, then=Verb.RESOLVE)
    a_policy_in_force({"ticket.reopen_days": 10})
    run_due(NOW + 7 * DAY)
    assert Ticket.objects.get(pk=ticket.pk).state == State.RESOLVED.value
    run_due(NOW + 10 * DAY)
    assert Ticket.objects.get(pk=ticket.pk).state == State.CLOSED.value


@pytest.mark.django_db(transaction=True)
def test_r5_two_tickers_at_once_remind_once_and_resolve_once() -> None:
    _, ticket = _asked()
    for day in (2, 5, 7):
        start = threading.Barrier(4)

        def tick(now: object = NOW + day * DAY, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                run_due(now)  # type: ignore[arg-type]
            finally:
                connection.close()

        threads = [threading.Thread(target=tick) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert said(ticket, "customer_reminded", "resolved") == [
        ("customer_reminded", 1),
        ("customer_reminded", 2),
        ("resolved", None),
    ]


# -------------------------------------------------------------- third parties


def _wait(ticket: Ticket, agent: object, review: date, who: str = "A operadora") -> ThirdPartyWait:
    return wait_third(
        actor=acting(agent),  # type: ignore[arg-type]
        now=NOW + HOUR,
        ticket_id=ticket.pk,
        who=who,
        protocol="2026-1",
        review_on=review,
    )


def test_r4_a_wait_for_a_third_party_keeps_who_and_until_when_and_the_deadline_runs() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, now=NOW)
    wait = _wait(ticket, agent, date(2026, 11, 18))
    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.state, row.third_party, row.next_at) == (
        State.WAITING_THIRD.value,
        wait,
        wait.review_at,
    )
    assert wait.review_at.isoformat() == "2026-11-18T11:00:00+00:00", "08:00 in Recife"
    due = Deadline.objects.get(ticket=ticket, kind="resolution")
    assert (due.paused, due.due_at) == (False, NOW + 40 * HOUR)


def test_r4_the_review_is_reminded_of_once_and_a_new_date_once_more() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, now=NOW)
    first = _wait(ticket, agent, date(2026, 11, 18))
    for _ in range(2):
        run_due(first.review_at)
    assert len(said(ticket, "review_due")) == 1
    again = _wait(ticket, agent, date(2026, 11, 25), who="O fornecedor")
    assert again.pk == first.pk
    assert ThirdPartyWait.objects.get(pk=first.pk).who == "O fornecedor"
    run_due(again.review_at)
    assert len(said(ticket, "review_due")) == 2


def test_r4_the_wait_ends_with_the_state() -> None:
    ticket, agent = a_ticket(a_customer()), an_agent()
    an_answer(ticket, agent, now=NOW)
    wait = _wait(ticket, agent, date(2026, 11, 18))
    change_state(actor=acting(agent), now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESUME)
    wait.refresh_from_db()
    row = Ticket.objects.get(pk=ticket.pk)
    assert (wait.ended, row.third_party, row.next_at) == (NOW + 2 * HOUR, None, None)
    run_due(wait.review_at)
    assert said(ticket, "review_due") == []


def test_r4_only_those_who_serve_the_ticket_begin_a_wait_and_only_where_the_table_leads() -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    with pytest.raises(Conflict):
        _wait(ticket, agent, date(2026, 11, 18))
    assert not ThirdPartyWait.objects.filter(ticket=ticket).exists()
    an_answer(ticket, agent, now=NOW)
    with pytest.raises(NotAllowed):
        _wait(ticket, customer.user, date(2026, 11, 18))
    with pytest.raises(NotAllowed):
        change_state(actor=acting(agent), now=NOW, ticket_id=ticket.pk, verb=Verb.WAIT_THIRD)


# ---------------------------------------------------------------- clock jumps


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_p5_a_clock_that_jumps_repeats_nothing_and_no_time_is_negative(jump: timedelta) -> None:
    customer, agent = a_customer(), an_agent()
    ticket = a_ticket(customer)
    moments = [NOW + 17 * HOUR + minutes * timedelta(minutes=10) for minutes in range(600)]
    clock = [moment + (jump if place % 7 in (3, 4, 5) else 0 * HOUR)
             for place, moment in enumerate(moments)]  # fmt: skip
    for moment in clock:
        raise_deadlines(moment)
        run_due(moment)
    verbs = [verb for verb, _ in said(ticket, "deadline_warned", "deadline_breached")]
    assert sorted(verbs) == ["deadline_breached"] * 2 + ["deadline_warned"] * 2
    an_answer(ticket, agent, now=clock[-1], then=Verb.WAIT_CUSTOMER)
    customer_message(
        actor=customer.actor, now=clock[-1] - HOUR, ticket_id=ticket.pk, body="Pronto.", key="a"
    )
    change_state(actor=acting(agent), now=clock[-1] - HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    row = Ticket.objects.get(pk=ticket.pk)
    assert row.started_at is not None
    assert row.resolved_at is not None
    assert row.submitted_at <= row.started_at <= row.resolved_at
    spans = list(StateSpan.objects.filter(ticket=ticket).order_by("pk"))
    edges = [moment for span in spans for moment in (span.began, span.ended) if moment]
    assert edges == sorted(edges)
    raise_deadlines(clock[-1] + DAY)
    assert len(said(ticket, "deadline_breached")) == 2


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_p5_silence_is_broken_once_a_day_however_the_clock_jumps(jump: timedelta) -> None:
    _, ticket = _asked()
    for hours in range(24 * 9):
        for moment in (NOW + hours * HOUR, NOW + hours * HOUR + jump, NOW + hours * HOUR):
            run_due(moment)
    assert said(ticket, "customer_reminded", "resolved") == [
        ("customer_reminded", 1),
        ("customer_reminded", 2),
        ("resolved", None),
    ]
