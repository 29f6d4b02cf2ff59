"""The pages of absences, of handing a ticket over, and of waiting for somebody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, page, press, text_of
from balcao.policy.access import Role
from balcao.policy.lifecycle import State
from balcao.tickets.actions import announce_absence
from balcao.tickets.models import Absence, Queue, Ticket
from tests.cast import (
    NOW,
    a_customer,
    a_member_of_staff,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)


@pytest.fixture
def queue() -> Queue:
    return a_queue()


def test_an_agent_goes_away_and_comes_back_by_two_buttons(queue: Queue) -> None:
    agent = an_agent(queue)
    a_ticket(a_customer(), queue=queue)
    browser, address = desk_of(agent), reverse("desk_absences")
    with at():
        assert "I am away from now on" in text_of(browser.get(address))
        assert browser.post(address, {"user": agent.pk}).status_code == 302
        row = Absence.objects.get(user=agent)
        shown = text_of(browser.get(address))
        assert "You are away" in shown
        assert browser.post(reverse("desk_next")).headers["Location"] == address
        assert browser.post(reverse("desk_absence_end", args=[row.pk])).status_code == 302
        assert "desk_ticket" not in browser.post(reverse("desk_next")).headers["Location"]
    row.refresh_from_db()
    assert row.ended_at is not None
    assert Ticket.objects.get(queue=queue).assignee_id == agent.pk


def test_what_was_typed_stays_when_an_absence_is_refused() -> None:
    agent = an_agent()
    browser, address = desk_of(agent), reverse("desk_absences")
    with at():
        given = {"user": agent.pk, "starts_at": "2026-11-20T08:00", "ends_at": "2026-11-19T08:00"}
        answer = browser.post(address, given)
        assert answer.status_code == 409
        assert "It must end after it begins" in text_of(answer)
        assert 'value="2026-11-20T08:00"' in answer.content.decode()
        assert browser.post(address, {**given, "ends_at": "yesterday"}).status_code == 422
        assert browser.post(address, {**given, "ends_at": "2026-11-21T08:00"}).status_code == 302
        assert browser.post(address, {**given, "ends_at": ""}).status_code == 409
    row = Absence.objects.get(user=agent)
    assert row.starts_at.isoformat() == "2026-11-20T11:00:00+00:00", "08:00 in Recife"


def test_m1_an_agent_announces_nobody_elses_absence_and_ends_none() -> None:
    agent, colleague = an_agent(), an_agent()
    browser = desk_of(agent)
    row = announce_absence(
        actor=acting(colleague), now=NOW, user_id=colleague.pk, starts_at=NOW, ends_at=None
    )
    with at():
        assert colleague.name in text_of(browser.get(reverse("desk_absences")))
        answer = browser.post(reverse("desk_absences"), {"user": colleague.pk})
        assert answer.status_code == 422
        assert browser.post(reverse("desk_absence_end", args=[row.pk])).status_code == 403
        assert browser.post(reverse("desk_absence_end", args=[10**9])).status_code == 302
    assert Absence.objects.get(pk=row.pk).ended_at is None


def test_the_auditor_reads_and_others_do_not_enter() -> None:
    auditor = desk_of(a_member_of_staff(Role.AUDITOR))
    assert "Announce" not in text_of(auditor.get(reverse("desk_absences")))
    for user in (a_member_of_staff(Role.SALES), a_customer().user):
        assert signed_in(user).get(reverse("desk_absences")).status_code == 403


def test_r24_a_supervisor_finds_and_transfers_what_an_absent_agent_keeps(queue: Queue) -> None:
    absent, colleague = an_agent(queue), an_agent(queue, name="Bruno Reis")
    ticket = a_ticket(a_customer(), queue=queue)
    an_answer(ticket, absent, now=NOW)
    announce_absence(
        actor=acting(absent), now=NOW, user_id=absent.pk, starts_at=NOW, ends_at=NOW + 48 * HOUR
    )
    browser = desk_of(a_member_of_staff(Role.SUPERVISOR))
    with at():
        shown = browser.get(reverse("desk_absences")).content.decode()
        assert reverse("desk_transfer", args=[ticket.number]) in shown
        form = text_of(browser.get(reverse("desk_transfer", args=[ticket.number])))
        assert "Bruno Reis (no open ticket)" in form
        assert press(browser, "desk_transfer", ticket, to="").status_code == 422
        assert press(browser, "desk_transfer", ticket, to=str(absent.pk)).status_code == 422
        assert press(browser, "desk_transfer", ticket, to=str(colleague.pk)).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).assignee_id == colleague.pk


def test_r4_the_wait_for_a_third_party_is_begun_shown_and_corrected(queue: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=queue)
    agent = an_agent(queue)
    an_answer(ticket, agent, now=NOW)
    browser = desk_of(agent)
    with at():
        assert "Wait for a third party" in text_of(page(browser, ticket))
        blank = press(browser, "desk_third", ticket, who="", protocol="7", review_on="2020-01-01")
        assert blank.status_code == 422
        assert "Choose today or a later day." in text_of(blank)
        given = {"who": "A operadora", "protocol": "7", "review_on": "2026-11-19"}
        assert press(browser, "desk_third", ticket, **given).status_code == 302
        assert Ticket.objects.get(pk=ticket.pk).state == State.WAITING_THIRD.value
        assert "A operadora" in text_of(page(browser, ticket))
        form = browser.get(reverse("desk_third", args=[ticket.number])).content.decode()
        assert 'value="2026-11-19"' in form
        given["who"] = "O fornecedor"
        assert press(browser, "desk_third", ticket, **given).status_code == 302
        assert "O fornecedor" in text_of(page(browser, ticket))
    other = a_ticket(a_customer(), queue=queue)
    with at():
        assert press(browser, "desk_third", other, **given).status_code == 409
