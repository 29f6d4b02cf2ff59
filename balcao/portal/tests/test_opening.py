"""Opening in the portal (S3, S5, S6, S14), once (O2), with nothing typed lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balcao.files import forms
from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from balcao.policy.lifecycle import Verb
from balcao.portal.tests.helping import at, at_most, opening, refusal_of, text_of, where
from balcao.tickets.actions import change_state, save_draft
from balcao.tickets.models import Decision, Draft, Message, Ticket
from tests.cast import (
    NOW,
    TODAY,
    YEAR,
    Customer,
    a_colleague,
    a_customer,
    a_licence,
    a_ticket,
    an_override,
    signed_in,
)

pytestmark = pytest.mark.usefixtures("installation")
NEW = "/chamados/abrir"


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _open(customer: Customer, **changes: Any) -> Any:
    return signed_in(customer.user).post(NEW, opening(customer, **changes))


def _tickets(customer: Customer) -> list[Ticket]:
    return list(Ticket.objects.filter(organisation=customer.organisation))


def test_s14_from_the_first_page_a_request_is_two_clicks_away() -> None:
    client = signed_in(a_customer().user)
    home = client.get(reverse("home"), follow=True)
    assert "Chamados" in text_of(home)
    listed = client.get(reverse("tickets"))
    for page in (home, listed):
        assert f'href="{NEW}"' in page.content.decode()
        assert "Abrir Chamado" in text_of(page)
    assert "O que aconteceu?" in text_of(client.get(NEW))


def test_s06_the_portal_opens_a_request_and_shows_its_number_place_and_deadlines() -> None:
    customer = a_customer()
    client = signed_in(customer.user)
    answer = client.post(NEW, opening(customer), follow=True)
    [ticket] = _tickets(customer)
    assert answer.redirect_chain == [(reverse("ticket_opened", args=[ticket.number]), 302)]
    text = text_of(answer)
    shown = f"{ticket.number[:3]} {ticket.number[3:6]} {ticket.number[6:]}"
    assert shown in text
    assert "1º da fila" in text
    assert "Começa até" in text
    assert "amanhã às 12:00" in text
    assert "Conclui até" in text
    assert "dom., 15/11 às 04:00" in text
    assert customer.address in text
    assert "vamos pedir este número" in text
    assert ticket.door == "portal"
    assert ticket.licence == customer.licence


def test_s06_no_other_page_of_the_portal_opens_anything() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    client = signed_in(customer.user)
    for action in ("ticket_reply", "ticket_resolve", "ticket_reopen", "ticket_cancel"):
        client.post(reverse(action, args=[ticket.number]), opening(customer))
    client.post(reverse("draft_discard"), opening(customer))
    assert _tickets(customer) == [ticket]


@pytest.mark.parametrize("who", ["stranger", "former contact"])
def test_s03_only_a_registered_contact_opens(who: str) -> None:
    customer = a_customer()
    client = Client() if who == "stranger" else signed_in(customer.user)
    people.leave(actor=SYSTEM, now=NOW, user=customer.user, organisation=customer.organisation)
    answer = client.post(NEW, opening(customer))
    assert answer.status_code == (401 if who == "stranger" else 403)
    assert _tickets(customer) == []


def test_s05_an_expired_licence_is_refused_with_why_since_when_and_the_way_out() -> None:
    customer = a_customer(licence_until=TODAY - timedelta(days=10))
    answer = _open(customer)
    assert answer.status_code == 422
    refusal = refusal_of(answer)
    assert "Sua licença do Tarifador Direction venceu em 03/11/2026" in refusal
    assert "Guardamos o que você escreveu." in refusal
    assert "(81) 2121-9797" in refusal
    for jargon in ("S5", "R6", "ticket", "SLA", "política"):
        assert jargon not in refusal
    assert _tickets(customer) == []


def test_s02_an_ended_contract_is_refused_with_the_way_to_a_one_off() -> None:
    customer = a_customer(contract_ends=TODAY - timedelta(days=1))
    refusal = refusal_of(_open(customer))
    assert customer.organisation.name in refusal
    assert "12/11/2026" in refusal
    assert "chamado avulso" in refusal


@pytest.mark.parametrize(
    "lapsed",
    [{"licence_until": TODAY - timedelta(days=10)}, {"contract_ends": TODAY - timedelta(days=1)}],
)
def test_what_was_typed_and_attached_stays_in_the_page_and_in_a_draft(
    lapsed: dict[str, Any],
) -> None:
    customer = a_customer(**lapsed)
    client = signed_in(customer.user)
    sent = opening(customer, body="Linha um\r\n<b>Linha dois</b>")
    answer = client.post(NEW, {**sent, "files": SimpleUploadedFile("log.txt", b"erro 17")})
    page = answer.content.decode().replace("\r\n", "\n")
    assert 'value="Sem tom de discagem"' in page
    assert "Linha um\n&lt;b&gt;Linha dois&lt;/b&gt;</textarea>" in page
    draft = Draft.objects.get(owner=customer.user)
    assert (draft.key, draft.subject) == (sent["key"], sent["subject"])
    assert draft.body == "Linha um\n<b>Linha dois</b>"
    assert [file.name for file in draft.files.all()] == ["log.txt"]
    assert Decision.objects.get(organisation=customer.organisation).verdict == "refuse"
    assert f"rascunho={draft.key}" in client.get(reverse("portal_home")).content.decode()


def test_a_draft_becomes_a_request_once_the_licence_is_renewed() -> None:
    customer = a_customer(licence_until=TODAY - timedelta(days=10))
    client = signed_in(customer.user)
    first = opening(customer)
    client.post(NEW, {**first, "files": SimpleUploadedFile("log.txt", b"erro 17")})
    a_licence(customer.organisation, contract=customer.contract)
    page = client.get(NEW, {"rascunho": first["key"]}).content.decode()
    assert first["key"] in page
    assert "O ramal 204" in page
    kept = [str(file.pk) for file in Draft.objects.get().files.all()]
    again = client.post(NEW, {**first, "kept": kept})
    assert again.status_code == 302
    [ticket] = _tickets(customer)
    assert [row.file.name for row in ticket.messages.get().attachments.all()] == ["log.txt"]
    assert not Draft.objects.exists()


def test_a_file_taken_out_of_a_draft_does_not_go_with_it() -> None:
    customer = a_customer()
    client = signed_in(customer.user)
    first = opening(customer, subject="")
    answer = client.post(NEW, {**first, "files": SimpleUploadedFile("foto.png", b"\x89PNG\r\n")})
    assert answer.status_code == 422
    assert "foto.png" in text_of(answer)
    client.post(NEW, {**first, "subject": "Sem tom"})
    [ticket] = _tickets(customer)
    assert not ticket.messages.get().attachments.exists()


def test_b6_a_draft_of_somebody_else_does_not_exist() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    draft = save_draft(actor=customer.actor, now=NOW, key="k" * 32, subject="Segredo", body="x")
    client = signed_in(colleague.user)
    assert client.get(NEW, {"rascunho": draft.key}).status_code == 404
    unknown = client.get(NEW, {"rascunho": "y" * 32})
    assert unknown.status_code == 404
    client.post(reverse("draft_discard"), {"key": draft.key})
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert signed_in(customer.user).get(NEW, {"rascunho": draft.key}).status_code == 200


def test_b6_the_files_of_somebody_elses_draft_cannot_be_taken_along() -> None:
    customer, other = a_customer(), a_customer(licence_until=TODAY - timedelta(days=1))
    sent = opening(other)
    signed_in(other.user).post(NEW, {**sent, "files": SimpleUploadedFile("a.txt", b"segredo")})
    theirs = str(Draft.objects.get(owner=other.user).files.get().pk)
    _open(customer, key=sent["key"], kept=theirs)
    [ticket] = _tickets(customer)
    assert not ticket.messages.get().attachments.exists()


@pytest.mark.parametrize("field", ["subject", "body", "service", "about"])
def test_an_empty_field_is_said_beside_it_and_the_rest_is_kept(field: str) -> None:
    customer = a_customer()
    answer = _open(customer, **{field: ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in page
    assert f'aria-describedby="id_{field}-error' in page
    kept = {"subject": "Sem tom de discagem", "body": "O ramal 204"}
    assert all(text in page for name, text in kept.items() if name != field)
    assert _tickets(customer) == []


def test_b5_ids_of_somebody_else_in_the_form_are_not_accepted() -> None:
    customer, other = a_customer(), a_customer()
    assert other.licence is not None
    swapped = (
        {"about": f"{other.organisation.pk}-"},
        {"about": f"{other.organisation.pk}-{other.licence.pk}"},
        {"about": f"{customer.organisation.pk}-{other.licence.pk}"},
        {"about": f"{customer.organisation.pk}-{customer.licence.pk}x" if customer.licence else ""},
        {"service": "no-such-service"},
        {"follows": a_ticket(other).number},
    )
    for changes in swapped:
        assert _open(customer, **changes).status_code in (403, 422), changes
    assert _tickets(customer) == []
    assert Ticket.objects.filter(organisation=other.organisation).count() == 1
    assert _open(customer).status_code == 302


def test_o2_the_same_form_sent_three_times_is_one_request() -> None:
    customer = a_customer()
    client = signed_in(customer.user)
    sent = opening(customer)
    answers = [client.post(NEW, sent) for _ in range(3)]
    [ticket] = _tickets(customer)
    assert {where(answer) for answer in answers} == {reverse("ticket_opened", args=[ticket.number])}
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_o2_an_answer_lost_after_the_commit_is_given_again_later() -> None:
    customer = a_customer()
    sent = opening(customer)
    signed_in(customer.user).post(NEW, sent)
    [ticket] = _tickets(customer)
    with at(NOW, hours=3):
        again = signed_in(customer.user).post(NEW, sent)
    assert where(again) == reverse("ticket_opened", args=[ticket.number])
    assert len(_tickets(customer)) == 1


def test_o2_the_key_of_one_person_is_worth_nothing_to_another() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    sent = opening(customer)
    signed_in(customer.user).post(NEW, sent)
    answer = signed_in(colleague.user).post(NEW, sent)
    assert answer.status_code == 302
    assert len(_tickets(customer)) == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "ä" * 32, "a b" * 10])
def test_a_key_of_no_page_of_ours_is_replaced(key: str) -> None:
    customer = a_customer()
    assert _open(customer, key=key).status_code == 302
    assert len(_tickets(customer)) == 1


def test_files_over_the_limit_get_a_clear_answer_and_the_text_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forms, "file_limit", lambda: 1000)
    customer = a_customer()
    client = signed_in(customer.user)
    big = [SimpleUploadedFile(f"{n}.bin", b"x" * 600) for n in range(2)]
    answer = client.post(NEW, {**opening(customer), "files": big})
    assert answer.status_code == 422
    assert "Os arquivos são grandes demais: juntos podem ter até 1 kB." in text_of(answer)
    assert "O ramal 204" in answer.content.decode()
    assert _tickets(customer) == []
    many = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(forms.MAX_FILES + 1)]
    answer = client.post(NEW, {**opening(customer), "files": many})
    assert "no máximo 10 arquivos" in text_of(answer)


def test_the_limit_of_files_is_what_the_server_takes_less_room_for_the_text() -> None:
    assert forms.file_limit() == 25_000_000


def test_somebody_of_two_companies_chooses_by_product_and_each_goes_to_its_own() -> None:
    first, second = a_customer(), a_customer()
    people.join(actor=SYSTEM, now=NOW, user=first.user, organisation=second.organisation)
    client = signed_in(first.user)
    page = text_of(client.get(NEW))
    assert first.organisation.name in page
    assert second.organisation.name in page
    client.post(NEW, opening(second))
    [ticket] = _tickets(second)
    assert ticket.licence == second.licence
    assert _tickets(first) == []


def test_an_expired_product_is_marked_and_may_still_be_asked_about_beside_a_valid_one() -> None:
    customer = a_customer()
    old = a_licence(customer.organisation, valid_until=TODAY - timedelta(days=3))
    client = signed_in(customer.user)
    assert "Vencida em 10/11/2026" in text_of(client.get(NEW))
    assert "Renovar" in text_of(client.get(NEW))
    answer = client.post(NEW, opening(customer, about=f"{customer.organisation.pk}-{old.pk}"))
    assert answer.status_code == 302


def test_a_new_request_goes_on_from_a_closed_one() -> None:
    customer = a_customer()
    earlier = a_ticket(customer)
    change_state(actor=customer.actor, now=NOW, ticket_id=earlier.pk, verb=Verb.CANCEL)
    client = signed_in(customer.user)
    page = client.get(NEW, {"de": earlier.number}).content.decode()
    assert f'name="follows" value="{earlier.number}"' in page
    client.post(NEW, opening(customer, follows=earlier.number))
    assert Ticket.objects.get(follows=earlier).organisation == customer.organisation
    assert client.get(NEW, {"de": a_ticket(a_customer()).number}).status_code == 404


def test_opening_takes_few_statements_whatever_the_number_of_licences() -> None:
    customer = a_customer()
    client = signed_in(customer.user)
    client.get(NEW)
    for _ in range(5):
        a_licence(customer.organisation)
    sent = opening(customer)
    with at_most(9):
        client.get(NEW)
    with at_most(18):
        assert client.post(NEW, sent).status_code == 302
    [ticket] = _tickets(customer)
    with at_most(12):
        client.get(reverse("ticket_opened", args=[ticket.number]))


def test_r14_a_customer_let_in_by_an_exception_is_told_so_and_not_that_nothing_covers() -> None:
    customer = a_customer(licence_until=TODAY - YEAR)
    client = signed_in(customer.user)
    assert "Não coberto" in text_of(client.get(reverse("ticket_new")))
    an_override(customer)
    for name in ("portal_home", "ticket_new"):
        assert "Não coberto" not in text_of(client.get(reverse(name)))
    assert "Por uma exceção nossa" in text_of(client.get(reverse("portal_home")))
