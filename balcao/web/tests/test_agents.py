"""What a browser calls itself, in words."""

import pytest
from django.utils import translation

from balcao.web.agents import describe

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{WINDOWS} AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Firefox/140.0", "Firefox on Mac"),
        ("", "Unknown browser on unknown device"),
        ("<script>alert(1)</script>", "Unknown browser on unknown device"),
    ],
)
def test_a_browser_is_told_by_name_and_device(agent: str, words: str) -> None:
    with translation.override("en"):
        assert describe(agent) == words
