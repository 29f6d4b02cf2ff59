"""Who may end somebody's part in a ticket (R8), and who may take a copy of what along."""

from balcao.policy.access import may_export, may_take_out, serves_people_of
from balcao.policy.tests.access_cases import (
    COLLEAGUE,
    CONTACT,
    ME,
    STRANGER,
    THEM,
    US,
    R,
    a_scope,
    an_actor,
)


def test_r8_whoever_included_somebody_and_they_themselves_may_end_it_and_others_may_not() -> None:
    scope = a_scope(participants=(COLLEAGUE,))
    theirs = an_actor(R.CONTACT, pk=COLLEAGUE)
    other = an_actor(R.CONTACT, pk=STRANGER, sees_all_of=(US,))
    assert may_take_out(CONTACT, scope, person=COLLEAGUE, included_by=ME)
    assert may_take_out(theirs, scope, person=COLLEAGUE, included_by=ME)
    assert not may_take_out(CONTACT, scope, person=COLLEAGUE, included_by=None)
    assert not may_take_out(other, scope, person=COLLEAGUE, included_by=ME)


def test_r8_an_administrator_ends_anybodys_part_in_their_own_organisation_only() -> None:
    ours = an_actor(R.CONTACT, R.ORG_ADMIN, pk=STRANGER, admin_of=(US,))
    foreign = an_actor(R.CONTACT, R.ORG_ADMIN, pk=STRANGER, organisations=(THEM,), admin_of=(THEM,))
    scope = a_scope(participants=(COLLEAGUE,))
    assert may_take_out(ours, scope, person=COLLEAGUE, included_by=None)
    assert not may_take_out(foreign, scope, person=COLLEAGUE, included_by=STRANGER)


def test_r8_nobody_is_taken_out_who_takes_no_part() -> None:
    assert not may_take_out(CONTACT, a_scope(), person=ME, included_by=ME)


def test_a_customer_takes_their_own_copy_along_and_an_administrator_that_of_the_company() -> None:
    chief = an_actor(R.CONTACT, R.ORG_ADMIN, organisations=(US, THEM), admin_of=(US,))
    staff = an_actor(R.SUPERVISOR, organisations=())
    assert may_export(CONTACT, None)
    assert may_export(chief, US)
    assert not may_export(chief, THEM)
    assert not may_export(CONTACT, US)
    assert not may_export(staff, None)
    assert not may_export(an_actor(R.CONTACT, pk=None), None)


def test_r8_whoever_serves_the_ticket_takes_out_whom_the_customer_included() -> None:
    scope = a_scope(participants=(COLLEAGUE,))
    agent = an_actor(R.AGENT, pk=STRANGER, queues=[scope.queue])
    elsewhere = an_actor(R.AGENT, pk=STRANGER, queues=[scope.queue + 1])
    for actor in (agent, an_actor(R.SUPERVISOR, pk=STRANGER)):
        assert serves_people_of(actor, scope)
        assert may_take_out(actor, scope, person=COLLEAGUE, included_by=None)
        assert not may_take_out(actor, scope, person=STRANGER, included_by=None)
    for actor in (
        elsewhere,
        an_actor(R.SALES, pk=STRANGER),
        an_actor(R.AUDITOR, pk=STRANGER),
        CONTACT,
    ):
        assert not serves_people_of(actor, scope)
        assert not may_take_out(actor, scope, person=COLLEAGUE, included_by=None)
