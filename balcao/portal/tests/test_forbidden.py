"""A page or form that is refused: one's access does not reach it, or the form was too old."""

import pytest
from django.test import Client
from django.urls import reverse

from balcao.policy.access import Role
from balcao.portal.tests.helping import text_of
from tests.cast import a_customer, a_member_of_staff, a_ticket, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation")

_SLOGAN = "Toda promessa tem hora"
_TOO_OLD = "O formulário ficou aberto por muito tempo"
_NOT_YOURS = "Você não tem acesso a esta página"


def _stale(client: Client) -> Client:
    """The same browser, whose forms are checked for our token."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    return strict


def test_who_may_not_is_told_who_may_and_led_home_and_nothing_of_an_old_form() -> None:
    agent = an_agent(name="Nara Dias")
    back = reverse("desk_queue")
    page = signed_in(agent).get(
        reverse("desk_accounts"), headers={"referer": f"http://testserver{back}?v=x"}
    )
    said = text_of(page)
    assert page.status_code == 403
    assert _NOT_YOURS in said
    assert "Quem pode: Administrador" in said
    assert "Você entrou como Nara Dias." in said
    assert _TOO_OLD not in said
    assert _SLOGAN not in said
    html = page.content.decode()
    assert f'href="{back}?v=x"' in html
    assert 'href="/"' in html
    assert f'action="{reverse("sign_out")}"' in html


def test_a_customer_at_the_desk_is_told_that_it_is_the_teams() -> None:
    customer = a_customer()
    said = text_of(signed_in(customer.user).get(reverse("desk_queue")))
    assert "Esta página é da equipe de suporte." in said
    assert f"Você entrou como {customer.user.name}." in said
    for role in (Role.AGENT, Role.SUPERVISOR):
        at_portal = signed_in(a_member_of_staff(role)).get(reverse("portal_home"))
        assert "Esta página é dos clientes." in text_of(at_portal)


def test_an_act_that_is_somebody_elses_leads_to_who_can_help() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    auditor = signed_in(a_member_of_staff(Role.AUDITOR))
    refused = auditor.post(reverse("desk_resolve", args=[ticket.number]))
    assert refused.status_code == 403
    assert "Peça a um supervisor ou administrador" in text_of(refused)


def test_l1_a_form_whose_token_is_too_old_is_opened_again_with_its_words() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    browser, form = signed_in(customer.user), reverse("ticket", args=[ticket.number])
    answer = _stale(browser).post(
        reverse("ticket_reply", args=[ticket.number]),
        {"body": "Ainda falha.", "csrfmiddlewaretoken": "x" * 64},
        headers={"referer": f"http://testserver{form}"},
    )
    said, html = text_of(answer), answer.content.decode()
    assert answer.status_code == 403
    assert _TOO_OLD in said
    assert _NOT_YOURS not in said
    assert "data-not-taken" in html
    assert f'href="{form}"' in html
    assert "Ainda falha." not in html
    assert ticket.messages.count() == 1


def test_l1_a_form_from_another_site_is_not_said_to_be_ours() -> None:
    customer = a_customer()
    answer = _stale(signed_in(customer.user)).post(
        reverse("account_phone"),
        {"phone": "81 99999-0000"},
        headers={"origin": "https://outro.example", "referer": "https://outro.example/x"},
    )
    said, html = text_of(answer), answer.content.decode()
    assert answer.status_code == 403
    assert "Este formulário veio de outro endereço" in said
    assert "data-not-taken" not in html
    assert "outro.example" not in html
    assert 'href="/"' in html
