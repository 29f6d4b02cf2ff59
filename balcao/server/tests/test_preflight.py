"""What is looked at before the desk starts leaves nothing behind that a fork would share."""

import pytest
from django.db import connection

from balcao.server import preflight


@pytest.mark.django_db(transaction=True)
def test_a_checked_database_leaves_no_connection_to_what_is_forked_afterwards() -> None:
    preflight.check_database()
    assert connection.connection is None
    assert connection.alias not in getattr(connection, "_connection_pools", {})
