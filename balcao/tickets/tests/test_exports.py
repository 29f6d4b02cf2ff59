"""Copies that customers take along: what is in them, whose, once, and not for long."""

import csv
import io
import json
import secrets
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from balcao.events.models import Event
from balcao.events.queue import run_pending
from balcao.files.actions import store
from balcao.people import actions as people
from balcao.policy.access import SYSTEM, Role
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    ask_export,
    customer_message,
    make_export,
    note,
    tidy_exports,
)
from balcao.tickets.actions.exports import GIVEN_UP, KEPT, PER_DAY, SAME
from balcao.tickets.models import Export
from balcao.tickets.queries import export_for
from balcao.tickets.queries.access import NotFound
from balcao.tickets.queries.exports import folder, path_of
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_customer,
    a_ticket,
    acting,
    an_agent,
    an_answer,
)
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")
SECOND = timedelta(seconds=1)


def _asked(customer: Customer, *, company: bool = False) -> Export:
    return ask_export(
        actor=customer.actor,
        now=NOW,
        organisation_id=customer.organisation.pk if company else None,
    )


def _made(customer: Customer, *, company: bool = False) -> dict[str, str]:
    row = _asked(customer, company=company)
    run_pending(NOW)
    with zipfile.ZipFile(path_of(row.pk)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_copy_holds_my_tickets_messages_contracts_licences_and_me() -> None:
    customer = a_customer(name="Ana Lima")
    ticket = a_ticket(customer, subject="Ramal mudo")
    file = store(b"erro", name="tela.txt", now=NOW)
    customer_message(
        actor=customer.actor, now=NOW, ticket_id=ticket.pk, body="Segue.", key="a", files=[file]
    )
    an_answer(ticket, an_agent(name="Carla Souza"), now=NOW, body="Vamos ver.")
    found = _made(customer)
    [one] = json.loads(found["chamados.json"])
    assert one["subject"] == "Ramal mudo"
    assert [said["text"] for said in one["messages"]][1:] == ["Segue.", "Vamos ver."]
    assert one["messages"][1]["files"] == ["tela.txt"]
    assert [row["Texto"] for row in _table(found["mensagens.csv"])][1:] == ["Segue.", "Vamos ver."]
    assert _table(found["chamados.csv"])[0]["Assunto"] == "Ramal mudo"
    assert json.loads(found["pessoas.json"])[0]["emails"] == [customer.address]
    assert _table(found["contratos.csv"])[0]["Tipo"] == "Contrato SaaS"
    assert customer.licence
    assert customer.licence.key not in found["licencas.json"]
    assert set(found) == {"leia-me.txt"} | {
        f"{name}.{kind}"
        for name in (
            *("chamados", "mensagens", "pessoas", "contratos", "licencas", "avulsos"),
            *("pedidos", "pagamentos", "duvidas", "agendamentos", "rascunhos"),
        )
        for kind in ("csv", "json")
    } - {"mensagens.json"}


def test_b3_my_copy_has_nothing_of_colleagues_and_the_company_s_has_nothing_of_others() -> None:
    chief, other = a_customer(is_admin=True), a_customer()
    colleague = a_colleague(chief)
    a_ticket(chief, subject="Meu ramal")
    a_ticket(colleague, subject="Ramal do Bruno")
    a_ticket(other, subject="Ramal alheio")
    mine, company = "".join(_made(colleague).values()), "".join(_made(chief, company=True).values())
    assert "Ramal do Bruno" in mine
    assert "Meu ramal" not in mine
    assert "Meu ramal" in company
    assert "Ramal do Bruno" in company
    assert colleague.address in company
    assert "Ramal alheio" not in mine + company
    assert other.organisation.name not in mine + company


def test_b8_no_note_is_ever_in_a_copy_whatever_other_hat_the_customer_wears() -> None:
    customer = a_customer(is_admin=True)
    people.set_hats(
        actor=SYSTEM, now=NOW, user_id=customer.user.pk, hats=frozenset({Role.SUPERVISOR})
    )
    ticket = a_ticket(customer)
    secret = f"nota{secrets.token_hex(8)}"
    file = store(b"x", name=f"{secret}.txt", now=NOW)
    note(actor=acting(an_agent()), now=NOW, ticket_id=ticket.pk, body=secret, key="n", files=[file])
    for company in (False, True):
        assert secret not in "".join(_made(customer, company=company).values())


def test_j1_no_cell_of_a_copy_is_a_formula() -> None:
    customer = a_customer()
    ticket = a_ticket(customer, subject="=1+1")
    for number, start in enumerate(("=", "+", "-", "@", "\t", "\r")):
        customer_message(
            actor=customer.actor,
            now=NOW,
            ticket_id=ticket.pk,
            body=f"{start}cmd|'/c calc'!A0",
            key=str(number),
        )
    found = _made(customer)
    tables = [text for name, text in found.items() if name.endswith(".csv")]
    cells = [cell for text in tables for row in _table(text) for cell in row.values()]
    assert sum("calc" in cell for cell in cells) == 6
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_asked_for_twice_it_is_one_copy_and_the_database_says_so_too() -> None:
    customer = a_customer(is_admin=True)
    rows = [_asked(customer), _asked(customer)]
    assert rows[0] == rows[1]
    company = _asked(customer, company=True)
    assert company != rows[0]
    for organisation in (None, customer.organisation):
        with pytest.raises(IntegrityError), transaction.atomic():
            Export.objects.create(
                owner=customer.user, organisation=organisation, state="asked", asked_at=NOW
            )
    run_pending(NOW)
    make_export(now=NOW, export_id=rows[0].pk)
    assert Event.objects.filter(verb="export.made").count() == 2
    assert _asked(customer) == rows[0]
    later = ask_export(actor=customer.actor, now=NOW + SAME)
    assert later != rows[0]


def test_only_an_administrator_asks_for_the_company_and_nobody_too_often() -> None:
    customer, other = a_customer(), a_customer(is_admin=True)
    with pytest.raises(NotAllowed):
        _asked(customer, company=True)
    with pytest.raises(NotAllowed):
        ask_export(actor=other.actor, now=NOW, organisation_id=customer.organisation.pk)
    with pytest.raises(NotAllowed):
        ask_export(actor=acting(an_agent()), now=NOW)
    for number in range(PER_DAY):
        moment = NOW + number * 2 * SAME
        make_export(now=moment, export_id=ask_export(actor=customer.actor, now=moment).pk)
    with pytest.raises(Conflict):
        ask_export(actor=customer.actor, now=NOW + PER_DAY * 2 * SAME)


def test_a_copy_is_its_owner_s_for_a_day_and_then_nothing_is_left_of_it() -> None:
    customer, other = a_customer(), a_customer()
    row = _asked(customer)
    with pytest.raises(NotFound):
        export_for(customer.actor, row.pk, now=NOW)
    run_pending(NOW)
    end = NOW + KEPT
    assert export_for(customer.actor, row.pk, now=end - SECOND) == row
    for actor, now in ((customer.actor, end), (other.actor, NOW)):
        with pytest.raises(NotFound):
            export_for(actor, row.pk, now=now)
    assert not tidy_exports(end - SECOND)
    tidy_exports(end)
    assert not list(folder().glob(f"{row.pk}.*"))
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("gone", None)


def test_a_company_s_copy_is_not_given_to_somebody_who_administers_it_no_more() -> None:
    customer = a_customer(is_admin=True)
    a_colleague(customer, is_admin=True)
    ready = _asked(customer, company=True)
    run_pending(NOW)
    assert export_for(customer.actor, ready.pk, now=NOW) == ready
    waiting = ask_export(
        actor=customer.actor, now=NOW + SAME, organisation_id=customer.organisation.pk
    )
    people.set_admin(
        actor=SYSTEM,
        now=NOW,
        user_id=customer.user.pk,
        organisation_id=customer.organisation.pk,
        is_admin=False,
    )
    with pytest.raises(NotFound):
        export_for(customer.actor, ready.pk, now=NOW)
    make_export(now=NOW + SAME, export_id=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert not path_of(waiting.pk).exists()


def test_a_copy_that_was_never_finished_is_given_up_and_another_can_be_asked_for() -> None:
    customer = a_customer()
    row = _asked(customer)
    folder().mkdir(parents=True, exist_ok=True)
    left = path_of(row.pk).with_suffix(".abcd.partial")
    left.write_bytes(b"half")
    tidy_exports(NOW + GIVEN_UP)
    assert not left.exists()
    row.refresh_from_db()
    assert row.state == "failed"
    assert ask_export(actor=customer.actor, now=NOW + GIVEN_UP) != row


def test_a_copy_holds_the_one_offs_that_its_owner_bought_and_nobody_elses() -> None:
    buyer = a_customer()
    bought, other = a_sold_ticket(buyer), a_sold_ticket()
    rows = list(csv.DictReader(io.StringIO(_made(buyer)["avulsos.csv"]), delimiter=";"))
    assert [row["Número"].replace("\u00a0", "") for row in rows] == [bought.number]
    assert rows[0]["Vencimento"] == "2027-11-13"
    assert rows[0]["Situação"] == "Disponível até 13/11/2027"
    assert other.number not in json.dumps(rows)
