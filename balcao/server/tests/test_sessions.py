"""A session is found by its key while it lasts, and lost like one that never was."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from balcao.server.sessions import SessionStore

pytestmark = pytest.mark.django_db


def test_a_session_is_read_in_one_statement_until_it_is_over() -> None:
    begun = SessionStore()
    begun["seen"] = 1
    begun.create()
    with CaptureQueriesContext(connection) as asked:
        assert SessionStore(begun.session_key)["seen"] == 1
    assert len(asked) == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(begun.session_key)
    assert late.get("seen") is None
    assert late.session_key is None


def test_a_key_that_nobody_was_given_opens_nothing() -> None:
    unknown = SessionStore("a" * 32)
    assert dict(unknown.items()) == {}
    assert unknown.session_key is None
