"""The team's access: who lacks a second factor, and taking a lost one away."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.desk.tests.desk import LATER, at, text_of
from balcao.events.queue import run_pending
from balcao.people.queries import has_second_factor
from balcao.policy.access import Role
from tests.cast import a_customer, a_member_of_staff, a_second_factor, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def test_a9_an_administrator_sees_who_lacks_a_second_factor_and_no_customer() -> None:
    boss, agent = a_member_of_staff(Role.ADMINISTRATOR, name="Lia Melo"), an_agent()
    other = an_agent(name="Nina Prado")
    customer = a_customer(name="Davi Rios")
    for user in (boss, agent):
        a_second_factor(user)
    client = signed_in(boss)
    client.get(reverse("desk_team_access"))  # the first one reads the policy, too
    with CaptureQueriesContext(connection) as asked:
        page = text_of(client.get(reverse("desk_team_access")))
    assert len(asked) <= 8
    assert "Uma pessoa ainda não tem segundo fator" in page
    assert page.index(other.code) < page.index(agent.code)
    assert customer.user.code not in page
    assert page.count("Redefinir o segundo fator") == 1


def test_a9_an_installation_that_asks_for_none_says_so(settings: LazySettings) -> None:
    settings.REQUIRE_MFA = False
    client = signed_in(a_member_of_staff(Role.ADMINISTRATOR))
    page = text_of(client.get(reverse("desk_team_access")))
    assert "Esta instalação não pede segundo fator à equipe" in page


def test_a9_a_lost_second_factor_is_reset_told_and_its_sessions_ended() -> None:
    boss, agent = a_member_of_staff(Role.ADMINISTRATOR), an_agent()
    a_second_factor(agent)
    theirs, client = signed_in(agent), signed_in(boss)
    assert theirs.get(reverse("desk_queue")).status_code == 200
    answer = client.post(reverse("desk_team_factor", args=[agent.pk]), follow=True)
    assert "O segundo fator foi redefinido" in text_of(answer)
    assert not has_second_factor(agent.pk)
    assert theirs.get(reverse("desk_queue")).status_code == 302
    run_pending(LATER)
    [mail] = Delivery.objects.filter(user=agent, kind="factor").order_by("-pk")[:1]
    assert mail.subject == "Um administrador redefiniu seu segundo fator"


def test_m1_nobody_else_resets_a_second_factor_and_nobody_their_own() -> None:
    boss, agent = a_member_of_staff(Role.ADMINISTRATOR), an_agent()
    for user in (boss, agent):
        a_second_factor(user)
    for user in (boss, an_agent(), a_member_of_staff(Role.SUPERVISOR)):
        target = boss if user == boss else agent
        answer = signed_in(user).post(reverse("desk_team_factor", args=[target.pk]))
        assert answer.status_code == 403
        assert has_second_factor(target.pk)
