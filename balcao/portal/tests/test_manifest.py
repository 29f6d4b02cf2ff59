"""The web app manifest: what an installed portal begins with."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from balcao.web.assets import STATIC
from tests.cast import a_policy_in_force

pytestmark = pytest.mark.usefixtures("installation")


def test_the_portal_can_be_installed_under_the_company_s_name_with_our_own_icons() -> None:
    a_policy_in_force({"company.name": "Direção Norte"})
    page = Client().get(reverse("sign_in"))
    link = re.search(r'<link rel="manifest" href="([^"]+)"', page.content.decode())
    assert link
    answer = Client().get(link[1])
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    found = json.loads(answer.content)
    assert (found["short_name"], found["start_url"]) == ("Direção Norte", "/")
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        name = icon["src"].rpartition("/")[2].partition("?")[0]
        assert list(STATIC.glob(f"{name.partition('.')[0]}*.svg"))
