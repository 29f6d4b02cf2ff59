""" "Esqueci meu código ou minha senha": who is told what, and that nobody else learns anything."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balcao.channels.models import Delivery
from balcao.events.models import Job
from balcao.events.queue import run_pending
from balcao.people import actions
from balcao.people.models import User
from balcao.policy.access import SYSTEM
from balcao.portal import allowances
from balcao.portal.tests.helping import at, text_of, where
from tests.cast import NOW, PASSWORD, Customer, a_colleague, a_customer, a_second_factor, mail_text

pytestmark = pytest.mark.usefixtures("installation")
NEW = "uma frase nova e longa"


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def _ask(who: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).post(reverse("recover"), {"who": who}, headers=headers)


def _mails() -> list[Delivery]:
    run_pending(NOW)
    return list(Delivery.objects.filter(kind="recovery").order_by("pk"))


def _link(mail: Delivery) -> str:
    found = re.search(r"https?://[^/\s]+(/nova-senha/[\w-]+)", mail_text(mail))
    assert found
    return found[1]


def _on_file(customer: Customer, address: str) -> None:
    actions.add_address(actor=SYSTEM, now=NOW, user=customer.user, address=address, primary=True)


def test_a_forgotten_code_and_password_end_with_a_new_password_and_signed_in() -> None:
    customer, client = a_customer(), Client()
    _ask(customer.address, client)
    [mail] = _mails()
    assert mail.recipient == customer.address
    assert mail.subject == f"Recupere seu acesso: seu código é {customer.user.code}"
    page = client.get(_link(mail))
    assert customer.user.code in text_of(page)
    assert "Pelo menos 10 caracteres" in text_of(page)
    answer = client.post(_link(mail), {"password": NEW, "again": NEW})
    assert where(answer) == reverse("home")
    assert client.get(reverse("portal_home")).status_code == 200
    assert User.objects.get(pk=customer.user.pk).check_password(NEW)


@pytest.mark.parametrize("typed", ["code", "spaced code", "upper case", "second address"])
def test_any_of_their_own_marks_finds_a_person_at_the_primary_address(typed: str) -> None:
    customer = a_customer()
    code = customer.user.code
    actions.add_address(actor=SYSTEM, now=NOW, user=customer.user, address="outro@cliente.example")
    who = {
        "code": code,
        "spaced code": f" {code[:4].lower()}-{code[4:].lower()} ",
        "upper case": customer.address.upper(),
        "second address": "outro@cliente.example",
    }[typed]
    _ask(who)
    assert [mail.recipient for mail in _mails()] == [customer.address]


def test_an_address_of_several_people_tells_each_code() -> None:
    customer = a_customer()
    colleague = a_colleague(customer)
    _on_file(customer, "recepcao@cliente.example")
    _on_file(colleague, "recepcao@cliente.example")
    _ask("recepcao@cliente.example")
    mails = _mails()
    assert {mail.recipient for mail in mails} == {"recepcao@cliente.example"}
    assert [
        customer.user.code in mail_text(mails[0]),
        colleague.user.code in mail_text(mails[1]),
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    "variant",
    [
        "{0},mau@evil.example",
        "mau@evil.example,{0}",
        "{0} mau@evil.example",
        "{0};mau@evil.example",
        "{0}\r\nBcc: mau@evil.example",
        "{0}%0d%0aCc:mau@evil.example",
        "<{0}>, <mau@evil.example>",
        '"{0}" <mau@evil.example>',
        "mau@evil.example <{0}>",
        "{0}@evil.example",
        "{0}.evil.example",
        "evil.example/{0}",
        "{0}\x00mau@evil.example",
        '["{0}","mau@evil.example"]',
        "{0}&who=mau@evil.example",
        "{local}+mau@{domain}",
        "{local}@{domain_kelvin}",
        "{local_dotless}@{domain}",
        "{local}\u0131@{domain}",
        "{local}@\uff43liente.example",
        "{local_long_s}@{domain}",
    ],
)
def test_a5_no_variant_sends_a_link_to_an_address_that_is_not_on_file(variant: str) -> None:
    customer = a_customer()
    _on_file(customer, "mike.sis@kliente.example")
    address = "mike.sis@kliente.example"
    local, _at, domain = address.partition("@")
    typed = variant.format(
        address,
        local=local,
        domain=domain,
        domain_kelvin=domain.replace("k", "\u212a"),
        local_dotless=local.replace("i", "\u0131"),
        local_long_s=local.replace("s", "\u017f"),
    )
    _ask(typed)
    assert {mail.recipient for mail in _mails()} <= {address}


def test_a5_several_values_of_the_field_count_as_their_last() -> None:
    customer = a_customer()
    Client().post(reverse("recover"), {"who": [customer.address, "mau@evil.example"]})
    assert _mails() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example;proto=http"},
        {"x-host": "evil.example"},
        {"x-original-host": "evil.example"},
        {"referer": "https://evil.example/"},
        {"origin": "https://evil.example"},
    ],
)
def test_a4_a5_the_link_leads_to_our_address_whatever_the_headers_say(
    headers: dict[str, str],
) -> None:
    customer = a_customer()
    _ask(customer.address, None, **headers)
    [mail] = _mails()
    assert "evil.example" not in mail_text(mail)


def test_a5_a_host_that_is_not_ours_is_refused() -> None:
    customer = a_customer()
    assert _ask(customer.address, host="evil.example").status_code == 400
    assert _mails() == []


@pytest.mark.parametrize("who", ["unknown", "deactivated", "no address", "retired address"])
def test_nobody_is_written_to_who_cannot_or_may_not_be(who: str) -> None:
    customer = a_customer()
    typed = customer.user.code
    if who == "unknown":
        typed = "ZZZZ2222"
    elif who == "deactivated":
        actions.deactivate(actor=SYSTEM, now=NOW, user=customer.user)
    else:
        actions.retire_address(actor=SYSTEM, now=NOW, user=customer.user, address=customer.address)
        typed = customer.address if who == "retired address" else typed
    _ask(typed)
    assert _mails() == []


def test_k5_an_address_of_before_finds_nobody() -> None:
    customer, before = a_customer(), "antigo@cliente.example"
    row: Any = {"actor": SYSTEM, "now": NOW, "user": customer.user, "address": before}
    actions.add_address(**row)
    actions.retire_address(**row)
    _ask(before)
    assert _mails() == []
    _ask(customer.address)
    assert len(_mails()) == 1


def test_a7_the_answer_and_its_work_are_the_same_for_known_and_unknown() -> None:
    customer = a_customer()
    _ask("aquecimento@cliente.example")  # the first one reads the policy, too
    answers, work = [], []
    for typed in (customer.address, customer.user.code, "ninguem@cliente.example", "ZZZZ2222"):
        with CaptureQueriesContext(connection) as asked:
            answer = _ask(typed)
        answers.append((answer.status_code, _without_token(answer.content)))
        work.append([re.sub(r"'[^']*'|[0-9]+", "?", row["sql"]) for row in asked])
    assert answers == answers[:1] * 4
    assert work == work[:1] * 4
    assert "Se os dados estiverem no cadastro, você receberá um e-mail em instantes." in str(
        answers[0][1]
    )


def _without_token(page: bytes) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())


def test_a6_a_person_gets_five_mails_a_day_whoever_asks() -> None:
    customer = a_customer()
    for number in range(7):
        answer = _ask(customer.address, Client(REMOTE_ADDR=f"198.51.100.{number}"))
        assert answer.status_code == 200
    assert len(_mails()) == 5
    with at(NOW, hours=24, seconds=1):
        _ask(customer.address)
    run_pending(NOW.replace(day=15))
    assert Delivery.objects.filter(kind="recovery").count() == 6


def test_a6_one_machine_asks_twenty_times_an_hour_and_sees_no_difference() -> None:
    pages = {_without_token(_ask(f"ninguem{n}@cliente.example").content) for n in range(22)}
    assert len(pages) == 1
    assert Job.objects.filter(task="people.recover").count() == 20


def test_a6_while_somebody_guesses_the_owner_gets_in_from_a_new_browser_by_mail() -> None:
    customer, client = a_customer(), Client(REMOTE_ADDR="203.0.113.9")
    sent = {"code": customer.user.code, "password": "guess-number-one"}
    for _ in range(allowances.TRIES_PER_CODE + 1):
        Client().post(reverse("sign_in"), sent)
    assert Client().post(reverse("sign_in"), sent).status_code == 429
    _ask(customer.user.code, client)
    client.post(_link(_mails()[0]), {"password": NEW, "again": NEW})
    assert client.get(reverse("portal_home")).status_code == 200
    client.post(reverse("sign_out"))
    own = {"code": customer.user.code, "password": NEW}
    assert client.post(reverse("sign_in"), own).status_code == 302
    assert Client().post(reverse("sign_in"), own).status_code == 429


def test_a_new_password_does_not_replace_the_second_factor() -> None:
    customer, client = a_customer(), Client()
    a_second_factor(customer.user)
    _ask(customer.address, client)
    answer = client.post(_link(_mails()[0]), {"password": NEW, "again": NEW})
    assert where(answer) == reverse("second_factor")
    assert where(client.get(reverse("portal_home"))).startswith(reverse("sign_in"))
    assert allowances.DEVICE_COOKIE not in client.cookies


def test_a9_a_link_used_where_somebody_else_is_signed_in_passes_no_second_factor() -> None:
    customer, browser = a_customer(), Client()
    a_second_factor(customer.user)
    browser.force_login(a_customer().user)
    _ask(customer.address)
    answer = browser.post(_link(_mails()[0]), {"password": NEW, "again": NEW})
    assert where(answer) == reverse("second_factor")
    assert "_auth_user_id" not in browser.session
    assert allowances.DEVICE_COOKIE not in browser.cookies


def test_the_old_password_and_the_old_sessions_are_worth_nothing() -> None:
    customer, old, new = a_customer(), Client(), Client()
    sent = {"code": customer.user.code, "password": PASSWORD}
    old.post(reverse("sign_in"), sent)
    _ask(customer.address, new)
    new.post(_link(_mails()[0]), {"password": NEW, "again": NEW})
    assert where(old.get(reverse("portal_home"))).startswith(reverse("sign_in"))
    assert Client().post(reverse("sign_in"), sent).status_code == 422


@pytest.mark.parametrize("how", ["used", "unknown", "other kind", "null", "expired"])
def test_a3_a7_every_link_that_is_worth_nothing_gets_one_answer(how: str) -> None:
    customer, client = a_customer(), Client()
    _ask(customer.address)
    link = _link(_mails()[0])
    address = {
        "unknown": "/nova-senha/qualquer",
        "other kind": link.replace("nova-senha", "convite"),
        "null": "/nova-senha/%00",
    }.get(how, link)
    if how == "used":
        client.post(link, {"password": NEW, "again": NEW})
    with at(NOW, hours=1 if how == "expired" else 0):
        for answer in (Client().get(address), Client().post(address, {"password": NEW})):
            assert answer.status_code == 404
            assert _without_token(answer.content) == _without_token(
                Client().get("/nova-senha/outro").content
            )


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"password": "curta", "again": "curta"}, "muito curta"),
        ({"password": "1234567890123", "again": "1234567890123"}, "numérica"),
        ({"password": NEW, "again": NEW + "."}, "não são iguais"),
        ({"password": "", "again": ""}, "Digite a nova senha"),
    ],
)
def test_a_password_that_will_not_do_is_said_in_words_and_the_link_stays(
    sent: dict[str, str], says: str
) -> None:
    customer, client = a_customer(), Client()
    _ask(customer.address)
    link = _link(_mails()[0])
    answer = client.post(link, sent)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert client.post(link, {"password": NEW, "again": NEW}).status_code == 302


def test_a1_a_link_begins_a_new_session_also_where_somebody_else_was_signed_in() -> None:
    customer, other = a_customer(), Client()
    other.force_login(a_customer().user)
    before = other.session.session_key
    _ask(customer.address)
    other.post(_link(_mails()[0]), {"password": NEW, "again": NEW})
    assert other.session.session_key != before
    assert other.session["_auth_user_id"] == str(customer.user.pk)
