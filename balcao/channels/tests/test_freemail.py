"""Replies from a registered address at a free provider, where the policy takes none (R10)."""

import pytest
from django.urls import reverse

from balcao.channels.intake import receive
from balcao.channels.judging import simulate
from balcao.channels.models import Delivery, Inbound
from balcao.channels.tests.mails import (
    HOUR,
    a_mail,
    about,
    asked,
    last_mail,
    taken,
    written,
)
from balcao.events.queue import run_pending
from balcao.people.models import User
from balcao.policy.access import Role
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Decision, Draft
from tests.cast import NOW, a_member_of_staff, a_policy_in_force, signed_in
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation", "relay")


def _flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_r10_a_registered_address_counts_whatever_its_domain_and_not_where_the_policy_says_no() -> (
    None
):
    customer, ticket = asked(domain="gmail.com")
    company, theirs = asked()
    assert taken(a_mail(customer.address, subject=about(ticket))).outcome == "appended"
    a_policy_in_force({"email.block_freemail": True})
    by_token = last_mail(ticket, customer.address).mail_id
    for raw in (
        a_mail(customer.address, subject=about(ticket)),
        a_mail(customer.address, answers=by_token, body="Pelo sinal."),
    ):
        result = taken(raw)
        assert (result.outcome, result.reason) == ("refused", "personal_address")
        assert result.rules == ("S9", "S10", "R10")
    assert taken(a_mail(company.address, subject=about(theirs))).outcome == "appended"
    assert (len(written(ticket)), len(written(theirs))) == (1, 1)
    kept = Inbound.objects.filter(sender=customer.address).latest("pk")
    assert kept.raw
    assert not Draft.objects.filter(owner=customer.user).exists()
    row = Decision.objects.filter(ticket=ticket, reason="personal_address").latest("pk")
    assert row.facts["sender"]["free"] is True
    assert "gmail" not in str(row.facts)


def test_s10_r10_that_sender_is_told_why_and_where_to_answer_once_a_day() -> None:
    customer, ticket = asked(domain="hotmail.com")
    a_policy_in_force({"email.block_freemail": True})
    for _ in range(2):
        receive(a_mail(customer.address, subject=about(ticket)), now=NOW + 2 * HOUR)
    run_pending(NOW + 2 * HOUR)
    notice = Delivery.objects.get(kind="notice", recipient=customer.address)
    assert "é um endereço pessoal, e não atendemos por e-mail pessoal" in _flat(notice.text)
    assert "Entre no portal" in _flat(notice.text)
    silent, quiet = asked(domain="yahoo.com.br")
    a_policy_in_force({"email.block_freemail": True, "email.unregistered": "silent"})
    taken(a_mail(silent.address, subject=about(quiet)))
    run_pending(NOW + 2 * HOUR)
    assert not Delivery.objects.filter(kind="notice", recipient=silent.address).exists()


def test_r10_r12_a_one_offs_holder_without_sign_in_is_led_to_the_page_of_the_number() -> None:
    customer, _ = asked(domain="bol.com.br")
    user = User.objects.get(pk=customer.user.pk)
    user.set_unusable_password()
    user.save()
    sold = a_sold_ticket(customer)
    a_policy_in_force({"email.block_freemail": True})
    assert taken(a_mail(customer.address, subject=about(sold))).reason == "personal_address"
    run_pending(NOW + 2 * HOUR)
    notice = Delivery.objects.get(kind="notice", recipient=customer.address)
    assert reverse("statement_ask") in notice.text
    assert "Entre no portal" not in notice.text
    sold.refresh_from_db()
    assert sold.state == "sold"


def test_r10_the_simulator_and_the_kept_mail_say_the_same_and_the_team_may_take_it_over() -> None:
    customer, ticket = asked(domain="uol.com.br")
    a_policy_in_force({"email.block_freemail": True})
    raw = a_mail(customer.address, subject=about(ticket))
    found = simulate(raw, account="mail", policy=rulebook.current(), now=NOW)
    assert found.decision
    assert (found.outcome.value, found.decision.reason) == ("refused", "personal_address")
    kept = taken(raw).inbound
    browser = signed_in(a_member_of_staff(Role.SUPERVISOR))
    page = browser.get(reverse("desk_kept_one", args=[kept])).content.decode()
    assert "Endereço pessoal, de provedor gratuito" in page
    assert reverse("desk_kept_release", args=[kept]) in page
