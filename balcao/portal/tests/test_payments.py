"""Notices of payment by HTTP: signed, fresh, and each of them once."""

import json
import secrets
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from balcao.lib.signing import signature
from balcao.sales.models import Order, OrderState, PaymentNotice
from tests.cast import NOW, a_customer, a_policy_in_force
from tests.sales import an_order

pytestmark = pytest.mark.usefixtures("installation")

SECRET = "segredo-de-teste-com-folga"
PIX = {"pix_key": "financeiro@vendor.example", "pix_name": "Direction", "pix_city": "Recife"}


@pytest.fixture(autouse=True)
def _ours(settings: LazySettings) -> Iterator[None]:
    settings.PIX_SECRET = SECRET
    with time_machine.travel(NOW, tick=False):
        yield


def order() -> Order:
    a_policy_in_force({"payment": PIX})
    return an_order(a_customer(), payment="pix", unit_cents=25000)


def notice(row: Order, **changes: object) -> dict[str, object]:
    return {"id": secrets.token_hex(8), "txid": row.txid, "amount": "250.00", **changes}


def post(
    said: object, *, secret: str = SECRET, later: int = 0, tampered: bytes = b""
) -> tuple[int, dict[str, object]]:
    """Send a notice as a bank would; the status and the answer."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    stamp = str(int(NOW.timestamp()) + later)
    answer = Client(enforce_csrf_checks=True).post(
        reverse("pix_notice"),
        tampered or body,
        content_type="application/json",
        headers={
            "X-Balcao-Timestamp": stamp,
            "X-Balcao-Signature": signature(secret, stamp, body),
        },
    )
    json_said = answer["Content-Type"] == "application/json"
    return answer.status_code, answer.json() if json_said else {}


def test_a_signed_notice_confirms_the_order_once_however_often_it_comes() -> None:
    row = order()
    said = notice(row)
    for _time in range(3):
        assert post(said) == (200, {"outcome": "confirmed", "order": row.pk})
    row.refresh_from_db()
    assert row.state == OrderState.CONFIRMED
    assert PaymentNotice.objects.filter(order=row).count() == 1
    assert post(notice(row)) == (200, {"outcome": "already", "order": row.pk})


def test_a_notice_that_is_not_signed_changed_or_old_is_refused_and_not_kept() -> None:
    row = order()
    said = notice(row)
    other = json.dumps(notice(row, amount="250.00")).encode()
    for refused in (
        post(said, secret="segredo-de-outra-pessoa"),
        post(said, tampered=other),
        post(said, later=301),
        post(said, later=-301),
    ):
        assert refused == (401, {"error": "not_signed"})
    row.refresh_from_db()
    assert row.state == OrderState.OPEN
    assert not PaymentNotice.objects.filter(order=row).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "a" * 65}, "id"),
        ({"id": "a\n"}, "id"),
        ({"txid": "BALCAO-1"}, "txid"),
        ({"txid": None}, "txid"),
        ({"amount": "250"}, "amount"),
        ({"amount": 250.0}, "amount"),
        ({"amount": "-250.00"}, "amount"),
        ({"amount": "9999999.00"}, "amount"),
    ],
)
def test_what_is_no_notice_is_told_by_its_field(changes: dict[str, object], field: str) -> None:
    assert post(notice(order(), **changes)) == (400, {"error": "not_a_notice", "fields": [field]})


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 9000, b"x" * 20_000])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    status, answer = post(body)
    assert status in (400, 401)
    assert answer["error"] in ("not_a_notice", "not_signed")


@pytest.mark.parametrize("secret", ["", "curto"])
def test_without_a_secret_there_is_no_such_address(settings: LazySettings, secret: str) -> None:
    settings.PIX_SECRET = secret
    assert post(notice(order()), secret=secret)[0] == 404
