"""The sales desk: one page sells, lists tell what it came to, questions are answered."""

import re
import secrets
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balcao.desk.tests.desk import at
from balcao.entitlements.models import PrepaidTicket
from balcao.lib import pix
from balcao.policy.access import Role
from balcao.sales.models import Enquiry, Order, OrderState
from balcao.tickets import actions as tickets
from balcao.tickets.models import ScopeQuestion, Ticket
from tests.cast import (
    NOW,
    TODAY,
    Customer,
    a_customer,
    a_member_of_staff,
    a_policy_in_force,
    a_ticket,
    acting,
    an_agent,
    signed_in,
)
from tests.sales import a_seller, a_sold_ticket, an_order

pytestmark = pytest.mark.usefixtures("installation")

PIX = {"pix_key": "financeiro@vendor.example", "pix_name": "Direction", "pix_city": "Recife"}


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


@pytest.fixture
def sales() -> Client:
    return signed_in(a_seller())


def stranger() -> Customer:
    """Somebody without a contract."""
    return a_customer(with_contract=False, with_licence=False)


def text(client: Client, name: str, *args: object, **query: str | int) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def form(**changes: object) -> dict[str, object]:
    """A sale as the page sends it."""
    sent: dict[str, object] = {
        "kind": "oneoff_install",
        "service": "remote_install",
        "quantity": "1",
        "price": "250,00",
        "payment": "cash",
        "key": secrets.token_hex(16),
    }
    return {name: value for name, value in {**sent, **changes}.items() if value is not None}


def sell(
    client: Client, customer: Customer | None = None, query: str = "", **changes: object
) -> str:
    """Send the form of a sale; the page that follows."""
    if customer is not None:
        query = f"?cliente={customer.organisation.pk}"
        changes = {"contact": str(customer.user.pk), **changes}
    response = client.post(reverse("desk_sale_new") + query, form(**changes), follow=True)
    assert response.status_code in (200, 409, 422)
    return response.content.decode()


def the_order() -> Order:
    return Order.objects.latest("pk")


def test_s23_s24_a_registered_customer_is_found_and_sold_to_in_one_page(sales: Client) -> None:
    customer = stranger()
    found = text(sales, "desk_sale_new", q=customer.organisation.name)
    assert f"?cliente={customer.organisation.pk}" in found
    page = sell(sales, customer, quantity="2", paid="1")
    order = the_order()
    assert (order.organisation, order.quantity, order.cents) == (customer.organisation, 2, 50000)
    numbers = Ticket.objects.filter(prepaid__item__order=order).values_list("number", flat=True)
    assert len(numbers) == 2
    assert all(f"/mesa/{number}" in page for number in numbers)


@pytest.mark.parametrize("kind", ["empresa", "pessoa"])
def test_s23_r26_a_new_company_or_person_is_registered_with_the_sale(
    sales: Client, kind: str
) -> None:
    name, address = f"Rui {secrets.token_hex(3)}", f"{secrets.token_hex(4)}@novo.example"
    page = sell(sales, query=f"?novo={kind}", name=name, address=address, company="Padaria Sol")
    order = the_order()
    assert order.organisation.name == ("Padaria Sol" if kind == "empresa" else name)
    assert order.contact.name == name
    assert "Pedido registrado" in page
    missing = sell(sales, query=f"?novo={kind}", name="", address="x", price="dez")
    assert "Isto não é um valor" in missing
    assert the_order() == order


def test_an_address_that_is_on_file_is_named_with_its_owner_before_anything_is_sold(
    sales: Client,
) -> None:
    there = stranger()
    query, typed = "?novo=pessoa", {"name": "Zé Comprador", "address": there.address}
    page = sell(sales, None, query, **typed)
    assert "Este e-mail já é de alguém do cadastro" in page
    assert there.user.name in page
    assert f'href="?cliente={there.organisation.pk}"' in page
    assert not Order.objects.filter(contact=there.user).exists()
    assert "Pedido registrado" in sell(sales, None, query, **typed, same="on")
    assert Order.objects.get(contact=there.user).organisation.name == "Zé Comprador"


