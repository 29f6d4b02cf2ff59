"""One-offs that were sold before this desk: a table of them, brought in once."""

from collections.abc import Sequence
from datetime import date

import pytest
from django.urls import reverse

from balcao.entitlements.actions import Report, Table, import_tables
from balcao.entitlements.models import LedgerEntry, PrepaidTicket
from balcao.events.models import Event, Job
from balcao.lib.columns import Kind, template
from balcao.lib.sheets import read_sheets
from balcao.people.actions import add_address
from balcao.policy.access import SYSTEM
from balcao.sales import actions
from balcao.sales.actions import Conflict, Sale
from balcao.sales.models import Order
from balcao.tickets.models import Ticket
from tests.cast import NOW, Customer, a_colleague, a_customer, acting, signed_in
from tests.sales import a_seller, described

pytestmark = pytest.mark.usefixtures("installation")
FAULT = "Erro ou falha no sistema"


def _buyer(reference: str = "C-1") -> Customer:
    """A customer of the old system, by their code there."""
    customer = a_customer(with_contract=False, with_licence=False)
    customer.organisation.reference = reference
    customer.organisation.save(update_fields=["reference"])
    return customer


def _run(rows: Sequence[Sequence[str]], *, dry_run: bool = False) -> Report:
    text = "\n".join(";".join(row) for row in (template(Kind.ONEOFFS)[0], *rows))
    [sheet] = read_sheets(text.encode())
    table = Table("avulsos.csv", Kind.ONEOFFS, sheet)
    return import_tables([table], actor=SYSTEM, now=NOW, dry_run=dry_run)


def _row(
    customer: Customer,
    number: str = "",
    *,
    kind: str = "problema",
    service: str = FAULT,
    bought: str = "02/03/2026",
    state: str = "",
    quantity: str = "",
    price: str = "",
) -> list[str]:
    said = [number, customer.organisation.reference or "", customer.address, kind, service, bought]
    return [*said, state, quantity, price]


def _outcomes(report: Report) -> list[str]:
    return [row.outcome for row in report.results]


def _ledgers() -> list[list[tuple[str, str]]]:
    return [
        list(
            LedgerEntry.objects.filter(prepaid=one).order_by("place").values_list("entry", "cause")
        )
        for one in PrepaidTicket.objects.order_by("pk")
    ]


ORDERED, SOLD = ("ordered", "imported"), ("sold", "")


def test_r36_what_was_not_used_gets_a_number_and_what_was_used_or_is_over_its_ledger() -> None:
    customer = _buyer()
    report = _run(
        [
            _row(customer, "AV-1", state="disponível", quantity="2", price="250,00"),
            _row(customer, "AV-2", state="Usado", kind="treinamento", service="remote_training"),
            _row(customer, "AV-3", bought="10/10/2025", state="vencido"),
        ]
    )
    assert _outcomes(report) == ["created"] * 3
    assert _ledgers() == [
        *([ORDERED, SOLD],) * 2,
        [ORDERED, SOLD, ("submitted", ""), ("consumed", "")],
        [ORDERED, SOLD, ("expired", "")],
    ]
    first, second, third = Order.objects.order_by("pk")
    assert (first.quantity, first.cents, first.reference) == (2, 50000, "AV-1")
    assert (first.payment, first.bought_on, first.agreed) == ("earlier", date(2026, 3, 2), True)
    days = PrepaidTicket.objects.order_by("pk").values_list("last_day", flat=True)
    assert list(days) == [date(2027, 3, 2)] * 3 + [date(2026, 10, 10)]
    numbered = Ticket.objects.filter(prepaid__item__order__in=[first, second, third])
    assert numbered.count() == 3
    assert not numbered.filter(prepaid__item__order=second).exists()
    ticket = numbered.filter(prepaid__item__order=first).earliest("pk")
    described(ticket)
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_r36_the_same_table_again_changes_nothing_whatever_became_of_them() -> None:
    customer = _buyer()
    rows = [_row(customer, "AV-1"), _row(customer, quantity="3"), _row(customer)]
    assert _outcomes(_run(rows)) == ["created", "created", "unchanged"]
    assert PrepaidTicket.objects.count() == 4
    described(Ticket.objects.earliest("pk"))
    before, events = _ledgers(), Event.objects.count()
    assert _outcomes(_run(rows)) == ["unchanged"] * 3
    assert (_ledgers(), Event.objects.count()) == (before, events)


