"""An order that is not paid yet at the sales desk, and the ways to who asked before a sale."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.desk.tests.desk import LATER, at
from balcao.events import queue
from balcao.policy.access import Role
from balcao.sales.models import Enquiry, Order
from tests.cast import TODAY, Customer, a_customer, a_member_of_staff, signed_in
from tests.sales import a_seller, an_order

pytestmark = pytest.mark.usefixtures("installation")

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


@pytest.fixture
def sales() -> Client:
    return signed_in(a_seller())


def a_boleto(customer: Customer | None = None, *, due: int = 9) -> Order:
    customer = customer or a_customer(with_contract=False, with_licence=False)
    return an_order(customer, payment="boleto", reference="34191.79", due_on=TODAY + due * DAY)


def page_of(client: Client, order: Order) -> str:
    response = client.get(reverse("desk_order", args=[order.pk]))
    assert response.status_code == 200
    return response.content.decode()


def charge(client: Client, order: Order, seen: int) -> str:
    address = reverse("desk_order_charge", args=[order.pk])
    return client.post(address, {"seen": str(seen)}, follow=True).content.decode()


def change(client: Client, order: Order, **typed: object) -> tuple[int, str]:
    sent = {"seen": "1", "reference": order.reference, "due_on": "2026-12-03", **typed}
    response = client.post(reverse("desk_order_terms", args=[order.pk]), sent, follow=True)
    return response.status_code, response.content.decode()


def test_the_order_is_sent_by_email_and_again_and_how_that_stands_is_told(sales: Client) -> None:
    order = a_boleto()
    page = page_of(sales, order)
    assert "Enviar cobrança por e-mail" in page
    assert "ainda não foi enviada" in page
    sent = [charge(sales, order, 0) for _time in range(2)][-1]
    assert "A cobrança foi enviada por e-mail." in sent
    assert "Enviar 2ª via" in sent
    queue.run_pending(LATER)
    [mail] = Delivery.objects.filter(kind="charge", user_id=order.contact_id)
    assert f"Cobrança enviada para {mail.recipient}" in page_of(sales, order)
    Delivery.objects.filter(pk=mail.pk).update(state="failed")
    assert "Não chegou" in page_of(sales, order)
    charge(sales, order, 1)
    queue.run_pending(LATER)
    assert Delivery.objects.filter(kind="charge", user_id=order.contact_id).count() == 2


def test_m2_who_only_reads_sales_is_offered_nothing(sales: Client) -> None:
    order = a_boleto()
    reader = signed_in(a_member_of_staff(Role.SUPERVISOR))
    page = page_of(reader, order)
    assert "Enviar cobrança por e-mail" not in page
    assert "Mudar vencimento" not in page
    for name in ("desk_order_charge", "desk_order_terms"):
        answer = reader.post(reverse(name, args=[order.pk]), {"seen": "0"})
        assert answer.status_code == 403
    order.refresh_from_db()
    assert order.charges == 0
    charge(sales, order, 0)
    order.refresh_from_db()
    assert order.charges == 1


def test_another_due_date_and_its_boleto_are_saved_and_what_is_wrong_is_said(
    sales: Client,
) -> None:
    order = a_boleto()
    status, page = change(sales, order, reference="", due_on="2026-12-03")
    assert status == 409
    assert "O boleto precisa da referência" in page
    assert 'value="2026-12-03"' in page
    pdf = SimpleUploadedFile("boleto.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    status, page = change(sales, order, reference="55500.11", file=pdf)
    assert status == 200
    assert "55500.11" in page
    assert "vence em 03/12/2026" in page.lower()
    download = sales.get(reverse("desk_order_boleto", args=[order.pk]))
    assert download["Content-Type"] == "application/pdf"
    assert b"".join(download.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert change(sales, order)[0] == 409


def test_what_is_past_its_due_date_says_so_in_the_list_and_has_its_own(sales: Client) -> None:
    late, early = a_boleto(due=-1), a_boleto()
    answer = sales.get(reverse("desk_sales"), {"lista": "atrasados"}).content.decode()
    assert reverse("desk_order", args=[late.pk]) in answer
    assert reverse("desk_order", args=[early.pk]) not in answer
    assert "venceu em 12/11/2026" in answer
    assert re.search(r"Pedidos vencidos \(\d+\)", answer)
    assert "venceu em 12/11/2026" in page_of(sales, late).lower()


def sell(client: Client, **changes: str) -> Order:
    customer = a_customer(with_contract=False, with_licence=False)
    sent = {
        "contact": str(customer.user.pk),
        "kind": "oneoff_install",
        "service": "remote_install",
        "quantity": "1",
        "price": "250,00",
        "payment": "boleto",
        "reference": "1",
        "due_on": "2026-11-30",
        "key": secrets.token_hex(16),
    }
    address = f"{reverse('desk_sale_new')}?cliente={customer.organisation.pk}"
    offer = client.get(address).content.decode()
    assert re.search(r'name="tell"[^>]*checked', offer)
    client.post(address, {**sent, **changes})
    return Order.objects.latest("pk")


def test_a_sale_sends_the_order_unless_that_is_not_wanted_or_it_is_paid(sales: Client) -> None:
    assert sell(sales, tell="on").charges == 1
    assert sell(sales).charges == 0
    assert sell(sales, tell="on", paid="on").charges == 0


def ask(client: Client, **typed: str) -> tuple[int, str]:
    sent = {
        "kind": "oneoff_problem",
        "service": "incident",
        "question": "O gravador parou: cobre?",
        "who": "Rui Dias",
        "key": secrets.token_hex(16),
        **typed,
    }
    response = client.post(reverse("desk_question_new"), sent, follow=True)
    return response.status_code, response.content.decode()


def answer(client: Client, row: Enquiry) -> str:
    address = reverse("desk_question", args=[row.pk])
    client.post(address, {"covered": "no", "reason": "É à parte."}, follow=True)
    queue.run_pending(LATER)
    return client.get(address).content.decode()


def test_s36_a_question_asks_for_a_way_to_answer_and_the_mail_that_left_is_told(
    sales: Client,
) -> None:
    status, page = ask(sales)
    assert status == 409
    assert "Anote um e-mail ou telefone" in page
    assert "O gravador parou: cobre?" in page
    status, page = ask(sales, address="rui@comprador.example")
    assert status == 200
    row = Enquiry.objects.latest("pk")
    assert "A resposta vai por e-mail para rui@comprador.example." in page
    page = answer(sales, row)
    assert "A resposta foi para rui@comprador.example." in page
    assert "Ligar para" not in page


def test_s36_who_left_a_telephone_is_to_be_called_until_that_is_noted(sales: Client) -> None:
    _status, page = ask(sales, phone="81 98765-4321")
    row = Enquiry.objects.latest("pk")
    assert "ligue para (81) 98765-4321" in page
    assert "Ligar para (81) 98765-4321" in answer(sales, row)
    answered = f"{reverse('desk_questions')}?lista=respondidas"
    assert "(81) 98765-4321" in sales.get(answered).content.decode()
    reader = signed_in(a_member_of_staff(Role.SUPERVISOR))
    address = reverse("desk_question_told", args=[row.pk])
    assert reader.post(address).status_code == 403
    page = sales.post(address, follow=True).content.decode()
    assert "Avisado por telefone" in page
    assert "Ligar para" not in page
    assert "(81) 98765-4321" not in sales.get(answered).content.decode()


def test_who_leaves_nothing_says_so_and_a_sale_begins_with_what_is_known(sales: Client) -> None:
    assert ask(sales, calls_again="on")[0] == 200
    row = Enquiry.objects.latest("pk")
    assert "a pessoa volta a perguntar" in answer(sales, row)
    ask(sales, address="rui@comprador.example", phone="81 98765-4321")
    row = Enquiry.objects.latest("pk")
    offer = sales.get(f"{reverse('desk_sale_new')}?duvida={row.pk}&novo=pessoa")
    page = offer.content.decode()
    assert 'value="rui@comprador.example"' in page
    assert 'value="Rui Dias"' in page


def test_a_question_of_somebody_on_file_begins_with_finding_their_company(sales: Client) -> None:
    customer = a_customer()
    found = sales.get(reverse("desk_question_new"), {"q": customer.organisation.name})
    assert f"?cliente={customer.organisation.pk}" in found.content.decode()