def test_s24_a_customers_page_leads_to_a_sale_and_to_what_was_sold(sales: Client) -> None:
    pk = stranger().organisation.pk
    page = text(sales, "desk_organisation", pk).replace("&amp;", "&")
    assert f"/mesa/vendas/nova?cliente={pk}" in page
    assert f"/mesa/vendas?lista=todos&cliente={pk}" in page
    agents = text(signed_in(an_agent()), "desk_organisation", pk)
    assert "/mesa/vendas" not in agents


def test_r22_an_order_has_no_number_before_the_money_is_seen(sales: Client) -> None:
    order = an_order(stranger())
    before = text(sales, "desk_order", order.pk)
    assert "O pedido não tem número antes" in before
    sales.post(reverse("desk_order_confirm", args=[order.pk]), {"seen": order.revision})
    ticket = Ticket.objects.get(prepaid__item__order=order)
    after = text(sales, "desk_order", order.pk)
    assert f"/mesa/{ticket.number}" in after
    assert "13/11/2026" in after
    again = sales.post(
        reverse("desk_order_confirm", args=[order.pk]), {"seen": order.revision}, follow=True
    )
    assert "Veja como está agora" in again.content.decode()


EXCLUDED = (
    "licence_upgrade",
    "tariff_update",
    "driver_change",
    "register_update",
    "custom_report",
)


@pytest.mark.parametrize("service", EXCLUDED)
def test_s34_n2_what_is_excluded_is_told_before_it_is_charged_and_not_sold(
    sales: Client, service: str
) -> None:
    customer, count = stranger(), Order.objects.count()
    chosen = {"kind": "oneoff_problem", "service": service}
    look = sell(sales, customer, **chosen, act="look", price="77,00")
    assert "Não coberto:" in look
    assert 'value="77,00"' in look
    page = sell(sales, customer, **chosen, agreed="1")
    assert "não é vendido para isso" in page
    assert Order.objects.count() == count
    if service == "licence_upgrade":
        assert "Faz parte de: Instalação ou upgrade remoto" in look


def test_s32_s35_s36_r18_what_nobody_listed_is_sold_when_sales_says_it_is_covered(
    sales: Client,
) -> None:
    customer, count = stranger(), Order.objects.count()
    chosen = {"kind": "oneoff_problem", "service": "incident"}
    look = sell(sales, customer, **chosen, act="look")
    assert "Consultar comercial:" in look
    assert f"?tipo=oneoff_problem&servico=incident&cliente={customer.organisation.pk}" in (
        look.replace("&amp;", "&")
    )
    assert "não está na lista" in sell(sales, customer, **chosen)
    assert Order.objects.count() == count
    sell(sales, customer, **chosen, agreed="1")
    assert Order.objects.count() == count + 1
    assert the_order().agreed


def test_s33_r34_the_contract_that_covers_it_is_told_and_it_is_sold_all_the_same(
    sales: Client,
) -> None:
    customer, count = a_customer(), Order.objects.count()
    assert customer.contract
    look = sell(sales, customer, act="look")
    assert "O contrato já cobre isto" in look
    assert customer.contract.reference in look
    sell(sales, customer)
    assert Order.objects.count() == count
    sell(sales, customer, despite="1")
    assert Order.objects.count() == count + 1
    assert "O contrato já cobre isto" not in sell(sales, stranger(), act="look")


def test_what_the_payment_decides_is_not_called_optional(sales: Client) -> None:
    page = text(sales, "desk_sale_new", cliente=stranger().organisation.pk)
    labels = re.findall(r'<label class="field-label" for="id_(\w+)">(.*?)</label>', page)
    called = {name for name, label in labels if "field-optional" in label}
    assert {"phone", "reference"} <= called
    assert called.isdisjoint({"name", "address", "due_on", "purchase_order"})


