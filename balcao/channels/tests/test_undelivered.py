"""Mail of ours that did not arrive, and the signature on what leaves."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from django.conf import LazySettings

from balcao.channels.actions import mark_failed, post, undelivered
from balcao.channels.delivery import outgoing, send
from balcao.channels.email.signing import Unsigned, signed
from balcao.channels.models import Delivery, DeliveryState
from balcao.channels.queries.undelivered import page_of
from balcao.events.queue import run_pending
from balcao.events.registry import Later
from balcao.lib.mail.composing import compose
from balcao.policy.access import Role
from balcao.tickets.actions import Conflict, NotAllowed
from tests.cast import NOW, a_member_of_staff, acting

pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def sink(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": f"sink://{tmp_path}/sink"})
    return tmp_path / "sink"


def _failed(*, secret: bool = False) -> Delivery:
    row = post(
        kind="reply",
        key=f"t:{secret}",
        recipient="ana@cliente.example",
        subject="Ramal",
        text="Veja.",
        html="",
        secret=secret,
        now=NOW,
    )
    mark_failed(row, answer="550 5.1.1 no such user", now=NOW)
    return row


def test_what_failed_is_listed_with_the_servers_words_for_those_whose_duty_it_is() -> None:
    _failed()
    for role, subject in ((Role.SUPERVISOR, "Ramal"), (Role.AUDITOR, "Ramal")):
        rows, more = page_of(acting(a_member_of_staff(role)))
        assert [(row.answer, row.attempts, row.subject) for row in rows] == [
            ("550 5.1.1 no such user", 1, subject)
        ]
        assert more is None
    unread, _more = page_of(acting(a_member_of_staff(Role.ADMINISTRATOR)))
    assert [row.subject for row in unread] == [""]
    for role in (Role.AGENT, Role.SALES):
        assert page_of(acting(a_member_of_staff(role))) == ((), None)


@pytest.mark.usefixtures("sink")
def test_q7_tried_again_by_hand_it_goes_once_and_with_the_same_message_id(sink: Path) -> None:
    row, boss = _failed(), acting(a_member_of_staff(Role.SUPERVISOR))
    undelivered.retry(actor=boss, now=NOW, delivery_id=row.pk)
    with pytest.raises(Conflict, match="state_changed"):
        undelivered.retry(actor=boss, now=NOW, delivery_id=row.pk)
    run_pending(NOW)
    fresh = Delivery.objects.get(pk=row.pk)
    assert (fresh.state, fresh.mail_id, fresh.failed_at) == ("sent", row.mail_id, None)
    assert len(list(sink.glob("*.eml"))) == 1


def test_what_is_left_so_leaves_the_list_and_a_secret_one_cannot_be_sent_again() -> None:
    row, boss = _failed(secret=True), acting(a_member_of_staff(Role.ADMINISTRATOR))
    with pytest.raises(Conflict, match="secret"):
        undelivered.retry(actor=boss, now=NOW, delivery_id=row.pk)
    undelivered.leave(actor=boss, now=NOW, delivery_id=row.pk)
    assert page_of(boss) == ((), None)
    with pytest.raises(Conflict, match="state_changed"):
        undelivered.leave(actor=boss, now=NOW, delivery_id=row.pk)


@pytest.mark.parametrize("role", [Role.AGENT, Role.SALES, Role.AUDITOR])
def test_m1_who_only_reads_neither_tries_again_nor_leaves_it(role: Role) -> None:
    row, who = _failed(), acting(a_member_of_staff(role))
    for act in (undelivered.retry, undelivered.leave):
        with pytest.raises(NotAllowed):
            act(actor=who, now=NOW, delivery_id=row.pk)
    assert Delivery.objects.get(pk=row.pk).state == DeliveryState.FAILED


def _key(folder: Path) -> tuple[str, bytes]:
    """A private key in PEM, and the record that publishes its public half."""
    made = ["openssl", "genrsa", "-traditional", "-out", str(folder / "k"), "2048"]
    subprocess.run(made, check=True, capture_output=True)
    public = ["openssl", "rsa", "-in", str(folder / "k"), "-pubout", "-outform", "PEM"]
    shown = subprocess.run(public, check=True, capture_output=True, text=True).stdout
    body = "".join(shown.splitlines()[1:-1])
    return (folder / "k").read_text(), f"v=DKIM1; k=rsa; p={body}".encode()


def _published(record: bytes) -> Callable[..., bytes]:
    def found(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"balcao._domainkey.direction.com.br."
        return record

    return found


def test_what_leaves_carries_our_signature_and_a_change_breaks_it(
    settings: LazySettings, tmp_path: Path
) -> None:
    row = _failed()
    content = compose(outgoing(row))
    assert signed(content) == content
    key, record = _key(tmp_path)
    settings.ENV = type(settings.ENV)(
        {"BALCAO_DKIM_SELECTOR": "balcao", "BALCAO_DKIM_KEY_FILE": str(tmp_path / "k")}
    )
    assert settings.ENV.text("BALCAO_DKIM_KEY") == key.strip()
    marked = signed(content)
    assert marked.endswith(content)
    assert marked.startswith(b"DKIM-Signature:")
    assert dkim.verify(marked, dnsfunc=_published(record))
    forged = marked.replace(b"\r\nSubject: Ramal", b"\r\nSubject: Outro", 1)
    assert not dkim.verify(forged, dnsfunc=_published(record))
    added = marked.replace(b"\r\nFrom: ", b"\r\nFrom: x@evil.example\r\nFrom: ", 1)
    assert not dkim.verify(added, dnsfunc=_published(record))


def test_a_key_that_cannot_be_used_holds_the_mail_back_and_loses_none(
    settings: LazySettings, tmp_path: Path
) -> None:
    env = {"BALCAO_DKIM_SELECTOR": "balcao", "BALCAO_DKIM_KEY": "isto não é uma chave"}
    settings.ENV = type(settings.ENV)({**env, "BALCAO_MAIL_URL": f"sink://{tmp_path}/sink"})
    row = _failed()
    with pytest.raises(Unsigned, match="BALCAO_DKIM_SELECTOR"):
        signed(compose(outgoing(row)))
    undelivered.retry(actor=acting(a_member_of_staff(Role.SUPERVISOR)), now=NOW, delivery_id=row.pk)
    with pytest.raises(Later):
        send(row.pk, now=NOW)
    fresh = Delivery.objects.get(pk=row.pk)
    assert fresh.state == DeliveryState.QUEUED
    assert fresh.answer.startswith("DKIM:")
    assert not (tmp_path / "sink").exists()
