"""How an account's trust is used when a mail is judged, and what waits for name servers."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from balcao.channels import tasks
from balcao.channels.email import verifying
from balcao.channels.email.verifying import Resolver
from balcao.channels.intake import judge, receive, store
from balcao.channels.models import Inbound
from balcao.channels.tests.mails import HOUR, a_mail, about, asked, last_mail, written
from balcao.channels.tests.names import Names, names_of, signed
from balcao.events.models import Job
from balcao.events.queue import run_pending
from balcao.events.registry import Later
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("installation")

DOMAIN = "cliente.example"
HERE = {"peer": "192.0.2.7", "helo": "mx.cliente.example"}
KEPT = ("quarantined", "not_authenticated", "none")
TAKEN = ("appended", "", "aligned")
BY_MICROSOFT = (
    b"Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=cliente.example;"
    b" dkim=none header.d=none;dmarc=pass action=none header.from=cliente.example;"
    b"compauth=pass reason=100\r\n"
)
ACCOUNTS = """
[direto]
way = "webhook"
trust = "ours"

[nuvem]
way = "webhook"
trust = "microsoft"

[ninguem]
way = "webhook"
trust = "nobody"
"""


@pytest.fixture(autouse=True)
def accounts(tmp_path: Path, settings: LazySettings) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(ACCOUNTS, encoding="utf-8")
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_ACCOUNTS": str(file)})


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    known = names_of(DOMAIN, dmarc="v=DMARC1; p=reject")
    monkeypatch.setattr(verifying, "resolver", lambda: known)
    return known


def outcome(raw: bytes, account: str, **evidence: str) -> tuple[str, str, str]:
    inbound = store(raw, now=NOW + 2 * HOUR, account=account, evidence=evidence)
    result = judge(inbound, now=NOW + 2 * HOUR)
    return result.outcome, result.reason, Inbound.objects.get(pk=inbound).auth


@pytest.mark.parametrize(
    ("account", "by"),
    [("nuvem", "microsoft"), ("direto", "signature"), ("ninguem", ""), ("mail", "")],
)
def test_r11_each_account_proves_a_sender_by_its_own_trust(
    names: Names, account: str, by: str
) -> None:
    customer, ticket = asked()
    for proof in ("microsoft", "signature"):
        raw = a_mail(customer.address, subject=about(ticket), body=proof, auth=None)
        raw = BY_MICROSOFT + raw if proof == "microsoft" else signed(raw, DOMAIN)
        assert outcome(raw, account) == (TAKEN if proof == by else KEPT)
    answers = last_mail(ticket, customer.address).mail_id
    answered = a_mail(customer.address, answers=answers, auth=None)
    assert outcome(answered, account) == ("appended", "", "token")


def test_r11_spf_of_our_own_connection_proves_the_sender(names: Names) -> None:
    customer, ticket = asked()
    raw = a_mail(customer.address, subject=about(ticket), auth=None)
    sent = {**HERE, "from": customer.address}
    assert outcome(raw, "direto", **{**sent, "peer": "198.51.100.1"})[0] == "quarantined"
    assert outcome(raw, "direto", **sent)[0] == "appended"


def test_q4_a_message_brought_twice_over_our_own_connection_is_added_once(names: Names) -> None:
    customer, ticket = asked()
    raw = signed(a_mail(customer.address, subject=about(ticket), auth=None), DOMAIN)
    for peer in ("192.0.2.7", "192.0.2.8"):
        assert outcome(raw, "direto", peer=peer)[0] == "appended"
    assert written(ticket) == ["Ainda falha."]


def test_q4_an_unsigned_copy_sent_ahead_does_not_suppress_the_real_message(names: Names) -> None:
    customer, ticket = asked()
    plain = a_mail(customer.address, subject=about(ticket), auth=None)
    assert outcome(plain, "direto")[0] == "quarantined"
    assert outcome(signed(plain, DOMAIN), "direto")[0] == "appended"


def test_r11_a_dns_failure_means_later_and_never_verified(names: Names) -> None:
    customer, ticket = asked()
    names.dead.add("*")
    raw = signed(a_mail(customer.address, subject=about(ticket), auth=None), DOMAIN)
    start = NOW + 2 * HOUR
    inbound = store(raw, now=start, account="direto")
    assert receive(raw, now=start, account="direto").outcome == "duplicate"
    waits = []
    for minutes in (0, 1, 10, 60):
        with pytest.raises(Later) as later:
            tasks.judge(now=start + timedelta(minutes=minutes), inbound_id=inbound)
        waits.append(later.value.delay)
    assert waits == [timedelta(minutes=one) for one in (1, 1, 5, 30)]
    assert Inbound.objects.get(pk=inbound).judged_at is None
    names.dead.clear()
    assert judge(inbound, now=start + 2 * HOUR).outcome == "appended"


def test_r11_after_a_day_without_name_servers_the_mail_is_kept_apart(names: Names) -> None:
    customer, ticket = asked()
    names.dead.add("*")
    raw = signed(a_mail(customer.address, subject=about(ticket), auth=None), DOMAIN)
    at = NOW + 2 * HOUR
    inbound = store(raw, now=at, account="direto")
    job = Job.objects.get(key=f"channels.judge:{inbound}")
    tries = 0
    while Inbound.objects.get(pk=inbound).judged_at is None:
        run_pending(at)
        job.refresh_from_db()
        at = max(at, job.run_at)
        tries += 1
    assert tries < 30
    kept = Inbound.objects.get(pk=inbound)
    assert (kept.outcome, kept.reason, kept.auth) == ("quarantined", "not_verified", "none")
    assert written(ticket) == []


def test_r11_our_token_needs_no_name_server(names: Names) -> None:
    customer, ticket = asked()
    names.dead.add("*")
    answers = last_mail(ticket, customer.address).mail_id
    raw = a_mail(customer.address, answers=answers, auth=None)
    assert outcome(raw, "direto") == ("appended", "", "token")


def test_every_mail_is_asked_about_by_a_resolver_of_its_own() -> None:
    assert isinstance(verifying.resolver(), Resolver)
    assert verifying.resolver() is not verifying.resolver()
