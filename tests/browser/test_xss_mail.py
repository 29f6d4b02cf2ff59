"""G1, G5, G7: what comes by mail runs nowhere, and fetches nothing."""

import base64
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser

from balcao.channels.intake import receive
from balcao.channels.models import Inbound
from balcao.channels.tests.mails import about, trust_our_server, vouched
from balcao.events import queue
from balcao.lib.html import sanitise, shown
from balcao.lib.tests.html_payloads import MUTATIONS
from balcao.policy.access import Role
from balcao.tickets.models import Message, Ticket
from tests.browser.payloads import TEXTS, payloads
from tests.browser.test_xss import Window, a_window, mails_opened, one_thread
from tests.cast import NOW, Customer, a_customer, a_member_of_staff, a_queue, a_ticket, signed_in
from tests.contract.matrix.world import HOUR

__all__ = ["one_thread"]
_A_PAGE = 25


def _word(text: str) -> str:
    """Any text as a header takes it."""
    pieces = [text[at : at + 30] for at in range(0, len(text), 30)]
    coded = (base64.b64encode(one.encode("utf-8", "replace")).decode() for one in pieces)
    return "\r\n ".join(f"=?utf-8?B?{one}?=" for one in coded)


def _a_mail(sender: str, subject: str, text: str, *, proved: bool) -> bytes:
    """A mail that holds the payload wherever a mail holds text."""
    page = f'<p title="{text}">{text}</p><img src="{text}" alt=\'{text}\'><a href="{text}">x</a>'
    page += f'<b style="{text}">x</b><style>{text}</style><!-- {text} --> {text}'
    lines = [
        *([vouched(sender)] if proved else []),
        f"From: {_word(text)} <{sender}>",
        f"Subject: {_word(f'{subject} {text}')}",
        "Content-Type: multipart/mixed; boundary=limite",
        "",
        "--limite",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        base64.encodebytes(page.encode("utf-8", "replace")).decode(),
        "--limite",
        f"Content-Type: text/html; name={_word(f'{text}.html')}",
        f'Content-Disposition: attachment; filename="{_word(f"{text}.html")}"',
        "",
        text.replace("\n", " "),
        "--limite--",
    ]
    return "\r\n".join(lines).encode("utf-8", "replace")


def _received(
    texts: list[str], customer: Customer, tickets: list[Ticket], *, thorough: bool
) -> None:
    """Each is appended; each, or some of them, is kept as somebody else's, too."""
    for place, text in enumerate(texts):
        ticket = tickets[place % len(tickets)]
        proved = receive(
            _a_mail(customer.address, about(ticket), text, proved=True), now=NOW + HOUR
        )
        assert proved.outcome == "appended", proved
        if place % 10 and not thorough:
            continue
        claimed = _a_mail(f"x{place}@outro.example", about(ticket), text, proved=False)
        assert receive(claimed, now=NOW + HOUR).outcome != "appended"
    queue.run_pending(NOW + HOUR)


def _pages(tickets: list[Ticket]) -> tuple[list[str], list[str]]:
    """What a supervisor and the customer open."""
    desk, portal = [reverse("desk_kept")], []
    for ticket in tickets:
        ids = list(
            Message.objects.filter(ticket=ticket).order_by("pk").values_list("pk", flat=True)
        )
        ends = [f"?antes={ids[at]}" for at in range(_A_PAGE, len(ids), _A_PAGE)]
        for end in ("", *ends):
            desk.append(reverse("desk_ticket", args=[ticket.number]) + end)
            portal.append(reverse("ticket", args=[ticket.number]) + end)
        desk.append(reverse("desk_print", args=[ticket.number]))
    return desk, portal


def _frames() -> list[str]:
    ids = Message.objects.exclude(layout="").order_by("pk").values_list("pk", flat=True)
    return [reverse("written", args=[pk]) for pk in ids]


def _opened_in_place(seen: Window, address: str) -> list[str]:
    """The frames of a ticket's page, opened as a reader does."""
    wrong = seen.opened(address)
    for one in seen.page.locator("details.written > summary").all()[:3]:
        one.click()
    seen.page.wait_for_timeout(300)
    framed = [frame for frame in seen.page.frames if "/mensagens/" in frame.url]
    assert framed
    wrong += [f"{frame.url}: a script" for frame in framed if frame.locator("script").count()]
    return wrong + [f"{address}: {one}" for one in seen.seen]


def _alone(browser: Browser, folder: Path, found: list[str]) -> list[str]:
    """Sanitised HTML with no policy around it: the sanitiser's own work."""
    seen = a_window(browser, folder.as_uri())
    wrong = []
    for at in range(0, len(found), _A_PAGE):
        file = folder / f"alone{at}.html"
        body = "".join(f"<div>{one}</div>" for one in found[at : at + _A_PAGE])
        file.write_text(f"<!doctype html><meta charset=utf-8><body>{body}", encoding="utf-8")
        wrong += seen.opened(file.as_uri())
    seen.page.context.close()
    return wrong


def _nothing_runs(request: pytest.FixtureRequest, folder: Path, number: int, several: int) -> None:
    trust_our_server(request.getfixturevalue("settings"))
    request.getfixturevalue("installation")
    customer = a_customer()
    line = a_queue()
    boss = a_member_of_staff(Role.SUPERVISOR, queues=(line,))
    with time_machine.travel(NOW + HOUR):
        tickets = [a_ticket(customer) for _ in range(several)]
        _received(payloads(number), customer, tickets, thorough=several > 1)
        home = request.getfixturevalue("live_server").url
        browser = request.getfixturevalue("browser")
        desk, portal = _pages(tickets)
        kept = Inbound.objects.exclude(outcome="appended").values_list("pk", flat=True)
        desk += [
            reverse("desk_kept_one", args=[pk]) for pk in list(kept)[:: max(1, 50 // several**3)]
        ]
        frames = _frames()
        assert len(frames) == number
        # All of their contents are opened alone below, where nothing but the sanitiser stands.
        frames = frames if several > 1 else frames[::5]
        wrong: list[str] = []
        for user, addresses in ((boss, desk), (customer.user, [*portal, *frames])):
            session = signed_in(user).cookies["balcao_session"].value
            seen = a_window(browser, home, session)
            for address in addresses:
                wrong += seen.opened(home + address)
            wrong += _opened_in_place(seen, home + (desk[1] if user == boss else portal[0]))
            seen.page.context.close()
        wrong += mails_opened(browser, folder)
        laid_out = [shown(one, {}, remote=False) for one in _html()]
        wrong += _alone(browser, folder, [*laid_out, *(_clean(one) for one in MUTATIONS)])
        assert _alone(browser, folder, list(MUTATIONS[:_A_PAGE]))
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


def _html() -> list[str]:
    return list(Message.objects.exclude(layout="").values_list("html", flat=True))


def _clean(text: str) -> str:
    return shown(sanitise(text), {}, remote=False)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_g1_g5_g7_of_fifty_scripts_that_came_by_mail_none_runs(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    _nothing_runs(request, tmp_path, len(TEXTS), 1)


@pytest.mark.stress
@pytest.mark.django_db(transaction=True)
def test_g1_g5_g7_of_five_hundred_scripts_that_came_by_mail_none_runs(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    _nothing_runs(request, tmp_path, 500, 10)
