"""Without a Chromium the browser tests fail in CI and skip, with the reason, anywhere else."""

import pytest

from tests.browser import chromium


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's executable, for Playwright's `executable_path`."""
    path = chromium.find()
    if path is None and chromium.required():
        pytest.fail(chromium.MISSING)
    if path is None:
        pytest.skip(f"BROWSER TESTS SKIPPED: {chromium.MISSING}")
    return path
