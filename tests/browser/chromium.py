"""Which browser drives the tests and the screenshots: the system's Chromium."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "no Chromium on this machine: install it (on Debian: apt install chromium)"


def find() -> str | None:
    """The path of the first Chromium on PATH."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def required() -> bool:
    """Whether a missing browser is a failure: in CI it is, for a stranger the tests skip."""
    return bool(os.environ.get("CI"))
