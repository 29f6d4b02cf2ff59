"""Drafts: kept while typing, thrown away with regret, joined to a ticket (R12)."""

import secrets
from datetime import timedelta

import pytest

from balcao.files.actions import store
from balcao.policy.gate import Door
from balcao.tickets.actions import (
    Conflict,
    NotAllowed,
    customer_message,
    discard_draft,
    forget_drafts,
    keep_typing,
    open_ticket,
    restore_draft,
    save_draft,
)
from balcao.tickets.actions.drafts import MOST, REGRET
from balcao.tickets.models import Draft, Message
from balcao.tickets.queries import draft_files, draft_for, drafts_of
from balcao.tickets.queries.access import NotFound
from tests.cast import NOW, Customer, a_customer, a_ticket

pytestmark = pytest.mark.usefixtures("installation")


def _key() -> str:
    return secrets.token_hex(16)


def _typing(customer: Customer, key: str, **changes: object) -> bool:
    said: dict[str, object] = {
        "subject": "Ramal mudo",
        "body": "Desde cedo.",
        "organisation_id": customer.organisation.pk,
        "licence_id": customer.licence.pk if customer.licence else None,
        "service": "incident",
    } | changes
    return keep_typing(actor=customer.actor, now=NOW, key=key, **said)  # type: ignore[arg-type]


def test_what_is_typed_is_kept_and_typed_further_and_nothing_typed_is_nothing() -> None:
    customer, key = a_customer(), _key()
    assert not _typing(customer, _key(), subject=" ", body="")
    assert _typing(customer, key)
    assert _typing(customer, key, body="Desde cedo. O ramal é o 204.")
    draft = draft_for(customer.actor, key)
    assert (draft.subject, draft.body) == ("Ramal mudo", "Desde cedo. O ramal é o 204.")
    assert draft.service
    assert draft.licence_id == customer.licence.pk if customer.licence else None
    assert Draft.objects.filter(owner=customer.user).count() == 1


def test_b5_choices_of_somebody_else_s_company_are_left_out_of_a_draft() -> None:
    customer, other, key = a_customer(), a_customer(), _key()
    assert other.licence
    _typing(customer, key, organisation_id=other.organisation.pk, licence_id=other.licence.pk)
    draft = draft_for(customer.actor, key)
    assert (draft.organisation_id, draft.licence_id) == (None, None)
    _typing(customer, key, licence_id=other.licence.pk)
    assert draft_for(customer.actor, key).licence_id is None


def test_a_save_that_comes_after_the_ticket_brings_no_draft_back() -> None:
    customer, key = a_customer(), _key()
    _typing(customer, key)
    open_ticket(
        actor=customer.actor,
        now=NOW,
        organisation_id=customer.organisation.pk,
        service="incident",
        licence_id=None,
        subject="Ramal mudo",
        body="Desde cedo.",
        key=key,
    )
    assert not _typing(customer, key)
    assert not drafts_of(customer.actor)


def test_typing_keeps_where_a_draft_came_from_and_begins_only_so_many() -> None:
    customer, key = a_customer(), _key()
    save_draft(actor=customer.actor, now=NOW, key=key, subject="a", body="b", door=Door.EMAIL)
    assert _typing(customer, key)
    assert draft_for(customer.actor, key).door == "email"
    Draft.objects.bulk_create(
        Draft(owner=customer.user, key=f"{n}-{_key()}", door="portal", changed_at=NOW)
        for n in range(MOST)
    )
    assert not _typing(customer, _key())
    assert _typing(customer, key)


def test_a_draft_thrown_away_comes_back_within_a_day_and_then_is_gone() -> None:
    customer, other, key = a_customer(), a_customer(), _key()
    _typing(customer, key)
    assert not discard_draft(actor=other.actor, now=NOW, key=key)
    assert discard_draft(actor=customer.actor, now=NOW, key=key)
    assert not drafts_of(customer.actor)
    with pytest.raises(NotFound):
        draft_for(customer.actor, key)
    assert not _typing(customer, key)
    assert not restore_draft(actor=other.actor, now=NOW, key=key)
    late = NOW + REGRET
    assert restore_draft(actor=customer.actor, now=late - timedelta(seconds=1), key=key)
    assert [draft.key for draft in drafts_of(customer.actor)] == [key]
    discard_draft(actor=customer.actor, now=NOW, key=key)
    assert not restore_draft(actor=customer.actor, now=late, key=key)
    forget_drafts(late)
    assert not Draft.objects.filter(owner=customer.user).exists()


def test_a_draft_is_kept_as_long_as_the_policy_says_since_it_was_changed() -> None:
    customer, key = a_customer(), _key()
    _typing(customer, key)
    end = NOW + timedelta(days=90)
    assert forget_drafts(end - timedelta(seconds=1)) == 0
    assert draft_for(customer.actor, key).key == key
    assert forget_drafts(end) == 1
    assert not drafts_of(customer.actor)


def test_r12_a_draft_becomes_a_reply_with_its_files_once_and_is_gone() -> None:
    customer, key = a_customer(), _key()
    first, second = a_ticket(customer), a_ticket(customer)
    file = store(b"erro 0x41", name="tela.txt", now=NOW)
    save_draft(actor=customer.actor, now=NOW, key=key, subject="s", body="b", files=[file])
    assert draft_files(customer.actor, key) == [file]

    def join(ticket_id: int) -> Message:
        return customer_message(
            actor=customer.actor,
            now=NOW,
            ticket_id=ticket_id,
            body="b",
            key=f"draft:{key}",
            files=[file],
            drafted=key,
        )

    written = join(first.pk)
    assert join(first.pk) == written
    with pytest.raises(Conflict):
        join(second.pk)
    assert not Draft.objects.filter(owner=customer.user).exists()
    assert Message.objects.filter(ticket=second).count() == 1


def test_r12_a_draft_is_not_used_up_by_a_ticket_that_is_not_the_owner_s() -> None:
    customer, other, key = a_customer(), a_customer(), _key()
    save_draft(actor=customer.actor, now=NOW, key=key, subject="s", body="b")
    with pytest.raises(NotAllowed):
        customer_message(
            actor=customer.actor,
            now=NOW,
            ticket_id=a_ticket(other).pk,
            body="b",
            key=f"draft:{key}",
            drafted=key,
        )
    assert draft_for(customer.actor, key).body == "b"
