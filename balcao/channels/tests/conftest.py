"""What the tests of mail stand on."""

import pytest
from django.conf import LazySettings


@pytest.fixture
def relay(settings: LazySettings) -> None:
    """Our own server tells who proved to be the sender."""
    from balcao.channels.tests.mails import trust_our_server  # noqa: PLC0415 - needs the settings

    trust_our_server(settings)
