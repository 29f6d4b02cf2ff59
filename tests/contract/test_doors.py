"""Every door there is asks the gate: a sample of the reviewed table, from end to end (N1)."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from balcao.channels import intake
from balcao.channels.tests import mails
from balcao.people import actions as people
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions as tickets
from balcao.tickets.models import Decision, Message, Ticket
from tests import cast
from tests.cast import NOW, TODAY, YEAR, Customer, a_customer, acting
from tests.contract.decisions.table import Answer, classes

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)
HAS: dict[str, dict[str, Any]] = {
    "both": {},
    "licence_expired": {"licence_until": TODAY - YEAR},
    "no_licence": {"with_licence": False},
    "contract_ended": {"contract_ends": TODAY - YEAR},
    "no_contract": {"with_contract": False},
    "nothing": {"with_contract": False, "with_licence": False},
    "suspended": {"suspended": True},
}
TICKETS = ("open", "resolved", "resolved_old", "closed", "cancelled")
_WORDS = {"has": "-", "ticket": "-", "service": "covered", "hours": "open", "rules": "shipped"}


def reviewed(act: str, **words: str) -> Answer:
    """What the table says to this question."""
    question = {**_WORDS, **words}
    [found] = [one for one in classes() if one.holds(act, question)]
    return found.answer


def recorded() -> Answer:
    """The gate's last answer, as its record keeps it."""
    row = Decision.objects.latest("pk")
    answer = {"allow": "yes", "refuse": "no", "ask": "ask"}[row.verdict]
    mark = "+" if row.outcome["lifted"] else "~" if row.outcome["observed"] else ""
    return Answer(
        answer + (mark if answer == "yes" else ""),
        row.reason,
        tuple(row.rules),
        row.outcome["next_step"],
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """A customer, a ticket of theirs in some state, and an agent who may serve it."""

    customer: Customer
    agent: User
    ticket: Ticket


def a_scene(state: str) -> Scene:
    """Made some days ago, so that at NOW the ticket is what the table calls it."""
    customer, agent = a_customer(), cast.an_agent()
    began = NOW - (30 if state in ("resolved_old", "closed") else 1) * DAY
    ticket = cast.a_ticket(customer, now=began)
    if state == "cancelled":
        tickets.change_state(actor=customer.actor, now=began, ticket_id=ticket.pk, verb=Verb.CANCEL)
    elif state != "open":
        cast.an_answer(ticket, agent, now=began, then=Verb.RESOLVE)
    if state == "closed":
        tickets.run_due(NOW)
    ticket.refresh_from_db()
    return Scene(customer, agent, ticket)


def browser(user: User) -> Client:
    return cast.signed_in(user)


@pytest.fixture(autouse=True)
def _at_now(settings: LazySettings) -> Iterator[None]:
    mails.trust_our_server(settings)
    with time_machine.travel(NOW, tick=False):
        yield


# ------------------------------------------------------------------------- opening


def open_in_portal(customer: Customer) -> None:
    licence = customer.licence.pk if customer.licence else ""
    browser(customer.user).post(
        reverse("ticket_new"),
        {
            "key": secrets.token_hex(16),
            "about": f"{customer.organisation.pk}-{licence}",
            "service": "incident",
            "subject": "Ramal mudo",
            "body": "Sem linha desde cedo.",
        },
    )


def open_by_command(customer: Customer) -> None:
    words = ["ticket", "open", "--as", customer.user.code, "--service", "incident"]
    words += ["--subject", "Ramal mudo", "--body", "Sem linha desde cedo."]
    if customer.licence:
        words += ["--licence", customer.licence.key]
    with suppress(CommandError):
        call_command(*words)


@pytest.mark.parametrize("door", [open_in_portal, open_by_command])
@pytest.mark.parametrize("has", HAS)
def test_n1_opening_by_page_and_by_command_is_answered_by_the_table(has: str, door: Any) -> None:
    customer = a_customer(**HAS[has])
    door(customer)
    expected = reviewed("open", door="portal", who="contact", has=has)
    assert recorded() == expected
    opened = Ticket.objects.filter(organisation=customer.organisation).exists()
    assert opened == (expected.answer == "yes")


def test_n1_an_exception_opens_by_page_and_by_command_alike() -> None:
    for door in (open_in_portal, open_by_command):
        customer = a_customer(contract_ends=TODAY - YEAR)
        cast.an_override(customer)
        door(customer)
        words = {"door": "portal", "who": "contact", "has": "contract_ended"}
        assert recorded() == reviewed("open", rules="exception", **words)


def test_n1_who_is_no_longer_on_file_opens_nothing() -> None:
    customer = a_customer()
    page = browser(customer.user)
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    before = Decision.objects.count()
    assert page.get(reverse("ticket_new")).status_code == 403
    open_by_command(customer)
    assert Decision.objects.count() == before
    assert reviewed("open", door="portal", who="nobody", has="both").answer == "no"
    assert not Ticket.objects.filter(organisation=customer.organisation).exists()


# ----------------------------------------------------------------------- going on


@pytest.mark.parametrize("state", TICKETS)
def test_n1_a_reply_in_the_portal_is_answered_by_the_table(state: str) -> None:
    scene = a_scene(state)
    browser(scene.customer.user).post(
        reverse("ticket_reply", args=[scene.ticket.number]),
        {"key": secrets.token_hex(16), "body": "Ainda mudo."},
    )
    expected = reviewed("go_on", door="portal", who="contact", ticket=state)
    assert recorded() == expected
    assert _written(scene, "customer", "portal") == (expected.answer == "yes")


@pytest.mark.parametrize("state", TICKETS)
def test_n1_a_reply_by_mail_is_answered_by_the_table(state: str) -> None:
    scene = a_scene(state)
    _mail(scene.customer.address, about=scene.ticket)
    expected = reviewed("go_on", door="email", who="contact", ticket=state)
    assert recorded() == expected
    assert _written(scene, "customer", "email") == (expected.answer == "yes")


@pytest.mark.parametrize("who", ["colleague", "stranger", "unlisted", "unproved"])
def test_n1_a_mail_of_somebody_else_is_answered_by_the_table(who: str) -> None:
    scene = a_scene("open")
    address = {
        "colleague": cast.a_colleague(scene.customer).address,
        "stranger": a_customer().address,
        "unlisted": "alguem@outra.example",
        "unproved": scene.customer.address,
    }[who]
    _mail(address, about=scene.ticket, proved=who != "unproved")
    assert recorded() == reviewed("go_on", door="email", who=who, ticket="open")
    assert not _written(scene, "customer", "email")


@pytest.mark.parametrize(("who", "known"), [("contact", True), ("unlisted", False)])
def test_n1_a_new_mail_is_answered_by_the_table(who: str, known: bool) -> None:
    _mail(a_customer().address if known else "alguem@outra.example")
    assert recorded() == reviewed("go_on", door="email", who=who, ticket="none")


def _mail(address: str, *, about: Ticket | None = None, proved: bool = True) -> None:
    subject = mails.about(about) if about else "Ramal mudo"
    raw = mails.a_mail(address, subject=subject, auth="pass" if proved else "fail")
    intake.receive(raw, now=NOW)


# ------------------------------------------------------------------------- serving


@pytest.mark.parametrize("state", TICKETS)
def test_s22_n1_a_reply_of_the_team_is_answered_by_the_table(state: str) -> None:
    scene = a_scene(state)
    browser(scene.agent).post(
        reverse("desk_reply", args=[scene.ticket.number]),
        {
            "kind": "reply",
            "key": secrets.token_hex(16),
            "seen": scene.ticket.message_count,
            "body": "Vamos verificar.",
        },
    )
    expected = reviewed("serve", door="portal", who="staff", has="both", ticket=state)
    assert recorded() == expected
    written = Message.objects.filter(ticket=scene.ticket, kind="reply", body="Vamos verificar.")
    assert written.exists() == (expected.answer == "yes")


def test_r14_n1_an_exception_serves_a_closed_ticket_at_the_desk() -> None:
    scene = a_scene("resolved_old")
    cast.an_override(scene.customer, rules=("S22",), ticket=scene.ticket)
    tickets.staff_reply(
        actor=acting(scene.agent),
        now=NOW,
        ticket_id=scene.ticket.pk,
        body="Segue o manual.",
        key="manual",
    )
    words = {"door": "portal", "who": "staff", "has": "both", "ticket": "resolved_old"}
    assert recorded() == reviewed("serve", rules="exception", **words)


def _written(scene: Scene, kind: str, door: str) -> bool:
    """Whether the ticket got a message after its first one, by that door."""
    later = Message.objects.filter(ticket=scene.ticket, kind=kind, door=door, created_at=NOW)
    return later.exists()
