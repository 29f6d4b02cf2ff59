"""Single letters: what the page says of them, and switching them off."""

import pytest
from django.urls import reverse

from balcao.desk.tests.desk import desk_of
from tests.cast import an_agent

pytestmark = pytest.mark.usefixtures("installation")


def test_single_letters_are_switched_off_and_on_again() -> None:
    client = desk_of(an_agent())
    here = reverse("desk_queue")
    assert 'data-keys="off"' not in client.get(here).content.decode()
    for chosen, off in (("off", True), ("on", False)):
        answer = client.post(reverse("set_keys"), {"keys": chosen, "next": here})
        assert answer.headers["Location"] == here
        page = client.get(here).content.decode()
        assert ('<html lang="en" data-density="compact" data-keys="off"' in page) == off
        assert f'name="keys" value="{"on" if off else "off"}"' in page


def test_every_page_of_the_desk_has_the_sheet_the_palette_and_the_box() -> None:
    client = desk_of(an_agent())
    for route in ("desk_queue", "desk_search", "desk_customers"):
        page = client.get(reverse(route)).content.decode()
        assert 'id="keys"' in page
        assert f'data-address="{reverse("desk_palette")}"' in page
        assert 'type="search" name="q"' in page
        assert "<script>" not in page
