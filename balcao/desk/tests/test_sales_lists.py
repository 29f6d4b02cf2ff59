"""The lists of the sales desk: what they hold, what they come to, and copies that run nothing."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from balcao.desk.sales.book import SLUGS
from balcao.desk.tests.desk import at
from balcao.events.models import Access
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.sales.queries import book
from balcao.tickets.models import Ticket
from tests.cast import NOW, Customer, a_customer, an_agent, signed_in
from tests.cast_appointments import a_booking, with_hours
from tests.sales import a_seller, an_enquiry, an_order

pytestmark = pytest.mark.usefixtures("installation")


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


def text(client: Client, name: str, **query: str | int) -> str:
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


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


def test_s42_what_only_has_its_time_agreed_on_is_scheduled_and_not_yet_in_use(
    sales: Client,
) -> None:
    customer = stranger()
    order = an_order(customer, paid=True)
    ticket = Ticket.objects.get(prepaid__item__order=order)
    a_booking(ticket, with_hours(an_agent()))
    organisation = customer.organisation.pk
    listed = text(sales, "desk_sales", lista=SLUGS["in_use"], cliente=organisation)
    for page in (listed, sales.get(reverse("desk_order", args=[order.pk])).content.decode()):
        assert "Agendado para 16/11/2026" in page
    assert ticket.number in listed.replace(" ", "").replace("\u00a0", "")


@pytest.mark.parametrize("slug", SLUGS.values())
def test_every_tab_is_of_eight_statements(sales: Client, slug: str) -> None:
    for _time in range(3):
        an_order(stranger(), paid=True)
        an_order(stranger())
    with CaptureQueriesContext(connection) as statements:
        text(sales, "desk_sales", lista=slug, q="Cliente", tipo="oneoff_install")
    assert len(statements) <= 8, [one["sql"][:80] for one in statements]


def test_what_only_grows_is_not_added_up_without_an_end(
    sales: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = stranger()
    for _time in range(3):
        an_order(customer, unit_cents=100)
    only = customer.organisation.pk
    assert "R$\u00a03,00" in text(sales, "desk_sales", lista="todos", cliente=only)
    monkeypatch.setattr(book, "COUNTED", 2)
    page = text(sales, "desk_sales", lista="todos", cliente=only)
    assert "R$\u00a03,00" not in page
    assert "Mais de <strong" in page
    assert "escolha um período" in page


def _alone(cursor: Any, index: str) -> None:
    """Until the test ends its table has no other index. Of the few rows that tests leave, any index
    is as good to the planner; alone, this one is read or the whole table is.
    """
    cursor.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid <> %s::regclass AND indrelid ="
        " (SELECT indrelid FROM pg_index WHERE indexrelid = %s::regclass)",
        [index, index],
    )


@pytest.mark.parametrize(
    ("route", "index"),
    [
        ("desk_sales?lista=disponiveis", "prepaid_usable"),
        ("desk_sales?lista=abertos", "order_list"),
        ("desk_questions?lista=respondidas", "enquiry_answered"),
        ("desk_questions?lista=respondidas", "scope_question_answered"),
        ("desk_agenda", "appointment_week"),
    ],
)
def test_no_list_of_sales_reads_a_table_from_end_to_end(
    sales: Client, route: str, index: str
) -> None:
    """The planner can read the list by its index."""
    if connection.vendor != "postgresql":
        pytest.skip("plans are PostgreSQL's")
    name, _, query = route.partition("?")
    with CaptureQueriesContext(connection) as statements:
        assert sales.get(f"{reverse(name)}?{query}").status_code == 200
    plans = []
    with connection.cursor() as cursor:
        _alone(cursor, index)
        cursor.execute("SET LOCAL enable_seqscan = off")
        for one in statements:
            if one["sql"].lstrip("(").startswith("SELECT"):
                cursor.execute(f"EXPLAIN {one['sql']}")
                plans += [line for (line,) in cursor.fetchall()]
    assert any(f"using {index}" in line or f"on {index}" in line for line in plans), plans


@pytest.mark.parametrize(
    "route",
    [
        *("desk_sales_glance", "desk_sales_ends", "desk_questions", "desk_expiring"),
        *("desk_agenda", "desk_agenda_away"),
    ],
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
