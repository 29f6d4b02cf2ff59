"""Clientes: finding, registering, correcting, ending access, and recoveries."""

import re
import secrets
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, text_of
from balcao.events import queue
from balcao.events.models import Access
from balcao.people import actions as people
from balcao.people.models import AddressChange, Membership, Organisation, Phone
from balcao.policy.access import SYSTEM, Role
from balcao.policy.addresses import ChangeState
from tests.cast import (
    NOW,
    Customer,
    a_colleague,
    a_contact,
    a_customer,
    a_member_of_staff,
    a_ticket,
    an_organisation,
)

pytestmark = pytest.mark.usefixtures("installation")
PHONE = "+558121219700"


def a_company(name: str, **more: str) -> Organisation:
    return people.register_organisation(actor=SYSTEM, now=NOW, name=name, **more)  # type: ignore[arg-type]


def look_for(wanted: str, role: Role = Role.AGENT, **more: str) -> str:
    client = desk_of(a_member_of_staff(role))
    return text_of(client.get(reverse("desk_customers"), {"q": wanted, **more}))


def a_mark() -> str:
    return secrets.token_hex(4)


@pytest.mark.parametrize(
    "wanted",
    ["são josé {}", "SAO-JOSE {}", "{} josé", "11.222.333/0001-81", "11222333000181", "erp-{}"],
)
def test_a_customer_is_found_by_what_somebody_remembers(wanted: str) -> None:
    mark = a_mark()
    a_company(f"Padaria São José {mark}", tax_id="11222333000181", reference=f"ERP-{mark}")
    assert f"Padaria São José {mark}" in look_for(wanted.format(mark))
    assert "Nobody found" in look_for("nada com este nome")


def test_a_person_is_found_by_name_and_organisation_code_address_and_telephone() -> None:
    mark = a_mark()
    company = a_company(f"Prefeitura {mark}")
    user, address = a_contact(company, name=f"Maria {mark} das Dores")
    a_contact(company, name=f"Outra {mark}")
    people.add_phone(actor=SYSTEM, now=NOW, user_id=user.pk, number="81 8888-7654")
    for wanted in (f"a Maria da Prefeitura {mark}", user.code.lower(), address, "81 98888-7654"):
        shown = look_for(wanted)
        assert f"Maria {mark} das Dores" in shown, wanted
    assert f"Outra {mark}" not in look_for(f"Maria Prefeitura {mark}")


def test_the_list_goes_on_page_by_page_within_eight_statements() -> None:
    mark = a_mark()
    for number in range(60):
        a_company(f"Filial {mark} {number:03d}")
    client = desk_of(a_member_of_staff(Role.SALES))
    seen = ""
    address = f"{reverse('desk_customers')}?q={mark}&em=empresas"
    for _page in range(2):
        with CaptureQueriesContext(connection) as statements:
            response = client.get(address)
        assert len(statements) <= 8, [row["sql"][:90] for row in statements]
        seen += text_of(response)
        address = _older(response)
    assert all(seen.count(f"Filial {mark} {number:03d}") == 1 for number in range(60))


def _older(response: Any) -> str:
    page = response.content.decode()
    link = page.split('rel="next"')[0].rsplit('href="', 1)[-1] if 'rel="next"' in page else ""
    return str(link.split('"')[0].replace("&amp;", "&"))


def test_sales_registers_a_customer_a_unit_and_a_person_who_is_invited() -> None:
    client, mark = desk_of(a_member_of_staff(Role.SALES)), a_mark()
    made = client.post(
        reverse("desk_organisation_new"), {"name": f"Hotel {mark}", "phone": "81 2121-9700"}
    )
    company = Organisation.objects.get(name=f"Hotel {mark}")
    assert made.headers["Location"].startswith(reverse("desk_organisation", args=[company.pk]))
    client.post(reverse("desk_unit_new", args=[company.pk]), {"name": "Bloco B", "active": "1"})
    client.post(
        reverse("desk_person_new", args=[company.pk]),
        {
            "name": "Rui Alves",
            "address": f"rui@{mark}.example",
            "unit": company.units.get().pk,
            "is_admin": "1",
        },
    )
    member = Membership.objects.get(organisation=company)
    assert (member.is_admin, member.unit) == (True, company.units.get())
    shown = text_of(client.get(reverse("desk_organisation", args=[company.pk])))
    for part in (f"Hotel {mark}", "Bloco B", "Rui Alves", "invited", "(81) 2121-9700"):
        assert part in shown
    past = text_of(client.get(reverse("desk_organisation_history", args=[company.pk])))
    assert "A unit was added" in past


