"""Mail of somebody who bought a one-off: the number first, and never a sign-in they do not have."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from balcao.channels.intake import Result, receive
from balcao.channels.models import Confirmation, Delivery, Inbound
from balcao.channels.queries import confirmation_link
from balcao.channels.tests.mails import a_mail, written
from balcao.entitlements.actions import run_prepaid
from balcao.entitlements.models import LedgerEntry
from balcao.events.queue import run_pending
from balcao.people.models import User
from balcao.policy.lifecycle import Verb
from balcao.tickets import actions
from balcao.tickets.models import Draft, Message, Ticket
from tests.cast import NOW, Customer, a_customer, acting, an_agent, an_answer
from tests.sales import a_seller, a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation", "relay")

HOUR = timedelta(hours=1)
# Bought on 13 November 2026: good until the end of the 13th of the year after, in Recife.
OVER = datetime(2027, 11, 14, 3, tzinfo=UTC)


def _a_buyer() -> Customer:
    """Somebody whom sales registered: a name and an address, and no sign-in."""
    buyer = a_customer(with_contract=False, with_licence=False)
    user = User.objects.get(pk=buyer.user.pk)
    user.set_unusable_password()
    user.save()
    return buyer


def _taken(raw: bytes, *, now: datetime = NOW) -> Result:
    result = receive(raw, now=now)
    run_pending(now)
    return result


def _notice(buyer: Customer) -> Delivery:
    """The newest notice that went to the buyer."""
    found = Delivery.objects.filter(kind="notice", recipient=buyer.address).latest("pk")
    assert not re.search(r"127\.0\.0\.1:8000/(entrar|chamados|inicio)?(\s|$)", found.text)
    return found


def _flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def _spaced(number: str) -> str:
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def test_r12_s29_a_buyer_without_sign_in_is_asked_for_the_number_and_leaves_no_draft() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    result = _taken(a_mail(buyer.address, subject="Não grava", body="Desde ontem nada grava."))
    assert (result.outcome, result.reason) == ("refused", "number_missing")
    assert not Draft.objects.filter(owner=buyer.user).exists()
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"
    notice = _flat(_notice(buyer).text)
    assert "responda com o número que está no comprovante" in notice
    assert "portal" not in notice
    assert ticket.number not in notice.replace(" ", "")


def _says_yes(buyer: Customer, raw: bytes) -> tuple[Inbound, str]:
    """A mail that nobody proved, which its owner says is theirs; its row, and the page then."""
    row = Inbound.objects.get(pk=_taken(raw).inbound)
    asked = Confirmation.objects.get(inbound=row, user=buyer.user)
    link = f"/foi-voce/{confirmation_link(asked.pk)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)
        Client().post(link, {"answer": "yes"})
        run_pending(NOW + HOUR)
        page = _flat(Client().get(link).content.decode())
    assert 'href="/entrar' not in page
    assert 'href="/inicio"' not in page
    row.refresh_from_db()
    return row, page


def test_r12_s29_a_buyer_who_says_yes_is_asked_for_the_number_on_the_page_and_by_mail() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    raw = a_mail(buyer.address, subject="Não grava", body="Nada grava.", auth="fail")
    row, page = _says_yes(buyer, raw)
    assert (row.outcome, row.reason, row.handled) == ("refused", "number_missing", "confirmed")
    assert "suporte@direction.com.br com o número que está no comprovante" in page
    assert 'href="/avulso/esqueci"' in page
    assert "encerrado" not in page
    # The mail asks for it, too, and its answer with the number submits it.
    notice = _notice(buyer)
    assert "responda com o número que está no comprovante" in _flat(notice.text)
    answer = a_mail(
        buyer.address, body=f"{ticket.number}\r\n\r\nNada grava.", answers=notice.mail_id
    )
    assert _taken(answer, now=NOW + 2 * HOUR).outcome == "appended"


def test_r12_a_buyer_who_says_yes_of_a_used_one_off_is_told_that_and_where_to_buy() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    raw = a_mail(buyer.address, body="Nada grava.", subject=f"Chamado {_spaced(ticket.number)}")
    _taken(raw)
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", closed_at=NOW)
    raw = a_mail(buyer.address, subject=f"Re: Chamado {_spaced(ticket.number)}", auth="fail")
    row, page = _says_yes(buyer, raw)
    assert row.reason == "ticket_closed"
    assert _spaced(ticket.number) in page
    assert "já foi encerrado" in page
    assert "2121-9797" in page
    assert 'href="/avulso"' in page


def test_r12_a_buyer_with_no_one_off_left_is_never_told_to_sign_in() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    _taken(a_mail(buyer.address, subject=f"Chamado {_spaced(ticket.number)}", body="Nada grava."))
    an_answer(ticket, an_agent())
    _taken(a_mail(buyer.address, subject="Outra coisa", body="Também não toca."))
    assert "nenhum chamado avulso para usar" in _flat(_notice(buyer).text)
    _row, page = _says_yes(buyer, a_mail(buyer.address, subject="Mais uma", auth="fail"))
    assert "nenhum chamado avulso para usar" in page


@pytest.mark.parametrize("where", ["subject", "body", "bare"])
def test_r12_s29_the_answer_with_the_number_submits_it(where: str) -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    _taken(a_mail(buyer.address, subject="Não grava", body="Desde ontem nada grava."))
    number = _spaced(ticket.number)
    subject, body = {
        "subject": (f"Re: Gravador parado #{number}", "Desde ontem nada grava."),
        "body": ("Re: Gravador parado", f"O número é {number}. Desde ontem nada grava."),
        "bare": ("Re: Gravador parado", f"{ticket.number}\r\n\r\nDesde ontem nada grava."),
    }[where]
    raw = a_mail(buyer.address, subject=subject, body=body, answers=_notice(buyer).mail_id)
    result = _taken(raw, now=NOW + HOUR)
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.door, fresh.subject) == ("open", "email", "Gravador parado")
    [line] = LedgerEntry.objects.filter(prepaid=ticket.prepaid_id, entry="submitted")
    assert line.actor_id == buyer.user.pk


def test_r12_a_new_mail_with_the_number_in_its_subject_submits_it_at_once() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    subject = f"Chamado {_spaced(ticket.number)}: gravador parado"
    result = _taken(a_mail(buyer.address, subject=subject, body="Nada grava."))
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.subject) == ("open", "gravador parado")
    mail = Delivery.objects.get(kind="submitted", recipient=buyer.address)
    assert "http://127.0.0.1:8000/avulso" in mail.text
    assert "/chamados/" not in mail.text


def test_s29_the_answer_to_the_mail_about_its_end_submits_it_too() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    at = datetime(2027, 11, 6, 12, tzinfo=UTC)
    run_pending(at)
    run_prepaid(at)
    run_pending(at)
    told = Delivery.objects.filter(kind="oneoff_ends", ticket=ticket).latest("pk")
    result = _taken(a_mail(buyer.address, body="Nada grava.", answers=told.mail_id), now=at)
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    assert Ticket.objects.get(pk=ticket.pk).state == "open"


def test_s28_an_expired_number_is_refused_with_its_day_and_the_way_out() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    subject = f"Chamado {_spaced(ticket.number)}"
    result = _taken(a_mail(buyer.address, subject=subject, body="Nada grava."), now=OVER)
    assert (result.outcome, result.reason) == ("refused", "oneoff_expired")
    notice = _flat(_notice(buyer).text)
    assert f"O chamado avulso {_spaced(ticket.number)} valia até 13/11/2027" in notice
    assert "O comercial pode vender um novo: (81) 2121-9797." in notice
    assert "http://127.0.0.1:8000/avulso" in notice
    assert not Draft.objects.filter(owner=buyer.user).exists()
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"


def test_s9_c2_somebody_elses_number_is_refused_and_nothing_of_it_is_told() -> None:
    buyer, other = _a_buyer(), _a_buyer()
    a_sold_ticket(buyer)
    foreign = a_sold_ticket(other)
    subject = f"Chamado {_spaced(foreign.number)}"
    result = _taken(a_mail(buyer.address, subject=subject, body="Nada grava."))
    assert (result.outcome, result.reason) == ("refused", "other_address")
    notice = _flat(_notice(buyer).text)
    assert "confira o número" in notice
    assert other.address not in notice
    assert other.organisation.name not in notice
    assert written(foreign) == []
    assert Ticket.objects.get(pk=foreign.pk).state == "sold"


def test_r12_a_buyer_with_sign_in_gets_the_draft_and_may_use_the_number_as_well() -> None:
    buyer = a_customer(with_contract=False, with_licence=False)
    ticket = a_sold_ticket(buyer)
    result = _taken(a_mail(buyer.address, subject="Não grava", body="Desde ontem nada grava."))
    assert (result.outcome, result.reason) == ("draft", "new_mail")
    assert Draft.objects.get(owner=buyer.user).subject == "Não grava"
    told = Delivery.objects.get(kind="notice", recipient=buyer.address)
    assert "/chamados/abrir?rascunho=" in told.text
    subject = f"Chamado {_spaced(ticket.number)}"
    again = _taken(a_mail(buyer.address, subject=subject, body="Nada grava."), now=NOW + HOUR)
    assert (again.outcome, again.ticket) == ("appended", ticket.number)


def test_s9_a_stranger_who_names_the_number_is_kept_and_submits_nothing() -> None:
    ticket = a_sold_ticket(_a_buyer())
    subject = f"Chamado {_spaced(ticket.number)}"
    result = _taken(a_mail("alguem@fora.example", subject=subject, body="Nada grava."))
    assert (result.outcome, result.reason) == ("refused", "other_address")
    assert Inbound.objects.get(pk=result.inbound).raw
    assert not Message.objects.filter(ticket=ticket).exists()
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"


def test_r11_mail_in_a_buyers_name_that_nobody_vouches_for_submits_nothing() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    subject = f"Chamado {_spaced(ticket.number)}"
    result = _taken(a_mail(buyer.address, subject=subject, auth="fail"))
    assert result.outcome == "quarantined"
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"


def test_s26_a_mail_to_a_used_and_closed_one_off_leads_to_sales_and_to_no_sign_in() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    subject = f"Chamado {_spaced(ticket.number)}"
    _taken(a_mail(buyer.address, subject=subject, body="Nada grava."))
    an_answer(ticket, an_agent(), now=NOW + HOUR, then=Verb.RESOLVE)
    later = NOW + timedelta(days=30)
    run_pending(later)
    result = _taken(a_mail(buyer.address, subject=subject, body="Parou de novo."), now=later)
    assert (result.outcome, result.reason) == ("refused", "ticket_closed")
    notice = _flat(_notice(buyer).text)
    assert "O comercial pode vender um novo" in notice
    assert "rascunho" not in notice


def _said_no_to(buyer: Customer) -> Ticket:
    """A one-off whose problem was described by mail, and sales found outside it."""
    ticket = a_sold_ticket(buyer, agreed=False)
    _taken(a_mail(buyer.address, subject=f"Chamado {_spaced(ticket.number)}", body="Nada grava."))
    assert Ticket.objects.get(pk=ticket.pk).state == "asking_sales"
    seller = acting(a_seller())
    actions.answer_scope(
        actor=seller, now=NOW + HOUR, ticket_id=ticket.pk, covered=False, reason="É um projeto."
    )
    run_pending(NOW + HOUR)
    return ticket


def _mail_of(ticket: Ticket, kind: str) -> str:
    return Delivery.objects.filter(ticket=ticket, kind=kind).latest("pk").mail_id


@pytest.mark.parametrize("answers", ["oneoff_not_covered", "submitted", "subject"])
@pytest.mark.parametrize("body", ["Obrigada!", "Mas por que isso não faz parte?"])
def test_r18_r16_an_answer_to_not_covered_submits_nothing_and_sales_reads_it(
    answers: str, body: str
) -> None:
    buyer = _a_buyer()
    ticket = _said_no_to(buyer)
    told = "" if answers == "subject" else _mail_of(ticket, answers)
    raw = a_mail(
        buyer.address, subject=f"Re: Chamado {_spaced(ticket.number)}", body=body, answers=told
    )
    result = _taken(raw, now=NOW + 2 * HOUR)
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.thanked) == ("sold", body == "Obrigada!")
    assert LedgerEntry.objects.filter(prepaid=ticket.prepaid_id).latest("place").entry == "returned"
    asked = Delivery.objects.filter(kind="oneoff_answered")
    assert asked.exists() == (body != "Obrigada!")
    for letter in asked:
        assert f"/mesa/{ticket.number}" in letter.text


def test_r16_r18_a_new_mail_with_the_number_describes_the_next_problem() -> None:
    buyer = _a_buyer()
    ticket = _said_no_to(buyer)
    notice = Delivery.objects.filter(ticket=ticket, kind="oneoff_not_covered").latest("pk")
    assert "escreva um novo e-mail com o número no assunto" in _flat(notice.text)
    subject = f"Chamado {_spaced(ticket.number)}: som baixo"
    result = _taken(a_mail(buyer.address, subject=subject, body="Baixo."), now=NOW + 2 * HOUR)
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.state, fresh.subject) == ("asking_sales", "som baixo")


def test_r16_r18_an_answer_to_what_was_written_since_describes_the_next_problem() -> None:
    buyer = _a_buyer()
    ticket = _said_no_to(buyer)
    at = datetime(2027, 11, 6, 12, tzinfo=UTC)
    run_pending(at)
    run_prepaid(at)
    run_pending(at)
    told = _mail_of(ticket, "oneoff_ends")
    result = _taken(a_mail(buyer.address, body="Não toca.", answers=told), now=at)
    assert (result.outcome, result.ticket) == ("appended", ticket.number)
    assert Ticket.objects.get(pk=ticket.pk).state == "asking_sales"


def test_r18_an_answer_to_what_was_called_off_describes_the_next_problem() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    _taken(a_mail(buyer.address, subject=f"Chamado {_spaced(ticket.number)}", body="Nada grava."))
    holder = acting(ticket.opener)
    actions.change_state(actor=holder, now=NOW + HOUR, ticket_id=ticket.pk, verb=Verb.CANCEL)
    run_pending(NOW + HOUR)
    told = _mail_of(ticket, "oneoff_returned")
    raw = a_mail(buyer.address, body="Agora parou de novo.", answers=told)
    assert _taken(raw, now=NOW + 2 * HOUR).outcome == "appended"
    assert Ticket.objects.get(pk=ticket.pk).state == "open"
