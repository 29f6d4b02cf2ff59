"""Kept mail of the company, as its administrator sees it (R9)."""

import pytest
from django.conf import LazySettings
from django.urls import reverse

from balcao.channels.models import Inbound
from balcao.channels.tests.mails import a_mail, about, asked, taken, trust_our_server, written
from balcao.tickets import actions as tickets
from balcao.tickets.models import Ticket
from tests.cast import NOW, Customer, a_colleague, a_customer, signed_in

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _ours(settings: LazySettings) -> None:
    trust_our_server(settings)


def _kept(customer: Customer, ticket: Ticket, *, personal: bool = False) -> int:
    sender = "ana.pessoal@gmail.example" if personal else customer.address
    auth = "pass" if personal else None
    return taken(a_mail(sender, subject=about(ticket), body="Girassol.", auth=auth)).inbound


def test_s8_r9_an_administrator_confirms_a_mail_of_theirs_and_it_goes_on_the_request() -> None:
    customer, ticket = asked()
    pk = _kept(customer, ticket)
    browser = signed_in(a_colleague(customer, is_admin=True).user)
    people = browser.get(reverse("colleagues")).content.decode()
    assert reverse("company_mail") in people
    assert "1 e-mail em nome de vocês ficou retido" in people
    shown = browser.get(reverse("company_mail_one", args=[pk])).content.decode()
    assert "Girassol." in shown
    assert "Foi alguém nosso: pode incluir" in shown
    done = browser.post(reverse("company_mail_confirm", args=[pk]), follow=True)
    assert "Está no chamado agora." in done.content.decode()
    assert written(ticket) == ["Girassol."]
    assert browser.get(reverse("company_mail_one", args=[pk])).status_code == 404


def test_s9_d10_mail_from_an_unregistered_address_is_not_a_customers_to_read_or_to_add() -> None:
    customer, ticket = asked()
    pk = _kept(customer, ticket, personal=True)
    browser = signed_in(a_colleague(customer, is_admin=True).user)
    assert browser.get(reverse("company_mail_one", args=[pk])).status_code == 404
    assert browser.post(reverse("company_mail_confirm", args=[pk])).status_code == 404
    assert written(ticket) == []
    form = reverse("colleague_new", args=[customer.organisation.pk])
    opened = browser.get(form, {"endereco": "ana.pessoal@gmail.example"}).content.decode()
    assert 'value="ana.pessoal@gmail.example"' in opened


def test_r8_a_colleague_who_takes_no_part_is_included_first_and_then_confirmed() -> None:
    customer, ticket = asked()
    colleague = a_colleague(customer)
    pk = _kept(colleague, ticket)
    browser = signed_in(a_colleague(customer, is_admin=True).user)
    shown = browser.get(reverse("company_mail_one", args=[pk])).content.decode()
    assert "Foi alguém nosso: pode incluir" not in shown
    assert reverse("ticket_people", args=[ticket.number]) in shown
    refused = browser.post(reverse("company_mail_confirm", args=[pk]))
    assert refused.status_code == 409
    assert "Não dá para incluir assim" in refused.content.decode()
    assert written(ticket) == []
    tickets.include(actor=customer.actor, now=NOW, ticket_id=ticket.pk, person_id=colleague.user.pk)
    browser.post(reverse("company_mail_confirm", args=[pk]))
    assert written(ticket) == ["Girassol."]


def test_r9_what_is_not_theirs_goes_no_further() -> None:
    customer, ticket = asked()
    pk = _kept(customer, ticket)
    browser = signed_in(a_colleague(customer, is_admin=True).user)
    done = browser.post(reverse("company_mail_disown", args=[pk]), follow=True)
    assert "Obrigado. Não vai adiante." in done.content.decode()
    assert "Nada espera por você" in done.content.decode()
    assert Inbound.objects.get(pk=pk).handled == "disowned"


def test_b1_nobody_else_reads_or_decides_about_a_companys_kept_mail() -> None:
    customer, ticket = asked()
    pk = _kept(customer, ticket)
    others = (a_colleague(a_customer(), is_admin=True), a_colleague(customer), customer)
    for one in others:
        browser = signed_in(one.user)
        assert "Girassol" not in browser.get(reverse("company_mail"), follow=True).content.decode()
        for name in ("company_mail_one", "company_mail_confirm", "company_mail_disown"):
            address = reverse(name, args=[pk])
            answer = browser.get(address) if name == "company_mail_one" else browser.post(address)
            assert answer.status_code in (403, 404)
    assert Inbound.objects.get(pk=pk).handled == ""
    assert written(ticket) == []
