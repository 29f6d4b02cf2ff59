"""A mail as it was laid out: for those who may read it, where nothing runs and nothing loads."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from balcao.events.models import Access
from balcao.files.actions import store
from balcao.files.models import StoredFile
from balcao.lib.html import resolved, sanitise
from balcao.portal.tests.helping import at
from balcao.tickets.actions import customer_message
from balcao.tickets.models import Message
from tests.cast import NOW, Customer, a_customer, a_ticket, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
OUTSIDE = "https://rastreador.example/pixel.png"


@pytest.fixture(autouse=True)
def _the_moment() -> Iterator[None]:
    with at():
        yield


def laid_out(customer: Customer, html: str, *, file: StoredFile | None = None) -> Message:
    """A customer's mail with that HTML; its picture "foto" is the file."""
    clean = resolved(sanitise(html), {"foto": file.pk.hex} if file else {})
    return customer_message(
        actor=customer.actor,
        now=NOW,
        ticket_id=a_ticket(customer).pk,
        body="Segue.",
        html=clean,
        key=secrets.token_hex(8),
        files=[file] if file else [],
    )


def source(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def address(message: Message) -> str:
    return reverse("written", args=[message.pk])


def test_b1_a_mail_as_it_was_written_is_for_those_who_may_read_it() -> None:
    customer, other = a_customer(), a_customer()
    message = laid_out(customer, "<p style='color:red'>Erro <b>12</b></p>")
    for user in (customer.user, an_agent()):
        answer = signed_in(user).get(address(message))
        assert '<p style="color:red">Erro <b>12</b></p>' in source(answer)
    assert signed_in(other.user).get(address(message)).status_code == 404
    plain = Message.objects.exclude(pk=message.pk).get()
    assert signed_in(customer.user).get(address(plain)).status_code == 404


def test_g1_g7_nothing_runs_and_nothing_loads_until_it_is_asked_for() -> None:
    customer = a_customer()
    message = laid_out(
        customer, f"<p>x</p><img src='{OUTSIDE}' alt='Logo'><img src=http://x.example/a>"
    )
    client = signed_in(customer.user)
    answer = client.get(address(message))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy.replace("allow-scripts", "script")
    assert "https" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "example" not in source(answer)
    assert not Access.objects.filter(detail__startswith="outside").exists()
    asked = client.get(f"{address(message)}?imagens=1")
    assert "img-src data: https:;" in asked.headers["Content-Security-Policy"]
    assert re.findall(r'src="([^"]*)"', source(asked)) == [OUTSIDE]
    noted = Access.objects.get(detail=f"outside:{message.pk}")
    assert (noted.actor_id, noted.subject_id) == (customer.user.pk, message.ticket_id)


def test_a_picture_that_came_along_is_shown_from_the_page_itself() -> None:
    customer = a_customer()
    message = laid_out(customer, "<img src=cid:foto>", file=store(PNG, name="a.png", now=NOW))
    assert 'src="data:image/png;base64,iVBOR' in source(
        signed_in(customer.user).get(address(message))
    )


def test_g3_a_drawing_or_a_foreign_file_is_no_picture() -> None:
    customer, other = a_customer(), a_customer()
    drawing = store(b"<svg onload=pwned()>", name="a.svg", now=NOW)
    foreign = store(PNG, name="b.png", now=NOW)
    laid_out(other, "<img src=cid:foto>", file=foreign)
    message = laid_out(customer, f"<img src=cid:foto><img src=part:{foreign.pk.hex}>", file=drawing)
    assert "src=" not in source(signed_in(customer.user).get(address(message)))


def test_both_pages_of_a_ticket_offer_it_and_print_does_not() -> None:
    customer, agent = a_customer(), an_agent()
    plain = laid_out(customer, "<p>x</p>")
    remote = laid_out(customer, f"<img src='{OUTSIDE}'>")
    for message, more in ((plain, False), (remote, True)):
        number = message.ticket.number
        for user, page in ((customer.user, reverse("ticket", args=[number])),
                           (agent, reverse("desk_ticket", args=[number]))):  # fmt: skip
            shown = source(signed_in(user).get(page))
            assert f'src="{address(message)}" sandbox="allow-popups' in shown
            assert (f"{address(message)}?imagens=1" in shown) is more
            assert OUTSIDE not in shown
        printed = signed_in(agent).get(reverse("desk_print", args=[number]))
        assert "<iframe" not in source(printed)