def test_what_was_typed_wrong_comes_back_with_its_reason() -> None:
    client = desk_of(a_member_of_staff(Role.SALES))
    company = a_company(f"Clínica {a_mark()}", tax_id="11.444.777/0001-61")
    answer = client.post(
        reverse("desk_organisation_new"), {"name": "Outra", "tax_id": "11444777000161"}
    )
    assert answer.status_code == 422
    assert "Another customer has this CNPJ or CPF." in text_of(answer)
    answer = client.post(
        reverse("desk_organisation_edit", args=[company.pk]),
        {"name": "Nome novo", "tax_id": "11444777000162", "phone": "98765"},
    )
    assert answer.status_code == 422
    assert "no CNPJ or CPF" in text_of(answer)
    assert 'value="11444777000162"' in answer.content.decode()
    answer = client.post(
        reverse("desk_unit_new", args=[company.pk]), {"name": "Filial", "tax_id": "11222333000181"}
    )
    assert "The first eight signs" in text_of(answer)


def test_m1_an_agent_reads_customers_and_finds_no_button_to_change_them() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    client = desk_of(a_member_of_staff(Role.AGENT))
    shell = _posts_of_the_shell(client)
    # Of a person an agent may send the numbers of open tickets to the address on file (R14).
    for route, pk, more in (
        ("desk_organisation", customer.organisation.pk, 0),
        ("desk_person", customer.user.pk, 1),
    ):
        page = client.get(reverse(route, args=[pk]))
        assert page.status_code == 200
        assert page.content.decode().count('method="post"') == shell + more
    assert client.get(reverse("desk_organisation_new")).status_code == 403


def _posts_of_the_shell(client: Any) -> int:
    """Forms that every page of the desk has: colours, language, sign-out."""
    return int(client.get(reverse("desk_customers")).content.decode().count('method="post"'))


def test_m1_sales_finds_no_way_to_change_a_member_of_staff() -> None:
    agent = a_member_of_staff(Role.AGENT)
    client = desk_of(a_member_of_staff(Role.SALES))
    page = client.get(reverse("desk_person", args=[agent.pk]))
    assert "Correct the name" not in text_of(page)
    for route in ("desk_person_rename", "desk_person_invite", "desk_person_close"):
        answer = client.post(reverse(route, args=[agent.pk]), {"name": "X"})
        assert answer.status_code == 403
    assert client.get(reverse("desk_recovery_ask", args=[agent.pk])).status_code == 403


def test_the_page_of_a_person_shows_and_keeps_what_is_on_file() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    client = desk_of(a_member_of_staff(Role.SALES))
    pk = customer.user.pk
    client.post(reverse("desk_person_rename", args=[pk]), {"name": "Ana Lima Prado"})
    client.post(reverse("desk_person_phone", args=[pk]), {"phone": "81 8765-4321"})
    shown = text_of(client.get(reverse("desk_person", args=[pk])))
    for part in ("Ana Lima Prado", customer.address, "(81) 98765-4321", "The name was corrected"):
        assert part in shown
    phone = Phone.objects.get(user=pk)
    client.post(reverse("desk_person_phone_retire", args=[pk, phone.pk]))
    assert "(81) 98765-4321" not in text_of(client.get(reverse("desk_person", args=[pk])))
    wrong = client.post(reverse("desk_person_phone", args=[pk]), {"phone": "12"})
    assert wrong.status_code == 422
    assert "no complete telephone" in text_of(wrong)


def test_m4_ending_an_access_hands_the_open_tickets_over() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    ticket = a_ticket(customer)
    client = desk_of(a_member_of_staff(Role.SALES))
    address = reverse("desk_person_close", args=[customer.user.pk])
    assert "Bruno Reis" in text_of(client.get(address))
    with at(NOW):
        client.post(address, {f"successor-{customer.organisation.pk}": colleague.user.pk})
    queue.run_pending(NOW)
    assert list(ticket.participants.all()) == [colleague.user]
    assert customer.actor.roles == frozenset()
    client.post(reverse("desk_person_reopen", args=[customer.user.pk]))
    assert customer.actor.organisations


def test_the_last_administrator_of_an_organisation_leaves_only_when_that_is_meant() -> None:
    customer = a_customer(is_admin=True, with_contract=False, with_licence=False)
    client = desk_of(a_member_of_staff(Role.SALES))
    address = reverse("desk_member_leave", args=[customer.organisation.pk, customer.user.pk])
    assert "only administrator" in text_of(client.get(address))
    assert client.post(address, {}).status_code == 422
    assert customer.actor.organisations
    client.post(address, {"sure": "1"})
    assert customer.actor.organisations == frozenset()


def a_locked_out_customer() -> Customer:
    company = a_company(f"Escola {a_mark()}", phone=PHONE)
    user, address = a_contact(company)
    return Customer(user, company, None, None, address)


