"""A one-off as a ticket: sold with its number, submitted, spent or returned (S23-S36, R16-R20)."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from balcao.entitlements import actions as entitlements
from balcao.entitlements.models import LedgerEntry, PrepaidTicket, Service
from balcao.events.models import Event
from balcao.policy.access import SYSTEM
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.policy.prepaid import Entry, Standing
from balcao.rulebook.queries import current
from balcao.tickets import actions, queries
from balcao.tickets.models import Deadline
from tests.cast import (
    NOW,
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


def test_s23_s29_a_customer_without_contract_buys_a_one_off_and_gets_its_number() -> None:
    ticket = a_sold_ticket()
    assert ticket.state == "sold"
    assert len(ticket.number) == 10
    assert ledger_of(ticket) == ["ordered", "sold"]
    assert not Deadline.objects.filter(ticket=ticket).exists()


def test_r16_s31_the_description_submits_it_and_the_standard_sla_starts() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    ticket = read_anew(ticket)
    assert (ticket.state, ticket.subject, ticket.submitted_at) == ("open", "Gravador parado", LATER)
    due = {row.kind: row.due_at for row in Deadline.objects.filter(ticket=ticket)}
    # LATER is a Sunday noon in Recife: 24 h end on Monday noon; 40 h after hours, so on Tuesday.
    assert due["start"] == LATER + 24 * HOUR
    assert due["resolution"] == datetime(2026, 12, 15, 11, tzinfo=UTC)
    assert ledger_of(ticket)[-1] == "submitted"


def test_r16_if_the_policy_says_so_its_place_and_time_count_from_the_purchase() -> None:
    a_policy_in_force({"oneoff.sla_from": "purchase"})
    ticket = a_sold_ticket()
    described(ticket)
    assert read_anew(ticket).submitted_at == NOW


def test_r16_a_mere_thank_you_for_the_receipt_submits_nothing() -> None:
    ticket = a_sold_ticket()
    described(ticket, body="Muito obrigada!")
    assert read_anew(ticket).state == "sold"
    assert ledger_of(ticket) == ["ordered", "sold"]


def test_s30_a_one_off_takes_its_place_in_line_when_it_is_submitted() -> None:
    early = a_sold_ticket()
    other = a_ticket(a_customer(), now=NOW + HOUR)
    described(early, now=NOW + 2 * HOUR)
    agent = an_agent()
    first = actions.take_next(actor=acting(agent), now=NOW + 3 * HOUR)
    assert first is not None
    assert first.pk == other.pk


def test_s26_the_first_answer_consumes_it_and_a_second_changes_nothing() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    agent = an_agent()
    for hours in (1, 2):
        an_answer(ticket, agent, now=LATER + hours * HOUR)
    assert ledger_of(ticket) == ["ordered", "sold", "submitted", "consumed"]


def test_r16_the_team_cannot_answer_before_the_problem_is_described() -> None:
    ticket = a_sold_ticket()
    with pytest.raises(actions.Conflict, match="not_described"):
        an_answer(ticket, an_agent(), now=LATER)
    assert ledger_of(ticket) == ["ordered", "sold"]


@pytest.mark.parametrize("verb", [Verb.CANCEL, Verb.RESOLVE])
def test_what_is_called_off_before_service_is_returned_under_the_same_number(verb: Verb) -> None:
    ticket = a_sold_ticket()
    described(ticket)
    actor = acting(ticket.opener, now=LATER + HOUR)
    actions.change_state(actor=actor, now=LATER + HOUR, ticket_id=ticket.pk, verb=verb)
    back = read_anew(ticket)
    assert (back.state, back.number, back.started_at) == ("sold", ticket.number, None)
    assert ledger_of(ticket)[-1] == "returned"
    assert not Deadline.objects.filter(ticket=ticket).exists()
    described(ticket, now=LATER + 2 * HOUR, subject="Outra coisa")
    assert read_anew(ticket).subject == "Outra coisa"
    assert ledger_of(ticket)[-2:] == ["returned", "submitted"]
    assert Deadline.objects.filter(ticket=ticket).count() == 2


def test_o1_what_was_served_is_used_up_and_never_submitted_again() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    an_answer(ticket, an_agent(), now=LATER + HOUR, then=Verb.RESOLVE)
    assert ledger_of(ticket)[-1] == "consumed"
    row = PrepaidTicket.objects.get(ticket=ticket)
    with pytest.raises(entitlements.Conflict):
        entitlements.append(
            row, Entry.SUBMITTED, policy_now=current(), actor=SYSTEM, now=LATER + 2 * HOUR
        )
    assert ledger_of(ticket)[-1] == "consumed"


def test_o1_of_two_who_saw_the_same_place_one_writes() -> None:
    ticket = a_sold_ticket()
    one, two = (PrepaidTicket.objects.get(ticket=ticket) for _ in range(2))
    for row, works in ((one, True), (two, False)):
        if works:
            entitlements.append(row, Entry.SUBMITTED, policy_now=current(), actor=SYSTEM, now=LATER)
        else:
            with pytest.raises(entitlements.Conflict):
                entitlements.append(
                    row, Entry.REFUNDED, policy_now=current(), actor=SYSTEM, now=LATER
                )
    assert ledger_of(ticket) == ["ordered", "sold", "submitted"]


def test_m2_no_line_of_the_ledger_is_changed_or_removed() -> None:
    line = LedgerEntry.objects.get(prepaid=a_sold_ticket().prepaid_id, entry="sold")
    protecting = import_module("balcao.entitlements.migrations.0005_ledger_append_only")
    if connection.vendor == "sqlite":
        # The tests take this one away, to empty tables between them.
        with connection.cursor() as cursor:
            cursor.execute(protecting.sqlite()[1])
    row = LedgerEntry.objects.filter(pk=line.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.update(entry="refunded")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.delete()
    assert LedgerEntry.objects.get(pk=line.pk).entry == "sold"


@pytest.mark.parametrize("who", [an_agent, a_supervisor])
def test_m2_only_sales_makes_a_one_off(who: object) -> None:
    customer = a_customer()
    actor = acting(who())  # type: ignore[operator]
    with pytest.raises(entitlements.NotAllowed):
        entitlements.order_prepaid(
            actor=actor,
            now=NOW,
            organisation_id=customer.organisation.pk,
            holder_id=customer.user.pk,
            kind="oneoff_problem",
            service_id=Service.objects.get(slug="incident").pk,
            agreed=False,
        )
    assert not PrepaidTicket.objects.exists()


def test_m2_sales_sells_and_does_not_serve() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    with pytest.raises(actions.NotAllowed):
        an_answer(ticket, a_seller(), now=LATER + HOUR)


def test_s28_it_is_submitted_in_its_last_second_and_refused_after_it() -> None:
    late, in_time = a_sold_ticket(), a_sold_ticket()
    described(in_time, now=OVER - timedelta(seconds=1))
    assert read_anew(in_time).state == "open"
    with pytest.raises(actions.Refused) as refusal:
        described(late, now=OVER)
    assert refusal.value.decision.reason == "oneoff_expired"
    assert refusal.value.decision.next_step == "talk_to_sales"
    assert read_anew(late).state == "sold"


def test_s43_the_ticker_notes_once_what_has_expired() -> None:
    ticket = a_sold_ticket()
    assert entitlements.run_prepaid(OVER - timedelta(seconds=1)) == 1  # the reminders that passed
    assert ledger_of(ticket)[-1] == "sold"
    for _ in range(2):
        entitlements.run_prepaid(OVER)
    assert ledger_of(ticket) == ["ordered", "sold", "expired"]


def test_s43_its_holder_is_reminded_ninety_thirty_seven_days_and_one_day_before() -> None:
    ticket = a_sold_ticket()
    told = []
    while (row := PrepaidTicket.objects.get(ticket=ticket)).next_at and row.next_at < OVER:
        assert entitlements.run_prepaid(row.next_at) == 1
        told.append(PrepaidTicket.objects.get(pk=row.pk).reminded)
    assert told == [90, 30, 7, 1]
    events = Event.objects.filter(verb="prepaid.end_foretold")
    assert [event.data["left"] for event in events.order_by("pk")] == [90, 30, 7, 1]


def test_r20_what_is_in_service_is_finished_after_its_last_day() -> None:
    ticket = a_sold_ticket()
    described(ticket, now=OVER - HOUR)
    an_answer(ticket, an_agent(), now=OVER + 12 * HOUR, then=Verb.RESOLVE)
    assert ledger_of(ticket)[-1] == "consumed"


def test_r20_what_is_returned_after_its_last_day_has_expired() -> None:
    ticket = a_sold_ticket()
    described(ticket, now=OVER - HOUR)
    actor = acting(ticket.opener, now=OVER + HOUR)
    actions.change_state(actor=actor, now=OVER + HOUR, ticket_id=ticket.pk, verb=Verb.CANCEL)
    entitlements.run_prepaid(OVER + HOUR)
    assert ledger_of(ticket)[-2:] == ["returned", "expired"]


# ------------------------------------------------------------------------------------- refunds


def test_an_unused_one_off_is_refunded_and_its_number_is_good_for_nothing() -> None:
    ticket = a_sold_ticket()
    with transaction.atomic():
        actions.refund_oneoff(actor=acting(a_seller()), now=LATER, ticket_id=ticket.pk)
    assert (read_anew(ticket).state, ledger_of(ticket)[-1]) == ("cancelled", "refunded")
    with pytest.raises(actions.Refused):
        described(ticket, now=LATER + HOUR)


def test_a_one_off_in_use_is_not_refunded() -> None:
    ticket = a_sold_ticket()
    described(ticket)
    with pytest.raises(actions.Conflict), transaction.atomic():
        actions.refund_oneoff(actor=acting(a_seller()), now=LATER + HOUR, ticket_id=ticket.pk)
    assert ledger_of(ticket)[-1] == "submitted"


# ----------------------------------------------------------------------------- what is shown


def test_the_statement_holds_what_the_holder_may_see_the_soonest_to_expire_first() -> None:
    holder = a_customer(with_contract=False, with_licence=False)
    new, old = (a_sold_ticket(holder, now=NOW - days * 24 * HOUR) for days in (0, 9))
    used = a_sold_ticket(holder)
    described(used)
    stranger = a_customer()
    now = LATER + HOUR
    rows = queries.oneoffs_of(acting(holder.user, now=now), policy_now=current(), now=now)
    assert [row.number for row in rows] == [old.number, new.number, used.number]
    assert [row.standing for row in rows] == [
        Standing.AVAILABLE,
        Standing.AVAILABLE,
        Standing.IN_USE,
    ]
    assert rows[1].days_left == 335
    nothing = queries.oneoffs_of(acting(stranger.user, now=now), policy_now=current(), now=now)
    assert nothing == ()


def test_b5_the_ledger_of_somebody_else_does_not_exist() -> None:
    ticket = a_sold_ticket()
    mine = acting(ticket.opener, now=NOW)
    found = queries.oneoff_of(queries.get_for(mine, ticket.number), policy_now=current(), now=NOW)
    assert [line.entry for line in found.lines] == [Entry.ORDERED, Entry.SOLD]
    with pytest.raises(queries.NotFound):
        queries.get_for(a_customer().actor, ticket.number)


def test_s33_a_one_off_gives_its_holder_no_contract_benefits() -> None:
    ticket = a_sold_ticket()
    with pytest.raises(actions.Refused) as refusal:
        actions.open_ticket(
            actor=acting(ticket.opener),
            now=NOW,
            organisation_id=ticket.organisation_id,
            service="incident",
            licence_id=None,
            subject="Outro problema",
            body="x",
            key="k",
            door=Door.PORTAL,
        )
    assert refusal.value.decision.next_step == "buy_oneoff"
