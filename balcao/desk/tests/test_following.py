"""Who follows a ticket, and what it is called, as the desk sees to it."""

from typing import Any

import pytest
from django.urls import reverse

from balcao.desk.tests.desk import at, desk_of, page, text_of
from balcao.policy.access import Role
from balcao.tickets.actions import rename
from balcao.tickets.models import Ticket
from tests.cast import (
    NOW,
    a_colleague,
    a_customer,
    a_member_of_staff,
    a_ticket,
    acting,
    an_agent,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture(autouse=True)
def _now() -> Any:
    with at():
        yield


def test_r8_an_agent_includes_and_takes_out_the_customers_people_and_nobody_else() -> None:
    customer = a_customer()
    colleague, stranger = a_colleague(customer), a_customer(name="Zélia Outra")
    ticket, desk = a_ticket(customer), desk_of(an_agent())
    address = reverse("desk_followers", args=[ticket.number])
    shown = desk.get(address)
    assert colleague.user.name in text_of(shown)
    assert stranger.user.name not in text_of(shown)
    assert desk.post(address, {"do": "incluir", "person": ""}).status_code == 422
    assert desk.post(address, {"do": "incluir", "person": stranger.user.pk}).status_code == 403
    sent = desk.post(address, {"do": "incluir", "person": colleague.user.pk})
    assert (sent.status_code, ticket.participants.get()) == (302, colleague.user)
    assert f"Take out {colleague.user.name}" in desk.get(address).content.decode()
    desk.post(address, {"do": "retirar", "person": colleague.user.pk})
    assert not ticket.participants.exists()
    Ticket.objects.filter(pk=ticket.pk).update(state="closed")
    over = desk.post(address, {"do": "incluir", "person": colleague.user.pk})
    assert over.status_code == 409
    assert "nobody is included any more" in text_of(over)


def test_a_subject_is_corrected_on_a_page_of_its_own_and_what_was_typed_stays() -> None:
    ticket, agent = a_ticket(a_customer(), subject="Tela azul"), an_agent()
    desk = desk_of(agent)
    assert "Correct the subject" in text_of(page(desk, ticket))
    address = reverse("desk_subject", args=[ticket.number])
    assert 'value="Tela azul"' in desk.get(address).content.decode()
    assert desk.post(address, {"subject": " ", "was": "Tela azul"}).status_code == 422
    rename(actor=acting(agent), now=NOW, ticket_id=ticket.pk, subject="Ramal mudo", was="Tela azul")
    late = desk.post(address, {"subject": "Tela azul ao gravar", "was": "Tela azul"})
    assert late.status_code == 409
    assert "It is “Ramal mudo” now" in text_of(late)
    assert 'value="Tela azul ao gravar"' in late.content.decode()
    assert desk.post(address, {"subject": "Gravador", "was": "Ramal mudo"}).status_code == 302
    shown = text_of(page(desk, ticket))
    assert "Gravador" in shown
    assert "Subject corrected. It was: Ramal mudo" in shown or "Ramal mudo" in shown


@pytest.mark.parametrize("role", [Role.SALES, Role.AUDITOR])
def test_who_does_not_serve_is_offered_neither(role: Role) -> None:
    ticket = a_ticket(a_customer())
    client = signed_in(a_member_of_staff(role))
    for route in ("desk_subject", "desk_followers"):
        address = reverse(route, args=[ticket.number])
        assert address not in page(client, ticket).content.decode()
        assert client.get(address).status_code == 403
