"""The product's settings, and one page more: an empty one, the floor of every page."""

from balcao.server.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
