"""Reading the policy."""

from functools import lru_cache

from django.core.exceptions import ImproperlyConfigured

from balcao.policy.book import Policy, parse
from balcao.rulebook.models import PolicyVersion


class NoPolicy(ImproperlyConfigured):
    """No version of the policy has been saved yet; `balcao setup` installs the shipped one."""


def current() -> Policy:
    """The policy in force: the newest version. One statement. Raises NoPolicy before set-up."""
    row = PolicyVersion.objects.order_by("-number").values_list("number", "digest").first()
    if row is None:
        raise NoPolicy("There is no policy yet: run `balcao setup` first.")
    return _parsed(*row)


def version(number: int) -> Policy:
    """One version, for replay. Raises PolicyVersion.DoesNotExist."""
    row = PolicyVersion.objects.values_list("number", "digest").get(number=number)
    return _parsed(*row)


@lru_cache(maxsize=64)
def _parsed(number: int, digest: str) -> Policy:
    """A saved version never changes, so each text is parsed once a process."""
    row = PolicyVersion.objects.get(number=number, digest=digest)
    return parse(row.document, version=number)