def test_s24_the_ticket_of_a_one_off_tells_who_sold_it_and_when(sales: Client) -> None:
    seller = a_seller(name="Otávio Reis")
    order = an_order(stranger(), paid=True, seller=seller)
    ticket = Ticket.objects.get(prepaid__item__order=order)
    page = text(sales, "desk_ticket", ticket.number)
    assert reverse("desk_oneoff", args=[ticket.number]) in page
    assert "Vendido em" in page
    assert "Portal," not in page
    told = text(sales, "desk_oneoff", ticket.number)
    assert "Otávio Reis" in told
    assert "Comprado: válido até" in told
    assert reverse("desk_order", args=[order.pk]) in told
    agent = signed_in(an_agent())
    assert reverse("desk_order", args=[order.pk]) not in text(agent, "desk_oneoff", ticket.number)
    lines = agent.get(reverse("desk_oneoff", args=[ticket.number]), headers={"HX-Request": "true"})
    assert "<h1" not in lines.content.decode()
    assert "Otávio Reis" in lines.content.decode()


def test_a_ticket_that_is_no_one_off_has_no_ledger() -> None:
    number = a_ticket(a_customer()).number
    agent = signed_in(an_agent())
    assert reverse("desk_oneoff", args=[number]) not in text(agent, "desk_ticket", number)
    assert agent.get(reverse("desk_oneoff", args=[number])).status_code == 302


def test_a_form_that_is_sent_twice_is_one_sale(sales: Client) -> None:
    customer, key = stranger(), secrets.token_hex(16)
    for _time in range(2):
        sell(sales, customer, key=key)
    assert Order.objects.filter(organisation=customer.organisation).count() == 1


def test_a_pix_is_shown_as_a_picture_and_to_copy_and_says_the_amount(sales: Client) -> None:
    customer = stranger()
    assert 'value="pix"' not in text(sales, "desk_sale_new", cliente=customer.organisation.pk)
    a_policy_in_force({"payment": PIX})
    page = sell(sales, customer, payment="pix", price="1.250,05")
    order = the_order()
    code = re.search(r"<textarea[^>]*>\s*(00020\S+)</textarea>", page)
    assert code
    fields = pix.read(code[1])
    assert (fields["54"], fields["62.05"]) == ("1250.05", order.txid)
    assert "data:image/svg+xml" in page
    sales.post(reverse("desk_order_confirm", args=[order.pk]), {"seen": order.revision})
    assert code[1] not in text(sales, "desk_order", order.pk)


def test_an_open_order_is_cancelled_and_an_unused_number_refunded(sales: Client) -> None:
    order = an_order(stranger())
    sent = {"seen": order.revision, "cause": "requested"}
    sales.post(reverse("desk_order_cancel", args=[order.pk]), sent)
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    sold = an_order(stranger(), quantity=2, paid=True)
    first = PrepaidTicket.objects.filter(item__order=sold).order_by("pk")[0]
    address = reverse("desk_order_refund", args=[sold.pk])
    nothing = sales.post(address, {"seen": sold.revision, "cause": "requested"})
    assert nothing.status_code == 422
    assert "Escolha pelo menos um" in nothing.content.decode()
    chosen = {"seen": sold.revision, "cause": "requested", "items": [first.pk]}
    sales.post(address, {**chosen, "sure": "1"})
    page = text(sales, "desk_sales", lista="estornados")
    assert "R$\u00a0250,00" in page
    assert str(sold.pk) in page


def test_the_nfse_is_attached_and_downloaded_by_who_reads_sales(sales: Client) -> None:
    order = an_order(stranger(), paid=True)
    address = reverse("desk_order_invoice", args=[order.pk])
    sent = {"seen": order.revision, "number": "2026/881", "day": TODAY.isoformat()}
    wrong = SimpleUploadedFile("nota.pdf", b"<script>")
    assert sales.post(address, {**sent, "file": wrong}).status_code == 409
    pdf = SimpleUploadedFile("nota.pdf", b"%PDF-1.7\n%%EOF\n")
    assert sales.post(address, {**sent, "file": pdf}).status_code == 302
    assert "2026/881" in text(sales, "desk_order", order.pk)
    auditor = signed_in(a_member_of_staff(Role.AUDITOR))
    file = auditor.get(reverse("desk_order_file", args=[order.pk]))
    assert b"".join(file.streaming_content) == b"%PDF-1.7\n%%EOF\n"  # type: ignore[attr-defined]
    assert "attachment" in file["Content-Disposition"]


