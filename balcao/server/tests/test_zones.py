"""Application, database and reader in different zones: everybody names the same moment (P2)."""

import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.events.queue import run_pending
from balcao.policy import sla
from balcao.rulebook.queries import current
from balcao.tickets.models import Deadline, Ticket
from balcao.tickets.queries import clock_of
from balcao.web import format
from tests.cast import a_customer, a_policy_in_force, a_ticket, signed_in

MIDNIGHT = datetime(2026, 11, 14, tzinfo=UTC)
"""In Recife it is still 21:00 of the day before."""
_STAMP = r'datetime="([^"]+)"'
EDGES = [MIDNIGHT + n * timedelta(minutes=108) / 60 for n in range(100)]


def _mail(ticket: Ticket) -> str:
    return Delivery.objects.get(ticket=ticket, kind="opened").text


def _command(ticket: Ticket) -> dict[str, datetime]:
    out = io.StringIO()
    call_command("sla", "explain", "--ticket", ticket.number, "--json", stdout=out)
    told = json.loads(out.getvalue())
    return {name: datetime.fromisoformat(told[name]["due"]) for name in ("start", "resolution")}


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("clock", "edges"),
    [("elapsed", EDGES[::2]), ("business", EDGES[1::2])],
    ids=["elapsed", "business"],
)
def test_p2_page_mail_command_and_job_agree_at_a_hundred_edges_of_the_day(
    clock: str, edges: list[datetime]
) -> None:
    policy = a_policy_in_force({"sla.clock": clock})
    customer = a_customer()
    tickets = [a_ticket(customer, now=moment, key=f"edge-{n}") for n, moment in enumerate(edges)]
    run_pending(edges[-1], limit=2000)
    page = signed_in(customer.user)
    zone = format.zone(policy.timezone)
    wrong = []
    for ticket in tickets:
        due = sla.due_of(clock_of(ticket), sla.promise(policy, current()))
        moments = {"start": due.start_due, "resolution": due.resolution_due}
        stored = dict(Deadline.objects.filter(ticket=ticket).values_list("kind", "due_at"))
        html = page.get(reverse("ticket_why", args=[ticket.number])).content.decode()
        stamps = {
            datetime.fromisoformat(found) for found in re.findall(r'datetime="([^"]+)"', html)
        }
        mail = _mail(ticket)
        command = _command(ticket)
        for name, moment in moments.items():
            assert moment is not None
            agree = (
                stored[name] == moment,
                command[name] == moment,
                format.full(moment, tz=zone) in mail,
                format.full(moment, tz=zone) in html,
                moment.replace(microsecond=0) in {one.replace(microsecond=0) for one in stamps},
            )
            if not all(agree):
                wrong.append((ticket.submitted_at, name, agree))
    assert wrong == []
