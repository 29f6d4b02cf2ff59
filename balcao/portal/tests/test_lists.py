"""The filters of the list, the menu, the page of one-offs, and what the opening page marks."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from balcao.portal.tests.helping import at, at_most, text_of
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_licence,
    a_policy_in_force,
    a_ticket,
    a_unit,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")
SATURDAY = datetime(2026, 11, 14, 15, 0, tzinfo=UTC)


def test_my_colleagues_requests_are_shown_to_whoever_sees_them_and_to_nobody_else() -> None:
    chief = a_customer(is_admin=True)
    colleague = a_colleague(chief)
    mine, theirs = a_ticket(chief, subject="Meu ramal"), a_ticket(colleague, subject="Do Bruno")
    with at():
        browser = signed_in(chief.user)
        with at_most(8):
            text = text_of(browser.get(reverse("tickets"), {"v": "colegas"}))
        assert theirs.subject in text
        assert mine.subject not in text
        plain = text_of(signed_in(colleague.user).get(reverse("tickets"), {"v": "colegas"}))
    assert "Dos meus colegas" not in plain
    assert mine.subject not in plain


def test_the_menu_has_its_words_and_the_people_only_for_who_keeps_them() -> None:
    words = ("Início", "Chamados", "Chamados avulsos", "Contrato e licenças", "Minha conta", "Sair")
    chief = a_customer(is_admin=True)
    colleague = a_colleague(chief)
    for who, keeps in ((chief, True), (colleague, False)):
        text = text_of(signed_in(who.user).get(reverse("portal_home")))
        assert all(word in text for word in words)
        assert ("Pessoas da empresa" in text) is keeps


def test_s23_the_page_of_one_offs_says_what_the_policy_in_force_says() -> None:
    a_policy_in_force(
        {"oneoff.months": 6, "scope.oneoff_problem.question": "allow", "company.sales_phone": "99"}
    )
    with at():
        browser = signed_in(a_customer().user)
        with at_most(8):
            text = text_of(browser.get(reverse("oneoff")))
    assert "Você não tem chamado avulso" in text
    assert "vale por 6 meses" in text
    assert "Quem vende é o comercial: 99." in text
    assert "Coberto: Dúvida de uso Não coberto: Upgrade de licenças" in text
    assert "horário comercial: de segunda-feira a sexta-feira, das 08:00 às 18:00" in text.lower()


def test_s34_the_opening_page_marks_each_service_by_what_the_contract_covers() -> None:
    a_policy_in_force({"scope.saas.custom_report": "ask", "scope.saas.driver_change": "refuse"})
    with at():
        page = signed_in(a_customer().user).get(reverse("ticket_new")).content.decode()
        nothing = signed_in(a_customer(with_contract=False).user).get(reverse("ticket_new"))
    covered, rest = page.split('label="A confirmar com o comercial"')
    asked, refused = rest.split('label="Não coberto pelo seu contrato"')
    assert 'label="Coberto pelo seu contrato"' in covered
    assert "Dúvida de uso" in covered
    assert "Relatório personalizado" in asked
    assert "Alteração de drivers" in refused
    assert "<optgroup" not in nothing.content.decode()


def test_out_of_hours_the_opening_page_says_what_it_means_for_the_deadline() -> None:
    customer = a_customer()
    with at(SATURDAY):
        elapsed = text_of(signed_in(customer.user).get(reverse("ticket_new")))
    a_policy_in_force({"sla.clock": "business"})
    with at(SATURDAY):
        business = text_of(signed_in(customer.user).get(reverse("ticket_new")))
    with at(NOW):
        open_now = text_of(signed_in(customer.user).get(reverse("ticket_new")))
    with at(SATURDAY):
        refused = text_of(
            signed_in(a_customer(with_contract=False).user).get(reverse("ticket_new"))
        )
    assert "Fora do horário: voltamos" in elapsed
    assert "desde este momento" in elapsed
    assert "começam a correr" in business
    assert "Fora do horário" not in open_now
    assert "Fora do horário: voltamos" in refused
    assert "já entra na fila" not in refused
    assert "já entra na fila" in elapsed


def test_a_licence_of_a_unit_says_which() -> None:
    customer = a_customer()
    unit = a_unit(customer)
    licence = a_licence(customer.organisation, contract=customer.contract)
    type(licence).objects.filter(pk=licence.pk).update(unit=unit)
    with at():
        text = text_of(signed_in(customer.user).get(reverse("ticket_new")))
    assert f"{unit.name} · Válida" in text