def test_m1_m2_supervisors_and_auditors_read_sales_and_change_nothing() -> None:
    order, count = an_order(stranger()), Order.objects.count()
    for role in (Role.SUPERVISOR, Role.AUDITOR):
        client = signed_in(a_member_of_staff(role))
        page = text(client, "desk_order", order.pk)
        assert "Confirmar pagamento" not in page
        sent = {"seen": order.revision, "cause": "requested"}
        for act in ("confirm", "cancel", "refund", "receipt", "invoice"):
            answer = client.post(reverse(f"desk_order_{act}", args=[order.pk]), sent)
            assert answer.status_code == 403, act
        assert client.post(reverse("desk_sale_new"), form()).status_code == 403
    for somebody in (an_agent(), a_member_of_staff(Role.ADMINISTRATOR), stranger().user):
        client = signed_in(somebody)
        for route in ("desk_sales", "desk_sale_new", "desk_questions", "desk_sales_export"):
            assert client.get(reverse(route)).status_code == 403, route
    assert Order.objects.count() == count
    order.refresh_from_db()
    assert order.state == OrderState.OPEN


def test_m2_sales_answers_no_ticket_technically(sales: Client) -> None:
    ticket = a_sold_ticket()
    tickets.customer_message(
        actor=acting(ticket.opener), now=NOW, ticket_id=ticket.pk, body="Parou.", key="m2"
    )
    before = ticket.messages.count()
    answer = sales.post(
        reverse("desk_reply", args=[ticket.number]),
        {"key": secrets.token_hex(16), "body": "Reinicie.", "seen": "1"},
    )
    assert answer.status_code in (403, 404)
    assert ticket.messages.count() == before


def test_s36_a_ticket_that_asks_is_answered_and_its_credit_comes_back(sales: Client) -> None:
    ticket = a_sold_ticket(agreed=False)
    tickets.customer_message(
        actor=acting(ticket.opener), now=NOW, ticket_id=ticket.pk, body="Parou.", key="s36"
    )
    assert ScopeQuestion.objects.filter(ticket=ticket, answered_at=None).exists()
    assert reverse("desk_question_ticket", args=[ticket.number]) in text(sales, "desk_questions")
    address = reverse("desk_question_ticket", args=[ticket.number])
    missing = sales.post(address, {"covered": "no", "reason": " "})
    assert missing.status_code == 422
    sales.post(address, {"covered": "no", "reason": "É personalização."})
    ticket.refresh_from_db()
    assert ticket.state == "sold"
    assert PrepaidTicket.objects.get(ticket=ticket).last == "returned"
    assert "É personalização." in text(sales, "desk_question_ticket", ticket.number)
    agent = signed_in(an_agent())
    assert agent.post(address, {"covered": "yes", "reason": "x"}).status_code == 403


def test_r18_a_question_is_written_down_answered_and_sold_upon(sales: Client) -> None:
    customer = stranger()
    address = f"{reverse('desk_question_new')}?cliente={customer.organisation.pk}"
    sent = {
        "contact": str(customer.user.pk),
        "kind": "oneoff_problem",
        "service": "incident",
        "question": "O gravador parou: cobre?",
        "key": secrets.token_hex(16),
    }
    page = sales.post(address, sent, follow=True).content.decode()
    row = Enquiry.objects.latest("pk")
    assert "O gravador parou" in page
    sales.post(
        reverse("desk_question", args=[row.pk]), {"covered": "yes", "reason": "É um problema."}
    )
    offer = text(sales, "desk_sale_new", duvida=row.pk)
    assert re.search(r'name="agreed"[^>]*checked', offer)
    sell(
        sales,
        query=f"?duvida={row.pk}",
        contact=str(customer.user.pk),
        kind="oneoff_problem",
        service="incident",
        agreed="1",
    )
    row.refresh_from_db()
    assert row.order == the_order()
    assert reverse("desk_order", args=[row.order_id]) in text(sales, "desk_question", row.pk)
