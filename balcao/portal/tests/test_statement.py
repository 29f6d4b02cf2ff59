"""The statement of a one-off by its number and a code, without sign-in (R26, S29, C2)."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.entitlements.models import LedgerEntry
from balcao.events import queue
from balcao.events.models import Event
from balcao.people.models import User
from balcao.people.queries import any_signs_in
from balcao.policy.numbers import is_number
from balcao.portal.oneoff import entering
from balcao.portal.tests.helping import at, at_most, refusal_of, text_of, where
from balcao.tickets import actions
from balcao.tickets.actions.statement import CODES, DIGITS
from balcao.tickets.models import Message, Ticket
from tests.cast import NOW, Customer, a_customer, a_ticket, acting, an_agent, an_answer, mail_text
from tests.cast_appointments import a_booking, an_offer, time_of, with_hours
from tests.sales import a_sold_ticket

pytestmark = pytest.mark.usefixtures("installation")

HOUR = timedelta(hours=1)
# The number that was typed, and the token of a form.
_OURS = r'\b\d{3}.\d{3}.\d{4}\b|value="[^"]*"'


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _a_buyer() -> Customer:
    """Somebody whom sales registered: a name and an address, and no sign-in."""
    buyer = a_customer(with_contract=False, with_licence=False)
    user = User.objects.get(pk=buyer.user.pk)
    user.set_unusable_password()
    user.save()
    assert not any_signs_in([user.pk])
    return buyer


def _ask(browser: Client, number: str) -> Any:
    answer = browser.post(reverse("statement_ask"), {"number": number})
    queue.run_pending(NOW)
    return answer


def _codes(buyer: Customer) -> list[str]:
    """The codes that were sent to the registered address, oldest first."""
    rows = Delivery.objects.filter(kind="statement", recipient=buyer.address).order_by("pk")
    return [re.findall(r"\b(\d{6})\b", mail_text(row))[0] for row in rows]


def _enter(browser: Client, code: str) -> Any:
    return browser.post(reverse("statement_code"), {"code": code})


def _opened(buyer: Customer, ticket: Ticket) -> Client:
    browser = Client()
    _ask(browser, ticket.number)
    assert where(_enter(browser, _codes(buyer)[-1])) == reverse("statement")
    return browser


def _typed(**changes: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4().hex,
        "service": "incident",
        "subject": "Gravador parado",
        "body": "O gravador parou de gravar.",
    } | changes


def test_r26_s29_a_buyer_without_sign_in_sees_the_statement_by_number_and_code() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    browser = _opened(buyer, ticket)
    with at_most(9):
        page = browser.get(reverse("statement"))
    text = text_of(page)
    assert "faltam 365 dias" in text
    assert "Comprado: válido até 13/11/2027." in text
    assert "Não coberto: Upgrade de licenças" in text
    assert "Usar este chamado" in text
    assert reverse("sign_in") not in page.content.decode()
    assert ticket.prepaid_id
    opened = Event.objects.get(verb="prepaid.statement_opened", subject_id=ticket.prepaid_id)
    assert opened.actor_id == buyer.user.pk


def test_r26_s29_describing_the_problem_there_submits_it_as_the_holder() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    browser = _opened(buyer, ticket)
    file = SimpleUploadedFile("erro.txt", b"erro 7")
    with at_most(25):
        answer = browser.post(reverse("statement"), _typed() | {"files": file})
    assert where(answer).startswith(reverse("statement"))
    page = browser.get(where(answer))
    text = text_of(page)
    assert "os prazos começaram" in text
    assert "Aberto (1º da fila)" in text
    assert "O gravador parou de gravar." in text
    [message] = Message.objects.filter(ticket=ticket)
    assert message.author_id == buyer.user.pk
    [href] = re.findall(r'href="(/avulso/arquivos/[^"]+)"', page.content.decode())
    assert b"".join(browser.get(href).streaming_content) == b"erro 7"  # type: ignore[attr-defined]
    browser.post(reverse("statement_reply"), {"key": uuid.uuid4().hex, "body": "Voltou."})
    assert "Voltou." in text_of(browser.get(reverse("statement")))


def test_r18_cancelling_there_gives_the_credit_back() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    browser = _opened(buyer, ticket)
    browser.post(reverse("statement"), _typed())
    assert "Já resolvi" in text_of(browser.get(reverse("statement")))
    said = browser.post(reverse("statement_move", args=["cancelar"]), follow=True)
    assert "Nada foi usado: o número está disponível de novo." in text_of(said)
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"
    assert "Usar este chamado" in text_of(browser.get(reverse("statement")))
    late = browser.post(reverse("statement_reply"), {"key": uuid.uuid4().hex, "body": "E agora?"})
    assert (late.status_code, Ticket.objects.get(pk=ticket.pk).state) == (422, "sold")
    assert "E agora?" in text_of(late)
    last = LedgerEntry.objects.filter(prepaid=ticket.prepaid_id).latest("place")
    assert last.entry == "returned"


def test_s38_a_training_that_was_not_held_yet_is_moved_there_and_not_said_to_be_solved() -> None:
    buyer, agent = _a_buyer(), with_hours(an_agent())
    ticket = a_sold_ticket(buyer, kind="oneoff_training", service="remote_training")
    a_booking(ticket, agent)
    text = text_of(_opened(buyer, ticket).get(reverse("statement")))
    assert "Ver o agendamento" in text
    assert "Já resolvi" not in text


def test_s34_an_excluded_service_is_refused_there_with_the_way_out() -> None:
    buyer = _a_buyer()
    browser = _opened(buyer, a_sold_ticket(buyer))
    answer: Any = browser.post(reverse("statement"), _typed(service="tariff_update"))
    assert answer.status_code == 422
    assert "Nada foi usado" in refusal_of(answer)
    assert "O gravador parou de gravar." in answer.content.decode()


def test_s42_the_time_of_a_training_is_chosen_there() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer, kind="oneoff_training", service="remote_training")
    offer = an_offer(ticket, with_hours(an_agent()))
    browser = _opened(buyer, ticket)
    address = reverse("statement_time")
    assert address in browser.get(reverse("statement")).content.decode()
    assert "09:00" in text_of(browser.get(address))
    chosen = browser.post(address, {"act": "choose", "time": time_of(offer)})
    assert where(chosen).startswith(address)
    assert Ticket.objects.get(pk=ticket.pk).state == "scheduled"
    page = browser.get(where(chosen)).content.decode()
    assert "Seu horário está marcado" in page
    assert f"/chamados/{ticket.number}" not in page
    statement = text_of(browser.get(reverse("statement")))
    assert "Marcado: seg., 16/11/2026, 09:00 (horário do Recife)" in statement
    assert "Um horário foi combinado" in statement
    assert "O problema foi descrito" not in statement
    assert where(Client().get(address)).startswith(reverse("statement_ask"))


@pytest.mark.parametrize(
    ("kind", "service", "asks"),
    [
        ("oneoff_training", "remote_training", "O que você quer aprender"),
        ("oneoff_install", "remote_install", "O que precisa ser instalado"),
    ],
)
def test_s42_who_bought_a_time_says_what_for_and_when_and_starts_no_deadline(
    kind: str, service: str, asks: str
) -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer, kind=kind, service=service)
    browser = _opened(buyer, ticket)
    text = text_of(browser.get(reverse("statement")))
    assert asks in text
    assert "O que aconteceu?" not in text
    assert "Tipo de ajuda" not in text
    empty: Any = browser.post(reverse("statement"), {"key": uuid.uuid4().hex, "body": ""})
    assert (empty.status_code, "Diga do que precisa" in text_of(empty)) == (422, True)
    body = {"key": uuid.uuid4().hex, "body": "Relatórios, terça à tarde."}
    answer = browser.post(reverse("statement"), body)
    assert "Avisamos o comercial" in text_of(browser.get(where(answer)))
    assert Ticket.objects.get(pk=ticket.pk).state == "sold"
    [message] = Message.objects.filter(ticket=ticket)
    assert message.body == "Relatórios, terça à tarde."


def test_b8_an_internal_note_and_its_files_are_not_on_the_statement() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    browser = _opened(buyer, ticket)
    browser.post(reverse("statement"), _typed())
    agent = acting(an_agent())
    actions.note(actor=agent, now=NOW, ticket_id=ticket.pk, body="Não pagou?", key="n" * 16)
    an_answer(ticket, an_agent(), now=NOW + HOUR, body="Qual é o ramal?")
    text = text_of(browser.get(reverse("statement")))
    assert "Qual é o ramal?" in text
    assert "Não pagou?" not in text
    with at_most(12):
        browser.get(reverse("statement"))


# --------------------------------------------------------------------- who guesses gets nothing


def test_c2_a_number_that_does_not_exist_is_answered_like_one_that_does() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    contract = a_ticket(a_customer())
    unknown = next(number for tail in range(10**4) if is_number(number := f"987654{tail:04d}"))
    told = []
    for number in (ticket.number, contract.number, unknown):
        browser = Client()
        answer = _ask(browser, number)
        page = browser.get(where(answer))
        wrong = _enter(browser, "000000")
        shown = [re.sub(_OURS, "#", one.content.decode()) for one in (page, wrong)]
        told.append((answer.status_code, where(answer), wrong.status_code, shown))
    assert told[0] == told[1] == told[2]
    assert len(_codes(buyer)) == 1
    assert Delivery.objects.filter(kind="statement").count() == 1


def test_c2_five_misses_and_the_right_code_is_worth_nothing_any_more() -> None:
    buyer = _a_buyer()
    browser = Client()
    _ask(browser, a_sold_ticket(buyer).number)
    [code] = _codes(buyer)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(entering.TRIES):
        assert _enter(browser, wrong).status_code == 422
    assert "tentativas demais" in text_of(_enter(browser, code))
    assert where(browser.get(reverse("statement"))).startswith(reverse("statement_ask"))


def test_c2_whoever_guesses_elsewhere_opens_nothing_and_locks_nobody_out() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    mine, other = Client(), Client(REMOTE_ADDR="203.0.113.9")
    _ask(mine, ticket.number)
    [code] = _codes(buyer)
    _ask(other, ticket.number)
    # Even the right digits, in the browser that did not ask for them.
    assert _enter(other, code).status_code == 422
    for guess in range(80):
        _enter(other, f"{guess:06d}")
    assert where(_enter(mine, code)) == reverse("statement")


def test_c2_one_number_is_asked_for_a_few_codes_an_hour_and_no_more() -> None:
    buyer = _a_buyer()
    ticket = a_sold_ticket(buyer)
    for _ in range(CODES + 3):
        answer = _ask(Client(), ticket.number)
        assert where(answer) == reverse("statement_code")
    assert len(_codes(buyer)) == CODES


def test_r26_a_code_works_once_and_for_ten_minutes() -> None:
    buyer = _a_buyer()
    browser = Client()
    _ask(browser, a_sold_ticket(buyer).number)
    kept = browser.cookies[entering.ASKED].value
    [code] = _codes(buyer)
    with at(NOW, minutes=9, seconds=59):
        assert where(_enter(browser, code)) == reverse("statement")
    again = Client()
    again.cookies[entering.ASKED] = kept
    assert _enter(again, code).status_code == 422
    late = Client()
    _ask(late, a_sold_ticket(buyer).number)
    with at(NOW, minutes=11):
        assert where(_enter(late, _codes(buyer)[-1])) == reverse("statement_ask")


def test_r26_it_stays_open_for_half_an_hour_and_closes_at_a_press() -> None:
    buyer = _a_buyer()
    browser = _opened(buyer, a_sold_ticket(buyer))
    with at(NOW, minutes=29):
        assert browser.get(reverse("statement")).status_code == 200
    kept = browser.cookies[entering.OPEN].value
    later = Client()
    later.cookies[entering.OPEN] = kept
    with at(NOW, minutes=31):
        assert where(later.get(reverse("statement"))).startswith(reverse("statement_ask"))
    browser.post(reverse("statement_leave"))
    assert where(browser.get(reverse("statement"))).startswith(reverse("statement_ask"))


def test_r26_what_was_opened_opens_nothing_else() -> None:
    buyer = _a_buyer()
    ticket, second = a_sold_ticket(buyer), a_sold_ticket(buyer)
    actions.customer_message(
        actor=acting(buyer.user), now=NOW, ticket_id=second.pk, body="Outro assunto.", key="k" * 16
    )
    browser = _opened(buyer, ticket)
    for address in (
        reverse("oneoff"),
        reverse("oneoff_use", args=[ticket.number]),
        reverse("ticket", args=[second.number]),
        reverse("portal_home"),
    ):
        assert where(browser.get(address)).startswith(reverse("sign_in"))
    page = browser.get(reverse("statement")).content.decode()
    assert second.number not in page
    forged = Client()
    forged.cookies[entering.OPEN] = f"{second.number}:{buyer.user.pk}:x:y"
    assert where(forged.get(reverse("statement"))).startswith(reverse("statement_ask"))


def test_b1_a_file_of_another_ticket_does_not_exist_there() -> None:
    buyer = _a_buyer()
    ticket, second = a_sold_ticket(buyer), a_sold_ticket(buyer)
    theirs = _opened(buyer, second)
    file = SimpleUploadedFile("erro.txt", b"erro 7")
    theirs.post(reverse("statement"), _typed() | {"files": file})
    page = theirs.get(reverse("statement")).content.decode()
    [href] = re.findall(r'href="(/avulso/arquivos/[^"]+)"', page)
    assert b"".join(theirs.get(href).streaming_content)  # type: ignore[attr-defined]
    assert _opened(buyer, ticket).get(href).status_code == 404
    assert where(Client().get(href)).startswith(reverse("statement_ask"))


def test_r26_a_holder_who_left_the_company_opens_nothing() -> None:
    buyer = _a_buyer()
    browser = _opened(buyer, a_sold_ticket(buyer))
    User.objects.filter(pk=buyer.user.pk).update(is_active=False)
    assert where(browser.get(reverse("statement"))).startswith(reverse("statement_ask"))


def test_a_number_with_a_slip_is_told_before_anything_is_asked() -> None:
    answer = Client().post(reverse("statement_ask"), {"number": "1234567890"})
    assert answer.status_code == 422
    assert "Confira os 10 dígitos" in text_of(answer)
    assert reverse("statement_ask") in Client().get(reverse("sign_in")).content.decode()
    assert reverse("statement_ask") in Client().get(reverse("how")).content.decode()


def test_c2_all_the_guesses_of_an_hour_hit_less_than_once_in_ten_thousand() -> None:
    assert CODES * entering.TRIES * 10_000 < 10**DIGITS
