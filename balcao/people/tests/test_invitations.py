"""Inviting many people, little by little, nobody twice."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from balcao.events.models import Event
from balcao.people import actions as people
from balcao.people.models import Invitation, User
from balcao.people.queries import invitation_counts
from balcao.policy.access import SYSTEM, Role
from tests.cast import NOW, a_customer, a_member_of_staff, acting, an_organisation

pytestmark = pytest.mark.usefixtures("installation")

SECOND = timedelta(seconds=1)


def a_new_person(name: str = "Rita Reis", *, address: str | None = "") -> User:
    """Somebody of a customer who has no password yet."""
    organisation = an_organisation()
    mail = f"p{organisation.pk}@cliente.example" if address == "" else address
    user = people.register_person(actor=SYSTEM, now=NOW, name=name, address=mail)
    people.join(actor=SYSTEM, now=NOW, user=user, organisation=organisation)
    return user


def invited() -> list[int]:
    rows = Event.objects.filter(verb="person.invited").order_by("pk")
    return list(rows.values_list("subject_id", flat=True))


def tick(seconds: int) -> None:
    for second in range(seconds):
        people.send_invitations(NOW + second * SECOND)


def plan(per_minute: int = 30, **options: bool) -> int:
    return people.plan_invitations(actor=SYSTEM, now=NOW, per_minute=per_minute, **options)


def test_everybody_without_a_password_is_invited_once_at_the_rate_asked_for() -> None:
    new = [a_new_person(), a_new_person(), a_new_person()]
    a_customer()
    a_new_person(address=None)
    assert plan(dry_run=True) == 3
    assert Invitation.objects.count() == 0
    assert plan() == 3
    tick(3)
    assert invited() == [new[0].pk, new[1].pk]
    tick(60)
    assert invited() == [user.pk for user in new]
    assert plan() == 0
    tick(60)
    assert len(invited()) == 3
    assert invitation_counts() == {"sent": 3}


def test_a_pause_holds_those_that_wait_and_a_resumption_sends_them() -> None:
    new = [a_new_person(), a_new_person(), a_new_person()]
    plan(per_minute=60)
    tick(1)
    assert people.pause_invitations(actor=SYSTEM, now=NOW) == 2
    tick(60)
    assert invited() == [new[0].pk]
    later = NOW + timedelta(days=1)
    assert people.resume_invitations(actor=SYSTEM, now=later, per_minute=60) == 2
    for second in range(5):
        people.send_invitations(later + second * SECOND)
    assert invited() == [user.pk for user in new]


def test_after_an_outage_they_still_go_one_a_second() -> None:
    for _ in range(3):
        a_new_person()
    plan(per_minute=60)
    assert [people.send_invitations(NOW + timedelta(hours=5)) for _ in range(4)] == [1, 1, 1, 0]


def test_who_was_invited_by_hand_or_has_come_in_meanwhile_is_passed_over() -> None:
    by_hand, meanwhile, gone = a_new_person(), a_new_person(), a_new_person()
    people.invite(actor=SYSTEM, now=NOW, user_id=by_hand.pk)
    assert plan() == 2
    User.objects.filter(pk=meanwhile.pk).update(password="md5$a$b")
    people.deactivate(actor=SYSTEM, now=NOW, user=gone)
    tick(60)
    assert invited() == [by_hand.pk]
    assert invitation_counts() == {"skipped": 2}


def test_m1_only_who_keeps_customers_invites_them_together() -> None:
    a_new_person()
    agent = acting(a_member_of_staff(Role.AGENT))
    with pytest.raises(people.NotAllowed):
        people.plan_invitations(actor=agent, now=NOW, per_minute=30)
    for act in (people.pause_invitations,):
        with pytest.raises(people.NotAllowed):
            act(actor=agent, now=NOW)
    with pytest.raises(people.NotAllowed):
        people.resume_invitations(actor=agent, now=NOW, per_minute=30)


def test_the_command_plans_for_one_customer_pauses_and_resumes() -> None:
    one, _other = a_new_person(), a_new_person()
    organisation = one.memberships.get().organisation
    organisation.reference = "R-77"
    organisation.save()

    def answer(*arguments: str) -> dict[str, object]:
        out = io.StringIO()
        call_command("import", "invite", *arguments, "--json", stdout=out)
        found: dict[str, object] = json.loads(out.getvalue())
        return found

    assert answer("--organisation", "R-77", "--dry-run") == {"would_invite": 1, "list": {}}
    assert answer("--organisation", "R-77") == {"planned": 1, "list": {"waiting": 1}}
    assert answer("--pause") == {"paused": 1, "list": {"paused": 1}}
    assert answer("--resume") == {"resumed": 1, "list": {"waiting": 1}}
    assert Invitation.objects.get().user_id == one.pk
