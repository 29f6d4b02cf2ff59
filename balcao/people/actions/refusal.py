"""How an action about people says no."""

from django.core.exceptions import PermissionDenied


class NotAllowed(PermissionDenied):
    """The actor's roles do not reach this person, organisation or act."""


class Conflict(Exception):
    """It cannot be so; ``code`` says why, and a page has the words for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require(allowed: bool) -> None:
    """Raise NotAllowed unless the policy said yes."""
    if not allowed:
        raise NotAllowed


def forbid(code: str) -> None:
    """Raise what the policy's answer means: nothing for none, NotAllowed, else Conflict."""
    if code == "not_allowed":
        raise NotAllowed
    if code:
        raise Conflict(code)
