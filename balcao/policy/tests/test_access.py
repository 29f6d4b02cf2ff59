"""Roles and verbs: what the table says, and that its two questions agree."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy import access
from balcao.policy.access import (
    ANONYMOUS,
    DUTIES,
    SYSTEM,
    TABLE,
    Actor,
    Area,
    Duty,
    Permission,
    Reach,
    Reachable,
    Role,
    TicketScope,
    as_rows,
    asks_who_takes_part,
    can,
    can_enter,
    can_move,
    can_submit_for,
    may,
    may_announce_absence,
    may_keep_hours,
    reach,
)
from balcao.policy.lifecycle import Verb
from balcao.policy.tests.access_cases import (
    AGENT,
    COLLEAGUE,
    CONTACT,
    MAIN,
    ME,
    OTHER_QUEUE,
    OUR_QUEUE,
    THEM,
    US,
    P,
    R,
    a_scope,
    actors,
    an_actor,
    permissions,
    scopes,
)
from balcao.policy.tests.builders import thorough

STAFF_ROLES = tuple(access.STAFF_ROLES)
AREAS: tuple[Area, ...] = ("portal", "staff", "desk", "sales", "admin", "audit")


@thorough
@given(actors, permissions, scopes)
def test_can_says_yes_exactly_to_what_reach_covers(
    actor: Actor, permission: Permission, scope: TicketScope
) -> None:
    found = reach(actor, permission)
    people = {scope.opener, *scope.participants}
    covered = (
        found.everything
        or scope.organisation in found.organisations
        or (scope.organisation, scope.unit) in found.units
        or (scope.unit is None and scope.organisation in {pair[0] for pair in found.units})
        or scope.queue in found.queues
        or (found.own and actor.id in people and scope.organisation in actor.organisations)
    )
    assert can(actor, permission, scope) == covered


@thorough
@given(actors, permissions, scopes)
def test_who_takes_part_changes_nothing_for_those_who_need_not_ask(
    actor: Actor, permission: Permission, scope: TicketScope
) -> None:
    if not asks_who_takes_part(actor, organisation=scope.organisation, opener=scope.opener):
        alone = replace(scope, participants=frozenset())
        assert can(actor, permission, alone) == can(actor, permission, scope)


@thorough
@given(actors, permissions, scopes, st.sampled_from(Role))
def test_one_more_hat_never_takes_a_right_away(
    actor: Actor, permission: Permission, scope: TicketScope, role: Role
) -> None:
    more = Actor(
        kind=actor.kind,
        id=actor.id,
        label=actor.label,
        roles=actor.roles | {role},
        organisations=actor.organisations,
        admin_of=actor.admin_of,
        sees_all_of=actor.sees_all_of,
        units=actor.units,
        queues=actor.queues,
    )
    assert can(actor, permission, scope) <= can(more, permission, scope)


@thorough
@given(actors, permissions, scopes)
def test_s09_a_customer_never_reaches_an_organisation_they_do_not_act_for(
    actor: Actor, permission: Permission, scope: TicketScope
) -> None:
    if not actor.is_staff and scope.organisation not in actor.organisations:
        assert not can(actor, permission, scope)


@given(permissions, scopes)
def test_anonymous_and_people_without_a_role_may_nothing(
    permission: Permission, scope: TicketScope
) -> None:
    for nobody in (ANONYMOUS, SYSTEM, an_actor()):
        assert not can(nobody, permission, scope)
        assert not can(nobody, permission, None)


@given(permissions, scopes)
def test_the_administrator_sees_no_ticket_unless_also_an_agent(
    permission: Permission, scope: TicketScope
) -> None:
    assert not can(an_actor(R.ADMINISTRATOR), permission, scope)
    both = an_actor(R.ADMINISTRATOR, R.AGENT, queues=[scope.queue])
    assert can(both, P.VIEW, scope)


def test_a_contact_does_what_belongs_to_a_customer_on_an_own_ticket_and_nothing_else() -> None:
    expected = {
        P.VIEW,
        P.SUBMIT,
        P.REPLY,
        P.RESOLVE,
        P.REOPEN,
        P.CANCEL,
        P.ADD_PARTICIPANT,
        P.RATE,
    }
    assert {each for each in Permission if can(CONTACT, each, a_scope())} == expected


def test_a_contact_sees_a_colleagues_ticket_only_when_taking_part_or_allowed() -> None:
    scope = a_scope(opener=COLLEAGUE)
    assert not can(CONTACT, P.VIEW, scope)
    assert can(CONTACT, P.VIEW, a_scope(opener=COLLEAGUE, participants=[ME]))
    assert can(an_actor(R.CONTACT, sees_all_of=[US]), P.VIEW, scope)


def test_who_left_the_organisation_sees_nothing_of_it_any_more() -> None:
    for gone in (
        an_actor(R.CONTACT, organisations=[THEM], sees_all_of=[US], units=[(US, MAIN)]),
        an_actor(R.CONTACT, organisations=[THEM], sees_all_of=[US]),
        an_actor(R.ORG_ADMIN, organisations=[THEM], admin_of=[US]),
    ):
        assert not can(gone, P.VIEW, a_scope())


def test_the_organisations_administrator_reaches_all_of_it_and_no_other() -> None:
    admin = an_actor(R.ORG_ADMIN, organisations=[US, THEM], admin_of=[US])
    assert can(admin, P.REPLY, a_scope(opener=COLLEAGUE))
    assert not can(admin, P.REPLY, a_scope(opener=COLLEAGUE, organisation=THEM))


@pytest.mark.parametrize("permission", [P.VIEW_NOTES, P.NOTE, P.VIEW_DECISIONS, P.VIEW_KEPT_MAIL])
def test_notes_decisions_and_kept_mail_are_never_a_customers(permission: Permission) -> None:
    customer = an_actor(R.CONTACT, R.ORG_ADMIN, admin_of=[US], sees_all_of=[US])
    assert not can(customer, permission, a_scope())
    assert not can(customer, permission, None)
    assert can(an_actor(R.SUPERVISOR), P.VIEW_NOTES, a_scope())


def test_an_agent_serves_the_own_queues_and_no_other() -> None:
    assert can(AGENT, P.ANSWER, a_scope())
    assert not can(AGENT, P.ANSWER, a_scope(queue=OTHER_QUEUE))
    assert can(an_actor(R.SUPERVISOR), P.ANSWER, a_scope(queue=OTHER_QUEUE))


def test_an_agent_does_not_cancel_nor_write_as_the_customer() -> None:
    assert not can(AGENT, P.CANCEL, a_scope())
    assert not can(AGENT, P.REPLY, a_scope())
    assert not can(AGENT, P.SUBMIT, None)


def test_sales_answers_about_coverage_and_never_technically() -> None:
    sales = an_actor(R.SALES, organisations=())
    assert can(sales, P.ANSWER_SCOPE, a_scope())
    for technical in (P.ANSWER, P.NOTE, P.START, P.RESOLVE, P.VIEW_NOTES, P.TAKE_NEXT):
        assert not can(sales, technical, a_scope())


def test_the_auditor_sees_everything_and_writes_nothing() -> None:
    auditor = an_actor(R.AUDITOR, organisations=())
    allowed = {each for each in Permission if can(auditor, each, a_scope(organisation=THEM))}
    assert allowed == {P.VIEW, P.VIEW_NOTES, P.VIEW_DECISIONS, P.VIEW_KEPT_MAIL}


def test_without_a_ticket_only_what_reaches_all_or_needs_none_is_allowed() -> None:
    assert can(AGENT, P.TAKE_NEXT, None)
    assert can(CONTACT, P.SUBMIT, None)
    assert not can(AGENT, P.VIEW, None)
    assert not can(CONTACT, P.TAKE_NEXT, None)
    assert can(an_actor(R.SUPERVISOR), P.VIEW_KEPT_MAIL, None)


def test_s03_a_contact_asks_to_open_only_for_an_organisation_they_act_for() -> None:
    assert can_submit_for(CONTACT, US)
    assert not can_submit_for(CONTACT, THEM)
    assert not can_submit_for(AGENT, US)


BY_HAND = {
    Verb.ASK_SALES: AGENT,
    Verb.WAIT_THIRD: AGENT,
    Verb.RESUME: AGENT,
    Verb.ATTEND: AGENT,
    Verb.RESOLVE: AGENT,
    Verb.REOPEN: AGENT,
    Verb.CANCEL: CONTACT,
    Verb.ANSWER_SCOPE: an_actor(R.SALES),
    Verb.SCHEDULE: an_actor(R.SALES),
}


@pytest.mark.parametrize("verb", Verb)
def test_verbs_that_follow_from_something_else_are_nobodys_to_choose(verb: Verb) -> None:
    everyone = an_actor(*Role, admin_of=[US], queues=[OUR_QUEUE])
    assert can_move(everyone, verb, a_scope()) == (verb in BY_HAND)
    if verb in BY_HAND:
        assert can_move(BY_HAND[verb], verb, a_scope())
        assert not can_move(an_actor(R.AUDITOR), verb, a_scope())


def test_each_area_is_open_to_its_roles_only() -> None:
    entered = {role: {area for area in AREAS if can_enter(an_actor(role), area)} for role in Role}
    assert entered == {
        R.CONTACT: {"portal"},
        R.ORG_ADMIN: {"portal"},
        R.AGENT: {"staff", "desk"},
        R.SUPERVISOR: {"staff", "desk"},
        R.SALES: {"staff", "desk", "sales"},
        R.ADMINISTRATOR: {"staff", "admin"},
        R.AUDITOR: {"staff", "desk", "audit"},
    }
    assert not any(can_enter(ANONYMOUS, area) for area in AREAS)


def test_the_two_sides_of_the_counter_are_told_apart() -> None:
    assert CONTACT.is_contact
    assert not CONTACT.is_staff
    for role in STAFF_ROLES:
        assert an_actor(role).is_staff
        assert not an_actor(role).is_contact
    assert not ANONYMOUS.is_staff
    assert not ANONYMOUS.is_contact


def test_the_printed_table_is_the_table() -> None:
    rows = as_rows()
    assert len(rows) == sum(len(row) for row in TABLE.values())
    assert ("agent", "answer", "queue") in rows
    for role, permission, far in rows:
        assert TABLE[Role(role)][Permission(permission)] is Reach(far)


def test_every_permission_belongs_to_somebody() -> None:
    assert {permission for row in TABLE.values() for permission in row} == set(Permission)


def test_m2_only_sales_registers_what_entitles_a_customer() -> None:
    keepers = {role for role in Role if may(an_actor(role), Duty.KEEP_ENTITLEMENTS)}
    assert keepers == {R.SALES}


def test_r24_one_says_of_oneself_that_one_is_away_and_the_keepers_of_everybody() -> None:
    for role in Role:
        actor = an_actor(role)
        assert actor.id is not None
        own, others = (may_announce_absence(actor, pk) for pk in (actor.id, actor.id + 1))
        assert own is (role in {R.AGENT, R.SUPERVISOR, R.ADMINISTRATOR}), role
        assert others is (role in {R.SUPERVISOR, R.ADMINISTRATOR}), role


def test_hours_are_kept_by_whom_they_are_of_and_everybodys_by_supervisors() -> None:
    for role in Role:
        actor = an_actor(role)
        assert actor.id is not None
        own, others = (may_keep_hours(actor, pk) for pk in (actor.id, actor.id + 1))
        assert own is (role in {R.AGENT, R.SUPERVISOR}), role
        assert others is (role is R.SUPERVISOR), role


def test_duties_add_up_and_strangers_have_none() -> None:
    both = an_actor(R.AGENT, R.SALES)
    assert may(both, Duty.SIMULATE)
    assert may(both, Duty.KEEP_CUSTOMERS)
    assert not may(both, Duty.KEEP_POLICY)
    assert not any(may(actor, duty) for actor in (ANONYMOUS, SYSTEM, CONTACT) for duty in Duty)


def test_an_auditor_keeps_and_approves_nothing() -> None:
    held = {duty for duty in Duty if may(an_actor(R.AUDITOR), duty)}
    assert {duty for duty in held if not duty.startswith(("view_", "simulate"))} == set()


def test_every_duty_belongs_to_somebody() -> None:
    assert {duty for duties in DUTIES.values() for duty in duties} == set(Duty)


def test_nobody_reaches_nothing() -> None:
    none: frozenset[int] = frozenset()
    nothing = Reachable(
        everything=False, organisations=none, units=frozenset(), queues=none, own=False
    )
    assert reach(ANONYMOUS, P.VIEW) == nothing


def deputy(*roles: Role, stands_for: Role) -> Actor:
    return replace(an_actor(*roles), deputy_for=frozenset({stands_for}))


def test_r14_a_deputy_approves_in_the_place_of_the_role_and_does_nothing_else_of_it() -> None:
    agent = an_actor(R.AGENT)
    for role, approves in (
        (R.SUPERVISOR, {Duty.APPROVE_OVERRIDE, Duty.APPROVE_RECOVERY}),
        (R.ADMINISTRATOR, {Duty.APPROVE_POLICY}),
    ):
        standing = deputy(R.AGENT, stands_for=role)
        gained = {duty for duty in Duty if may(standing, duty) and not may(agent, duty)}
        assert gained == approves


@pytest.mark.parametrize("roles", [(R.AUDITOR,), (R.CONTACT,), (R.ORG_ADMIN,), ()])
def test_m1_only_staff_who_may_write_stand_in_as_deputies(roles: tuple[Role, ...]) -> None:
    standing = deputy(*roles, stands_for=R.SUPERVISOR)
    assert [duty for duty in Duty if may(standing, duty)] == [
        duty for duty in Duty if may(an_actor(*roles), duty)
    ]


@given(actors, st.frozensets(st.sampled_from(Role)), permissions, scopes)
def test_m1_a_deputy_reaches_no_other_ticket(
    actor: Actor, stands_for: frozenset[Role], permission: Permission, scope: TicketScope
) -> None:
    standing = replace(actor, deputy_for=stands_for)
    assert can(standing, permission, scope) == can(actor, permission, scope)