def test_a8_sales_asks_a_supervisor_approves_and_the_seller_cannot() -> None:
    customer = a_locked_out_customer()
    seller, supervisor = (
        a_member_of_staff(Role.SALES, Role.SUPERVISOR),
        a_member_of_staff(Role.SUPERVISOR),
    )
    asking = desk_of(seller)
    asked = asking.post(
        reverse("desk_recovery_ask", args=[customer.user.pk]),
        {
            "called": PHONE,
            "address": f"novo@{a_mark()}.example",
            "evidence": "Falei com a secretária, que confirmou CNPJ e contrato.",
        },
    )
    assert asked.headers["Location"].startswith(reverse("desk_recoveries"))
    change = AddressChange.objects.get(user=customer.user)
    decide = reverse("desk_recovery_decide", args=[change.pk])
    assert asking.post(decide, {"to": "approve"}).status_code == 403
    deciding = desk_of(supervisor)
    assert "confirmou CNPJ" in text_of(deciding.get(reverse("desk_recoveries")))
    deciding.post(decide, {"to": "approve"})
    change.refresh_from_db()
    assert change.state == ChangeState.HOLDING
    assert "mudou" in deciding.post(decide, {"to": "approve"}).headers["Location"]
    stop = reverse("desk_recovery_stop", args=[change.pk])
    asking.post(stop)
    change.refresh_from_db()
    assert change.state == ChangeState.STOPPED
    assert "Stopped" in text_of(deciding.get(reverse("desk_recoveries")))


def test_a_recovery_needs_a_telephone_to_call_back_and_evidence() -> None:
    client = desk_of(a_member_of_staff(Role.SALES))
    unreachable, _ = a_contact(an_organisation())
    page = text_of(client.get(reverse("desk_recovery_ask", args=[unreachable.pk])))
    assert "no telephone to call back" in page
    customer = a_locked_out_customer()
    short = client.post(
        reverse("desk_recovery_ask", args=[customer.user.pk]),
        {"called": PHONE, "address": "novo@x.example", "evidence": "ok"},
    )
    assert short.status_code == 422
    assert not AddressChange.objects.filter(user=customer.user).exists()


def test_sales_says_at_which_unit_somebody_works_and_keeps_one_administrator() -> None:
    customer = a_customer(is_admin=True, with_contract=False, with_licence=False)
    company, pk = customer.organisation, customer.user.pk
    unit = people.save_unit(actor=SYSTEM, now=NOW, organisation_id=company.pk, name="Caruaru")
    client = desk_of(a_member_of_staff(Role.SALES))
    address = reverse("desk_member_unit", args=[company.pk, pk])
    client.post(address, {"unit": unit.pk})
    assert Membership.objects.get(user=pk).unit == unit
    client.post(address, {"unit": ""})
    assert Membership.objects.get(user=pk).unit is None
    elsewhere = people.save_unit(
        actor=SYSTEM, now=NOW, organisation_id=an_organisation().pk, name="Natal"
    )
    assert client.post(address, {"unit": elsewhere.pk}).status_code == 404
    unmade = client.post(reverse("desk_member_admin", args=[company.pk, pk]), {"to": "off"})
    assert "aviso=ultimo" in unmade.headers["Location"]
    assert customer.actor.admin_of == {company.pk}


def test_a9_who_looked_at_a_customer_or_searched_is_on_record() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    agent = a_member_of_staff(Role.AGENT)
    client = desk_of(agent)
    client.get(reverse("desk_customers"), {"q": "Maria"})
    client.get(reverse("desk_organisation", args=[customer.organisation.pk]))
    client.get(reverse("desk_person", args=[customer.user.pk]))
    noted = Access.objects.filter(actor_id=agent.pk).order_by("pk")
    assert list(noted.values_list("act", "subject_kind", "subject_id")) == [
        ("searched", "people.user", None),
        ("viewed", "people.organisation", customer.organisation.pk),
        ("viewed", "people.user", customer.user.pk),
    ]


def test_what_was_done_is_said_once_at_the_top_of_the_page() -> None:
    customer = a_customer(with_contract=False, with_licence=False)
    client = desk_of(a_member_of_staff(Role.AGENT))
    html = client.get(reverse("desk_person", args=[customer.user.pk]), {"aviso": "salvo"})
    main = html.content.decode().partition("<main")[2].partition("</main>")[0]
    assert html.content.decode().count("Saved.") == main.count("Saved.") == 1


def test_a_person_leads_to_the_open_tickets_of_their_company() -> None:
    customer = a_customer()
    ticket, other = a_ticket(customer), a_ticket(a_customer())
    route = reverse("desk_person", args=[customer.user.pk])
    seen = desk_of(a_member_of_staff(Role.SUPERVISOR)).get(route).content.decode()
    found = re.search(r'href="([^"]+empresa=\d+)"', seen)
    assert found is not None
    listed = desk_of(a_member_of_staff(Role.SUPERVISOR)).get(found[1].replace("&amp;", "&"))
    assert ticket.number in listed.content.decode()
    assert other.number not in listed.content.decode()
    nobody = desk_of(a_member_of_staff(Role.ADMINISTRATOR)).get(route)
    assert "empresa=" not in nobody.content.decode()
