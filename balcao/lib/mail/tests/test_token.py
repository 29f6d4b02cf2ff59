"""The signed mark opens one ticket to one person, until its day."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.lib.mail import token

SECRET = b"installation secret"
TODAY = date(2026, 11, 13)
ANA = "ana@cliente.example"
TICKET = "4827193059"


def made(ticket: str = TICKET, recipient: str = ANA, days: int = 30) -> str:
    return token.make(
        SECRET,
        ticket=ticket,
        recipient=recipient,
        delivery="mfrggzdf",
        expires=TODAY + timedelta(days=days),
    )


def test_the_person_written_to_can_answer() -> None:
    held = token.read(SECRET, made(), sender=ANA, today=TODAY)
    assert held == token.Token(ticket=TICKET, delivery="mfrggzdf")
    assert token.read(SECRET, made().upper(), sender=ANA.upper(), today=TODAY) == held


def test_c3_a_token_of_one_person_used_by_another_is_worth_nothing() -> None:
    others = [f"pessoa{n}@cliente.example" for n in range(1000)] + ["", ANA + ".br", "x" + ANA]
    assert [o for o in others if token.read(SECRET, made(), sender=o, today=TODAY)] == []


def test_c3_none_of_ten_thousand_guesses_is_a_token() -> None:
    dice = random.Random(7)
    head, _, mac = made().rpartition(".")
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    guesses = ["".join(dice.choices(letters, k=len(mac))) for _ in range(9_000)]
    near = [
        mac[:place] + letters[(letters.index(mac[place]) + step) % 32] + mac[place + 1 :]
        for place in range(len(mac))
        for step in range(1, 32)
    ]
    guesses += [*near, *(mac[:n] for n in range(len(mac))), mac + "a", mac[::-1]]
    guesses += ["".join(dice.choices(letters, k=len(mac))) for _ in range(10_000 - len(guesses))]
    assert len(guesses) >= 10_000
    held = [g for g in guesses if token.read(SECRET, f"{head}.{g}", sender=ANA, today=TODAY)]
    assert held == []
    assert token.read(SECRET, f"{head}.{mac}", sender=ANA, today=TODAY)


def test_c3_a_token_opens_no_other_ticket_delivery_or_day() -> None:
    ticket, delivery, days, mac = made().split(".")
    changed = [
        f"4827193067.{delivery}.{days}.{mac}",
        f"{ticket}.aaaaaaaa.{days}.{mac}",
        f"{ticket}.{delivery}.{int(days) + 1}.{mac}",
        f"{ticket[:-1]}.{ticket[-1]}{delivery}.{days}.{mac}",
    ]
    assert [one for one in changed if token.read(SECRET, one, sender=ANA, today=TODAY)] == []


def test_c3_a_token_made_under_another_secret_is_worth_nothing() -> None:
    assert token.read(b"other", made(), sender=ANA, today=TODAY) is None


def test_a_token_ends_with_its_day() -> None:
    last = TODAY + timedelta(days=30)
    assert token.read(SECRET, made(), sender=ANA, today=last)
    assert token.read(SECRET, made(), sender=ANA, today=last + timedelta(days=1)) is None


def test_the_mac_has_more_than_eighty_bits() -> None:
    assert len(made().rpartition(".")[2]) * 5 >= 80


def test_a_token_names_no_person() -> None:
    assert "ana" not in made()


@pytest.mark.parametrize("ticket", ["", "abc", "48271930591234"])
def test_a_token_is_made_for_a_ticket_number_only(ticket: str) -> None:
    with pytest.raises(ValueError):
        made(ticket=ticket)


def test_only_ids_of_our_domain_are_candidates_newest_first() -> None:
    found = token.candidates(
        "<a@x.example> <b@y.example> <b.2@X.example>", "<c@x.example>", domain="x.example"
    )
    assert found == ["c", "b.2", "a"]


def test_an_unsigned_reference_still_names_its_ticket() -> None:
    assert token.ticket_named(made()[:-24] + "a" * 24) == TICKET
    assert token.ticket_named("mfrggzdf") is None


@given(st.text(max_size=80), st.text(max_size=40))
def test_nothing_invented_is_ever_a_token(text: str, sender: str) -> None:
    assert token.read(SECRET, text, sender=sender, today=TODAY) is None
