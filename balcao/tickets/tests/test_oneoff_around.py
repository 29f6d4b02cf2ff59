"""A one-off on the telephone, extended, separated and reopened (S25, S27, R14, R16, R27)."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from balcao.entitlements import actions as entitlements
from balcao.events.models import Event
from balcao.people.models import User
from balcao.policy.lifecycle import Verb
from balcao.policy.override import Wanted
from balcao.rulebook.queries import current
from balcao.tickets import actions, queries
from balcao.tickets.models import Deadline, Decision, Override, Ticket, TicketLink
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_policy_in_force,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.sales import LATER, OVER, a_seller, a_sold_ticket, described, ledger_of, read_anew

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]

HOUR = timedelta(hours=1)


# --------------------------------------------------------------------------------- extensions


def _asked(ticket: Ticket, until: datetime, *, now: datetime) -> Override:
    return actions.ask_override(
        actor=acting(a_supervisor()),
        now=now,
        organisation_id=ticket.organisation_id,
        ticket_id=ticket.pk,
        wanted=Wanted(rules=("S28",), begins=now, ends=until, reason="Cliente internado"),
        key=secrets.token_hex(8),
    )


def test_r14_two_people_give_an_expired_one_off_another_last_day() -> None:
    ticket = a_sold_ticket()
    entitlements.run_prepaid(OVER)
    until = OVER + timedelta(days=10)
    asked = _asked(ticket, until, now=OVER)
    with pytest.raises(actions.Refused):
        described(ticket, now=OVER + HOUR)
    actions.answer_override(
        actor=acting(a_supervisor()), now=OVER + HOUR, override_id=asked.pk, approve=True
    )
    assert ledger_of(ticket)[-1] == "extended"
    described(ticket, now=until - timedelta(seconds=1))
    assert read_anew(ticket).state == "open"


def test_r14_what_is_used_is_not_extended_and_nobody_extends_alone() -> None:
    ticket = a_sold_ticket()
    asked = _asked(ticket, OVER + timedelta(days=9), now=OVER - 20 * 24 * HOUR)
    with pytest.raises(actions.NotAllowed):
        actions.answer_override(
            actor=acting(asked.asked_by), now=OVER, override_id=asked.pk, approve=True
        )
    described(ticket, now=OVER - 20 * 24 * HOUR)
    with pytest.raises(actions.Conflict):
        actions.answer_override(
            actor=acting(a_supervisor()),
            now=OVER - 20 * 24 * HOUR,
            override_id=asked.pk,
            approve=True,
        )
    with pytest.raises(actions.Unfit):
        _asked(ticket, OVER + timedelta(days=9), now=OVER - 19 * 24 * HOUR)
    assert ledger_of(ticket)[-1] == "submitted"


# ------------------------------------------------------------------------ by phone, and afterwards


def test_s25_r16_told_to_an_agent_on_the_phone_the_problem_submits_and_starts_it() -> None:
    ticket = a_sold_ticket()
    agent = acting(an_agent())
    actions.log_call(
        actor=agent, now=NOW + HOUR, ticket_id=ticket.pk, summary="Não grava desde cedo.", key="1"
    )
    served = read_anew(ticket)
    assert (served.state, served.subject, served.assignee_id) == (
        "in_service",
        "Não grava desde cedo.",
        agent.id,
    )
    assert ledger_of(ticket)[-2:] == ["submitted", "consumed"]


def test_s27_on_the_phone_it_is_neither_submitted_nor_served_outside_business_hours() -> None:
    ticket = a_sold_ticket()
    night = datetime(2026, 11, 13, 23, tzinfo=UTC)
    with pytest.raises(actions.Refused) as refusal:
        actions.log_call(
            actor=acting(an_agent()), now=night, ticket_id=ticket.pk, summary="x", key="1"
        )
    assert refusal.value.decision.reason == "closed_hours"
    assert refusal.value.decision.back_at == datetime(2026, 11, 16, 11, tzinfo=UTC)
    assert ledger_of(ticket) == ["ordered", "sold"]


def test_s27_r16_what_a_caller_says_at_night_is_taken_down_served_and_used_later() -> None:
    ticket = a_sold_ticket()
    agent, night = acting(an_agent()), datetime(2026, 11, 13, 23, tzinfo=UTC)
    for _ in range(2):
        actions.take_down(
            actor=agent, now=night, ticket_id=ticket.pk, summary="Não grava desde cedo.", key="1"
        )
    waiting = read_anew(ticket)
    assert (waiting.state, waiting.subject, waiting.door, waiting.assignee_id) == (
        "open",
        "Não grava desde cedo.",
        "phone",
        None,
    )
    assert (waiting.submitted_at, waiting.started_at, waiting.message_count) == (night, None, 1)
    assert ledger_of(ticket) == ["ordered", "sold", "submitted"]
    due = Deadline.objects.get(ticket=ticket, kind="start").due_at
    assert due == datetime(2026, 11, 16, 11, tzinfo=UTC)
    actions.log_call(actor=agent, now=due, ticket_id=ticket.pk, summary="Voltou a gravar.", key="2")
    assert read_anew(ticket).state == "in_service"
    assert ledger_of(ticket)[-1] == "consumed"
    with pytest.raises(actions.Conflict, match="state_changed"):
        actions.take_down(actor=agent, now=night, ticket_id=ticket.pk, summary="x", key="3")


def test_s34_s42_what_is_not_covered_or_has_a_time_first_is_not_taken_down() -> None:
    agent, night = acting(an_agent()), datetime(2026, 11, 13, 23, tzinfo=UTC)
    problem = a_sold_ticket()
    with pytest.raises(actions.Refused) as refusal:
        actions.take_down(
            actor=agent,
            now=night,
            ticket_id=problem.pk,
            summary="Trocar os drivers.",
            key="1",
            service="driver_change",
        )
    assert refusal.value.decision.reason == "service_not_covered"
    assert ledger_of(problem) == ["ordered", "sold"]
    training = a_sold_ticket(kind="oneoff_training")
    with pytest.raises(actions.Conflict):
        actions.take_down(actor=agent, now=night, ticket_id=training.pk, summary="x", key="1")


def test_s27_what_is_written_at_night_is_taken_and_due_when_the_desk_is_open() -> None:
    ticket = a_sold_ticket()
    friday_night = datetime(2026, 11, 14, 1, tzinfo=UTC)
    described(ticket, now=friday_night)
    due = Deadline.objects.get(ticket=ticket, kind="start").due_at
    assert due == datetime(2026, 11, 16, 11, tzinfo=UTC)


def test_r14_the_number_of_an_unused_one_off_is_among_those_sent_to_its_holder() -> None:
    unused, used = a_sold_ticket(), a_sold_ticket()
    numbers = [number for number, _subject in queries.open_numbers_of(unused.opener_id)]
    assert numbers == [unused.number]
    with transaction.atomic():
        actions.refund_oneoff(actor=acting(a_seller()), now=LATER, ticket_id=used.pk)
    assert queries.open_numbers_of(used.opener_id) == []


def test_r27_n2_a_second_problem_takes_another_one_off_and_the_same_one_is_free() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    agent = an_agent()
    an_answer(ticket, agent, now=LATER + HOUR, then=Verb.RESOLVE)
    with pytest.raises(actions.Refused) as refusal:
        actions.split(
            actor=acting(agent),
            now=LATER + 2 * HOUR,
            ticket_id=ticket.pk,
            question=actions.Question(
                subject="Outra coisa", body="E o ramal 12?", service="incident", licence_id=None
            ),
            key="split",
        )
    assert refusal.value.decision.next_step == "buy_oneoff"
    in_time = LATER + timedelta(days=7)
    actor = acting(ticket.opener, now=in_time)
    actions.change_state(actor=actor, now=in_time, ticket_id=ticket.pk, verb=Verb.REOPEN)
    assert read_anew(ticket).state == "in_service"
    assert ledger_of(ticket)[-1] == "consumed"


def test_r16_before_its_problem_is_described_there_is_no_deadline_to_explain(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ticket = a_sold_ticket()
    assert queries.explain_deadlines(ticket, policy=current(), now=LATER) == ()
    call_command("sla", "explain", "--ticket", ticket.number)
    assert "No deadline runs" in capsys.readouterr().out
    described(ticket)
    assert len(queries.explain_deadlines(read_anew(ticket), policy=current(), now=LATER)) == 2


def _two(customer: Customer, *, service: str = "incident") -> tuple[Ticket, Ticket]:
    """One that is served, and another that the same holder has not used."""
    first, second = a_sold_ticket(customer), a_sold_ticket(customer, service=service)
    described(first)
    return first, second


def _split_into(
    origin: Ticket, target: Ticket, agent: User, *, service: str = "incident", key: str = "k"
) -> Ticket:
    return actions.split_into(
        actor=acting(agent, now=LATER + HOUR),
        now=LATER + HOUR,
        ticket_id=origin.pk,
        oneoff_id=target.pk,
        question=actions.Question(
            subject="Ramal 12 mudo", body="E o ramal 12?", service=service, licence_id=None
        ),
        key=key,
    )


def test_r27_a_second_problem_uses_another_one_off_of_its_holder() -> None:
    agent, customer = an_agent(), a_customer(with_contract=False, with_licence=False)
    first, second = _two(customer)
    usable = queries.usable_for(acting(agent), first, policy_now=current(), now=LATER)
    assert [row.number for row in usable.values()] == [second.number]
    made = [_split_into(first, second, agent) for _again in range(2)]
    assert [one.number for one in made] == [second.number] * 2
    used = read_anew(second)
    assert (used.state, used.subject, used.message_count) == ("open", "Ramal 12 mudo", 1)
    assert ledger_of(second) == ["ordered", "sold", "submitted"]
    assert ledger_of(first) == ["ordered", "sold", "submitted"]
    link = TicketLink.objects.get(ticket=second)
    assert (link.origin, link.by) == (first, agent)
    decided = Decision.objects.filter(ticket=second).latest("pk")
    assert (decided.verdict, decided.act, decided.actor_id) == ("allow", "continue", agent.pk)
    assert Event.objects.filter(verb="ticket.submitted", subject_id=second.pk).count() == 1
    assert Deadline.objects.filter(ticket=second).count() == 2
    assert not queries.usable_for(acting(agent), first, policy_now=current(), now=LATER)


def test_r27_n2_what_the_other_one_off_does_not_cover_is_refused_and_spends_nothing() -> None:
    agent, customer = an_agent(), a_customer(with_contract=False, with_licence=False)
    first, second = _two(customer)
    with pytest.raises(actions.Refused) as refusal:
        _split_into(first, second, agent, service="custom_report")
    assert refusal.value.decision.reason == "service_not_covered"
    assert (read_anew(second).state, ledger_of(second)) == ("sold", ["ordered", "sold"])
    assert not TicketLink.objects.filter(ticket=second).exists()


def test_b3_nobody_elses_one_off_is_used_for_it() -> None:
    agent, customer = an_agent(), a_customer(with_contract=False, with_licence=False)
    first, _second = _two(customer)
    stranger, colleague = a_sold_ticket(), a_sold_ticket(a_colleague(customer))
    for other in (stranger, colleague, a_ticket(a_customer()), first):
        with pytest.raises(actions.NotAllowed):
            _split_into(first, other, agent)
    with pytest.raises(actions.NotAllowed):
        _split_into(first, _second, customer.user)
    usable = queries.usable_for(acting(agent), first, policy_now=current(), now=LATER)
    assert list(usable) == [_second.pk]
    late = OVER + HOUR
    assert not queries.usable_for(acting(agent), first, policy_now=current(), now=late)


def test_s42_a_training_is_arranged_with_sales_and_takes_no_second_problem() -> None:
    agent, customer = an_agent(), a_customer(with_contract=False, with_licence=False)
    first, problem = _two(customer)
    training = a_sold_ticket(customer, kind="oneoff_training", service="remote_training")
    usable = queries.usable_for(acting(agent), first, policy_now=current(), now=LATER)
    assert list(usable) == [problem.pk]
    with pytest.raises(actions.Conflict):
        _split_into(first, training, agent, service="remote_training")
    assert ledger_of(training) == ["ordered", "sold"]


def test_r27_one_that_came_back_takes_the_next_problem_too() -> None:
    agent, customer = an_agent(), a_customer(with_contract=False, with_licence=False)
    first, second = _two(customer)
    _split_into(first, second, agent)
    actions.change_state(
        actor=acting(customer.user, now=LATER + HOUR),
        now=LATER + HOUR,
        ticket_id=second.pk,
        verb=Verb.CANCEL,
    )
    assert ledger_of(second)[-1] == "returned"
    _split_into(first, second, agent, key="again")
    assert ledger_of(second)[-2:] == ["returned", "submitted"]
    assert read_anew(second).message_count == 2


def test_r27_the_same_problem_is_free_for_as_long_as_the_policy_says() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    an_answer(ticket, an_agent(), now=LATER + HOUR, then=Verb.RESOLVE)
    back = LATER + timedelta(days=5)
    a_policy_in_force({"oneoff.same_problem_days": 3})
    with pytest.raises(actions.Refused) as refusal:
        described(ticket, now=back, body="Parou de novo.")
    assert refusal.value.decision.reason == "ticket_closed"
    a_policy_in_force({"oneoff.same_problem_days": 7})
    described(ticket, now=back, body="Parou de novo.")
    assert read_anew(ticket).state == "in_service"
    assert ledger_of(ticket)[-1] == "consumed"
