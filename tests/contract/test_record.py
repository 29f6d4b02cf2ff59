"""The record verifies, and nothing on it can be changed unseen."""

import importlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Max

from balcao.events import access
from balcao.events.actions import emit
from balcao.events.models import Access, Act, Batch, Event
from balcao.events.sealing import LOGS, digest_of, head_of, marks_of, print_of, seal, seal_due
from balcao.events.sealing import columns as columns_of
from balcao.events.verifying import Report, verify
from balcao.files.models import StoredFile
from balcao.policy.access import SYSTEM
from balcao.rulebook.models import PolicyVersion
from balcao.tickets.models import Attachment, Decision, Message
from balcao.tickets.queries.evidence import of_message
from tests.cast import NOW, a_customer, a_ticket
from tests.contract.story import tell

LATER = NOW + timedelta(days=30)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("installation", "intruder")


@pytest.fixture
def intruder() -> None:
    """Somebody who owns the database: no trigger holds them up."""
    made = importlib.import_module("balcao.events.migrations.0003_append_only")
    made.unprotect(None, connection.SchemaEditorClass(connection, atomic=False))


def a_record() -> None:
    """A desk's whole life, seen by many, under seals of 25 rows."""
    tell()
    for place in range(60):
        access.saw(
            *(Act.VIEWED, "tickets.ticket", place),
            actor=SYSTEM,
            now=NOW + place * SECOND,
            address="203.0.113.9",
        )
    for log in LOGS:
        while seal(log, now=LATER, limit=25):
            pass
    a_ticket(a_customer())
    seal_due(LATER)


