"""Mail posted by a sending service: nothing without its signature, everything byte for byte."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.test import Client

from balcao.channels.models import Inbound
from balcao.files.queries import open_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]

KEY = "chave-de-teste"
LATIN = "From: João Lima <ana@cliente.example>\r\nSubject: oi\r\n\r\nNão liga.\r\n".encode(
    "latin-1"
)
SERVICES = ("mailgun", "mandrill", "postmark", "sparkpost")


@pytest.fixture(autouse=True)
def _accounts(tmp_path: Path, settings: LazySettings) -> None:
    (tmp_path / "key").write_text(KEY, encoding="ascii")
    (tmp_path / "pair").write_text(f"balcao:{KEY}", encoding="ascii")
    tables = [
        f'[{name}]\nway = "webhook"\nservice = "{name}"\n'
        f'secret_file = "{tmp_path / ("key" if name.startswith("m") else "pair")}"\n'
        for name in SERVICES
    ]
    tables.append('[box]\nway = "imap"\nhost = "localhost"\nuser = "x"\npassword = "x"\n')
    file = tmp_path / "accounts.toml"
    file.write_text("\n".join(tables), encoding="utf-8")
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_ACCOUNTS": str(file)})


def post(service: str, raw: bytes, *, key: str = KEY) -> Any:
    """The request that each service makes, as its documentation shows it."""
    client, address = Client(enforce_csrf_checks=True), f"/entrada/{service}"
    text = raw.decode("latin-1")
    pair = base64.b64encode(f"balcao:{key}".encode()).decode()
    known: dict[str, Any] = {"headers": {"Authorization": f"Basic {pair}"}}
    if service == "mailgun":
        mark = hmac.new(key.encode(), b"1700000000abc", hashlib.sha256).hexdigest()
        form = {"timestamp": "1700000000", "token": "abc", "signature": mark, "body-mime": raw}
        return client.post(address, urlencode(form), "application/x-www-form-urlencoded")
    if service == "mandrill":
        events = json.dumps([{"event": "inbound", "msg": {"raw_msg": text}}, {"event": "open"}])
        signed = f"http://testserver{address}mandrill_events{events}"
        digest = hmac.new(key.encode(), signed.encode(), hashlib.sha1).digest()
        head = {"X-Mandrill-Signature": base64.b64encode(digest).decode()}
        return client.post(address, {"mandrill_events": events}, headers=head)
    if service == "postmark":
        return client.post(address, {"RawEmail": text}, "application/json", **known)
    mail = {"email_rfc822": base64.b64encode(raw).decode(), "email_rfc822_is_base64": True}
    relayed = [{"msys": {"relay_message": {"content": mail}}}]
    return client.post(address, relayed, "application/json", **known)


@pytest.mark.parametrize("service", SERVICES)
def test_a_signed_request_is_kept_and_one_without_the_key_is_not(service: str) -> None:
    plain = b"From: ana@cliente.example\r\nSubject: oi\r\n\r\nNao liga.\r\n"
    assert post(service, plain, key="outra").status_code == 403
    assert Inbound.objects.count() == 0
    assert post(service, plain).status_code == 200
    row = Inbound.objects.get()
    assert row.raw
    with open_file(row.raw) as file:
        assert file.read() == plain
    assert row.account == service


def test_f3_a_mail_that_is_not_utf8_is_kept_byte_for_byte() -> None:
    assert post("mailgun", LATIN).status_code == 200
    kept = Inbound.objects.get().raw
    assert kept
    with open_file(kept) as file:
        assert file.read() == LATIN


@pytest.mark.parametrize("service", SERVICES)
def test_q4_a_request_sent_twice_is_one_message(service: str) -> None:
    plain = b"From: ana@cliente.example\r\nSubject: oi\r\nMessage-ID: <1@c.example>\r\n\r\nx\r\n"
    assert [post(service, plain).status_code for _ in range(2)] == [200, 200]
    assert Inbound.objects.count() == 1


def test_a_request_without_the_whole_message_says_what_to_turn_on() -> None:
    pair = base64.b64encode(f"balcao:{KEY}".encode()).decode()
    answer = Client().post(
        "/entrada/postmark",
        {"TextBody": "oi"},
        "application/json",
        headers={"Authorization": f"Basic {pair}"},
    )
    assert (answer.status_code, b"raw MIME" in answer.content) == (400, True)


def test_nobody_posts_mail_to_an_account_of_another_kind_or_none() -> None:
    client = Client()
    assert [client.post(f"/entrada/{name}").status_code for name in ("box", "mail", "gone")] == [
        404,
        404,
        404,
    ]
    assert client.get("/entrada/postmark").status_code == 405


def test_q3_what_cannot_be_stored_is_left_with_the_service(
    settings: LazySettings, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="ascii")
    settings.DATA = blocked
    assert post("postmark", b"From: a@b.example\r\n\r\nx\r\n").status_code == 503
    assert Inbound.objects.count() == 0
