"""Who works at a unit sees its tickets and the whole organisation's, and no other unit's."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.access import Actor, Permission, TicketScope, can
from balcao.policy.tests.access_cases import (
    BRANCH,
    COLLEAGUE,
    MAIN,
    ME,
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


@thorough
@given(actors, permissions, scopes, st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_binding_somebody_to_a_unit_never_shows_more_and_unbinding_never_less(
    actor: Actor, permission: Permission, scope: TicketScope, unit: tuple[int, int]
) -> None:
    free = replace(actor, units=frozenset(one for one in actor.units if one[0] != unit[0]))
    bound = replace(free, units=free.units | {unit})
    assert can(bound, permission, scope) <= can(free, permission, scope)
    if scope.organisation != unit[0] or scope.unit in (unit[1], None):
        assert can(bound, permission, scope) == can(free, permission, scope)


@thorough
@given(actors, permissions, scopes)
def test_a_ticket_of_no_unit_is_seen_as_if_nobody_were_bound_to_one(
    actor: Actor, permission: Permission, scope: TicketScope
) -> None:
    whole = replace(scope, unit=None)
    assert can(actor, permission, whole) == can(
        replace(actor, units=frozenset()), permission, whole
    )


def test_who_works_at_a_unit_sees_its_tickets_and_the_whole_companys_and_no_other_units() -> None:
    def sees(actor: Actor, unit: int | None, organisation: int = US) -> bool:
        return can(actor, P.VIEW, a_scope(organisation, opener=COLLEAGUE, unit=unit))

    bound = an_actor(R.CONTACT, sees_all_of=[US], units=[(US, MAIN)])
    assert [sees(bound, unit) for unit in (MAIN, None, BRANCH)] == [True, True, False]
    assert not sees(bound, MAIN, organisation=THEM)
    assert can(bound, P.VIEW, a_scope(opener=ME, unit=BRANCH))
    assert can(bound, P.VIEW, a_scope(opener=COLLEAGUE, participants=[ME], unit=BRANCH))
    of_no_unit = an_actor(R.CONTACT, sees_all_of=[US])
    assert all(sees(of_no_unit, unit) for unit in (MAIN, None, BRANCH))
    admin = replace(bound, roles=bound.roles | {R.ORG_ADMIN}, admin_of=frozenset({US}))
    assert all(sees(admin, unit) for unit in (MAIN, None, BRANCH))


def test_a_unit_alone_shows_nobody_a_colleagues_ticket() -> None:
    scope = a_scope(opener=COLLEAGUE, unit=MAIN)
    assert not can(an_actor(R.CONTACT, units=[(US, MAIN)]), P.VIEW, scope)
    shared = an_actor(R.CONTACT, sees_all_of=[US], units=[(US, MAIN)])
    assert can(shared, P.VIEW, scope)


def test_being_bound_in_one_company_changes_nothing_in_another() -> None:
    both = an_actor(R.CONTACT, organisations=[US, THEM], sees_all_of=[US, THEM], units=[(US, MAIN)])
    assert can(both, P.VIEW, a_scope(opener=COLLEAGUE, organisation=THEM, unit=BRANCH))
    assert not can(both, P.VIEW, a_scope(opener=COLLEAGUE, unit=BRANCH))
