"""From the document of a policy version to the typed policy."""

from collections.abc import Mapping

from balcao.policy.book.types import Policy, PolicyError


def parse(document: Mapping[str, object], *, version: int) -> Policy:
    """The typed policy of a document. Raises PolicyError with every problem."""
    raise PolicyError(("the document cannot be read yet",))
