"""A mail server that hangs up in the middle, again and again (Q7)."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings

from balcao.channels.actions import post
from balcao.channels.models import Delivery, DeliveryState
from balcao.events.models import Job, JobState
from balcao.events.queue import run_pending
from tests.cast import NOW
from tests.postgres import free_port

pytestmark = pytest.mark.usefixtures("installation")

MAILS, CUTS = 100, 100
_BEFORE, _UNANSWERED, _ANSWERED, _KEPT = "before", "unanswered", "answered", "kept"


@dataclass
class Cutter:
    """Hangs up after DATA, or after the mail: with no answer, after the answer, or, as no server
    should, having kept what it did not answer. What it keeps is counted by its Message-ID.
    """

    cuts: list[str] = field(default_factory=list)
    done: int = 0
    kept: Counter[str] = field(default_factory=Counter)

    def next_cut(self) -> str:
        self.done += bool(self.cuts)
        return self.cuts.pop(0) if self.cuts else ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        how = self.next_cut()
        transport = server.transport
        assert isinstance(transport, asyncio.Transport)
        if how != _UNANSWERED:
            assert isinstance(envelope.content, bytes)
            [line] = [
                line
                for line in envelope.content.split(b"\r\n")
                if line.lower().startswith(b"message-id:")
            ]
            self.kept[line.partition(b":")[2].strip().decode()] += 1
        if how in (_UNANSWERED, _KEPT):
            transport.abort()
        elif how == _ANSWERED:
            asyncio.get_running_loop().call_later(0.005, transport.close)
        return "250 kept"


class Hasty(SMTP):
    """Hangs up at the word DATA when its turn has come."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        handler = self.event_handler
        assert isinstance(handler, Cutter)
        if handler.cuts and handler.cuts[0] == _BEFORE:
            handler.next_cut()
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Door(Controller):
    """Serves with ``Hasty``."""

    def factory(self) -> SMTP:
        return Hasty(self.handler, hostname="127.0.0.1")


@pytest.fixture
def cutter(settings: LazySettings) -> Iterator[Cutter]:
    made, port = Cutter(), free_port()
    door = Door(made, hostname="127.0.0.1", port=port)
    door.start()
    settings.ENV = type(settings.ENV)({"BALCAO_MAIL_URL": f"smtp://127.0.0.1:{port}"})
    yield made
    door.stop()


def test_q7_connections_cut_after_data_again_and_again_lose_no_mail_and_repeat_hardly_any(
    cutter: Cutter,
) -> None:
    dice = random.Random(7)
    cutter.cuts = [dice.choice((_BEFORE, _UNANSWERED, _ANSWERED)) for _ in range(CUTS - 1)]
    # What a server keeps without saying so cannot be known: it comes twice, with the same id.
    cutter.cuts.insert(CUTS // 2, _KEPT)
    rows = [
        post(
            kind="reply",
            key=f"cut:{n}",
            recipient=f"ana{n}@cliente.example",
            subject="Re: Chamado",
            text="Olá.",
            html="<p>Olá.</p>",
            now=NOW,
        )
        for n in range(MAILS)
    ]
    ids = {row.mail_id for row in rows}
    assert len(ids) == MAILS
    now = NOW
    while Job.objects.filter(task="channels.send", state=JobState.READY).exists():
        run_pending(now)
        now += timedelta(hours=9)
        assert now < NOW + timedelta(days=30)
    assert cutter.done == CUTS
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert set(cutter.kept) == ids, "none is lost, and none has another id at another try"
    assert sum(cutter.kept.values()) - MAILS <= MAILS // 100
    assert {row.mail_id for row in Delivery.objects.all()} == ids
