"""Room for files (I5): who sent too much stops, nobody else does; what became nothing goes."""

import secrets
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from balcao.files.actions import Full, discard_orphans, store, store_within
from balcao.files.models import StoredFile
from balcao.files.queries import folder, no_room, path_of, sent_by
from balcao.tickets import actions as tickets
from balcao.tickets.actions.drafts import save_draft
from balcao.tickets.queries import quota_of
from tests.cast import NOW, a_customer, a_ticket

pytestmark = pytest.mark.usefixtures("installation")
DAY = timedelta(days=1)


def test_i5_a_person_stops_at_their_quota_and_goes_on_when_the_window_has_passed(
    settings: Settings,
) -> None:
    settings.PERSON_QUOTA = 100
    for number in range(50):
        if not no_room(30, owner=7, room=None, now=NOW):
            store(b"x" * 30, name=f"{number}.txt", now=NOW, owner=7)
    assert sent_by(7, now=NOW) == 90
    assert no_room(10, owner=7, room=None, now=NOW) == ""
    assert no_room(11, owner=7, room=None, now=NOW) == "person"
    assert no_room(100, owner=8, room=None, now=NOW) == ""
    assert no_room(100, owner=7, room=None, now=NOW + 30 * DAY) == ""


def test_i5_a_tickets_room_stops_everybody_and_nothing_needs_none() -> None:
    assert no_room(10, owner=None, room=10, now=NOW) == ""
    assert no_room(11, owner=None, room=10, now=NOW) == "ticket"
    assert no_room(0, owner=7, room=-5, now=NOW) == ""


def test_i5_what_became_part_of_nothing_goes_after_a_day_and_all_else_stays() -> None:
    customer = a_customer()
    ticket = a_ticket(customer)
    attached, drafted, loose, young = (
        store(b"x", name="a.txt", now=NOW + (DAY if place == 3 else 0 * DAY)) for place in range(4)
    )
    tickets.customer_message(
        actor=customer.actor,
        now=NOW,
        ticket_id=ticket.pk,
        body="Segue.",
        key=secrets.token_hex(8),
        files=[attached],
    )
    save_draft(
        actor=customer.actor,
        now=NOW,
        key=secrets.token_hex(8),
        subject="Ramal",
        body="Mudo",
        files=[drafted],
    )
    rowless = path_of(loose.pk).with_name(secrets.token_hex(16))
    rowless.write_bytes(b"x")
    assert discard_orphans(now=NOW + DAY - timedelta(seconds=1)) == 0
    assert discard_orphans(now=NOW + DAY) == 1
    left = set(StoredFile.objects.values_list("pk", flat=True))
    assert left == {attached.pk, drafted.pk, young.pk}
    assert not path_of(loose.pk).exists()
    assert all(path_of(pk).exists() for pk in left)
    assert rowless.exists(), "bytes whose row this database lost are not ours to judge"


def _on_disk() -> set[Path]:
    return {path for path in folder().rglob("*") if path.is_file()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whose", ["person", "ticket"])
def test_i5_files_sent_at_the_same_moment_never_exceed_a_quota_and_fill_it(
    settings: Settings, whose: str
) -> None:
    settings.PERSON_QUOTA = 100 if whose == "person" else 10_000
    settings.TICKET_QUOTA = 100 if whose == "ticket" else 10_000
    customer = a_customer()
    ticket = a_ticket(customer)
    before = _on_disk()
    kept: list[StoredFile] = []
    refused: list[str] = []
    start = threading.Barrier(8)

    def send(number: int) -> None:
        start.wait()
        content = [(b"x" * 30, f"{number}.txt")]
        try:
            quota = quota_of(customer.user.pk, ticket_id=ticket.pk)
            kept.extend(store_within(content, now=NOW, quota=quota))
        except Full as full:
            refused.append(full.code)
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert refused == [whose] * 5
    rows = StoredFile.objects.filter(owner_id=customer.user.pk)
    assert {row.pk for row in kept} == set(rows.values_list("pk", flat=True))
    assert _on_disk() - before == {path_of(row.pk) for row in kept}


def test_i5_what_was_sent_for_a_ticket_takes_up_its_room_once(settings: Settings) -> None:
    settings.TICKET_QUOTA = 100
    customer = a_customer()
    ticket = a_ticket(customer)
    quota = quota_of(customer.user.pk, ticket_id=ticket.pk)
    assert quota.left
    files = store_within([(b"x" * 30, "a.txt"), (b"x" * 10, "b.txt")], now=NOW, quota=quota)
    assert quota.left() == 60
    tickets.customer_message(
        actor=customer.actor,
        now=NOW,
        ticket_id=ticket.pk,
        body="Segue.",
        key=secrets.token_hex(8),
        files=files,
    )
    assert quota.left() == 60
    with pytest.raises(Full):
        store_within([(b"x" * 61, "c.txt")], now=NOW, quota=quota)
    assert StoredFile.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_i5_a_database_that_cannot_say_what_is_in_use_loses_nothing() -> None:
    loose = store(b"x", name="a.txt", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_attachment RENAME TO tickets_attachment_away")
    try:
        with pytest.raises(DatabaseError):
            discard_orphans(now=NOW + 2 * DAY)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE tickets_attachment_away RENAME TO tickets_attachment")
    assert path_of(loose.pk).exists()
    assert StoredFile.objects.filter(pk=loose.pk).exists()
