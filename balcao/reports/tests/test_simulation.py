"""The simulator says what the real doors do, and does nothing."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balcao.channels.tests.mails import a_mail, taken, trust_our_server
from balcao.events.models import Event
from balcao.people.models import Membership
from balcao.policy import gate
from balcao.policy.access import Actor, Role
from balcao.policy.gate import Act, Door
from balcao.policy.lifecycle import Verb
from balcao.policy.numbers import make_number
from balcao.reports import queries
from balcao.reports.queries import Situation
from balcao.rulebook import queries as rulebook
from balcao.tickets import actions
from balcao.tickets.actions import NotAllowed, Refused, change_state
from balcao.tickets.models import Deadline, Decision, Message, Ticket
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_draft,
    a_member_of_staff,
    a_policy_in_force,
    a_queue,
    a_ticket,
    acting,
    an_agent,
    an_answer,
    an_override,
)

pytestmark = pytest.mark.usefixtures("installation")

LATER = NOW + timedelta(hours=2)
LAPSED = date(2026, 11, 1)
UNKNOWN = make_number("527834916")


def a_supervisor() -> Actor:
    return acting(a_member_of_staff(Role.SUPERVISOR))


def simulated(situation: Situation, *, actor: Actor | None = None) -> queries.Outcome:
    case = queries.case_of(actor or a_supervisor(), situation)
    return queries.judge(case, rulebook.current())


# --------------------------------------------------------------------------- the portal: opening

CUSTOMERS: dict[str, Callable[[], Customer]] = {
    "covered": a_customer,
    "licence expired": lambda: a_customer(licence_until=LAPSED),
    "no licence": lambda: a_customer(with_licence=False),
    "contract ended": lambda: a_customer(contract_ends=LAPSED),
    "contract suspended": lambda: a_customer(suspended=True),
    "no contract": lambda: a_customer(with_contract=False),
    "nothing": lambda: a_customer(with_contract=False, with_licence=False),
}
POLICIES: dict[str, dict[str, object]] = {
    "as shipped": {},
    "licence alone": {"entitlement.require": "licence"},
    "S5 observed": {"rules.S5": "observe"},
    "SaaS asks": {"scope.saas": {"*": "ask"}},
    "SaaS refuses": {"scope.saas": {"*": "refuse"}},
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("who", CUSTOMERS)
def test_p1_the_simulator_answers_an_opening_as_the_portal_does(who: str, policy: str) -> None:
    a_policy_in_force(POLICIES[policy])
    customer = CUSTOMERS[who]()
    found = simulated(
        Situation(
            Act.OPEN,
            Door.PORTAL,
            NOW,
            person=customer.user.pk,
            organisation=customer.organisation.pk,
            service="incident",
            licence=customer.licence.pk if customer.licence else None,
        )
    )
    ticket = None
    with suppress(Refused):
        ticket = a_ticket(customer)
    _same(found.decision, Decision.objects.latest("pk"))
    assert (ticket is None) == (found.due is None) == found.decision.refused
    if ticket and found.due:
        due = dict(Deadline.objects.filter(ticket=ticket).values_list("kind", "due_at"))
        assert due == {"start": found.due.start_due, "resolution": found.due.resolution_due}


def _same(decision: gate.Decision, stored: Decision) -> None:
    assert gate.decision_as_data(decision) == stored.outcome


def test_p1_facts_are_those_that_the_portal_puts_on_record() -> None:
    customer = a_customer()
    case = queries.case_of(
        a_supervisor(),
        Situation(
            Act.OPEN,
            Door.PORTAL,
            NOW,
            person=customer.user.pk,
            organisation=customer.organisation.pk,
            service="incident",
        ),
    )
    actions.open_ticket(
        actor=customer.actor,
        now=NOW,
        organisation_id=customer.organisation.pk,
        service="incident",
        licence_id=None,
        subject="Coletor",
        body="Parou.",
        key=secrets.token_hex(8),
    )
    assert gate.facts_as_data(case.request, case.facts) == Decision.objects.latest("pk").facts
    assert case.queue == Ticket.objects.latest("pk").queue.name


@pytest.mark.parametrize("later", [timedelta(hours=23), timedelta(hours=25)])
def test_p1_r14_an_exception_counts_in_the_simulator_as_long_as_at_the_door(
    later: timedelta,
) -> None:
    customer = a_customer(licence_until=LAPSED)
    an_override(customer)
    assert customer.licence
    found = simulated(
        Situation(
            Act.OPEN,
            Door.PORTAL,
            NOW + later,
            person=customer.user.pk,
            organisation=customer.organisation.pk,
            service="incident",
            licence=customer.licence.pk,
        )
    )
    assert found.decision.allowed == bool(found.decision.lifted) == (later < timedelta(days=1))
    with suppress(Refused):
        a_ticket(customer, now=NOW + later)
    _same(found.decision, Decision.objects.latest("pk"))


# ------------------------------------------------------------------- the portal: going on, serving


def _reply(customer: Customer, ticket: Ticket) -> bool:
    """Whether the portal takes a message of this customer's to this ticket."""
    try:
        actions.customer_message(
            actor=customer.actor,
            now=LATER,
            ticket_id=ticket.pk,
            body="Ainda falha.",
            key=secrets.token_hex(8),
        )
    except (Refused, NotAllowed):
        return False
    return True


