"""What an event says of a message, a decision or an exception: the record tells of changed ones."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from balcao.events.registry import Witness
from balcao.files.models import StoredFile
from balcao.lib.fingerprint import fingerprint
from balcao.rulebook import queries as rulebook
from balcao.tickets.models import Attachment, Decision, Message, Override

_CHUNK = 5000
Claim = Callable[[str, int, Mapping[str, Any]], tuple[int, Mapping[str, str]] | None]
Prints = Callable[[Collection[int], datetime], Mapping[int, Mapping[str, str | None]]]


def of_message(message: Message, files: Sequence[StoredFile] = ()) -> dict[str, object]:
    """The keys of an event that tells of a new message: its id, its digest, that of its files."""
    told: dict[str, object] = {"message": message.pk, "digest": _digest(_columns(message))}
    if files:
        told["files"] = _digest_of_files(file.sha256 for file in files)
    return told


def of_decision(decision: Decision) -> dict[str, object]:
    """The keys of an event that tells of a decision and of the facts it was taken on.

    Two digests: after ``retention.decision_facts`` days the facts go and the decision stays.
    """
    row = _columns(decision)
    return {
        "decision": decision.pk,
        "decided": _digest(row, without="facts"),
        "facts": fingerprint(decision.facts),
    }


_ASKED = (
    *("organisation_id", "ticket_id", "door", "service_id", "rules", "reason", "begins", "ends"),
    *("asked_by_id", "asked_at"),
)
_ANSWER = ("decided_by_id", "decided_at", "note")


def of_override(row: Override, *, answered: bool = False) -> dict[str, object]:
    """The keys of an event that tells of an exception as it was asked for, or of its answer."""
    if answered:
        return {"answer": _digest_of_fields(_columns(row), _ANSWER)}
    return {"asked": _digest_of_fields(_columns(row), _ASKED)}


def _digest_of_fields(row: Mapping[str, Any], fields: Iterable[str]) -> str:
    return fingerprint({name: row[name] for name in fields})


def _columns(row: Message | Decision | Override) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _digest(row: Mapping[str, Any], *, without: str = "") -> str:
    return fingerprint({name: value for name, value in row.items() if name != without})


def _digest_of_files(digests: Iterable[str]) -> str:
    return fingerprint({"files": sorted(digests)})


def _message_claim(
    _verb: str, _subject: int, data: Mapping[str, Any]
) -> tuple[int, Mapping[str, str]] | None:
    if "digest" not in data:
        return None
    return data["message"], {part: data[part] for part in ("digest", "files") if part in data}


def _message_prints(ids: Collection[int], _now: datetime) -> Mapping[int, Mapping[str, str | None]]:
    attached = defaultdict(list)
    for message, digest in Attachment.objects.filter(message__in=ids).values_list(
        "message_id", "file__sha256"
    ):
        attached[message].append(digest)
    found: dict[int, Mapping[str, str | None]] = {}
    for row in Message.objects.filter(pk__in=ids).values():
        prints: dict[str, str | None] = {"digest": _digest(row)}
        if attached[row["id"]]:
            prints["files"] = _digest_of_files(attached[row["id"]])
        found[row["id"]] = prints
    return found


def _decision_claim(
    _verb: str, _subject: int, data: Mapping[str, Any]
) -> tuple[int, Mapping[str, str]] | None:
    if "decided" not in data:
        return None
    return data["decision"], {part: data[part] for part in ("decided", "facts")}


def _decision_prints(ids: Collection[int], now: datetime) -> Mapping[int, Mapping[str, str | None]]:
    """A decision's facts may be gone once they are older than the policy keeps them."""
    kept_since = now - timedelta(days=rulebook.current().retention["decision_facts"])
    found: dict[int, Mapping[str, str | None]] = {}
    for row in Decision.objects.filter(pk__in=ids).values():
        gone = not row["facts"] and row["at"] < kept_since
        found[row["id"]] = {
            "decided": _digest(row, without="facts"),
            "facts": None if gone else fingerprint(row["facts"]),
        }
    return found


def _override_claim(part: str) -> Claim:
    def claim(
        _verb: str, subject: int, data: Mapping[str, Any]
    ) -> tuple[int, Mapping[str, str]] | None:
        return (subject, {part: data[part]}) if part in data else None

    return claim


def _override_prints(part: str, fields: tuple[str, ...]) -> Prints:
    def prints(ids: Collection[int], _now: datetime) -> Mapping[int, Mapping[str, str | None]]:
        rows = Override.objects.filter(pk__in=ids).values()
        return {row["id"]: {part: _digest_of_fields(row, fields)} for row in rows}

    return prints


# Each tells of one message, and of the decision that let it in.
_JUDGED = frozenset(
    {
        *("ticket.opened", "ticket.customer_wrote", "ticket.replied", "ticket.called"),
        "ticket.remote_began",
    }
)
_NOTED = frozenset({"ticket.noted", "ticket.renamed", "ticket.message_copied"})
# What sales answers of the coverage is a message.
_SAID_BY_SALES = frozenset({"ticket.scope_answered", "ticket.returned", "ticket.cancelled"})
WITNESSES = (
    Witness(
        kind=Message._meta.label_lower,
        verbs=_JUDGED | _SAID_BY_SALES | _NOTED,
        claim=_message_claim,
        prints=_message_prints,
        rows=lambda: Message.objects.order_by("pk").values_list("pk", flat=True).iterator(_CHUNK),
        erased="message.erased",
    ),
    Witness(
        kind=Decision._meta.label_lower,
        verbs=_JUDGED
        | {"ticket.refused", "ticket.product_changed", "ticket.submitted", "call.checked"},
        claim=_decision_claim,
        prints=_decision_prints,
        rows=lambda: Decision.objects.order_by("pk").values_list("pk", flat=True).iterator(_CHUNK),
    ),
    Witness(
        kind=Override._meta.label_lower,
        verbs=frozenset({"override.asked"}),
        claim=_override_claim("asked"),
        prints=_override_prints("asked", _ASKED),
        rows=lambda: Override.objects.order_by("pk").values_list("pk", flat=True).iterator(_CHUNK),
    ),
    # An answer that no event tells of was put there by no second person.
    Witness(
        kind=f"{Override._meta.label_lower}.answer",
        verbs=frozenset({"override.approved", "override.rejected"}),
        claim=_override_claim("answer"),
        prints=_override_prints("answer", _ANSWER),
        rows=lambda: (
            Override.objects.exclude(decided_by=None)
            .order_by("pk")
            .values_list("pk", flat=True)
            .iterator(_CHUNK)
        ),
    ),
)
"""What `balcao audit verify` compares in this room."""
