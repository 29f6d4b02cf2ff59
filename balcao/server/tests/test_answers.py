"""What every answer carries, and which hosts get one."""

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from balcao.people import actions as people
from balcao.policy.access import SYSTEM
from tests.cast import NOW, PASSWORD, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]


def test_a_host_that_is_not_ours_gets_no_page() -> None:
    assert Client().get(reverse("sign_in"), headers={"host": "127.0.0.1"}).status_code == 200
    assert Client().get(reverse("sign_in"), headers={"host": "evil.example"}).status_code == 400


def test_https_is_insisted_on_where_it_is_the_address(settings: LazySettings) -> None:
    assert "Strict-Transport-Security" not in Client().get(reverse("sign_in")).headers
    settings.SECURE = True
    answer = Client().get(reverse("sign_in"))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_somebody_for_whom_nothing_is_open_can_still_sign_out() -> None:
    person = people.register_person(actor=SYSTEM, now=NOW, name="Novo", password=PASSWORD)
    client = signed_in(person)
    page = client.get(reverse("portal_home"))
    assert page.status_code == 403
    assert f'action="{reverse("sign_out")}"' in page.content.decode()
