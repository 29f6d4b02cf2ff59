"""Whose word about a sender's domain is believed: a setting of each account for incoming mail."""

from dataclasses import dataclass
from enum import StrEnum


class Trust(StrEnum):
    """How the senders of an account's mail are proved.

    AUTHSERV: the topmost Authentication-Results of a server known by name. MICROSOFT: the topmost
    one as Microsoft 365 writes it, which names no server. OURS: the connection is our own, so that
    SPF, DKIM and DMARC are verified here. NOBODY: only our reply token proves anything.
    """

    AUTHSERV = "authserv"
    MICROSOFT = "microsoft"
    OURS = "ours"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Truster:
    """``server`` is the authserv-id for Trust.AUTHSERV, in lower case; empty for the others."""

    trust: Trust = Trust.NOBODY
    server: str = ""

    def __post_init__(self) -> None:
        if (self.trust is Trust.AUTHSERV) != bool(self.server):
            raise ValueError("a server is named for Trust.AUTHSERV, and for no other")