@contextmanager
def undone() -> Iterator[None]:
    """What the block does is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def found(head: str = "") -> Report:
    return verify(now=LATER, head=head)


def events() -> Any:
    return Event.objects.order_by("pk")


def one(place: int = 30) -> Any:
    return Event.objects.filter(pk=events().values_list("pk", flat=True)[place])


def _edit(**columns: Any) -> Callable[[], object]:
    return lambda: one().update(**columns)


def _delete(place: int) -> Callable[[], object]:
    return lambda: events()[place].delete()


def _delete_last() -> None:
    events().last().delete()


def _insert() -> None:
    event = one().get()
    event.pk = Event.objects.aggregate(Max("pk"))["pk__max"] + 1
    event.save(force_insert=True)


def _swap() -> None:
    first, second = one(30).get(), one(31).get()
    first.pk, second.pk = second.pk, first.pk
    first.save(force_update=True)
    second.save(force_update=True)


def _renumber() -> None:
    Event.objects.filter(pk=one().get().pk).update(id=10**6)


def _elsewhere() -> None:
    one().update(batch=F("batch") + 1)


def _unseal() -> None:
    one().update(batch=None)


def _astray() -> None:
    one().update(batch=10**6)


def _batch(place: int = 1, **columns: Any) -> Callable[[], object]:
    return lambda: Batch.objects.filter(log="events", number=place).update(**columns)


def _delete_batch() -> None:
    Batch.objects.filter(log="events", number=2).delete()
    Event.objects.filter(batch=2).delete()


def _cut() -> None:
    """The newest batch with all its rows, as if it had never been."""
    last = Batch.objects.filter(log="events").latest("number")
    Event.objects.filter(batch=last.number).delete()
    last.delete()


def _rewrite() -> None:
    """Change a row, then make every seal anew that the change breaks."""
    target = one().get()
    target.data = {"to": 1}
    target.save(update_fields=["data"])
    previous = None
    for batch in Batch.objects.filter(log="events").order_by("number"):
        rows = Event.objects.filter(batch=batch.number).order_by("pk").values(*columns_of("events"))
        prints = [(row["id"], print_of(row)) for row in rows]
        batch.digest, batch.marks = digest_of(prints), marks_of(prints)
        batch.previous = previous or batch.previous
        previous = batch.head = head_of(batch)
        batch.save()


def _message(**columns: Any) -> Callable[[], object]:
    return lambda: Message.objects.filter(pk=_written().pk).update(**columns)


def _written() -> Message:
    return Message.objects.filter(attachments__isnull=True, kind="customer").earliest("pk")


def _insert_message() -> None:
    message = _written()
    message.pk, message.key = None, secrets.token_hex(8)
    message.save(force_insert=True)


def _swap_files() -> None:
    StoredFile.objects.filter(attachments__isnull=False).update(sha256="0" * 64)


def _delete_decision() -> None:
    Decision.objects.earliest("pk").delete()


def _decision(**columns: Any) -> Callable[[], object]:
    return lambda: Decision.objects.filter(pk=Decision.objects.earliest("pk").pk).update(**columns)


def _policy(**columns: Any) -> Callable[[], object]:
    return lambda: PolicyVersion.objects.filter(number=1).update(**columns)


def _document() -> None:
    version = PolicyVersion.objects.get(number=1)
    version.document["ticket"]["reopen_days"] = 99
    version.save()


def _insert_policy() -> None:
    version = PolicyVersion.objects.get(number=1)
    version.pk, version.number = None, 99
    version.save(force_insert=True)


TAMPERINGS: dict[str, tuple[Callable[[], object], str]] = {
    "the moment of an event": (_edit(at=NOW - SECOND), "row_changed"),
    "a moment by a microsecond": (
        lambda: one().update(at=F("at") + timedelta(microseconds=1)),
        "row_changed",
    ),
    "who acted": (_edit(actor_id=10**6), "row_changed"),
    "what kind of actor": (_edit(actor_kind="other"), "row_changed"),
    "their roles": (_edit(actor_label="auditor"), "row_changed"),
    "the verb": (_edit(verb="ticket.closed"), "row_changed"),
    "the kind of subject": (_edit(subject_kind="tickets.queue"), "row_changed"),
    "the subject": (_edit(subject_id=10**6), "row_changed"),
    "the data": (_edit(data={"to": 1}), "row_changed"),
    "the first event deleted": (_delete(0), "row_missing"),
    "one in the middle deleted": (_delete(30), "row_missing"),
    "the last event deleted": (_delete_last, "row_missing"),
    "an event slipped in": (_insert, "row_added"),
    "two events swapped": (_swap, "row_changed"),
    "an event with another number": (_renumber, "row_missing"),
    "an event under another seal": (_elsewhere, "row_missing"),
    "an event without its seal": (_unseal, "row_missing"),
    "an event under no seal there is": (_astray, "row_missing"),
    "when a batch was sealed": (_batch(sealed_at=NOW), "batch_changed"),
    "how many rows a batch has": (_batch(count=24), "batch_changed"),
    "the digest of a batch": (_batch(digest="0" * 64), "batch_changed"),
    "the marks of a batch": (_batch(marks=b"0" * 400), "batch_changed"),
    "the head of a batch": (_batch(head="0" * 64), "batch_changed"),
    "what a batch follows": (_batch(2, previous="0" * 64), "batch_unlinked"),
    "a batch deleted with its rows": (_delete_batch, "batch_missing"),
    "a batch with another number": (_batch(2, number=10**6), "batch_missing"),
    "the text of a message": (_message(body="Outra coisa"), "subject_changed"),
    "the author of a message": (_message(author_name="Outro"), "subject_changed"),
    "a note made public": (_message(kind="reply"), "subject_changed"),
    "the moment of a message": (_message(created_at=NOW - SECOND), "subject_changed"),
    "a message deleted": (lambda: _written().delete(), "subject_missing"),
    "a message slipped in": (_insert_message, "subject_added"),
    "an attachment exchanged": (_swap_files, "subject_changed"),
    "an attachment taken away": (lambda: Attachment.objects.all().delete(), "subject_changed"),
    "the verdict of a decision": (_decision(verdict="refuse"), "subject_changed"),
    "the facts of a decision": (_decision(facts={"act": "open"}), "subject_changed"),
    "the facts of a decision taken away": (_decision(facts={}), "subject_changed"),
    "a decision deleted": (_delete_decision, "subject_missing"),
    "a version of the policy": (_document, "subject_changed"),
    "who saved the policy": (_policy(author_label="Outro"), "subject_changed"),
    "a version slipped in": (_insert_policy, "subject_added"),
    "who saw a ticket": (lambda: Access.objects.filter(batch=3).update(actor_id=9), "row_changed"),
    "that it was seen": (lambda: Access.objects.filter(batch=2).delete(), "row_missing"),
}


def test_m3_every_kind_of_tampering_is_found_and_the_untouched_record_is_whole() -> None:
    a_record()
    assert found().faults == []
    codes = {}
    for name, (tamper, _code) in TAMPERINGS.items():
        with undone():
            tamper()
            report = found()
            codes[name] = report.faults[0].code if report.faults else "not noticed"
    assert len(codes) > 40
    assert codes == {name: code for name, (_tamper, code) in TAMPERINGS.items()}
    assert found().whole


def test_m3_a_head_noted_earlier_shows_an_end_that_was_cut_off_or_rewritten() -> None:
    a_record()
    noted = Batch.objects.filter(log="events").latest("number").head
    early = Batch.objects.get(log="access", number=1).head
    assert found(noted).whole
    assert found(early).whole
    assert [fault.code for fault in found("0" * 64).faults] == ["head_unknown"]
    for tamper in (_cut, _rewrite):
        with undone():
            tamper()
            alone = [fault.code for fault in found().faults if not fault.code.startswith("subject")]
            assert alone == [], "it is the noted head that shows this"
            assert "head_unknown" in [fault.code for fault in found(noted).faults]


def test_a_message_erased_on_purpose_is_reported_as_erased_and_kept_safe_from_then_on() -> None:
    a_record()
    message = _written()
    message.body, message.author_name = "", ""
    message.save()
    assert [fault.code for fault in found().faults] == ["subject_changed"]
    digest = {"digest": of_message(message)["digest"]}
    emit("message.erased", message, actor=SYSTEM, now=LATER, data=digest)
    seal_due(LATER)
    report = found()
    assert (report.whole, report.erased) == (True, 1)
    message.body = "Outra coisa"
    message.save()
    assert [fault.code for fault in found().faults] == ["subject_changed"]


def test_the_facts_of_old_decisions_may_go_as_the_policy_says_and_nothing_else_of_them() -> None:
    a_record()
    Decision.objects.update(facts={})
    assert not found().whole
    much_later = verify(now=LATER + timedelta(days=800))
    assert (much_later.whole, much_later.forgotten) == (True, Decision.objects.count())
    Decision.objects.update(verdict="refuse")
    assert not verify(now=LATER + timedelta(days=800)).whole


def test_the_access_log_lets_go_of_what_is_old_by_an_event_and_in_no_other_way() -> None:
    a_record()
    seen = Access.objects.count()
    assert access.forget(before=LATER, now=LATER) == 0
    assert access.forget(before=LATER + SECOND, now=LATER) == seen
    assert found().whole
    assert access.forget(before=LATER + SECOND, now=LATER) == 0
    access.saw(Act.VIEWED, "tickets.ticket", 1, actor=SYSTEM, now=LATER, address=None)
    seal_due(LATER)
    assert found().whole
    Access.objects.all().delete()
    assert [fault.code for fault in found().faults] == ["row_missing"]


def test_the_command_says_what_is_wrong_first_and_ends_with_1() -> None:
    a_ticket(a_customer())
    seal_due(LATER)
    out = StringIO()
    call_command("audit", "verify", stdout=out)
    assert "The record is whole." in out.getvalue()
    head = Batch.objects.latest("pk").head
    out = StringIO()
    call_command("audit", "verify", "--json", "--head", head, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["whole"], told["faults"], told["logs"]["events"]["head"]) == (True, [], head)
    event = events().last()
    Event.objects.filter(pk=event.pk).update(verb="ticket.closed")
    with pytest.raises(CommandError, match=f"row {event.pk} of the events log") as refusal:
        call_command("audit", "verify", stdout=StringIO())
    assert refusal.value.returncode == 1
    with pytest.raises(CommandError) as usage:
        call_command("audit", "verify", "--head", "abc", stdout=StringIO())
    assert usage.value.returncode == 2
