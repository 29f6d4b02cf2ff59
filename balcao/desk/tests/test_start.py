"""Where staff begin."""

import pytest
from django.urls import reverse

from balcao.policy.access import Role
from tests.cast import a_member_of_staff, an_agent, signed_in

pytestmark = pytest.mark.usefixtures("installation")


def test_whoever_serves_tickets_begins_at_the_queue() -> None:
    for user in (an_agent(), a_member_of_staff(Role.SALES), a_member_of_staff(Role.AUDITOR)):
        response = signed_in(user).get(reverse("desk_start"))
        assert response.headers["Location"] == reverse("desk_queue")
