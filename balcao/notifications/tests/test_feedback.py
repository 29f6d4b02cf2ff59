"""Readers' comments reach supervisors (S45): one mail for half an hour of them."""

import secrets
from datetime import timedelta

import pytest

from balcao.channels.models import Delivery
from balcao.events import queue
from balcao.knowledge import actions
from balcao.policy.access import ANONYMOUS
from tests.cast import NOW, a_customer, a_supervisor

pytestmark = pytest.mark.usefixtures("installation")
MINUTE = timedelta(minutes=1)


def leave(comment: str, *, after: timedelta = timedelta(0), signed_in: bool = False) -> None:
    actions.leave_feedback(
        actor=a_customer(name="Ana Lima").actor if signed_in else ANONYMOUS,
        now=NOW + after,
        page="policy",
        policy_version=1,
        helpful=False,
        comment=comment,
        key=secrets.token_hex(16),
        machine=secrets.token_hex(4),
    )


def mails() -> list[Delivery]:
    queue.run_pending(NOW + 45 * MINUTE)
    return list(Delivery.objects.filter(kind="feedback").order_by("pk"))


def test_s45_comments_of_half_an_hour_are_one_mail_to_each_supervisor() -> None:
    readers = {a_supervisor().pk, a_supervisor().pk}
    leave("Faltou o horário\nde <b>sábado</b>", signed_in=True)
    leave("Não achei o telefone", after=29 * MINUTE)
    leave("", after=2 * MINUTE)
    queue.run_pending(NOW + 29 * MINUTE)
    assert not Delivery.objects.filter(kind="feedback").exists()
    found = mails()
    assert {mail.user_id for mail in found} == readers
    assert len(found) == 2
    assert found[0].subject == "2 comentários em “Como funciona o suporte”"
    assert "Não achei o telefone" in found[0].text
    assert "Ana Lima" in found[0].text
    assert "<b>" not in found[0].html


def test_s45_a_vote_without_words_sends_nothing() -> None:
    a_supervisor()
    leave("")
    assert mails() == []


def test_s45_a_flood_of_comments_is_one_mail_of_bounded_length() -> None:
    a_supervisor()
    for number in range(15):
        leave(f"comentário {number:02d}")
    (mail,) = mails()
    assert "comentário 09" in mail.text
    assert "comentário 10" not in mail.text
    assert "Aqui estão os 10 primeiros." in mail.text
