"""Exceptions by two people (R14): asked, answered, used, over."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from balcao.events.models import Event
from balcao.events.verifying import verify
from balcao.people.models import Deputy, User
from balcao.policy.access import Role
from balcao.policy.gate import Door
from balcao.policy.lifecycle import Verb
from balcao.policy.override import Wanted
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    Refused,
    Unfit,
    answer_override,
    ask_override,
    change_state,
    end_override,
    run_overrides,
    staff_reply,
)
from balcao.tickets.models import Decision, Objection, Override
from balcao.tickets.queries import lines_for
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_customer,
    a_member_of_staff,
    a_supervisor,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    an_override,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WANTED = Wanted(rules=("S5",), begins=NOW, ends=NOW + DAY, reason="Renovação em andamento.")


def lapsed() -> Customer:
    return a_customer(licence_until=TODAY - YEAR)


def asked(customer: Customer, who: User, **changes: object) -> Override:
    wanted = replace(WANTED, **changes)  # type: ignore[arg-type]
    return ask_override(
        actor=acting(who),
        now=NOW,
        organisation_id=customer.organisation.pk,
        wanted=wanted,
        key=secrets.token_hex(8),
    )


def answered(
    row: Override, who: User, *, approve: bool = True, after: timedelta = HOUR
) -> Override:
    return answer_override(
        actor=acting(who), now=NOW + after, override_id=row.pk, approve=approve, note="Ciente."
    )


def verbs_of(row: Override) -> list[str]:
    events = Event.objects.filter(subject_kind="tickets.override", subject_id=row.pk)
    return list(events.order_by("pk").values_list("verb", flat=True))


# ------------------------------------------------------------------------ two people


def test_r14_one_asks_another_approves_and_only_then_the_customer_opens() -> None:
    customer, first, second = lapsed(), a_supervisor(), a_supervisor()
    row = asked(customer, first)
    with pytest.raises(Refused):
        a_ticket(customer, now=NOW + HOUR)
    with pytest.raises(NotAllowed):
        answered(row, first)
    assert answered(row, second).state == "approved"
    ticket = a_ticket(customer, now=NOW + 2 * HOUR)
    decision = Decision.objects.get(ticket=ticket)
    assert [one["override"] for one in decision.outcome["lifted"]] == [row.pk]
    assert verbs_of(row) == ["override.asked", "override.approved"]
    with pytest.raises(Refused):
        a_ticket(customer, now=WANTED.ends)


def test_r14_what_an_exception_allowed_is_counted_and_stands_on_the_timeline() -> None:
    customer = lapsed()
    row = an_override(customer)
    ticket = a_ticket(customer)
    use = Objection.objects.get(override=row)
    assert (use.how, use.rule, use.reason) == ("lifted", "S5", "licence_expired")
    assert use.decision.ticket == ticket
    [line] = [
        line
        for line in lines_for(acting(a_supervisor()), ticket)
        if line.verb == "ticket.exception_used"
    ]
    assert line.data == {"overrides": [row.pk], "rules": ["S5"], "act": "open"}


def test_r14_whoever_may_not_ask_or_approve_is_not_heard() -> None:
    customer, supervisor = lapsed(), a_supervisor()
    row = asked(customer, supervisor)
    others = [a_member_of_staff(role) for role in Role if role.value in _STAFF]
    for one in others:
        with pytest.raises(NotAllowed):
            asked(customer, one)
        with pytest.raises(NotAllowed):
            answered(row, one)
        with pytest.raises(NotAllowed):
            end_override(actor=acting(one), now=NOW, override_id=row.pk)
    with pytest.raises(NotAllowed):
        ask_override(
            actor=customer.actor,
            now=NOW,
            organisation_id=customer.organisation.pk,
            wanted=WANTED,
            key="k",
        )
    row.refresh_from_db()
    assert row.state == "asked"


_STAFF = ("agent", "sales", "administrator", "auditor")


def test_r14_a_deputy_approves_in_the_place_of_a_supervisor() -> None:
    customer, asker, away = lapsed(), a_supervisor(), a_supervisor()
    deputy = an_agent()
    row = asked(customer, asker)
    with pytest.raises(NotAllowed):
        answered(row, deputy)
    Deputy.objects.create(
        giver=away, deputy=deputy, role="supervisor", starts_at=NOW, ends_at=NOW + DAY
    )
    standing = acting(deputy, now=NOW + HOUR)
    done = answer_override(actor=standing, now=NOW + HOUR, override_id=row.pk, approve=True)
    assert done.decided_by == deputy


def test_r14_the_table_itself_holds_four_eyes() -> None:
    row = asked(lapsed(), a_supervisor())
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=row.pk).update(decided_by=row.asked_by)


def tampered() -> set[tuple[str, str, int]]:
    """What the record finds wrong: code, kind, row."""
    faults = verify(now=NOW + DAY).faults
    return {(one.code, one.kind, one.row or 0) for one in faults if "override" in one.kind}


def test_r14_m3_an_exception_changed_or_approved_behind_the_desks_back_is_found() -> None:
    approved, waiting = an_override(lapsed()), an_override(lapsed(), approved=False)
    assert tampered() == set()
    Override.objects.filter(pk=approved.pk).update(ends=NOW + 20 * DAY)
    Override.objects.filter(pk=waiting.pk).update(
        state="approved", decided_by=a_supervisor(), decided_at=NOW
    )
    assert tampered() == {
        ("subject_changed", "tickets.override", approved.pk),
        ("subject_added", "tickets.override.answer", waiting.pk),
    }


# --------------------------------------------------------------------- what is asked


def test_r14_a_question_without_a_rule_a_reason_or_a_fitting_end_is_not_asked() -> None:
    customer, supervisor = lapsed(), a_supervisor()
    for changes, fault in (
        ({"rules": ()}, "no_rule"),
        ({"rules": ("S3",)}, "not_liftable"),
        ({"reason": " "}, "no_reason"),
        ({"ends": NOW + 31 * DAY}, "too_long"),
    ):
        with pytest.raises(Unfit) as unfit:
            asked(customer, supervisor, **changes)
        assert unfit.value.faults == (fault,)
    assert asked(customer, supervisor).state == "asked"
    assert Override.objects.filter(organisation=customer.organisation).count() == 1


def test_o2_the_same_question_sent_twice_is_asked_once() -> None:
    customer, supervisor = lapsed(), a_supervisor()
    rows = {
        ask_override(
            actor=acting(supervisor),
            now=NOW,
            organisation_id=customer.organisation.pk,
            wanted=WANTED,
            key="twice",
        ).pk
        for _ in range(2)
    }
    assert len(rows) == 1


def test_b5_an_exception_names_a_ticket_of_its_own_organisation_only() -> None:
    customer, other, supervisor = a_customer(), a_customer(), a_supervisor()
    ticket = a_ticket(other)
    for organisation, named in ((customer.organisation.pk, ticket.pk), (10**9, None)):
        with pytest.raises(NotAllowed):
            ask_override(
                actor=acting(supervisor),
                now=NOW,
                organisation_id=organisation,
                wanted=WANTED,
                key="foreign",
                ticket_id=named,
            )
    assert an_override(other, ticket=ticket).ticket == ticket


def test_r14_an_exception_holds_for_its_organisation_door_service_and_ticket_only() -> None:
    customer, other = lapsed(), lapsed()
    an_override(customer, door=Door.API)
    an_override(customer, service="custom_report")
    an_override(other)
    with pytest.raises(Refused):
        a_ticket(customer)
    an_override(customer, door=Door.PORTAL, service="incident")
    assert a_ticket(customer).pk


def test_r14_a_closed_ticket_is_served_by_an_exception_for_it() -> None:
    customer, agent, supervisor = a_customer(), an_agent(), a_supervisor()
    first, second = a_ticket(customer), a_ticket(customer)
    for ticket in (first, second):
        an_answer(ticket, agent, then=Verb.RESOLVE)
    row = an_override(customer, rules=("S22",), ticket=first, ends=NOW + 3 * DAY)
    written = staff_reply(
        actor=acting(agent), now=NOW + DAY, ticket_id=first.pk, body="Segue o manual.", key="a"
    )
    assert written.ticket == first
    assert Objection.objects.filter(override=row, rule="S22").count() == 1
    with pytest.raises(Refused):
        staff_reply(
            actor=acting(agent), now=NOW + DAY, ticket_id=second.pk, body="E este.", key="b"
        )
    end_override(actor=acting(supervisor), now=NOW + DAY, override_id=row.pk)
    with pytest.raises(Refused):
        staff_reply(actor=acting(agent), now=NOW + DAY, ticket_id=first.pk, body="Mais.", key="c")
    change_state(actor=acting(supervisor), now=NOW + DAY, ticket_id=second.pk, verb=Verb.REOPEN)


# ------------------------------------------------------------------------ its end


def test_r14_a_question_that_nobody_answers_in_time_expires() -> None:
    customer, supervisor = lapsed(), a_supervisor()
    row = asked(customer, supervisor, ends=NOW + 3 * DAY)
    assert row.next_at == NOW + DAY
    with pytest.raises(Conflict):
        answered(row, a_supervisor(), after=DAY)
    assert run_overrides(NOW + DAY - HOUR) == 0
    assert run_overrides(NOW + DAY) == 1
    assert run_overrides(NOW + DAY) == 0
    row = Override.objects.get(pk=row.pk)
    assert (row.state, row.next_at, row.ended_at) == ("expired", None, NOW + DAY)
    assert verbs_of(row) == ["override.asked", "override.expired"]


def test_r14_an_exception_ends_with_its_time_and_lifts_nothing_then_even_unswept() -> None:
    customer = lapsed()
    row = an_override(customer)
    with pytest.raises(Refused):
        a_ticket(customer, now=row.ends)
    assert run_overrides(row.ends) == 1
    row.refresh_from_db()
    assert (row.state, row.ended_by) == ("ended", None)
    assert verbs_of(row)[-1] == "override.ended"


def test_r14_an_exception_is_taken_back_by_one_person_at_once() -> None:
    customer, supervisor = lapsed(), a_supervisor()
    row = an_override(customer)
    ended = end_override(actor=acting(supervisor), now=NOW, override_id=row.pk)
    assert (ended.state, ended.ended_by) == ("ended", supervisor)
    with pytest.raises(Refused):
        a_ticket(customer)
    with pytest.raises(Conflict):
        end_override(actor=acting(supervisor), now=NOW, override_id=row.pk)
    assert run_overrides(row.ends) == 0


def test_r14_no_is_an_answer_too_and_is_given_once() -> None:
    customer, second = lapsed(), a_supervisor()
    row = asked(customer, a_supervisor())
    assert answered(row, second, approve=False).note == "Ciente."
    with pytest.raises(Conflict):
        answered(row, second)
    with pytest.raises(Refused):
        a_ticket(customer)
    assert verbs_of(row) == ["override.asked", "override.rejected"]


# -------------------------------------------------------------------------- races


def _race(*acts: Callable[[], object]) -> list[Exception]:
    failed: list[Exception] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Conflict as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


@pytest.mark.django_db(transaction=True)
def test_r14_of_six_supervisors_who_answer_at_once_one_does() -> None:
    row = asked(lapsed(), a_supervisor())
    answers = [
        partial(
            answer_override,
            actor=acting(a_supervisor()),
            now=NOW,
            override_id=row.pk,
            approve=n % 2 == 0,
        )
        for n in range(6)
    ]
    assert len(_race(*answers)) == 5
    assert len(verbs_of(row)) == 2


@pytest.mark.django_db(transaction=True)
def test_r14_an_answer_and_the_ticker_at_the_last_moment_leave_one_end() -> None:
    row = asked(lapsed(), a_supervisor(), ends=NOW + HOUR)
    who = acting(a_supervisor())
    last = NOW + HOUR - timedelta(microseconds=1)
    _race(
        lambda: answer_override(actor=who, now=last, override_id=row.pk, approve=True),
        lambda: run_overrides(NOW + HOUR),
        lambda: run_overrides(NOW + HOUR),
    )
    row.refresh_from_db()
    run_overrides(NOW + HOUR)
    row.refresh_from_db()
    told = verbs_of(row)
    assert (row.state, told) in (
        ("expired", ["override.asked", "override.expired"]),
        ("ended", ["override.asked", "override.approved", "override.ended"]),
    )
