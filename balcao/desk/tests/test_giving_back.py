"""Giving back what a colleague holds as the next in line, and who sees that it is reserved."""

import pytest
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.desk.tests.desk import LATER, at, desk_of, press, text_of
from balcao.events import queue as jobs
from balcao.events.models import Event
from balcao.tickets.models import Queue, Ticket
from tests.cast import NOW, a_customer, a_queue, a_supervisor, a_ticket, an_agent, an_answer

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def line() -> Queue:
    return a_queue()


def test_o3_r24_a_colleague_does_not_give_back_what_somebody_holds(line: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=line)
    camila, bruno = an_agent(line, name="Camila Rocha"), an_agent(line)
    holder, other = desk_of(camila), desk_of(bruno)
    page = reverse("desk_ticket", args=[ticket.number])
    with at():
        holder.post(reverse("desk_next"))
        refused = press(other, "desk_give_back", ticket)
        assert refused.status_code == 409
        assert "Reserved for Camila Rocha until" in text_of(refused)
        assert Ticket.objects.get(pk=ticket.pk).assignee == camila
        assert press(other, "desk_give_back", ticket, why="away").status_code == 409
        assert "Reserved for Camila Rocha until" in text_of(other.get(page))
        shown = text_of(holder.get(page))
        assert "Reserved for you until" in shown
        assert press(holder, "desk_give_back", ticket).status_code == 302
        assert "Reserved for" not in text_of(holder.get(page))
    assert not Delivery.objects.filter(kind="taken_back").exists()


def test_o3_a_supervisor_gives_it_back_with_a_reason_and_the_holder_is_told(line: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=line)
    camila = an_agent(line, name="Camila Rocha")
    holder, supervisor = desk_of(camila), desk_of(a_supervisor())
    with at():
        holder.post(reverse("desk_next"))
        asked = supervisor.get(reverse("desk_give_back", args=[ticket.number]))
        assert "Camila Rocha is told" in text_of(asked)
        for data in ({}, {"why": ""}, {"why": "because"}):
            assert press(supervisor, "desk_give_back", ticket, **data).status_code == 422
        assert Ticket.objects.get(pk=ticket.pk).assignee == camila
        assert press(supervisor, "desk_give_back", ticket, why="away").status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    event = Event.objects.get(verb="ticket.given_back", subject_id=ticket.pk)
    assert (event.data["holder"], event.data["cause"]) == (camila.pk, "away")
    jobs.run_pending(NOW.replace(year=NOW.year + 1))
    [told] = Delivery.objects.filter(kind="taken_back")
    assert told.recipient == camila.addresses.get().address


def test_r24_what_is_reserved_is_resolved_taken_and_handed_on_by_nobody_else(line: Queue) -> None:
    ticket = a_ticket(a_customer(), queue=line)
    camila, bruno = an_agent(line, name="Camila Rocha"), an_agent(line)
    holder, other = desk_of(camila), desk_of(bruno)
    acts = {"desk_resolve": {}, "desk_take": {}, "desk_transfer": {"to": str(bruno.pk)}}
    with at():
        holder.post(reverse("desk_next"))
        for route, data in acts.items():
            refused = press(other, route, ticket, **data)
            assert refused.status_code == 409, route
            assert "Reserved for Camila Rocha until" in text_of(refused)
        reply = other.post(
            reverse("desk_reply", args=[ticket.number]), {"body": "Oi.", "key": "a" * 32}
        )
        assert "Reserved for Camila Rocha until" in text_of(reply)
        row = Ticket.objects.get(pk=ticket.pk)
        assert (row.state, row.assignee) == ("open", camila)
        an_answer(ticket, camila, now=LATER)
        assert press(holder, "desk_resolve", ticket).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == "resolved"


@pytest.mark.parametrize("route", ["desk_take", "desk_transfer"])
def test_o3_r24_a_supervisor_does_it_with_a_reason_and_the_holder_is_told(
    line: Queue, route: str
) -> None:
    ticket = a_ticket(a_customer(), queue=line)
    camila, bruno = an_agent(line, name="Camila Rocha"), an_agent(line)
    boss = a_supervisor()
    holder, supervisor = desk_of(camila), desk_of(boss)
    to = {"to": str(bruno.pk)} if route == "desk_transfer" else {}
    with at():
        holder.post(reverse("desk_next"))
        asked = press(supervisor, route, ticket, **to)
        assert asked.status_code == 422
        assert "Camila Rocha is told" in text_of(asked)
        assert Ticket.objects.get(pk=ticket.pk).assignee == camila
        assert press(supervisor, route, ticket, why="settled", **to).status_code == 302
    row = Ticket.objects.get(pk=ticket.pk)
    assert row.assignee == {"desk_take": boss, "desk_transfer": bruno}[route]
    assert row.state == "open"
    event = Event.objects.get(verb="ticket.given_back", subject_id=ticket.pk)
    assert (event.data["holder"], event.data["cause"]) == (camila.pk, "settled")


def test_a_page_that_asks_for_a_reason_leads_back_where_none_is_needed(line: Queue) -> None:
    ticket, desk = a_ticket(a_customer(), queue=line), desk_of(an_agent(line))
    with at():
        sent = desk.get(reverse("desk_give_back", args=[ticket.number]))
    assert sent["Location"].startswith(reverse("desk_ticket", args=[ticket.number]))


def test_r3_r24_no_reason_resolves_in_silence_what_somebody_holds_and_nobody_served(
    line: Queue,
) -> None:
    ticket, camila = a_ticket(a_customer(), queue=line), an_agent(line, name="Camila Rocha")
    with at():
        desk_of(camila).post(reverse("desk_next"))
        refused = press(desk_of(a_supervisor()), "desk_resolve", ticket, why="settled")
    assert refused.status_code == 409
    assert "Nobody has served it yet" in text_of(refused)
    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.state, row.assignee) == ("open", camila)
    assert not Event.objects.filter(verb="ticket.given_back").exists()
