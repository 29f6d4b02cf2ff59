"""The staff's hats, and deputies."""

from datetime import timedelta

import pytest

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.models import User
from balcao.people.queries import actor_for
from balcao.policy.access import Duty, Role, may
from tests.cast import NOW, a_contact, a_member_of_staff, acting, an_organisation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def an_administrator() -> User:
    return a_member_of_staff(Role.ADMINISTRATOR)


def set_hats(actor: User, user: User, *hats: Role) -> None:
    people.set_hats(actor=acting(actor), now=NOW, user_id=user.pk, hats=frozenset(hats))


def test_m4_a_hat_taken_is_off_from_the_next_request_on() -> None:
    administrator, agent = an_administrator(), a_member_of_staff(Role.AGENT)
    set_hats(administrator, agent, Role.SALES, Role.AUDITOR)
    assert actor_for(agent).roles == {Role.SALES, Role.AUDITOR}
    set_hats(administrator, agent, Role.SALES, Role.AUDITOR)
    events = Event.objects.filter(verb="person.hats_changed", subject_id=agent.pk)
    assert [event.data for event in events] == [{"given": ["auditor", "sales"], "taken": ["agent"]}]


@pytest.mark.parametrize("role", [Role.AGENT, Role.SALES, Role.SUPERVISOR, Role.AUDITOR])
def test_m1_only_an_administrator_gives_hats_and_never_to_themselves(role: Role) -> None:
    climber = a_member_of_staff(role)
    with pytest.raises(people.NotAllowed):
        set_hats(climber, climber, role, Role.ADMINISTRATOR)
    administrator = an_administrator()
    with pytest.raises(people.Conflict, match="own_roles"):
        set_hats(administrator, administrator, Role.ADMINISTRATOR, role)
    set_hats(administrator, climber, role, Role.ADMINISTRATOR)
    assert Role.ADMINISTRATOR in actor_for(climber).roles


def test_m1_a_contact_gets_no_hat_from_their_organisations_administrator() -> None:
    organisation = an_organisation()
    admin, _ = a_contact(organisation, is_admin=True)
    colleague, _ = a_contact(organisation)
    with pytest.raises(people.NotAllowed):
        set_hats(admin, colleague, Role.AGENT)


def name(giver: User, deputy: User, role: Role, *, starts_in: timedelta = DAY * 0) -> int:
    return people.name_deputy(
        actor=acting(giver),
        now=NOW,
        deputy_id=deputy.pk,
        role=role,
        starts_at=NOW + starts_in,
        ends_at=NOW + starts_in + DAY,
    ).pk


def approves(user: User, *, after: timedelta = DAY * 0) -> bool:
    return may(acting(user, now=NOW + after), Duty.APPROVE_OVERRIDE)


def test_r14_a_deputy_approves_for_the_period_and_not_at_its_end() -> None:
    supervisor, agent = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AGENT)
    name(supervisor, agent, Role.SUPERVISOR, starts_in=DAY)
    moments = (DAY - timedelta(seconds=1), DAY, 2 * DAY - timedelta(seconds=1), 2 * DAY)
    assert [approves(agent, after=moment) for moment in moments] == [False, True, True, False]
    assert actor_for(agent).deputy_for == frozenset()


def test_r14_a_deputyship_ends_with_the_hat_it_stands_for() -> None:
    supervisor, agent = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AGENT)
    name(supervisor, agent, Role.SUPERVISOR)
    assert approves(agent)
    set_hats(an_administrator(), supervisor, Role.AGENT)
    assert not approves(agent)


def test_r14_a_deputyship_ends_when_its_giver_is_gone_and_when_it_is_ended() -> None:
    agent = a_member_of_staff(Role.AGENT)
    for end in ("giver", "deputy"):
        supervisor = a_member_of_staff(Role.SUPERVISOR)
        row = name(supervisor, agent, Role.SUPERVISOR)
        assert approves(agent)
        if end == "giver":
            people.deactivate(actor=acting(an_administrator()), now=NOW, user=supervisor)
        else:
            people.end_deputy(actor=acting(supervisor), now=NOW, deputy_row=row)
        assert not approves(agent)


def test_r14_nobody_names_a_deputy_for_a_hat_they_do_not_wear_or_ends_anothers() -> None:
    supervisor, agent = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AGENT)
    other = a_member_of_staff(Role.SALES)
    with pytest.raises(people.NotAllowed):
        name(other, agent, Role.SUPERVISOR)
    with pytest.raises(people.Conflict, match="oneself"):
        name(supervisor, supervisor, Role.SUPERVISOR)
    with pytest.raises(people.Conflict, match="not_staff"):
        name(supervisor, a_contact(an_organisation())[0], Role.SUPERVISOR)
    row = name(supervisor, agent, Role.SUPERVISOR)
    with pytest.raises(people.NotAllowed):
        people.end_deputy(actor=acting(other), now=NOW, deputy_row=row)


def test_m1_the_last_active_administrator_stays() -> None:
    administrators = User.objects.filter(staff_roles__role="administrator", is_active=True)
    first, second = an_administrator(), an_administrator()
    for other in administrators.exclude(pk__in=[first.pk, second.pk]):
        people.deactivate(actor=acting(first), now=NOW, user=other)
    people.deactivate(actor=acting(first), now=NOW, user=second)
    with pytest.raises(people.NotAllowed):
        set_hats(second, first)
    with pytest.raises(people.Conflict, match="own_roles"):
        people.deactivate(actor=acting(first), now=NOW, user=first)
    assert actor_for(first).roles == {Role.ADMINISTRATOR}
