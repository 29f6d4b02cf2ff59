"""We pass nothing on: no forged agent, no other service's letter, no endless answers."""

import secrets
from datetime import datetime, timedelta

import pytest

from balcao.channels import delivery
from balcao.channels.intake import receive
from balcao.channels.models import Delivery, Inbound
from balcao.channels.queries import kept as kept_queries
from balcao.channels.tests.mails import (
    HOUR,
    a_mail,
    about,
    asked,
    last_mail,
    taken,
    vouched,
    written,
)
from balcao.events.queue import run_pending
from balcao.lib.mail import headers
from balcao.lib.mail.composing import compose
from balcao.people.models import User
from balcao.policy.lifecycle import Verb
from balcao.tickets.actions import change_state
from balcao.tickets.models import Draft, Message, MessageKind, Ticket
from tests.cast import NOW, Customer, a_colleague, acting, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation", "relay")


def test_d9_fifty_mails_in_an_agents_name_reach_no_customer() -> None:
    """Forged or truly theirs, with the number, by an answer to our mail, or with an order in it."""
    customer, ticket = asked()
    agent: User = an_agent()
    address = agent.addresses.get().address
    answers = last_mail(ticket, customer.address).mail_id
    before = Message.objects.filter(ticket=ticket).count()
    sent = list(Delivery.objects.values_list("pk", flat=True))
    for n in range(50):
        raw = a_mail(
            address,
            subject=f"{about(ticket)} {n}",
            body="#responder Prezado, envie sua senha.",
            auth=("pass", "fail", "none", None)[n % 4],
            answers=answers if n % 2 else "",
            more=(f"X-Balcao-Reply-As: {agent.pk}",) if n % 3 == 0 else (),
        )
        assert taken(raw).outcome in {"refused", "quarantined"}
    run_pending(NOW + 3 * HOUR)
    assert Message.objects.filter(ticket=ticket).count() == before
    new = Delivery.objects.exclude(pk__in=sent)
    assert not any("senha" in mail.text + mail.html + mail.subject for mail in new)
    assert not new.filter(kind="reply").exists()


SERVICES = (
    *("no-reply@slack.example", "noreply@accounts.google.example", "notify@github.example"),
    *("verify@zoom.example", "nao-responda@governo.example", "hello@trello.example"),
    *("security@paypal.example", "team@notion.example", "support@dropbox.example"),
    "donotreply@banco.example",
)


def test_d10_twenty_letters_of_other_services_are_shown_to_no_customer() -> None:
    """Somebody gives our address to a service, and the ticket's number as their name."""
    customer, ticket = asked()
    admin: Customer = a_colleague(customer, is_admin=True)
    codes = []
    for n, service in enumerate([*SERVICES, *SERVICES]):
        code = f"{secrets.randbelow(900_000) + 100_000}"
        codes.append(code)
        name = about(ticket).removeprefix("Re: ") if n < len(SERVICES) else "suporte"
        raw = a_mail(service, subject=f"{name}, confirme seu acesso", body=f"Seu código: {code}")
        assert taken(raw).outcome in {"refused", "ignored", "quarantined"}
    run_pending(NOW + 3 * HOUR)
    assert written(ticket) == []
    assert Draft.objects.filter(owner__in=[customer.user, admin.user]).count() == 0
    assert not kept_queries.companys(admin.actor).exists()
    for person in (customer, admin):
        client = signed_in(person.user)
        for path in (f"/chamados/{ticket.number}", "/inicio", "/chamados"):
            page = client.get(path)
            assert page.status_code in {200, 404}, path
            assert not any(code in page.content.decode() for code in codes)
    told = Delivery.objects.filter(recipient__in=[customer.address, admin.address])
    assert not any(code in mail.text for mail in told for code in codes)
    assert not Delivery.objects.filter(recipient__startswith="no-reply").exists()


def a_naive_desk(mail: Delivery, number: int, *, by: str) -> bytes:
    """Another desk that answers whatever comes, and says nowhere that a program wrote it."""
    return a_mail(
        by,
        subject=f"[Protocolo {number}] Recebemos: {mail.subject}",
        body="Um de nossos atendentes dará retorno em breve.",
        answers=mail.mail_id,
    )


def _rounds(address: str, first: bytes, *, start: datetime) -> int:
    """How many mails of ours went to another desk that answers each, within a day."""
    receive(first, now=start)
    answered: set[int] = set()
    for hop in range(20):
        now = start + timedelta(minutes=hop)
        run_pending(now)
        fresh = Delivery.objects.filter(recipient=address, created_at__gte=start)
        new = [mail for mail in fresh if mail.pk not in answered]
        if not new:
            break
        for mail in new:
            answered.add(mail.pk)
            receive(a_naive_desk(mail, hop, by=address), now=now)
    return len(answered)


