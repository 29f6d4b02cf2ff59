"""FORGED-200: none of two hundred forged mails reaches the ticket, and every one is kept."""

import pytest

from balcao.channels.models import Delivery, Inbound, Outcome
from balcao.channels.tests.forged import SIZES, family
from balcao.channels.tests.mails import asked, taken, written
from balcao.events.queue import run_pending
from balcao.files.queries import open_file
from balcao.lib.mail.lookalike import lookalike_of
from tests.cast import NOW, a_colleague, a_customer

pytestmark = pytest.mark.usefixtures("installation", "relay")


def forge(name: str, *, of: int) -> list[Inbound]:
    """Send a family: nothing is added, every mail is kept whole with its reason, and nobody is told
    but the owner of the address on file.
    """
    customer, ticket = asked()
    others = []
    if name == "F12":
        people = [a_colleague(customer), *(a_customer() for _ in range(of - 1))]
        others = [person.address for person in people]
    raws = list(family(name, ticket, customer.address, others))
    assert len(raws) == len(set(raws)) == SIZES[name] == of
    sent = Delivery.objects.count()
    results = [taken(raw) for raw in raws]
    run_pending(NOW)
    assert [result.outcome for result in results if result.outcome == "appended"] == []
    assert written(ticket) == []
    kept = [Inbound.objects.get(pk=result.inbound) for result in results]
    for raw, row in zip(raws, kept, strict=True):
        assert row.outcome in {Outcome.QUARANTINED, Outcome.REFUSED}
        assert row.reason
        assert row.raw is not None
        with open_file(row.raw) as file:
            assert file.read() == raw
    told = Delivery.objects.order_by("pk")[sent:]
    mine = [mail for mail in told if mail.recipient == customer.address]
    assert len(mine) <= 1
    return kept


def reasons(kept: list[Inbound]) -> set[tuple[str, str]]:
    return {(row.outcome, row.reason) for row in kept}


APART = ("quarantined", "not_authenticated")
UNCLEAR = ("quarantined", "identity_unclear")
ELSEWHERE = ("refused", "other_address")


def test_d2_family_1_thirty_that_failed_dmarc() -> None:
    assert reasons(forge("F1", of=30)) == {APART}


def test_d2_family_2_twenty_without_a_result() -> None:
    assert reasons(forge("F2", of=20)) == {APART}


def test_d3_family_3_twenty_that_ship_their_own_results() -> None:
    assert reasons(forge("F3", of=20)) == {APART}


def test_d4_family_4_fifteen_with_two_from_fields() -> None:
    assert reasons(forge("F4", of=15)) == {UNCLEAR}


def test_d4_family_5_fifteen_with_two_mailboxes_or_a_group() -> None:
    assert reasons(forge("F5", of=15)) == {UNCLEAR}


def test_d5_family_6_twenty_with_the_address_on_file_as_their_name() -> None:
    assert reasons(forge("F6", of=20)) <= {UNCLEAR, ELSEWHERE, APART}


def test_d5_family_7_fifteen_with_encoded_words() -> None:
    assert reasons(forge("F7", of=15)) <= {UNCLEAR, ELSEWHERE, APART}


def test_d5_family_8_ten_malformed_angles() -> None:
    assert reasons(forge("F8", of=10)) == {UNCLEAR}


def test_d6_family_9_twenty_lookalikes_each_pointed_out() -> None:
    customer_addresses = set()
    for row in forge("F9", of=20):
        assert row.ticket is not None
        on_file = [row.ticket.opener.addresses.get().address]
        customer_addresses.update(on_file)
        assert lookalike_of(row.sender, on_file) == on_file[0], row.sender
    assert len(customer_addresses) == 1


def test_d7_family_10_ten_aliases() -> None:
    for row in forge("F10", of=10):
        assert row.ticket is not None
        assert row.sender != row.ticket.opener.addresses.get().address


def test_d8_family_11_ten_that_name_the_customer_elsewhere() -> None:
    assert reasons(forge("F11", of=10)) == {ELSEWHERE}


def test_d1_family_12_fifteen_other_real_customers_fully_authenticated() -> None:
    assert reasons(forge("F12", of=15)) == {ELSEWHERE}


def test_the_twelve_families_are_two_hundred() -> None:
    assert sum(SIZES.values()) == 200
