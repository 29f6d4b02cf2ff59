"""A form that comes after its session has ended: nothing is done, and nothing typed is lost."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from balcao.portal.tests.helping import text_of
from tests.cast import a_customer, a_ticket

pytestmark = pytest.mark.usefixtures("installation")

TEXT = "O relatório <b>ainda</b> não abre.\nTentei duas vezes."


def sent(client: Client, **more: str) -> str:
    """A reply of somebody who is not signed in any more; the page that answers it."""
    number = a_ticket(a_customer()).number
    page = reverse("ticket", args=[number])
    answer = client.post(
        reverse("ticket_reply", args=[number]),
        {"body": TEXT, "key": "0" * 32, "password": "uma senha de verdade", **more},
        headers={"referer": f"http://testserver{page}?antes=3"},
    )
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"/entrar?next={quote(page, safe='')}%3Fantes%3D3" in answer.content.decode()
    return answer.content.decode()


def test_what_was_typed_stands_on_the_page_and_signing_in_leads_back() -> None:
    page = sent(Client())
    assert "Sua sessão terminou" in page
    assert re.search(r"<textarea[^>]*readonly[^>]*>\s*O relatório &lt;b&gt;ainda&lt;/b&gt;", page)
    assert "uma senha" not in page
    assert "0" * 32 not in page


@pytest.mark.parametrize("referer", ["", "https://outro.example/x", "http://testserver/entrar"])
def test_a4_nobody_is_led_to_another_site(referer: str) -> None:
    answer = Client().post(reverse("account_phone"), headers={"referer": referer})
    assert answer.status_code == 401
    assert 'href="/entrar"' in answer.content.decode()
    assert "outro.example" not in answer.content.decode()


def test_l1_a_browser_that_forgot_its_cookies_is_told_the_same_without_what_came_with_it() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("ticket_new"), {"body": "Quem escreveu isto foi outro site."})
    assert answer.status_code == 403
    assert "Sua sessão terminou" in text_of(answer)
    assert "outro site" not in answer.content.decode()