@pytest.mark.parametrize("see_all", [False, True])
@pytest.mark.parametrize("writer", ["opener", "colleague", "administrator", "stranger", "left"])
@pytest.mark.parametrize("state", ["open", "in_service", "resolved", "closed", "cancelled"])
def test_p1_the_simulator_answers_a_message_as_the_portal_does(
    writer: str, state: str, see_all: bool
) -> None:
    opener = a_customer(members_see_all=see_all)
    ticket = _in_state(opener, state)
    who = _writer(writer, opener)
    assert who
    found = simulated(
        Situation(
            Act.CONTINUE,
            Door.PORTAL,
            LATER,
            person=who.user.pk,
            organisation=who.organisation.pk,
            ticket=ticket.number,
        )
    )
    assert found.decision.allowed == _reply(who, ticket)


def _in_state(opener: Customer, state: str) -> Ticket:
    ticket, staff = a_ticket(opener), acting(a_member_of_staff(Role.SUPERVISOR))
    if state == "cancelled":
        change_state(actor=staff, now=NOW, ticket_id=ticket.pk, verb=Verb.CANCEL)
    if state in ("in_service", "resolved", "closed"):
        an_answer(ticket, an_agent())
    if state in ("resolved", "closed"):
        early = NOW + timedelta(hours=1)
        change_state(actor=staff, now=early, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    if state == "closed":
        actions.run_due(NOW + timedelta(days=30))
    return ticket


def _writer(relation: str, opener: Customer) -> Customer | None:
    """Somebody who stands so to the opener; nobody: not on file."""
    if relation == "opener":
        return opener
    if relation == "stranger":
        return a_customer()
    if relation == "nobody":
        return None
    colleague = a_colleague(opener, is_admin=relation == "administrator")
    if relation == "left":
        Membership.objects.filter(user=colleague.user).update(ended_at=NOW)
    return colleague


@pytest.mark.parametrize("lapse", ["finish", "freeze"])
@pytest.mark.parametrize("state", ["open", "in_service", "resolved", "closed", "cancelled"])
@pytest.mark.parametrize("covered", [True, False])
def test_p1_the_simulator_answers_the_staff_as_their_answer_is_judged(
    state: str, covered: bool, lapse: str
) -> None:
    a_policy_in_force({"entitlement.on_lapse": lapse})
    customer = a_customer(licence_until=date(2026, 11, 30))
    ticket = _in_state(customer, state)
    at = LATER if covered else NOW + timedelta(days=40)
    found = simulated(Situation(Act.SERVE, Door.PORTAL, at, ticket=ticket.number))
    with suppress(Refused):
        an_answer(ticket, an_agent(), now=at)
    _same(found.decision, Decision.objects.latest("pk"))


# ------------------------------------------------------------------------------------------ e-mail


@pytest.mark.parametrize("proved", [True, False])
@pytest.mark.parametrize("allowed", ["participants", "organisation"])
@pytest.mark.parametrize("sender", ["opener", "colleague", "stranger", "nobody"])
@pytest.mark.parametrize("about_what", ["in_service", "closed", "unknown number", "nothing"])
def test_p1_the_simulator_answers_a_mail_as_the_intake_does(
    about_what: str, sender: str, allowed: str, proved: bool, settings: LazySettings
) -> None:
    trust_our_server(settings)
    a_policy_in_force({"email.allowed": allowed})
    opener = a_customer()
    ticket = _in_state(opener, "closed" if about_what == "closed" else "in_service")
    number = {"nothing": "", "unknown number": UNKNOWN}.get(about_what, ticket.number)
    who = _writer(sender, opener)
    case = queries.case_of(
        a_supervisor(),
        Situation(
            Act.CONTINUE if number else Act.OPEN,
            Door.EMAIL,
            LATER,
            person=who.user.pk if who else None,
            organisation=who.organisation.pk if who else None,
            ticket=number,
            proved=proved,
        ),
    )
    found = queries.judge(case, rulebook.current())
    address = who.address if who else "alguem@gmail.example"
    subject = f"Re: Chamado {number}" if number else "Dúvida"
    result = taken(a_mail(address, subject=subject, auth="pass" if proved else "fail"))
    assert found.decision.allowed == (result.outcome == "appended")
    assert (found.decision.reason or "") == result.reason
    assert found.decision.rules == result.rules
    if found.fate:
        assert found.fate.apart == (result.outcome == "quarantined")
        told = Event.objects.filter(verb="mail.notice_wanted", subject_id=result.inbound).exists()
        assert found.fate.told == told


# ------------------------------------------------------------------------------- what it never does


def test_p1_simulating_stores_nothing_and_tells_nobody() -> None:
    customer, staff = a_customer(licence_until=LAPSED), a_supervisor()
    before = (Decision.objects.count(), Event.objects.count(), Message.objects.count())
    with CaptureQueriesContext(connection) as asked:
        simulated(
            Situation(
                Act.OPEN,
                Door.PORTAL,
                NOW,
                person=customer.user.pk,
                organisation=customer.organisation.pk,
            ),
            actor=staff,
        )
    assert all(query["sql"].lstrip("(").startswith("SELECT") for query in asked)
    assert (Decision.objects.count(), Event.objects.count(), Message.objects.count()) == before


def test_b1_a_ticket_that_the_reader_does_not_see_cannot_be_asked_about() -> None:
    ticket = a_ticket(a_customer())
    elsewhere = acting(an_agent(a_queue()))
    for number in (ticket.number, UNKNOWN):
        with pytest.raises(queries.NotFound):
            simulated(Situation(Act.SERVE, Door.PORTAL, LATER, ticket=number), actor=elsewhere)
    seen = simulated(Situation(Act.SERVE, Door.PORTAL, LATER, ticket=ticket.number))
    none = simulated(Situation(Act.SERVE, Door.PORTAL, LATER, ticket=UNKNOWN))
    assert seen.decision.allowed
    assert none.decision.reason == "no_ticket"


def test_p1_any_moment_can_be_asked_about_and_any_draft() -> None:
    customer = a_customer()  # covered for a year
    case = queries.case_of(
        a_supervisor(),
        Situation(
            Act.OPEN,
            Door.PORTAL,
            NOW + timedelta(days=400),
            person=customer.user.pk,
            organisation=customer.organisation.pk,
        ),
    )
    assert queries.judge(case, rulebook.current()).decision.reason == "licence_expired"
    assert queries.judge(case, a_draft({"rules.S5": "warn"})).decision.allowed


# --------------------------------------------------------------------------------------------- who


def test_who_is_found_by_code_by_tax_number_and_by_name() -> None:
    customer = a_customer(is_admin=True, name="Ana Lima")
    a_colleague(customer)
    organisation = customer.organisation
    organisation.tax_id = "11222333000181"
    organisation.save()
    by_code = queries.find_who(f" {customer.user.code.lower()} ")
    assert (by_code.person, by_code.name) == (customer.user.pk, "Ana Lima")
    assert [each.id for each in by_code.companies] == [organisation.pk]
    for typed in ("11.222.333/0001-81", organisation.name.upper(), organisation.name[:-1]):
        assert queries.find_who(typed).person == customer.user.pk
    assert queries.find_who("  ") == queries.NOBODY
    with pytest.raises(queries.Unknown):
        queries.find_who("Ninguém Assim")
