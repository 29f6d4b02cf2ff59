"""A training from its sale to its rating, through the pages, the mails and the calendar's files."""

import re
from datetime import timedelta
from typing import Any

import icalendar
import pytest
import time_machine
import vobject
from django.test import Client
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.entitlements.models import LedgerEntry
from balcao.events import queue
from balcao.policy.lifecycle import State
from balcao.tickets.models import Rating, Ticket
from tests.cast import NOW, a_customer, an_agent, an_answer, mail_text, signed_in
from tests.cast_appointments import HOUR, SLOT, a_seller, with_hours
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")
MINUTE = timedelta(minutes=1)


def link_in(kind: str, address: str, path: str) -> str:
    """The link of the latest mail of that kind."""
    mail = Delivery.objects.filter(kind=kind, recipient=address).latest("pk")
    found = re.search(rf"/{path}/[\w:-]+", mail_text(mail))
    assert found
    return found[0]


def event_for(address: str) -> Any:
    """The invitation as two readers understand it."""
    file = Delivery.objects.filter(kind="appointment", recipient=address).latest("pk").calendar
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    other = vobject.readOne(file).vevent
    assert other.uid.value == str(event["uid"])
    assert other.dtstart.value == event["dtstart"].dt  # type: ignore[union-attr]
    return event


def test_s38_s42_a_training_is_sold_scheduled_attended_and_rated() -> None:
    agent, seller = with_hours(an_agent()), a_seller()
    customer = a_customer(with_contract=False, with_licence=False)
    ticket = a_sold_ticket(customer, kind="oneoff_training", service="remote_training")
    desk = reverse("desk_appointment", args=[ticket.number])

    with time_machine.travel(NOW, tick=False):
        sales = signed_in(seller)
        key = re.search(r'name="key" value="([0-9a-f]{32})"', sales.get(desk).content.decode())
        assert key
        times = [f"{agent.pk}|{(SLOT + n * HOUR).isoformat()}" for n in range(2)]
        offer = {"act": "offer", "key": key[1], "minutes": 60, "mode": "phone", "times": times}
        assert sales.post(desk, offer).status_code == 302
        queue.run_pending(NOW)

        visitor, address = Client(), link_in("times-offered", customer.address, "horario")
        chosen = re.search(r'name="time" value="(\d+)"', visitor.get(address).content.decode())
        assert chosen
        visitor.post(address, {"act": "choose", "time": chosen[1]})
        queue.run_pending(NOW)
        event = event_for(customer.address)
        assert event["dtstart"].dt == SLOT
        assert str(event["summary"]).startswith("Treinamento")

    with time_machine.travel(SLOT + MINUTE, tick=False):
        signed_in(agent).post(desk, {"act": "attend"})
        ticket.refresh_from_db()
        assert ticket.state == State.IN_SERVICE.value
        spent = LedgerEntry.objects.filter(prepaid=ticket.prepaid).order_by("place")
        assert [row.entry for row in spent] == ["ordered", "sold", "submitted", "consumed"]
        an_answer(ticket, agent, now=SLOT + HOUR, body="Foi um prazer.")
        resolve = reverse("desk_resolve", args=[ticket.number])
        signed_in(agent).post(resolve)
        queue.run_pending(SLOT + HOUR)
        assert Ticket.objects.get(pk=ticket.pk).state == State.RESOLVED.value
        rate = link_in("resolved", customer.address, "avaliar")
        visitor.post(rate, {"score": "5", "comment": "Aprendi tudo."})
    assert Rating.objects.get(ticket=ticket).score == 5
