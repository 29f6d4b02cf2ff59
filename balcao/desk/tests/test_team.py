"""Equipe: registering staff, their roles, and deputies."""

from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.events.models import Event
from balcao.people.models import Deputy, User
from balcao.people.queries import actor_for
from balcao.policy.access import Duty, Role, may
from tests.cast import NOW, a_member_of_staff

pytestmark = pytest.mark.usefixtures("installation")


def test_an_administrator_registers_somebody_who_is_invited() -> None:
    administrator = a_member_of_staff(Role.ADMINISTRATOR)
    client = desk_of(administrator)
    form = {"name": "Iara Nunes", "address": "iara@equipe.example", "roles": ["agent", "sales"]}
    client.post(reverse("desk_team_new"), form)
    user = User.objects.get(name="Iara Nunes")
    assert actor_for(user).roles == {Role.AGENT, Role.SALES}
    assert Event.objects.filter(verb="person.invited", subject_id=user.pk).exists()
    assert "Iara Nunes" in text_of(client.get(reverse("desk_team")))
    assert client.post(reverse("desk_team_new"), {**form, "roles": []}).status_code == 422


def test_m1_roles_are_given_and_taken_and_nobodys_own() -> None:
    administrator, agent = a_member_of_staff(Role.ADMINISTRATOR), a_member_of_staff(Role.AGENT)
    client = desk_of(administrator)
    client.post(reverse("desk_team_hats", args=[agent.pk]), {"roles": ["supervisor"]})
    assert actor_for(agent).roles == {Role.SUPERVISOR}
    own = reverse("desk_team_hats", args=[administrator.pk])
    assert "Nobody changes their own" in text_of(client.get(own))
    assert client.post(own, {"roles": ["administrator", "sales"]}).status_code == 422
    assert actor_for(administrator).roles == {Role.ADMINISTRATOR}
    client.post(reverse("desk_team_hats", args=[agent.pk]), {"roles": []})
    assert desk_of(agent).get(reverse("desk_queue")).status_code != 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.SALES, Role.SUPERVISOR, Role.AUDITOR])
def test_m1_the_team_is_the_administrators(role: Role) -> None:
    climber = a_member_of_staff(role)
    client = desk_of(climber)
    assert client.get(reverse("desk_team")).status_code == 403
    answer = client.post(reverse("desk_team_hats", args=[climber.pk]), {"roles": ["administrator"]})
    assert answer.status_code == 403


def test_r14_a_supervisor_names_a_deputy_for_whole_days_and_ends_it() -> None:
    supervisor, agent = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AGENT)
    client = desk_of(supervisor)
    form = {
        "deputy": agent.pk,
        "role": "supervisor",
        "starts": "2026-11-13",
        "ends": "2026-11-14",
    }
    with at(NOW):
        client.post(reverse("desk_deputies"), form)
        assert agent.name in text_of(client.get(reverse("desk_deputies")))
    row = Deputy.objects.get(giver=supervisor)
    assert row.ends_at - row.starts_at == timedelta(days=2)
    assert may(actor_for(agent, now=NOW), Duty.APPROVE_OVERRIDE)
    with at(NOW):
        assert desk_of(agent).post(reverse("desk_deputy_end", args=[row.pk])).status_code == 403
        client.post(reverse("desk_deputy_end", args=[row.pk]))
    assert not may(actor_for(agent, now=NOW), Duty.APPROVE_OVERRIDE)


def test_r14_an_agent_names_nobody_and_a_wrong_period_says_so() -> None:
    supervisor, agent = a_member_of_staff(Role.SUPERVISOR), a_member_of_staff(Role.AGENT)
    form = {"deputy": agent.pk, "role": "supervisor", "starts": "2026-11-13", "ends": "2026-11-10"}
    with at(NOW):
        answer = desk_of(supervisor).post(reverse("desk_deputies"), form)
        assert "The end comes after the beginning" in text_of(answer)
        desk_of(agent).post(reverse("desk_deputies"), {**form, "deputy": supervisor.pk})
    assert not Deputy.objects.exists()
