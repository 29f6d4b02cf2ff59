"""Ticket numbers and user codes."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.policy.numbers import (
    ALPHABET,
    find_answered_number,
    find_subject_number,
    is_number,
    make_code,
    make_number,
    normalise_code,
    parse_number,
    part_of_number,
    show_number,
)
from balcao.policy.tests.builders import thorough

nine_digits = st.text(alphabet=string.digits, min_size=9, max_size=9)
NUMBER = "4827193059"


@thorough
@given(nine_digits)
def test_a_made_number_is_a_number_however_it_is_written(random9: str) -> None:
    number = make_number(random9)
    assert len(number) == 10
    assert is_number(number)
    assert parse_number(show_number(number)) == number
    assert parse_number(f" {number[:4]}-{number[4:7]}.{number[7:]}\u00a0") == number


@thorough
@given(nine_digits, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(random9: str, place: int, by: int) -> None:
    number = make_number(random9)
    wrong = str((int(number[place]) + by) % 10)
    assert not is_number(number[:place] + wrong + number[place + 1 :])


@thorough
@given(st.text(max_size=14))
def test_parsing_gives_a_number_or_nothing(text: str) -> None:
    parsed = parse_number(text)
    assert parsed is None or is_number(parsed)


@pytest.mark.parametrize("text", ["", "482719305", "48271930590", "482719305a", "٤٨٢٧١٩٣٠٥٩"])
def test_other_lengths_and_signs_are_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize("random9", ["", "12345678", "1234567890", "12345678x", "١٢٣٤٥٦٧٨٩"])
def test_a_number_is_made_of_nine_digits_only(random9: str) -> None:
    with pytest.raises(ValueError, match="nine digits"):
        make_number(random9)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: [482 719 3059] Impressora parada",
        "RES: Impressora [#4827193059]",
        "[ # 482.719.3059 ]",
        "Chamado 482 719 3059 aberto",
        "Re: chamado nº 482 719 3059: urgente",
        "CHAMADO Nº: 4827193059",
        "sobre o n° 482-719-3059",
        "Re: #4827193059",
        "chamado: 4827193059.",
        "chamado 8121219700, digo, chamado 4827193059",
        "[482 719 3059] e não [482 719 3051]",
    ],
)
def test_a_number_in_the_tag_or_after_the_word_is_found(subject: str) -> None:
    assert find_subject_number(subject) == NUMBER


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "4827193059",
        "ligar para 482 719 3059",
        "[482 719 3058]",
        "chamado 48271930590",
        "chamados 4827193059",
        "[4827193059",
        "chamado do dia, 4827193059",
        "chamado 482719305",
    ],
)
def test_a_number_elsewhere_or_with_a_wrong_digit_is_not_found(subject: str) -> None:
    assert find_subject_number(subject) is None


@thorough
@given(st.text(alphabet="[]#nº chamado 0123456789.-", max_size=300))
def test_whatever_the_subject_says_only_a_number_is_found(subject: str) -> None:
    found = find_subject_number(subject)
    assert found is None or is_number(found)


@thorough
@given(st.binary(min_size=8, max_size=32))
def test_s04_a_code_has_eight_unambiguous_characters(random: bytes) -> None:
    code = make_code(random)
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert not set(code) & set("01OILU")


def test_s04_every_character_of_the_alphabet_is_used_about_as_often() -> None:
    codes = "".join(make_code(seed.to_bytes(8, "big")) for seed in range(30**2))
    counts = [codes[0::8].count(sign) for sign in ALPHABET]
    assert set(counts) == {30}


@thorough
@given(st.binary(min_size=8, max_size=16))
def test_s04_a_code_is_known_whatever_its_case_and_its_blanks(random: bytes) -> None:
    code = make_code(random)
    assert normalise_code(f" {code[:4].lower()}-{code[4:]} ") == code
    assert normalise_code(normalise_code(code)) == code


@pytest.mark.parametrize("typed", ["ſ2345678", "ı2345678", "２2345678", "0O1IL23U"])
def test_s04_no_foreign_letter_turns_into_a_code(typed: str) -> None:
    assert not set(normalise_code(typed)) <= set(ALPHABET)


def test_a_code_needs_enough_randomness() -> None:
    with pytest.raises(ValueError, match="eight random bytes"):
        make_code(b"1234567")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("482 719 3059", "4827193059"),
        ("Bom dia, o número é 482.719.3059 obrigado", "4827193059"),
        ("Meu telefone é (81) 2121-9700, chamado 4827193059", "4827193059"),
        ("Ligue para 81 98765 4321", None),
        ("não tenho", None),
    ],
)
def test_r12_in_an_answer_to_the_question_any_good_number_counts(
    text: str, found: str | None
) -> None:
    assert find_answered_number(text) == found


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("094 644", "094644"),
        ("#094 644 22", "09464422"),
        ("094-644.228", "094644228"),
        ("09464", ""),
        (NUMBER, ""),
        ("ramal 204", ""),
        ("", ""),
    ],
)
def test_s12_six_digits_or_more_are_part_of_a_number(typed: str, part: str) -> None:
    assert part_of_number(typed) == part
