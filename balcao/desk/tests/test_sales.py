"""The sales desk: one page sells, lists tell what it came to, questions are answered."""

import csv
import io
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from balcao.desk.tests.desk import at
from balcao.entitlements.models import PrepaidTicket
from balcao.events.models import Access
from balcao.lib import pix
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
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
    acting,
    an_agent,
    signed_in,
)
from tests.sales import a_seller, a_sold_ticket, an_enquiry, an_order

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
    sales.post(address, {"seen": sold.revision, "cause": "requested", "items": [first.pk]})
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


def test_the_lists_are_of_a_few_statements_and_lead_through_all(sales: Client) -> None:
    customer = stranger()
    for _time in range(53):
        an_order(customer, unit_cents=100)
    organisation = customer.organisation.pk
    seen: set[str] = set()
    address = f"{reverse('desk_sales')}?lista=todos&cliente={organisation}"
    pages = 0
    while address:
        with CaptureQueriesContext(connection) as statements:
            page = sales.get(address).content.decode()
        assert len(statements) <= 8, [one["sql"][:80] for one in statements]
        assert '<strong class="tabular">53</strong>' in page
        assert "R$\u00a053,00" in page
        seen |= set(re.findall(r'href="/mesa/vendas/(\d+)"', page))
        found = re.search(r'href="([^"]+)" rel="next"|rel="next"[^>]*href="([^"]+)"', page)
        address = (found[1] or found[2]).replace("&amp;", "&") if found else ""
        pages += 1
    assert (pages, len(seen)) == (2, 53)


@pytest.mark.parametrize(
    "route", ["desk_sales_glance", "desk_sales_ends", "desk_questions", "desk_expiring"]
)
def test_every_page_of_sales_is_of_a_few_statements(sales: Client, route: str) -> None:
    for _time in range(3):
        an_order(stranger(), paid=True)
        an_order(stranger())
        an_enquiry(stranger())
    with CaptureQueriesContext(connection) as statements:
        text(sales, route)
    assert len(statements) <= 8, [one["sql"][:80] for one in statements]


def test_s28_a_one_off_that_expired_is_not_among_those_available(sales: Client) -> None:
    order = an_order(stranger(), paid=True)
    number = Ticket.objects.get(prepaid__item__order=order).number
    shown = f"{number[:3]}\u00a0{number[3:6]}\u00a0{number[6:]}"
    only = order.organisation_id
    assert shown in text(sales, "desk_sales", lista="disponiveis", cliente=only)
    assert shown not in text(sales, "desk_sales", lista="a-vencer", cliente=only)
    with at(NOW + timedelta(days=340)):
        client = signed_in(a_seller())
        assert shown in text(client, "desk_sales", lista="a-vencer", cliente=only)
    with at(NOW + timedelta(days=366)):
        client = signed_in(a_seller())
        assert shown in text(client, "desk_sales", lista="vencidos", cliente=only)
        assert shown not in text(client, "desk_sales", lista="disponiveis", cliente=only)


def hostile(count: int = 200) -> list[str]:
    """Names and references that a spreadsheet would take for formulas."""
    starts = ("=", "+", "-", "@", "\t=", "\r=", " =", "\u00a0@", "\uff1d", "\uff0b")
    tails = ("1+1", "cmd|'/c calc'!A0", 'HYPERLINK("http://x")', "SUM(A1)")
    found = [f"{start}{tail}" for start in starts for tail in tails]
    return [found[place % len(found)] + str(place) for place in range(count)]


def test_j1_of_two_hundred_hostile_cells_no_export_holds_a_formula(sales: Client) -> None:
    customer = stranger()
    names = hostile()
    for name in names:
        an_order(customer, reference=name[:60], purchase_order=name[:60])
    people.change_organisation(
        actor=SYSTEM,
        now=NOW,
        organisation_id=customer.organisation.pk,
        name="=2+5+cmd|'/c calc'!A0",
        tax_id=None,
        reference=None,
        phone="",
    )
    asked: dict[str, str | int] = {"lista": "todos", "cliente": customer.organisation.pk}
    response = sales.get(reverse("desk_sales_export"), {**asked, "formato": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len(names) + 1
    starts = tuple("=+-@\uff1d\uff0b")
    for row in rows:
        for cell in row:
            assert not cell.lstrip(" \t\r\n\u00a0").startswith(starts), cell
    book = sales.get(reverse("desk_sales_export"), {**asked, "formato": "xlsx"}).content
    sheet = load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 2 * len(names)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    for one in cells:
        assert not str(one.value).lstrip(" \t\r\n\u00a0").startswith(starts), one.value
    noted = Access.objects.filter(act="exported", subject_kind="sales.order")
    assert noted.count() >= 2


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
