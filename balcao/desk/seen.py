"""Noting who of the staff saw what (A9): one INSERT a page, and never a text."""

from balcao.events.access import TICKET, Act, exported, saw
from balcao.web.guards import PageRequest

__all__ = ["ORGANISATION", "PERSON", "TICKET", "Act", "exported_by", "seen_by"]

PERSON, ORGANISATION = "people.user", "people.organisation"


def seen_by(
    request: PageRequest, kind: str, subject: int | None, *, act: Act = Act.VIEWED, detail: str = ""
) -> None:
    """Note that whoever asks saw this row; ``kind`` is its model's label ("people.user").

    A search has no subject, and is noted without what was searched for.
    """
    saw(
        act,
        kind,
        subject,
        actor=request.actor,
        now=request.now,
        address=request.META.get("REMOTE_ADDR"),
        detail=detail,
    )


def exported_by(request: PageRequest, kind: str, *, rows: int, detail: str = "") -> None:
    """Note that whoever asks takes ``rows`` rows out of the desk; supervisors are told."""
    exported(
        kind,
        rows=rows,
        actor=request.actor,
        now=request.now,
        address=request.META.get("REMOTE_ADDR"),
        detail=detail,
    )