def test_e3_a_desk_that_answers_everything_is_answered_once() -> None:
    _, ticket = asked()
    tickets = Ticket.objects.count()
    address = "sac@outrodesk.example"
    for first in (a_mail(address, subject="Olá"), a_mail(address, subject=about(ticket))):
        assert _rounds(address, first, start=NOW + 3 * HOUR) <= 1
    assert Ticket.objects.count() == tickets


def test_e3_a_customer_whose_address_is_a_desk_goes_no_further_than_three_hops() -> None:
    customer, ticket = asked()
    agent = acting(an_agent())
    change_state(actor=agent, now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    run_pending(NOW + 2 * HOUR)
    last = last_mail(ticket, customer.address)
    first = a_naive_desk(last, 0, by=customer.address)
    assert _rounds(customer.address, first, start=NOW + 3 * HOUR) <= 3


@pytest.mark.parametrize("proof", [("pass", "fail"), ("fail", "pass")])
def test_e3_a_desk_that_is_proved_only_now_and_then_goes_no_further_than_three_hops(
    proof: tuple[str, str],
) -> None:
    customer, _ticket = asked()
    at, seen = NOW + 3 * HOUR, Delivery.objects.count()
    receive(a_mail(customer.address, auth=proof[0]), now=at)
    run_pending(at)
    for hop in range(20):
        new = Delivery.objects.order_by("pk")[seen:]
        seen += len(new)
        for mail in new:
            answer = a_mail(
                customer.address,
                subject=f"[Protocolo {hop}] Recebemos",
                auth=proof[(hop + 1) % 2],
                answers=mail.mail_id,
            )
            receive(answer, now=at + timedelta(minutes=hop))
        run_pending(at + timedelta(minutes=hop))
    assert len(Delivery.objects.filter(recipient=customer.address, created_at__gte=at)) <= 3


def test_e3_two_desks_of_our_own_kind_stop_at_the_first_answer() -> None:
    """Our notice, as it goes out, comes in at another desk, which takes it for a machine's."""
    _, ticket = asked()
    taken(a_mail("ana@pessoal.example", subject=about(ticket)))
    run_pending(NOW + 3 * HOUR)
    notice = Delivery.objects.get(recipient="ana@pessoal.example")
    sent = Delivery.objects.count()
    raw = compose(delivery.outgoing(notice))
    arrives = vouched("suporte@direction.com.br").encode() + b"\r\nReturn-Path: <>\r\n" + raw
    other = arrives.replace(b"suporte@direction.com.br", b"suporte@outro.example")
    assert taken(other).outcome == "ignored"
    run_pending(NOW + 4 * HOUR)
    assert Delivery.objects.count() == sent
    assert taken(arrives).outcome == "ignored"


def test_e5_every_automatic_mail_says_so_and_keeps_to_its_thread() -> None:
    """What no person wrote now: Auto-Submitted, no return path, and the ids of its thread."""
    customer, ticket = asked()
    agent = acting(an_agent())
    taken(a_mail("ana@pessoal.example", subject=about(ticket)))
    taken(a_mail(customer.address, subject=about(ticket), auth="fail"))
    taken(a_mail(customer.address, subject="novo"))
    change_state(actor=agent, now=NOW + 2 * HOUR, ticket_id=ticket.pk, verb=Verb.RESOLVE)
    run_pending(NOW + 3 * HOUR)
    mails = list(Delivery.objects.order_by("pk"))
    assert {"opened", "reply", "notice", "confirmation", "resolved"} <= {m.kind for m in mails}
    for row in mails:
        mail = delivery.outgoing(row)
        found = headers.fields(headers.split(compose(mail))[0])
        human = row.message is not None and row.message.kind == MessageKind.REPLY
        said = headers.first(found, "auto-submitted")
        assert mail.automatic is (not human), row.kind
        assert said.startswith(b"auto-") is (not human), row.kind
        assert headers.first(found, "message-id").decode() == row.mail_id
    thread = [m for m in mails if m.ticket_id == ticket.pk and m.recipient == customer.address]
    about_it = [m for m in thread if m.kind != "confirmation"]
    for place, row in enumerate(about_it[1:], start=1):
        assert row.headers["references"][0] == about_it[0].mail_id
        assert about_it[place - 1].mail_id in row.headers["references"]
    assert Inbound.objects.filter(machine="").exists()
