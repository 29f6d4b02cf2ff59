"""The call card: the number first, the sentence to read aloud, and the ways out (R14, R15)."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.forms import new_key
from balcao.desk.tests.desk import LATER, at, desk_of, text_of
from balcao.events.models import Access
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from balcao.policy.calls import MISSES
from balcao.tickets.models import AssistedOpening, Call, Decision, Message, TimeSpent
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_queue,
    a_supervisor,
    a_ticket,
    an_agent,
)
from tests.cast_calls import a_call, a_proposal

pytestmark = pytest.mark.usefixtures("installation")

UNKNOWN = "482 719 3056"
ALOUD = "We did not find an open request with that number."


@pytest.fixture(autouse=True)
def _now() -> Any:
    with at():
        yield


def check(client: Client, number: str = "", **data: Any) -> Any:
    """As the card does it: the card of a call says which one it is of."""
    line = Call.objects.filter(agent=client.session["_auth_user_id"], ended_at=None).first()
    card = {"call": line.pk} if line else {}
    return client.post(reverse("desk_call_check"), {"number": number, **card, **data})


def known(client: Client, customer: Customer) -> Call:
    """The customer is on the line, and said who they are."""
    check(client, person=customer.user.pk, do="find")
    return Call.objects.filter(person=customer.user, ended_at=None).latest("pk")


def press(client: Client, route: str, call: Call, **data: str) -> Any:
    return client.post(reverse(route, args=[call.pk]), data)


def test_s17_the_number_comes_first_and_opens_the_ticket() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    ticket = a_ticket(customer)
    page = desk.get(reverse("desk_call_new"))
    field = re.search(r"<input[^>]*name=\"number\"[^>]*>", page.content.decode())
    assert field
    assert "autofocus" in field[0]
    sent = check(desk, ticket.number, who=customer.user.code)
    call = Call.objects.get(person=customer.user)
    assert sent["Location"] == reverse("desk_call", args=[call.pk])
    shown = text_of(desk.get(sent["Location"]))
    for part in (ticket.subject, "Covered", "Open the ticket", "Summary for the customer"):
        assert part in shown


def test_the_card_goes_along_and_costs_no_statement() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    a_ticket(customer)
    queue = reverse("desk_queue")
    assert "On the line" not in text_of(desk.get(queue))
    with CaptureQueriesContext(
        connection,
    ) as before:
        desk.get(queue)
    call = known(desk, customer)
    with CaptureQueriesContext(connection) as after:
        page = desk.get(queue)
    assert "On the line since" in text_of(page)
    assert reverse("desk_call", args=[call.pk]) in page.content.decode()
    assert len(after) == len(before)
    press(desk, "desk_call_without", call, reason="lost")
    assert "On the line" not in text_of(desk.get(queue))


def test_c2_a7_the_caller_hears_one_sentence_for_every_bad_number() -> None:
    customer = a_customer()
    foreign = a_ticket(a_customer()).number
    answers = set()
    for number in (UNKNOWN, foreign, "1234567890", "abc"):
        desk = desk_of(an_agent())
        known(desk, customer)
        page = check(desk, number)
        assert page.status_code == 422
        assert number in page.content.decode()
        found = re.search(r"<q>(.*?)</q>.*?</section>", page.content.decode(), re.S)
        assert found
        answers.add(found[0])
    assert len(answers) == 1
    assert ALOUD in answers.pop()


def test_c2_after_five_wrong_numbers_the_good_one_says_nothing_more() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    ticket = a_ticket(customer)
    known(desk, customer)
    for _ in range(MISSES):
        check(desk, UNKNOWN)
    page = text_of(check(desk, ticket.number))
    assert ALOUD in page
    assert "none is looked at for 15 minutes" in page
    assert ticket.subject not in page


def test_r15_an_unknown_telephone_is_asked_for_a_name_or_a_code() -> None:
    ticket, desk = a_ticket(a_customer()), desk_of(an_agent())
    page = text_of(check(desk, ticket.number, phone="81 98765-1111"))
    assert "your name or your user code" in page
    assert ticket.subject not in page
    assert check(desk, "", phone="12").status_code == 422


def test_the_caller_is_found_by_telephone_cnpj_code_and_name() -> None:
    customer, agent = a_customer(name="Zuleica Farias"), an_agent()
    people.add_phone(actor=SYSTEM, now=NOW, user_id=customer.user.pk, number="81 98111-2222")
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name=customer.organisation.name,
        tax_id="11222333000181",
        reference=None,
        phone="",
    )
    ways = (
        {"phone": "(81) 98111-2222"},
        {"who": "11.222.333/0001-81"},
        {"who": customer.user.code.lower()},
        {"who": "zuleica farias"},
    )
    for way in ways:
        desk = desk_of(agent)
        check(desk, do="find", **way)
        call = Call.objects.get(agent=agent)
        assert call.person == customer.user, way
        press(desk, "desk_call_without", call, reason="lost")
        Call.objects.filter(pk=call.pk).delete()
    assert Access.objects.filter(actor_id=agent.pk, act="searched", subject_id=None).count() == 4


def test_of_several_who_fit_the_agent_chooses_and_the_number_stays() -> None:
    first, second = a_customer(name="Aurora Pinto"), a_customer(name="Aurora Pinto")
    ticket, desk = a_ticket(second), desk_of(an_agent())
    page = check(desk, ticket.number, who="Aurora Pinto")
    assert page.status_code == 422
    for customer in (first, second):
        assert customer.organisation.name in text_of(page)
    assert ticket.number in page.content.decode()
    assert check(desk, ticket.number, person=second.user.pk).status_code == 302
    assert "Nobody on file" in text_of(check(desk, who="Ninguém Assim", do="find"))


def test_r14_the_number_goes_to_the_registered_address_and_no_ticket_is_shown() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    ticket = a_ticket(customer)
    call = known(desk, customer)
    sent = press(desk, "desk_call_send", call)
    page = desk.get(sent["Location"])
    assert "Sent to the registered e-mail: c…@cliente.example" in text_of(page)
    for secret in (ticket.number, ticket.subject, customer.address):
        assert secret not in page.content.decode()
    again = press(desk, "desk_call_send", call)
    assert (again.status_code, "a moment ago" in text_of(again)) == (409, True)
    assert press(desk, "desk_call_end", call).status_code == 302
    assert Call.objects.get(pk=call.pk).outcome == "number_sent"


def test_r14_the_number_is_sent_from_a_persons_page_too() -> None:
    customer = a_customer()
    address = reverse("desk_numbers_send", args=[customer.user.pk])
    page = reverse("desk_person", args=[customer.user.pk])
    desk = desk_of(an_agent())
    assert address in desk.get(page).content.decode()
    sent = desk.post(address)
    assert "Sent to the registered e-mail." in text_of(desk.get(sent["Location"]))
    assert "a moment ago" in text_of(desk.get(desk.post(address)["Location"]))
    auditor = desk_of(a_member_of_staff(Role.AUDITOR))
    assert address not in auditor.get(page).content.decode()
    assert auditor.post(address).status_code == 403


def test_a_served_call_ends_with_a_summary_for_the_customer() -> None:
    customer, agent = a_customer(), an_agent()
    desk, ticket = desk_of(agent), a_ticket(customer)
    call = known(desk, customer)
    check(desk, ticket.number)
    empty = press(desk, "desk_call_served", call, summary=" ")
    assert (empty.status_code, "Write in a line" in text_of(empty)) == (422, True)
    with at(LATER.replace(minute=7)):
        press(desk, "desk_call_served", call, summary="Reiniciamos o serviço.")
    message = Message.objects.get(ticket=ticket, kind="reply")
    assert "Reiniciamos o serviço." in message.body
    assert TimeSpent.objects.get(ticket=ticket).minutes == 7
    past = text_of(desk.get(reverse("desk_call", args=[call.pk])))
    assert "Served" in past
    assert press(desk, "desk_call_served", call, summary="De novo.").status_code == 302
    assert Message.objects.filter(ticket=ticket, kind="reply").count() == 1


def test_s22_a_summary_that_cannot_be_kept_stays_on_the_page() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    call, ticket = known(desk, customer), a_ticket(customer)
    early = press(desk, "desk_call_served", call, summary="Configurei tudo.")
    assert (early.status_code, "Check the number first." in text_of(early)) == (409, True)
    check(desk, ticket.number)
    ticket.state = "closed"
    ticket.save(update_fields=["state"])
    late = press(desk, "desk_call_served", call, summary="Configurei tudo.")
    assert late.status_code == 409
    assert not Message.objects.filter(ticket=ticket, kind="reply").exists()


def test_s22_a_call_without_ticket_asks_why_and_takes_no_text() -> None:
    desk = desk_of(an_agent())
    check(desk, "")
    call = Call.objects.get(ended_at=None)
    assert press(desk, "desk_call_without", call, reason="Configurei tudo").status_code == 422
    assert press(desk, "desk_call_without", call).status_code == 422
    sent = press(desk, "desk_call_without", call, reason="no_number")
    shown = text_of(desk.get(sent["Location"]))
    assert "1 call · 1 without a ticket" in shown
    assert "The customer has no number at hand" in shown


@pytest.mark.parametrize(
    ("mode", "said"), [("warn", "S17 only warns"), ("observe", "S17 is only observed")]
)
def test_r36_a_softer_mode_of_s17_is_said_in_words(mode: str, said: str) -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    assert "at the moment" not in text_of(desk.get(reverse("desk_call_new")))
    a_policy_in_force({"rules.S17": mode, "rules.S16": mode})
    assert said in text_of(desk.get(reverse("desk_call_new")))
    known(desk, customer)
    page = text_of(check(desk, ""))
    assert "Without a number: you may go on, and it was noted" in page
    assert Decision.objects.filter(act="continue", door="phone").latest("pk").verdict == "allow"


def test_sales_take_calls_and_are_offered_no_service() -> None:
    customer, desk = a_customer(), desk_of(a_member_of_staff(Role.SALES))
    ticket = a_ticket(customer)
    call = known(desk, customer)
    check(desk, ticket.number)
    page = text_of(desk.get(reverse("desk_call", args=[call.pk])))
    assert ticket.subject in page
    assert "You do not serve this ticket" in page
    assert "Assisted opening" not in page
    assert press(desk, "desk_call_served", call, summary="Configurei.").status_code == 403
    press(desk, "desk_call_sales", call)
    assert Call.objects.get(pk=call.pk).outcome == "to_sales"


def test_b5_a_ticket_of_another_queue_is_good_and_not_shown() -> None:
    customer, desk = a_customer(), desk_of(an_agent(a_queue()))
    ticket = a_ticket(customer)
    known(desk, customer)
    page = desk.get(check(desk, ticket.number)["Location"])
    assert "the ticket is in another queue" in text_of(page)
    assert ticket.subject not in page.content.decode()


def test_a_call_is_its_takers_and_is_read_by_who_watches() -> None:
    agent, customer = an_agent(), a_customer()
    call = a_call(agent, customer)
    address = reverse("desk_call", args=[call.pk])
    auditor = desk_of(a_member_of_staff(Role.AUDITOR))
    for watcher in (desk_of(a_supervisor()), auditor):
        assert customer.user.name in text_of(watcher.get(address))
        listed = text_of(watcher.get(reverse("desk_calls")))
        assert customer.organisation.name in listed
    assert desk_of(an_agent()).get(address).status_code == 404
    for route in ("send", "sales", "without", "served", "end"):
        name = f"desk_call_{route}"
        assert press(auditor, name, call).status_code == 403
        assert press(desk_of(an_agent()), name, call).status_code == 404
        assert press(desk_of(a_supervisor()), name, call).status_code == 403
    assert auditor.get(reverse("desk_call_new")).status_code == 403
    assert "New call" not in text_of(auditor.get(reverse("desk_calls")))
    assert Call.objects.get(pk=call.pk).ended_at is None


def test_the_list_is_narrowed_by_end_and_person_in_eight_statements() -> None:
    agents = [an_agent(name=f"Agente {n}") for n in range(3)]
    watcher = desk_of(a_supervisor())
    for agent in agents:
        for _ in range(4):
            call = a_call(agent, a_customer(), now=LATER)
            press(desk_of(agent), "desk_call_without", call, reason="lost")
    address = reverse("desk_calls")
    with CaptureQueriesContext(connection) as seen:
        page = text_of(watcher.get(address))
    assert len(seen) <= 8, [one["sql"][:80] for one in seen]
    assert "12 calls · 12 without a ticket" in page
    mine = text_of(watcher.get(address, {"pessoa": agents[0].pk}))
    assert "4 calls · 4 without a ticket" in mine
    assert "No call here" in text_of(watcher.get(address, {"fim": "served"}))
    assert "No call here" in text_of(watcher.get(address, {"fim": "open"}))


def test_checking_a_number_stays_within_a_write() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    ticket = a_ticket(customer)
    card = {"number": ticket.number, "call": known(desk, customer).pk}
    with CaptureQueriesContext(connection) as seen:
        assert desk.post(reverse("desk_call_check"), card).status_code == 302
    asked = [one["sql"] for one in seen if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 25, asked


# ------------------------------------------------------------------ assisted opening


def assisted(client: Client, customer: Customer, **data: Any) -> Any:
    licence = customer.licence.pk if customer.licence else ""
    fields = {
        "key": new_key(),
        "about": f"{customer.organisation.pk}-{licence}",
        "service": "incident",
        "subject": "O ramal 9 não grava",
        "body": "Desde hoje cedo.",
        **data,
    }
    return client.post(f"{reverse('desk_assisted_new')}?pessoa={customer.user.pk}", fields)


def test_r13_the_agent_types_asks_the_rules_and_sends_it_to_the_customer() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    call = known(desk, customer)
    card = desk.get(reverse("desk_call", args=[call.pk])).content.decode()
    assert f"{reverse('desk_assisted_new')}?pessoa={customer.user.pk}" in card
    foretold = assisted(desk, customer, do="ask")
    assert "If confirmed now, it would be opened." in text_of(foretold)
    assert "O ramal 9 não grava" in foretold.content.decode()
    assert not AssistedOpening.objects.filter(contact=customer.user).exists()
    sent = assisted(desk, customer)
    row = AssistedOpening.objects.get(contact=customer.user)
    assert (sent["Location"], row.call) == (reverse("desk_assisted", args=[row.pk]), call)
    shown = text_of(desk.get(sent["Location"]))
    assert f"Sent to the registered e-mail of {customer.user.name}" in shown
    assert "Waits for the customer" in text_of(desk.get(reverse("desk_call", args=[call.pk])))


def test_s5_what_would_be_refused_is_said_before_it_is_sent() -> None:
    customer, desk = a_customer(licence_until=TODAY - YEAR), desk_of(an_agent())
    page = text_of(assisted(desk, customer, do="ask"))
    assert "it would be refused: Your licence of Tarifador Direction has expired" in page
    assert assisted(desk, customer).status_code == 302


def test_nothing_typed_is_lost_when_a_field_is_missing_or_no_address_is_on_file() -> None:
    customer, desk = a_customer(), desk_of(an_agent())
    page = assisted(desk, customer, subject="")
    assert (page.status_code, "Desde hoje cedo." in page.content.decode()) == (422, True)
    other = a_customer()
    foreign = assisted(desk, customer, about=f"{other.organisation.pk}-{other.licence.pk}")  # type: ignore[union-attr]
    assert foreign.status_code == 422
    people.retire_address(actor=SYSTEM, now=NOW, user=customer.user, address=customer.address)
    page = assisted(desk, customer)
    assert (page.status_code, "Desde hoje cedo." in page.content.decode()) == (409, True)


def test_how_an_assisted_opening_stands_is_told_in_words() -> None:
    customer, agent = a_customer(), an_agent()
    row = a_proposal(agent, customer, now=LATER)
    address, desk = reverse("desk_assisted", args=[row.pk]), desk_of(agent)
    for state, said in (
        ("declined", "says that it was not they"),
        ("refused", "Confirmed, and refused by the rules"),
        ("waiting", "The link works until"),
    ):
        AssistedOpening.objects.filter(pk=row.pk).update(state=state)
        assert said in text_of(desk.get(address))
    with at(row.expires_at):
        page = desk.get(address)
        assert "Not confirmed in time" in text_of(page)
        again = f"{reverse('desk_assisted_new')}?pessoa={customer.user.pk}&amp;de={row.pk}"
        assert again in page.content.decode()
        assert row.body in desk.get(again.replace("&amp;", "&")).content.decode()
    assert desk_of(an_agent()).get(address).status_code == 404