def test_r36_a_dry_run_says_the_same_and_leaves_nothing() -> None:
    rows = [_row(_buyer(), "AV-1"), ["x"]]
    events = Event.objects.count()
    tried = _run(rows, dry_run=True)
    assert (Order.objects.count(), Ticket.objects.count(), Event.objects.count()) == (0, 0, events)
    assert tried.results == _run(rows).results


def test_an_import_tells_nobody_and_of_its_reminders_only_those_to_come() -> None:
    # Good until 2 December 2026: the reminder of 90 days has passed, that of 7 is to come.
    customer, jobs = _buyer(), Job.objects.count()
    _run([_row(customer, bought="02/12/2025"), _row(customer, bought="01/11/2025")])
    assert Job.objects.count() == jobs
    soon, over = PrepaidTicket.objects.order_by("pk")
    assert (soon.reminded, over.last) == (30, "expired")
    assert soon.next_at
    assert soon.next_at > NOW
    order = Order.objects.earliest("pk")
    actions.send_receipt(actor=acting(a_seller()), now=NOW, order_id=order.pk)
    assert Job.objects.count() > jobs


def test_r36_a_row_that_does_not_fit_is_named_with_its_column_and_reason() -> None:
    customer, other = _buyer(), a_customer()
    shared = a_colleague(customer)
    add_address(actor=SYSTEM, now=NOW, user=shared.user, address=customer.address)
    lone = _buyer("C-2")
    rows = [
        _row(lone, "AV-1"),
        _row(lone, "AV-1", bought="03/03/2026"),
        _row(lone, bought="14/11/2026"),
        _row(lone, bought="31/31/2026"),
        _row(lone, kind="mensal"),
        _row(lone, service="Voar"),
        _row(lone, service="custom_report"),
        _row(lone, state="talvez"),
        _row(lone, state="vencido"),
        _row(lone, quantity="21"),
        _row(lone, price="caro"),
        _row(customer),
        ["", "C-2", other.address, "problema", FAULT, "02/03/2026"],
        ["", "C-2", other.user.code, "problema", FAULT, "02/03/2026"],
        ["", "C-2", lone.user.code.lower(), "problema", FAULT, "02/03/2026"],
    ]
    report = _run(rows)
    refused = [
        (one.number, one.heading, one.code) for one in report.results if one.outcome == "refused"
    ]
    assert refused == [
        (3, "Número antigo", "other_oneoff"),
        (4, "Comprado em", "in_future"),
        (5, "Comprado em", "not_a_day"),
        (6, "Tipo de avulso", "not_a_oneoff"),
        (7, "Serviço", "unknown_service"),
        (8, "Serviço", "not_covered"),
        (9, "Situação", "not_a_state"),
        (10, "Situação", "not_over"),
        (11, "Quantidade", "too_many"),
        (12, "Valor unitário", "not_an_amount"),
        (13, "Contato (e-mail ou código)", "several_people"),
        (14, "Contato (e-mail ou código)", "unknown_person"),
        (15, "Contato (e-mail ou código)", "unknown_person"),
    ]
    assert report.count("created") == 2


def test_m2_nothing_is_sold_as_sold_before_this_desk_but_by_the_import() -> None:
    customer = _buyer()
    sale = Sale("oneoff_problem", "incident", 1, 100, "earlier", agreed=True)
    buyer = actions.Buyer(organisation=customer.organisation.pk, contact=customer.user.pk)
    with pytest.raises((ValueError, Conflict)):
        actions.place_order(
            actor=acting(a_seller()), now=NOW, buyer=buyer, sale=sale, key="k", paid=True
        )


def test_sales_finds_what_was_imported_by_its_old_number_and_sees_how_it_stands() -> None:
    _run([_row(_buyer(), "AV-2025-7", state="usado", price="250,00")])
    seller, order = signed_in(a_seller()), Order.objects.get()
    page = seller.get(reverse("desk_sales"), {"lista": "todos", "q": "AV-2025-7"}).content.decode()
    assert reverse("desk_order", args=[order.pk]) in page
    page = seller.get(reverse("desk_order", args=[order.pk])).content.decode()
    assert "Vendido antes deste balcão" in page
    assert "Utilizado" in page
    used = seller.get(reverse("desk_sales"), {"lista": "utilizados"}).content.decode()
    assert f'{reverse("desk_order", args=[order.pk])}"><span class="tabular">AV-2025-7<' in used
